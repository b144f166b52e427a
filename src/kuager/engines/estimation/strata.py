"""Add up strata honestly: the ends of intervals are never added."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuager.core.errors import KuagerError
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.intervals import normal_quantile
from kuager.engines.estimation.methods import estimate
from kuager.engines.estimation.request import Request
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.sentences import Sentence

DRAWS = 20_000
# Persons: stands for "none" on the log scale, as in HRDAG's combination of replicates.
NONE = 0.1


@dataclass(frozen=True, kw_only=True)
class Strata:
    """Answers for each stratum and, if all have one, for all together.

    Parameters
    ----------
    estimates : mapping
        Stratum to its answer.
    not_estimated : mapping
        Stratum to the reason why it has none.
    observed : int
        Persons documented in all strata.
    total : Estimate or None
        All strata together; unknown if one of them has no answer or an unbounded one.

    """

    estimates: Mapping[str, Estimate]
    not_estimated: Mapping[str, str]
    observed: int
    total: Estimate | None

    def to_json(self) -> dict[str, object]:
        """Answer as the command prints it."""
        strata: dict[str, object] = {name: answer.to_json() for name, answer in self.estimates.items()}
        for name, reason in self.not_estimated.items():
            strata[name] = {
                "estimate": None,
                "interval": None,
                "publishable": False,
                "reasons": [str(reason)],
            }
        return {"strata": strata, "total": self._total()}

    def _total(self) -> dict[str, object]:
        if self.total is not None:
            return self.total.to_json()
        missing = [
            *self.not_estimated,
            *(name for name, answer in self.estimates.items() if _unbounded(answer)),
        ]
        reason = f"no total: no usable answer for {', '.join(missing)}; only those documented can be added"
        return {
            "observed": self.observed,
            "estimate": None,
            "interval": None,
            "publishable": False,
            "reasons": [reason],
        }


def estimate_strata(
    groups: Mapping[str, CaptureHistories],
    *,
    method: str,
    request: Request | None = None,
    derived: Mapping[str, str] | None = None,
) -> Strata:
    """Estimate each stratum alone, then their total.

    A stratum that cannot be estimated is reported with its reason, and then there is no total.
    """
    wanted = request or Request()
    answers: dict[str, Estimate] = {}
    failed: dict[str, str] = {}
    for name, histories in groups.items():
        try:
            answers[name] = estimate(histories, method=method, request=wanted, derived=derived)
        except KuagerError as error:
            failed[name] = str(error)
    usable = answers and not failed and not any(_unbounded(answer) for answer in answers.values())
    return Strata(
        estimates=answers,
        not_estimated=failed,
        observed=sum(histories.observed for histories in groups.values()),
        total=_total(answers, wanted) if usable else None,
    )


def _unbounded(answer: Estimate) -> bool:
    return not math.isfinite(answer.interval[1])


def _total(answers: Mapping[str, Estimate], request: Request) -> Estimate:
    """Add estimates; draw the unseen of each stratum to get the interval of their sum."""
    parts = list(answers.values())
    random = np.random.default_rng(request.seed)
    observed = sum(part.observed for part in parts)
    value = sum(part.estimate for part in parts)
    unseen = sum((_draw_unseen(part, random) for part in parts), np.zeros(DRAWS))
    tail = (1 - request.level) / 2
    low, high = (observed + float(end) for end in np.quantile(unseen, (tail, 1 - tail)))
    refused = [name for name, part in answers.items() if not part.publishable]
    reasons = (
        (Sentence("Strata that may not be published: {names}.", names=", ".join(refused)),) if refused else ()
    )
    return Estimate(
        method=parts[0].method,
        observed=observed,
        estimate=value,
        interval=(min(low, value), max(high, value)),
        level=request.level,
        is_lower_bound=any(part.is_lower_bound for part in parts),
        diagnostics={"strata": len(parts), "draws": DRAWS},
        publishable=not reasons,
        reasons=reasons,
        warnings=(
            Sentence(
                "The interval of the total is drawn from the strata's intervals as if they were independent; "
                "it is not the sum of their ends."
            ),
        ),
        assumptions=parts[0].assumptions,
        seed=request.seed,
    )


def _draw_unseen(part: Estimate, random: np.random.Generator) -> NDArray[np.float64]:
    """Draw from a log-normal with different spreads below and above, fitted to the interval.

    The estimate is the median, and the ends of the interval are the quantiles that they claim to be.
    """
    value, low, high = (math.log(max(number, NONE)) for number in part.unseen)
    z = normal_quantile(part.level)
    normal = random.standard_normal(DRAWS)
    spread = np.where(normal < 0, (value - low) / z, (high - value) / z)
    return np.asarray(np.exp(value + spread * normal))
