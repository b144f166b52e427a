"""The picture of a published estimate in three languages: the methods that may be shown, side by side."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from kuager.core.digest import JsonValue
from kuager.domain.lists.terms import method_word
from kuager.domain.publication.queries.estimates import PublishedEstimate
from kuager.domain.publication.queries.pictures import DrawnPicture, stored_picture
from kuager.engines.charts.intervals import IntervalRow, IntervalWords, interval_chart
from kuager.engines.charts.picture import Picture

Object = Mapping[str, JsonValue]


def picture_key(key: str) -> str:
    """Return the key of the picture of an estimate."""
    return f"estimate-{key}"


def draw_estimates(estimates: Sequence[PublishedEstimate]) -> Iterator[DrawnPicture]:
    """Draw each estimate in every language."""
    for language, _ in settings.LANGUAGES:
        with translation.override(language):
            for one in estimates:
                picture = draw_methods(one.content)
                yield stored_picture(picture_key(one.choice.key), language, picture)


def draw_methods(content: Object) -> Picture:
    """Draw the published answers of all methods side by side; the refused ones are not shown."""
    shown = [one for one in cast("Sequence[Object]", content["methods"]) if one["publishable"]]
    words = IntervalWords(
        observed=gettext("Counted"),
        at_least=gettext("at least"),
        refused=gettext("not to be published"),
        unbounded=gettext("no upper end"),
        label_title=gettext("Method"),
        estimate_title=gettext("People in all"),
        interval_title=gettext("Interval"),
        remark_title=gettext("Remark"),
    )
    rows = [_row(one) for one in shown]
    told = [_told(one) for one in shown]
    observed = cast(int, content["observed"])
    alt = gettext("Estimated number of people by method, with intervals. %(counted)d were counted. %(told)s.")
    return interval_chart(
        rows,
        observed=observed,
        words=words,
        title="",
        alt=alt % {"counted": observed, "told": "; ".join(told)},
    )


def _row(answer: Object) -> IntervalRow:
    """Draw a lower bound as its floor and an arrow: its upper end would be quoted."""
    low, high = cast("Sequence[int]", answer["interval"])
    is_bound = bool(answer["lower_bound"])
    estimate = low if is_bound else cast(int, answer["estimate"])
    return IntervalRow(
        label=method_word(str(answer["method"])),
        estimate=estimate,
        low=min(low, estimate),
        high=math.inf if is_bound else max(high, estimate),
        is_bound=is_bound,
    )


def _told(answer: Object) -> str:
    low, high = cast("Sequence[int]", answer["interval"])
    words = {"method": method_word(str(answer["method"])), "low": low, "high": high}
    if answer["lower_bound"]:
        return gettext("%(method)s: at least %(low)d") % words
    return gettext("%(method)s: from %(low)d to %(high)d") % words
