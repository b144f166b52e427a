"""What templates of lists and reviews ask: cells in words, differences, sentences of the engines."""

from collections.abc import Mapping

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from kuager.domain.lists.terms import method_word
from kuager.interfaces.desk.estimates.sentence_words import translated
from kuager.interfaces.desk.lists.problem_words import expected_in_words
from kuager.interfaces.desk.review.differences import mark_differences

register = template.Library()
register.filter("expected_words", expected_in_words)
register.filter("method_name", method_word)


@register.filter
def cell(value: object) -> str:
    """Show a raw or parsed value; nothing stays empty, a list is joined."""
    if value is None or value == "":
        return ""
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {cell(item)}" for key, item in value.items() if item not in (None, ""))
    if isinstance(value, list | tuple):
        return ", ".join(cell(item) for item in value)
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return str(value)


@register.filter
def against(here: str, there: str) -> SafeString:
    """Show a value with the characters marked that the other value has not."""
    pieces = mark_differences(here or "", there or "")
    return format_html_join(
        "",
        "{}{}{}",
        (
            (SafeString("<mark>"), piece.text, SafeString("</mark>"))
            if piece.differs
            else ("", piece.text, "")
            for piece in pieces
        ),
    )


@register.filter
def sentence(value: object) -> str:
    """Say a finished sentence of an engine in the reader's language."""
    return translated(str(value))


@register.filter
def people(value: float | None) -> str:
    """Show a number of persons whole, in groups of three; nothing is "not bounded"."""
    return gettext("not bounded") if value is None else f"{value:,.0f}".replace(",", "\N{NO-BREAK SPACE}")
