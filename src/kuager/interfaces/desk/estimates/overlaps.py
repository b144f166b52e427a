"""An overlap of lists as a page shows it: a table, its totals, and a picture that says the same."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from kuager.engines.charts import upset_chart

if TYPE_CHECKING:
    from kuager.engines.estimation import CaptureHistories

MOST_DRAWN = 8


@dataclass(frozen=True, kw_only=True)
class Combination:
    """Persons on exactly these lists: one answer for each list, and how many."""

    is_on: tuple[bool, ...]
    count: int


@dataclass(frozen=True, kw_only=True)
class ShownOverlap:
    """All combinations that somebody has, the largest first."""

    list_names: tuple[str, ...]
    combinations: tuple[Combination, ...]
    totals: tuple[int, ...]
    persons: int

    @property
    def is_drawn(self) -> bool:
        """Whether a picture of so many lists can be read."""
        return len(self.list_names) <= MOST_DRAWN and self.persons > 0


def shown_overlap(histories: "CaptureHistories") -> ShownOverlap:
    """Put capture histories in the order of their counts."""
    combinations = [
        Combination(is_on=tuple(bool(mark) for mark in pattern), count=int(count))
        for pattern, count in zip(histories.patterns, histories.counts, strict=True)
    ]
    combinations.sort(key=lambda one: (-one.count, [not mark for mark in one.is_on]))
    return ShownOverlap(
        list_names=histories.lists,
        combinations=tuple(combinations),
        totals=histories.list_totals,
        persons=histories.observed,
    )


def overlap_picture(overlap: ShownOverlap) -> str:
    """Draw the overlap as SVG."""
    combos = [
        ([name for name, is_on in zip(overlap.list_names, one.is_on, strict=True) if is_on], one.count)
        for one in overlap.combinations
    ]
    picture = upset_chart(
        dict(zip(overlap.list_names, overlap.totals, strict=True)),
        combos,
        title="",
        lists_title=gettext("Lists"),
        count_title=gettext("Persons"),
        alt=gettext("Persons by the exact set of lists they stand on"),
    )
    return picture.svg
