"""Try a method on people whose number is known, before it speaks of people whose number is not.

Each list in turn is taken as if it were everybody. The other lists saw some of its people, and the method
must find the size of the list from them alone. A method that finds too few of those who did stand on a
list finds too few of those who stand on none: then its interval is no interval, but its lower end is still
a floor.

References
----------
Binette & Steorts (2022), On the reliability of multiple systems estimation for the quantification of modern
slavery, J. R. Stat. Soc. A 185, 640-676, section on internal consistency; there the error is nearly always
too low, and intervals said to hold the truth 95 times of 100 did so 60 to 90 times.

"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from kuager.core.errors import KuagerError
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.intervals import normal_quantile
from kuager.engines.estimation.request import Request
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.running import silent
from kuager.engines.estimation.sentences import Sentence

# Binette & Steorts (2022) leave out lists with fewer persons; we ask that the others saw as many of them.
FEWEST_SEEN = 30
# More lists than these cost much time and add little: those that saw most of the people are kept.
MOST_OTHERS = 6
# Enough for the width of an interval that is only compared.
TRIAL_DRAWS = 250
# Persons: half of one stands for none on the log scale.
HALF = 0.5
# One in ten by chance, if misses were independent and normal: an interval taken for a floor by mistake
# says less than it could, a floor taken for an interval says what is false. In the populations of
# benchmarks/estimation_coverage.py nearly all answers that were too low lie beyond it.
WORST_SHORTFALL = 1.28


@dataclass(frozen=True, kw_only=True)
class Trial:
    """How far a method was from numbers that are known.

    Parameters
    ----------
    misses : tuple of float
        One for each list that could be tried: by how many standard errors the true number of unseen
        people was above the answer (on the log scale); below 0 if the answer was too high.

    """

    misses: tuple[float, ...]

    @property
    def shortfall(self) -> float:
        """Sum of the misses over the root of their number; beyond 1.28 once in ten by chance alone.

        Exact for independent normal misses only. The lists share people, so it is a rule and no test;
        benchmarks/estimation_coverage.py shows how it does.
        """
        return sum(self.misses) / math.sqrt(len(self.misses))


def try_out(
    histories: CaptureHistories,
    method: Callable[[CaptureHistories, Request], Estimate],
    *,
    request: Request | None = None,
) -> Trial | None:
    """Try a method on each list; None if fewer than two lists can be tried."""
    wanted = replace(request or Request(), draws=TRIAL_DRAWS, progress=silent, checkpoint=None)
    misses = tuple(_misses(histories, method, wanted))
    return Trial(misses=misses) if len(misses) >= 2 else None


def _misses(
    histories: CaptureHistories, method: Callable[[CaptureHistories, Request], Estimate], request: Request
) -> Iterator[float]:
    for name, truth in zip(histories.lists, histories.list_totals, strict=True):
        within = seen_by_others(histories, name)
        if within is None or within.observed < FEWEST_SEEN:
            continue
        try:
            answer = method(within, request)
        except KuagerError:
            continue
        if math.isfinite(answer.interval[1]):
            yield _miss(answer, truth)


def seen_by_others(histories: CaptureHistories, name: str) -> CaptureHistories | None:
    """Keep the people of one list as the others saw them; None if fewer than two others saw any.

    Of many others those stay that saw most of them.
    """
    place = histories.lists.index(name)
    on_it = histories.patterns[:, place] == 1
    totals = histories.counts[on_it] @ histories.patterns[on_it]
    ranked = sorted(
        (-int(total), other)
        for other, total in zip(histories.lists, totals, strict=True)
        if total > 0 and other != name
    )
    if len(ranked) < 2:
        return None
    others = [other for _, other in ranked[:MOST_OTHERS]]
    columns = [histories.lists.index(other) for other in others]
    rows = histories.patterns[on_it][:, columns]
    seen = np.asarray(rows.any(axis=1))
    return CaptureHistories.from_counts(others, rows[seen].tolist(), histories.counts[on_it][seen].tolist())


def _miss(answer: Estimate, truth: int) -> float:
    """Give the distance from answer to truth in units of the interval's half on that side, as normal."""
    estimate, low, high = (math.log(max(unseen, HALF)) for unseen in answer.unseen)
    distance = math.log(max(truth - answer.observed, HALF)) - estimate
    half = high - estimate if distance > 0 else estimate - low
    return distance * normal_quantile(answer.level) / max(half, 0.01)


def told(answer: Estimate, trial: Trial | None) -> Estimate:
    """Write the result of a trial into an answer: who failed it, or could not be tried, only has a floor."""
    if trial is None:
        return replace(
            answer,
            is_lower_bound=True,
            warnings=(
                *answer.warnings,
                Sentence(
                    "The lists share too few people to try the method on a number that is known; "
                    "take the lower end as a floor, and nothing else."
                ),
            ),
        )
    diagnostics = dict(answer.diagnostics) | {
        "trial_shortfall": trial.shortfall,
        "trial_lists": len(trial.misses),
    }
    answer = replace(answer, diagnostics=diagnostics)
    return answer if trial.shortfall <= WORST_SHORTFALL else _floored(answer)


def told_together(answers: Mapping[str, Estimate]) -> dict[str, Estimate]:
    """Put the trials of strata together: each alone may be too small to show what all of them show.

    If the method found too few in all strata together, every stratum only has a floor.
    """
    weights = {
        name: (float(answer.diagnostics["trial_shortfall"]), float(answer.diagnostics["trial_lists"]))
        for name, answer in answers.items()
        if "trial_shortfall" in answer.diagnostics
    }
    lists = sum(number for _, number in weights.values())
    misses = sum(shortfall * math.sqrt(number) for shortfall, number in weights.values())
    if not lists or misses / math.sqrt(lists) <= WORST_SHORTFALL:
        return dict(answers)
    return {name: answer if answer.is_lower_bound else _floored(answer) for name, answer in answers.items()}


def _floored(answer: Estimate) -> Estimate:
    warning = Sentence(
        "Tried on lists whose size is known, the method found too few people; take the lower end as a floor, "
        "and nothing else."
    )
    return replace(answer, is_lower_bound=True, warnings=(*answer.warnings, warning))
