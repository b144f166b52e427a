"""All methods that apply to a table, and in words where and why they disagree."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from kuager.core.errors import KuagerError
from kuager.engines.estimation.guard import TWO_LIST_METHODS, guarded
from kuager.engines.estimation.headlines import headline, recommended
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.methods import METHODS, estimate
from kuager.engines.estimation.request import Request
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.sentences import Sentence, people


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What several methods say about the same table.

    Parameters
    ----------
    n_lists, observed : int
        Lists compared, and persons on at least one of them.
    estimates : tuple of Estimate
        One for each method that applies; two-list methods once for each pair of lists.
    not_run : mapping
        Method to the reason why it gave no answer.
    sentences : tuple of str
        Where the answers disagree and what that means.

    """

    n_lists: int
    observed: int
    estimates: tuple[Estimate, ...]
    not_run: Mapping[str, str]
    sentences: tuple[str, ...]

    @property
    def headline(self) -> Sentence:
        """What a journalist can quote."""
        return headline(recommended(self), observed=self.observed)

    def to_json(self) -> dict[str, object]:
        """Answer as the command prints it."""
        first = recommended(self)
        return {
            "headline": str(self.headline),
            "recommended": first.method if first else None,
            "methods": [answer.to_json() for answer in self.estimates],
            "not_run": {name: str(reason) for name, reason in self.not_run.items()},
            "comparison": [str(sentence) for sentence in self.sentences],
        }


def compare(
    histories: CaptureHistories, *, request: Request | None = None, derived: Mapping[str, str] | None = None
) -> Comparison:
    """Run every method that applies. A method that cannot answer says why in ``not_run``."""
    answers: list[Estimate] = []
    not_run: dict[str, str] = {}
    for method in METHODS:
        try:
            if method in TWO_LIST_METHODS and len(histories.lists) > 2:
                answers.extend(_pairs(histories, method, request, derived))
            else:
                answers.append(estimate(histories, method=method, request=request, derived=derived))
        except KuagerError as error:
            not_run[method] = str(error)
    return Comparison(
        n_lists=len(histories.lists),
        observed=histories.observed,
        estimates=tuple(answers),
        not_run=not_run,
        sentences=tuple(_sentences(histories, answers)),
    )


def _pairs(
    histories: CaptureHistories, method: str, request: Request | None, derived: Mapping[str, str] | None
) -> Iterator[Estimate]:
    """Two lists at a time, judged knowing that there are others; of the two methods only Chapman's."""
    if method != "chapman":
        return
    for pair in combinations(histories.lists, 2):
        chosen = histories.select(pair)
        if min(chosen.list_totals, default=0) > 0:
            yield guarded(histories, estimate(chosen, method=method, request=request), derived=derived)


def _sentences(histories: CaptureHistories, answers: list[Estimate]) -> Iterator[str]:
    yield from _spread_of_pairs([answer for answer in answers if answer.method == "chapman"])
    single = {answer.method: answer for answer in answers}
    if len(histories.lists) == 2 and {"lincoln-petersen", "chapman"} <= single.keys():
        yield Sentence(
            "Chapman's estimate is below Lincoln-Petersen's because it corrects for small overlap; "
            "two lists cannot show whether they depend on each other."
        )
    if {"chao", "loglinear"} <= single.keys():
        yield _bound_and_model(single["chao"], single["loglinear"])
    if "loglinear" in single:
        yield from _near_best(single["loglinear"])
    if answers and not any(answer.publishable for answer in answers):
        yield Sentence(
            "None of these numbers may be published; give the {n} documented.", n=people(histories.observed)
        )


def _spread_of_pairs(pairs: list[Estimate]) -> Iterator[str]:
    if len(pairs) < 2:
        return
    lowest = min(pairs, key=lambda answer: answer.estimate)
    highest = max(pairs, key=lambda answer: answer.estimate)
    values = {
        "low": people(lowest.estimate),
        "low_lists": str(lowest.diagnostics["lists"]),
        "high": people(highest.estimate),
        "high_lists": str(highest.diagnostics["lists"]),
    }
    if max(answer.interval[0] for answer in pairs) > min(answer.interval[1] for answer in pairs):
        yield Sentence(
            "Two lists at a time the answers run from {low} ({low_lists}) to {high} ({high_lists}), "
            "more than chance allows: some lists find the same people, others avoid each other's.",
            **values,
        )
    else:
        yield Sentence(
            "Two lists at a time the answers run from {low} ({low_lists}) to {high} ({high_lists}), "
            "no more than chance allows.",
            **values,
        )


def _bound_and_model(bound: Estimate, model: Estimate) -> Sentence:
    values = {"bound": people(bound.estimate), "model": people(model.estimate)}
    if model.interval[1] < bound.estimate:
        return Sentence(
            "The log-linear model ({model}) is below Chao's lower bound ({bound}): the model assumes that "
            "people are alike, the bound does not. Trust neither before people are split into groups.",
            **values,
        )
    if model.interval[0] > bound.estimate:
        return Sentence(
            "The log-linear model ({model}) is far above Chao's lower bound ({bound}), as it should be "
            "if lists share people by more than chance; the difference rests on the model.",
            **values,
        )
    return Sentence(
        "The log-linear model ({model}) and Chao's lower bound ({bound}) agree within the interval.", **values
    )


def _near_best(model: Estimate) -> Iterator[str]:
    low, high = float(model.diagnostics["near_best_low"]), float(model.diagnostics["near_best_high"])
    if high > 1.2 * low:
        yield Sentence(
            "{n} log-linear models fit about equally well and say from {low} to {high}: that choice, "
            "not chance, is the larger doubt.",
            n=str(int(float(model.diagnostics["near_best_models"]))),
            low=people(low),
            high=people(high),
        )
