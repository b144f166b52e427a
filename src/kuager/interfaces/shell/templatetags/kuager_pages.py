"""Words and small parts that templates of every audience share."""

from typing import TYPE_CHECKING

from django import template
from django.utils.translation import gettext, pgettext

if TYPE_CHECKING:
    from django.http import QueryDict

register = template.Library()


@register.filter
def uncertain_date(edtf: str) -> str:
    """Put an EDTF date in words: ``2022-01-06~`` becomes "about 2022-01-06", nothing becomes "not known"."""
    if not edtf or edtf == "..":
        return pgettext("date", "not known")
    if "/" in edtf:
        return _range_words(*edtf.split("/", 1))
    plain = edtf.rstrip("?~%")
    wording = {
        "%": gettext("about %(day)s, not certain"),
        "~": gettext("about %(day)s"),
        "?": gettext("%(day)s, not certain"),
    }.get(edtf[-1], "%(day)s")
    return wording % {"day": plain}


def _range_words(start: str, end: str) -> str:
    if start in ("", ".."):
        return gettext("by %(day)s") % {"day": uncertain_date(end)}
    if end in ("", ".."):
        return gettext("from %(day)s") % {"day": uncertain_date(start)}
    return gettext("between %(start)s and %(end)s") % {"start": start, "end": end}


@register.filter
def age_words(entry: object) -> str:
    """Put an age range as one number or two; empty when it is not known."""
    low, high = getattr(entry, "age_min", None), getattr(entry, "age_max", None)
    if low is None and high is None:
        return ""
    if low == high:
        return str(low)
    return f"{low if low is not None else 0}–{high if high is not None else ''}"


@register.filter
def percent(value: float | None) -> str:
    """Show a probability 0..1 as a whole per cent; 99.7 is never shown as 100."""
    if value is None:
        return ""
    whole = round(value * 100)
    if whole == 100 and value < 1:
        return ">99 %"
    if whole == 0 and value > 0:
        return "<1 %"
    return f"{whole} %"


@register.simple_tag(takes_context=True)
def query_with(context: template.Context, **changes: object) -> str:
    """Return the present query string with some values changed; None removes one. For pages and filters."""
    query: QueryDict = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = str(value)
    return f"?{query.urlencode()}"
