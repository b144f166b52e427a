"""Ask the method a question whose answer is known: how many people one of the lists has."""

import math
from dataclasses import dataclass

from kuager.core.errors import BadInputError
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.request import Request
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.sensitivity.variation import Row, vary
from kuager.engines.estimation.sentences import Sentence

ANALYSIS = "consistency"
# Binette & Steorts (2022) leave out lists with fewer persons.
FEWEST_ON_LIST = 30
# Our choice: worth a sentence from a tenth too few on average.
NOTABLE_SHORTFALL = 0.9


@dataclass(frozen=True, kw_only=True)
class ConsistencyCase:
    """One list taken as if it were everybody.

    Parameters
    ----------
    name : str
        The list.
    truth : int
        Persons on it: the number that the other lists should lead to.
    answer : Estimate or None
        What they lead to; None if they have no answer.
    reason : str or None
        Why there is none.

    """

    name: str
    truth: int
    answer: Estimate | None
    reason: str | None = None

    @property
    def covered(self) -> bool | None:
        """Whether the interval holds the truth; of a lower bound, whether its lower end is below it."""
        if self.answer is None:
            return None
        low, high = self.answer.interval
        return low <= self.truth and (self.answer.is_lower_bound or self.truth <= high)

    @property
    def log_bias(self) -> float | None:
        """Logarithm of the answer over the truth; below 0 if it is too low."""
        return None if self.answer is None else math.log(self.answer.estimate / self.truth)


@dataclass(frozen=True, kw_only=True)
class InternalConsistency:
    """How often a method found a number that is known.

    Parameters
    ----------
    cases : tuple of ConsistencyCase
        One for each list with enough persons.
    skipped : tuple of str
        Lists with too few.

    """

    cases: tuple[ConsistencyCase, ...]
    skipped: tuple[str, ...]

    @property
    def answered(self) -> int:
        """Lists for which the others had an answer."""
        return sum(case.answer is not None for case in self.cases)

    @property
    def coverage(self) -> float | None:
        """Share of the answers whose interval held the truth; None without answers."""
        return sum(case.covered is True for case in self.cases) / self.answered if self.answered else None

    @property
    def mean_log_bias(self) -> float | None:
        """Mean log relative bias; None without answers."""
        biases = [case.log_bias for case in self.cases if case.log_bias is not None]
        return sum(biases) / len(biases) if biases else None

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """Say how well it went, and what that means for the number."""
        if self.mean_log_bias is None:
            return (Sentence("No list can be found again from the others; the method cannot be tried out."),)
        times = math.exp(self.mean_log_bias)
        values = {
            "covered": str(sum(case.covered is True for case in self.cases)),
            "all": str(self.answered),
            "times": f"{times:.2f}",
        }
        said = [
            Sentence(
                "Each list in turn taken as if it were everybody: the lower bound from the other lists was "
                "right {covered} times of {all}, and on average {times} times the truth.",
                **values,
            )
            if all(case.answer.is_lower_bound for case in self.cases if case.answer)
            else Sentence(
                "Each list in turn taken as if it were everybody: the interval from the other lists held "
                "the truth {covered} times of {all}, and the answer was on average {times} times the truth.",
                **values,
            )
        ]
        if times < NOTABLE_SHORTFALL:
            said.append(
                Sentence("What falls short where the truth is known, falls short of the unknown too.")
            )
        return tuple(said)

    def to_json(self) -> dict[str, object]:
        """Give the summary and every list."""
        return {
            "coverage": self.coverage,
            "mean_log_bias": self.mean_log_bias,
            "lists": [
                {
                    "name": case.name,
                    "truth": case.truth,
                    "answer": case.answer.to_json() if case.answer else None,
                    "reason": case.reason,
                    "covered": case.covered,
                    "log_bias": case.log_bias,
                }
                for case in self.cases
            ],
            "skipped": list(self.skipped),
        }

    def to_rows(self) -> list[Row]:
        """Give the same as rows of a table."""
        return [
            {
                "analysis": ANALYSIS,
                "name": case.name,
                "estimate": case.answer.estimate if case.answer else None,
                "low": case.answer.interval[0] if case.answer else None,
                "high": case.answer.interval[1] if case.answer else None,
                "times": case.answer.estimate / case.truth if case.answer else None,
                "truth": float(case.truth),
                "publishable": case.answer.publishable if case.answer else None,
                "reason": case.reason,
            }
            for case in self.cases
        ]


def internal_consistency(
    histories: CaptureHistories, *, method: str, request: Request | None = None
) -> InternalConsistency:
    """Take each list as everybody, and estimate its size from the other lists alone.

    Notes
    -----
    It tries the method on people that a list reached; those that none reached may be harder still. Errors
    are nearly always too low (Binette & Steorts).

    Raises
    ------
    BadInputError
        There are fewer than three lists.

    References
    ----------
    Binette & Steorts (2022), On the reliability of multiple systems estimation for the quantification of
    modern slavery, J. R. Stat. Soc. A 185, 640-676, section on internal consistency.

    """
    if len(histories.lists) < 3:
        raise BadInputError(f"this trial needs three lists or more, got {len(histories.lists)}")
    sizes = dict(zip(histories.lists, histories.list_totals, strict=True))
    cases = [
        _case(histories, name, method=method, request=request or Request())
        for name in histories.lists
        if sizes[name] >= FEWEST_ON_LIST
    ]
    skipped = tuple(name for name in histories.lists if sizes[name] < FEWEST_ON_LIST)
    return InternalConsistency(cases=tuple(cases), skipped=skipped)


def _case(histories: CaptureHistories, name: str, *, method: str, request: Request) -> ConsistencyCase:
    """Keep the people of one list as the other lists saw them; a list that saw none of them drops out."""
    on_it = histories.patterns[:, histories.lists.index(name)] == 1
    truth = int(histories.counts[on_it].sum())
    shared = histories.overlaps[histories.lists.index(name)]
    others = [
        other for other, both in zip(histories.lists, shared, strict=True) if both > 0 and other != name
    ]
    if len(others) < 2:
        reason = Sentence("Fewer than two other lists know any of its people.")
        return ConsistencyCase(name=name, truth=truth, answer=None, reason=reason)
    within = CaptureHistories.from_counts(
        histories.lists, histories.patterns[on_it].tolist(), histories.counts[on_it].tolist()
    )
    found = vary(ANALYSIS, name, within.select(others), method=method, request=request)
    return ConsistencyCase(name=name, truth=truth, answer=found.answer, reason=found.reason)
