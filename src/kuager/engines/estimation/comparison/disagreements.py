"""Where the answers of several methods differ, and what that says about the lists. A few sentences."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from kuager.engines.estimation.careful_bounds import careful
from kuager.engines.estimation.guard import FEW_LISTS, FEWEST_ON_BOTH, TWO_LIST_METHODS
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.sentences import Sentence, people

# A difference of a fifth is worth a sentence.
NOTABLE = 1.2


def disagreements(histories: CaptureHistories, answers: Sequence[Estimate]) -> Iterator[str]:
    """Say where the answers differ and why, what cannot be told apart, and what may be published.

    Parameters
    ----------
    histories : CaptureHistories
        The table that all of them are about.
    answers : sequence of Estimate
        With the guard's verdict on all of them together.

    """
    single = {answer.method: answer for answer in answers if not _is_pair(histories, answer)}
    yield from _pairs(histories, [answer for answer in answers if answer.method == "chapman"])
    yield from _two_lists(histories, single)
    yield from _bound_and_model(single)
    yield from _near_best(single)
    yield from _people_or_lists(single)
    yield from _complete_graph(single)
    yield from _unseen_interaction(histories, single)
    yield from _empty_overlaps(histories)
    yield from _verdict(histories, answers)


def _is_pair(histories: CaptureHistories, answer: Estimate) -> bool:
    return answer.method in TWO_LIST_METHODS and len(histories.lists) > 2


def _pairs(histories: CaptureHistories, pairs: Sequence[Estimate]) -> Iterator[str]:
    """Hold pairs of lists against each other: were all lists independent, all would say the same."""
    enough = [one for one in pairs if float(one.diagnostics["overlap"]) >= FEWEST_ON_BOTH]
    if len(histories.lists) <= 2 or len(enough) < 2:
        return
    lowest = min(enough, key=lambda answer: answer.estimate)
    highest = max(enough, key=lambda answer: answer.estimate)
    values = {
        "low": people(lowest.estimate),
        "low_lists": str(lowest.diagnostics["lists"]),
        "high": people(highest.estimate),
        "high_lists": str(highest.diagnostics["lists"]),
    }
    if max(answer.interval[0] for answer in enough) > min(answer.interval[1] for answer in enough):
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


def _two_lists(histories: CaptureHistories, single: Mapping[str, Estimate]) -> Iterator[str]:
    if len(histories.lists) == 2 and {"lincoln-petersen", "chapman"} <= single.keys():
        yield Sentence(
            "Chapman's estimate is below Lincoln-Petersen's because it corrects for small overlap; "
            "two lists cannot show whether they depend on each other."
        )


def _bound_and_model(single: Mapping[str, Estimate]) -> Iterator[str]:
    """Dependence against differences among people, where the bound allows for the latter only."""
    if not {"chao", "loglinear"} <= single.keys():
        return
    model = single["loglinear"]
    bound = careful(single["chao"].estimate, single["chao"])
    values = {"bound": people(bound), "model": people(model.estimate)}
    if model.interval[1] < bound:
        yield Sentence(
            "The log-linear model ({model}) is below Chao's lower bound ({bound}): the model assumes that "
            "people are alike, the bound does not. Trust neither before people are split into groups.",
            **values,
        )
    elif model.interval[0] > bound:
        yield Sentence(
            "The log-linear model ({model}) is far above Chao's lower bound ({bound}), as it should be "
            "if lists share people by more than chance; the difference rests on the model.",
            **values,
        )
    else:
        yield Sentence(
            "The log-linear model ({model}) and Chao's lower bound ({bound}) agree within the interval.",
            **values,
        )


def _near_best(single: Mapping[str, Estimate]) -> Iterator[str]:
    found = single["loglinear"].diagnostics if "loglinear" in single else {}
    low, high = float(found.get("near_best_low", 1)), float(found.get("near_best_high", 1))
    if high > NOTABLE * low:
        yield Sentence(
            "{n} log-linear models fit about equally well and say from {low} to {high}: that choice, "
            "not chance, is the larger doubt.",
            n=people(float(found.get("near_best_models", 2))),
            low=people(low),
            high=people(high),
        )


def _people_or_lists(single: Mapping[str, Estimate]) -> Iterator[str]:
    """Explain the same overlaps by differences among people, or by lists that depend on each other."""
    if not {"latent-class", "decomposable"} <= single.keys():
        return
    classes, graphs = single["latent-class"].estimate, single["decomposable"].estimate
    if max(classes, graphs) > NOTABLE * min(classes, graphs):
        yield Sentence(
            "If people differ in how easily they are found, there are about {classes}; if instead the lists "
            "depend on each other, about {graphs}. Both explain the overlaps; the table cannot tell which.",
            classes=people(classes),
            graphs=people(graphs),
        )


def _complete_graph(single: Mapping[str, Estimate]) -> Iterator[str]:
    found = single["decomposable"].diagnostics if "decomposable" in single else {}
    if "with_complete_median" not in found:
        return
    without, value = single["decomposable"].estimate, float(found["with_complete_median"])
    if max(without, value) > NOTABLE * min(without, value):
        yield Sentence(
            "With the graph in which every list depends on every other, the graphs say {value}, not "
            "{without}: nothing in the table speaks for or against it, so that number is made of its prior.",
            value=people(value),
            without=people(without),
        )


def _unseen_interaction(histories: CaptureHistories, single: Mapping[str, Estimate]) -> Iterator[str]:
    """Give few lists the range that goes with their lower bound."""
    found = single["no-highest-interaction"].diagnostics if "no-highest-interaction" in single else {}
    if len(histories.lists) <= FEW_LISTS and {"xi_low", "xi_high"} <= found.keys():
        yield Sentence(
            "With so few lists the number rests on how all of them depend on each other, which nobody can "
            "see: by a plausible range of that alone it runs from {low} to {high}.",
            low=people(float(found["xi_low"])),
            high=people(float(found["xi_high"])),
        )


def _empty_overlaps(histories: CaptureHistories) -> Iterator[str]:
    overlaps = histories.overlaps
    pairs = [bool(overlaps[i, j]) for i, j in combinations(range(len(histories.lists)), 2)]
    if len(histories.lists) > 2 and not all(pairs):
        yield Sentence(
            "{empty} of {pairs} pairs of lists share nobody. Methods read that differently, as a rule or as "
            "chance, and answer differently for it.",
            empty=str(pairs.count(False)),
            pairs=str(len(pairs)),
        )


def _verdict(histories: CaptureHistories, answers: Sequence[Estimate]) -> Iterator[str]:
    models = [one for one in answers if one.publishable and not one.is_lower_bound]
    if len(models) > 1:
        yield Sentence(
            "The {n} answers that may be published agree within their intervals; together these run from "
            "{low} to {high}.",
            n=str(len(models)),
            low=people(min(one.interval[0] for one in models)),
            high=people(max(one.interval[1] for one in models)),
        )
    if answers and not any(answer.publishable for answer in answers):
        yield Sentence(
            "None of these numbers may be published; give the {n} documented.", n=people(histories.observed)
        )
