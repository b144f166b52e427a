"""Small parts of the public pages."""

from django import template
from django.urls import reverse, translate_url
from django.utils.translation import ngettext

from kuager.domain.publication import definitions

register = template.Library()
register.filter("status_label", definitions.status_label)
register.filter("source_kind", definitions.source_kind_label)
register.filter("derivation", definitions.derivation_label)


@register.simple_tag(takes_context=True)
def snapshot_url(context: template.Context, page: str, *args: str) -> str:
    """Return the address of a page of the shown snapshot: numbered where the reader chose a number."""
    number = context.get("number")
    if number is None:
        return reverse(f"public-{page}", args=args)
    return reverse(f"public-snapshot-{page}", args=(number, *args))


@register.simple_tag(takes_context=True)
def page_in(context: template.Context, language: str) -> str:
    """Return the address of this page in another language."""
    return translate_url(context["request"].get_full_path(), language)


@register.simple_tag
def publisher(source: dict[str, str]) -> str:
    """Return who stands behind a source, as far as it may be said."""
    kind = source.get("publisher_kind") or source.get("kind", "")
    return str(definitions.publisher_label(source.get("publisher", ""), kind))


@register.simple_tag
def links_and_sources(links: int, independent: int) -> str:
    """Say how many links there are and how many independent sources they come down to."""
    return (
        ngettext("%(count)d link", "%(count)d links", links) % {"count": links}
        + ", "
        + ngettext("%(count)d independent source", "%(count)d independent sources", independent)
        % {"count": independent}
    )


@register.filter
def signed(line: object) -> str:
    """Write how much a figure moved: +3, −2."""
    value, old = getattr(line, "value", 0), getattr(line, "old", None)
    if old is None or value == old:
        return ""
    return f"+{value - old}" if value > old else f"\N{MINUS SIGN}{old - value}"
