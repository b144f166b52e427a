"""What an estimation method answers, with everything a reader needs to doubt it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kuager.engines.estimation.draws import Draws

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """How many persons there are, seen or not, by one method.

    Parameters
    ----------
    method : str
        Name of the method as on the command line.
    observed : int
        Persons on at least one list.
    estimate : float
        Persons in all; the median for methods that draw.
    mean : float or None
        Mean of the draws; unknown for methods without draws.
    interval : tuple of float
        Persons; the upper end is infinite where the data do not bound it (then never publishable).
    level : float
        Probability of the interval, 0..1.
    is_lower_bound : bool
        The true number is expected to be higher, not around the estimate.
    reasons : tuple of str
        Why it may not be published; empty if it may.
    draws : Draws or None
        What a method that draws has drawn; not part of ``to_json``.

    """

    method: str
    observed: int
    estimate: float
    interval: tuple[float, float]
    level: float
    mean: float | None = None
    is_lower_bound: bool = False
    diagnostics: Mapping[str, float | str] = field(default_factory=dict)
    publishable: bool = True
    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    seed: int | None = None
    draws: Draws | None = field(default=None, repr=False, compare=False)

    @property
    def unseen(self) -> tuple[float, float, float]:
        """Persons on no list: estimate, low, high."""
        low, high = self.interval
        return self.estimate - self.observed, low - self.observed, high - self.observed

    def to_json(self, *, seconds: float | None = None) -> dict[str, object]:
        """Answer as the command prints it; an end that is not bounded is ``null``."""
        unseen, unseen_low, unseen_high = (_number(value) for value in self.unseen)
        return {
            "method": self.method,
            "observed": self.observed,
            "estimate": _number(self.estimate),
            "mean": self.mean,
            "interval": [_number(end) for end in self.interval],
            "level": self.level,
            "unseen": {"estimate": unseen, "low": unseen_low, "high": unseen_high},
            "lower_bound": self.is_lower_bound,
            "diagnostics": {name: _number(value) for name, value in self.diagnostics.items()},
            "publishable": self.publishable,
            "reasons": [str(text) for text in self.reasons],
            "warnings": [str(text) for text in self.warnings],
            "assumptions": [str(text) for text in self.assumptions],
            "seed": self.seed,
            "seconds": seconds,
        }

    def to_dataframe(self) -> "pl.DataFrame":
        """Give the answer as a table of one row."""
        import polars as pl

        low, high = self.interval
        row = {
            "method": self.method,
            "observed": self.observed,
            "estimate": self.estimate,
            "mean": self.mean,
            "low": low,
            "high": high,
            "level": self.level,
            "lower_bound": self.is_lower_bound,
            "publishable": self.publishable,
        }
        return pl.DataFrame([row])


def _number(value: float | str) -> float | str | None:
    """JSON knows no infinity."""
    if isinstance(value, str):
        return value
    return round(value, 6) if math.isfinite(value) else None
