"""Which of several copies shows the most, and what is known of when the first one was published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kuager.core.dates import parse_edtf
from kuager.domain.evidence.models import Appearance


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """How much a file shows.

    Attributes
    ----------
    width, height
        Points of the picture; 0 when there is none.
    duration_ms
        Milliseconds; 0 for stills.
    """

    width: int
    height: int
    duration_ms: int

    @property
    def amount(self) -> int:
        """Points of the picture times milliseconds: what a larger and longer copy has more of."""
        return max(1, self.width * self.height) * max(1, self.duration_ms)


def most_complete(measures: Mapping[int, Measure]) -> int | None:
    """Return the number of the item that shows the most; None unless one shows more than every other.

    Largest picture times longest time. It says nothing of compression: of two equally large copies the
    better one has to be seen.
    """
    if len(measures) < 2:
        return None
    ordered = sorted(measures, key=lambda number: measures[number].amount, reverse=True)
    first, second = ordered[:2]
    return first if measures[first].amount > measures[second].amount else None


def earliest_claimed(appearances: Sequence[Appearance]) -> tuple[Appearance, date] | None:
    """Return the appearance that claims the earliest day, with the latest day its claim allows."""
    claims = []
    for one in appearances:
        latest = parse_edtf(one.claimed_on).latest if one.claimed_on else None
        if latest is not None:
            claims.append((latest, one.pk, one))
    if not claims:
        return None
    latest, _, appearance = min(claims, key=lambda claim: claim[:2])
    return appearance, latest
