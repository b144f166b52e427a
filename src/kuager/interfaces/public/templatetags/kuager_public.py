"""Small parts of the public pages."""

from datetime import date, datetime

from django import template
from django.urls import reverse, translate_url
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext

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
def day_words(moment: date) -> str:
    """Write a day in words; of a moment the day it was in the organisation's time."""
    return definitions.day_in_words(localtime(moment) if isinstance(moment, datetime) else moment)


@register.filter
def moment_words(moment: datetime) -> str:
    """Write a moment in words."""
    return f"{day_words(moment)}, {localtime(moment):%H:%M}"


@register.filter
def grouped(number: int | None) -> str:
    """Write a number of people in groups of three digits; no number is "not bounded"."""
    return gettext("not bounded") if number is None else f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")


@register.filter
def rounded(number: int | None) -> str:
    """Write a rounded number of people; none stands for few."""
    return gettext("few") if number is None else grouped(number)


@register.filter
def signed(line: object) -> str:
    """Write how much a figure moved: +3, −2."""
    value, old = getattr(line, "value", 0), getattr(line, "old", None)
    if old is None or value == old:
        return ""
    return f"+{value - old}" if value > old else f"\N{MINUS SIGN}{old - value}"
