"""One thing changed, and what the number would be then."""

import math
from dataclasses import dataclass, replace

from kuager.core.errors import KuagerError
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.methods import estimate
from kuager.engines.estimation.request import Request
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.running import silent
from kuager.engines.estimation.sentences import Sentence

Row = dict[str, str | float | bool | None]


@dataclass(frozen=True, kw_only=True)
class Variation:
    """The answer with one thing changed.

    Parameters
    ----------
    analysis : str
        What is varied: ``left out``, ``merged``, ``prior`` or ``date``.
    name : str
        What was changed: a list, lists joined, a prior, a day.
    answer : Estimate or None
        The answer then; None if there was none.
    reason : str or None
        Why there was no answer.
    times : float or None
        The answer as a multiple of the unchanged one.

    """

    analysis: str
    name: str
    answer: Estimate | None
    reason: str | None = None
    times: float | None = None

    @property
    def shift(self) -> float:
        """How far the answer moved, on the log scale; 0 where there is none."""
        return abs(math.log(self.times)) if self.times else 0.0

    def to_json(self) -> dict[str, object]:
        """Give what was changed, the answer (``null`` if there is none) and by how much it moved."""
        return {
            "name": str(self.name),
            "answer": self.answer.to_json() if self.answer else None,
            "reason": None if self.reason is None else str(self.reason),
            "times": None if self.times is None else round(self.times, 6),
        }

    def to_row(self) -> Row:
        """Give the same as a row of a table."""
        answer = self.answer
        return {
            "analysis": self.analysis,
            "name": str(self.name),
            "estimate": answer.estimate if answer else None,
            "low": answer.interval[0] if answer else None,
            "high": answer.interval[1] if answer else None,
            "times": self.times,
            "truth": None,
            "publishable": answer.publishable if answer else None,
            "reason": None if self.reason is None else str(self.reason),
        }


def vary(
    analysis: str,
    name: str,
    histories: CaptureHistories,
    *,
    method: str,
    request: Request,
    full: Estimate | None = None,
) -> Variation:
    """Estimate the changed table; a refusal becomes the reason instead of an answer."""
    try:
        answer = estimate(histories, method=method, request=alone(request))
    except KuagerError as error:
        return Variation(analysis=analysis, name=name, answer=None, reason=str(error))
    if not math.isfinite(answer.estimate):
        reason = Sentence("The data do not bound the number from above.")
        return Variation(analysis=analysis, name=name, answer=None, reason=reason)
    return compared(Variation(analysis=analysis, name=name, answer=answer), full)


def compared(variation: Variation, full: Estimate | None) -> Variation:
    """Add by how much the answer moved from the unchanged one."""
    if variation.answer is None or full is None:
        return variation
    return replace(variation, times=variation.answer.estimate / full.estimate)


def alone(request: Request) -> Request:
    """Make the request of one of many runs: it shows no progress of its own and keeps no checkpoint."""
    return replace(request, progress=silent, checkpoint=None)
