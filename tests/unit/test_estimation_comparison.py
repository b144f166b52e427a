import json
import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from kuager.core.errors import BadInputError
from kuager.engines.estimation import CaptureHistories, Comparison, Estimate, Request, compare
from kuager.engines.estimation.comparison.disagreements import disagreements
from kuager.engines.estimation.comparison.pairs import estimate_pairs
from kuager.engines.estimation.comparison.sharing import checkpoint_of, progress_of
from kuager.engines.estimation.guard import guard_together
from kuager.engines.estimation.headlines import headline, recommended
from kuager.engines.estimation.lower_bound import estimate_chao
from kuager.engines.estimation.methods import METHODS
from kuager.engines.estimation.sentences import Sentence
from kuager.engines.estimation.two_lists import estimate_chapman

PATTERNS_3 = [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, 0, 1), (0, 1, 1), (1, 1, 1)]
QUICK = Request(draws=100)


def three(*counts: int) -> CaptureHistories:
    return CaptureHistories.from_counts(["web", "court", "clinic"], PATTERNS_3, counts)


def two(*counts: int) -> CaptureHistories:
    return CaptureHistories.from_counts(["web", "court"], [(1, 0), (0, 1), (1, 1)], counts)


GOOD = three(60, 55, 50, 20, 18, 16, 12)
FOUR = CaptureHistories.from_counts(
    "abcd",
    [tuple(int(bit) for bit in f"{cell:04b}") for cell in range(1, 16)],
    [42, 72, 18, 112, 28, 48, 12, 168, 42, 72, 18, 112, 28, 48, 12],
)


def answered(method: str, value: float = 1000.0, **changes: Any) -> Estimate:
    wanted: dict[str, Any] = {
        "method": method,
        "observed": FOUR.observed,
        "estimate": value,
        "interval": (value - 40, value + 60),
        "level": 0.95,
    }
    return Estimate(**(wanted | changes))


def compared(*estimates: Estimate, n_lists: int = 4) -> Comparison:
    return Comparison(n_lists=n_lists, observed=FOUR.observed, estimates=estimates, not_run={}, sentences=())


def said(*answers: Estimate, histories: CaptureHistories = FOUR) -> str:
    return " ".join(disagreements(histories, answers))


class Memory:
    """A checkpoint in memory."""

    def __init__(self, state: bytes | None = None) -> None:
        self.state = state

    def load(self) -> bytes | None:
        return self.state

    def save(self, state: bytes) -> None:
        self.state = state


def test_all_methods_run_side_by_side_and_are_told_as_one_work() -> None:
    told: list[tuple[str, float]] = []
    answer = compare(GOOD, request=Request(draws=100, progress=lambda what, done: told.append((what, done))))
    methods = [part.method for part in answer.estimates]
    assert methods[:4] == ["chapman", "chapman", "chapman", "chao"]
    assert set(methods) | set(answer.not_run) | {"lincoln-petersen"} == set(METHODS)
    assert [done for _, done in told] == sorted(done for _, done in told)
    assert told[-1] == ("", 1.0)
    assert {what.partition(":")[0] for what, _ in told[:-1]} == set(METHODS)


def test_three_lists_end_in_a_lower_bound_with_the_range_of_what_nobody_sees() -> None:
    answer = compare(GOOD, request=QUICK)
    assert all(part.is_lower_bound for part in answer.estimates if part.publishable)
    assert answer.headline.template == "At least {low} people; the lists together name {observed}."
    assert any("which nobody can see" in sentence for sentence in answer.sentences)
    first = recommended(answer)
    assert first is not None
    assert first.method == "chao"
    told = json.loads(json.dumps(answer.to_json(), allow_nan=False))
    assert told["headline"] == str(answer.headline)
    assert told["recommended"] == "chao"


def test_two_lists_without_overlap_say_only_who_is_on_them() -> None:
    answer = compare(two(40, 40, 0), request=QUICK)
    assert {"lincoln-petersen", "loglinear", "heterogeneity"} <= set(answer.not_run)
    assert any("give the 80 documented" in sentence for sentence in answer.sentences)
    assert str(answer.headline).startswith("The lists name 80 people; how many more")


def test_what_was_declared_reaches_every_answer() -> None:
    answer = compare(GOOD, request=QUICK, derived={"web": "court"}, cannot_contain={"clinic": "children"})
    for part in answer.estimates:
        assert "List web was built from list court" in part.reasons[0]
        assert "List clinic cannot contain" in part.reasons[1]
    assert "built from" in answer.headline
    with pytest.raises(BadInputError, match="'police'"):
        compare(GOOD, request=QUICK, cannot_contain={"police": "children"})
    with pytest.raises(BadInputError, match="counts nobody"):
        compare(two(0, 0, 0))


def test_many_lists_show_the_two_pairs_that_differ_most() -> None:
    names = [f"L{number}" for number in range(8)]
    rows = [[int(place in pair) for place in range(8)] for pair in combinations(range(8), 2)]
    histories = CaptureHistories.from_counts(names, rows, range(10, 38))
    pairs = estimate_pairs(histories, QUICK)
    every = [estimate_chapman(histories.select(pair), QUICK).estimate for pair in combinations(names, 2)]
    assert [part.estimate for part in pairs] == [min(every), max(every)]


def test_methods_share_a_checkpoint_without_treading_on_each_other() -> None:
    whole = Memory()
    first, second = checkpoint_of(whole, "a"), checkpoint_of(whole, "b")
    assert first is not None
    assert second is not None
    assert first.load() is None
    first.save(b"\x00one")
    second.save(b"two")
    assert (first.load(), second.load()) == (b"\x00one", b"two")
    assert checkpoint_of(None, "a") is None
    for strange in (b"\xff not ours", b"[]", b'{"parts": 3}'):
        other = checkpoint_of(Memory(strange), "a")
        assert other is not None
        assert other.load() is None


def test_progress_of_a_part_stays_within_its_share() -> None:
    told: list[tuple[str, float]] = []
    part = progress_of(lambda what, done: told.append((what, done)), "chains", place=1, among=4)
    part("drawing", 0.5)
    part("", 7.0)
    assert told == [("chains: drawing", 0.375), ("chains", 0.5)]


@pytest.mark.parametrize(
    ("order", "first"),
    [
        (("chao", "decomposable", "latent-class"), "latent-class"),
        (("loglinear", "loglinear-average"), "loglinear-average"),
        (("heterogeneity", "sample-coverage", "chao"), "chao"),
    ],
)
def test_one_answer_comes_first_by_a_rule(order: Sequence[str], first: str) -> None:
    parts = [answered(method, is_lower_bound=method == "chao") for method in order]
    found = recommended(compared(*parts))
    assert found is not None
    assert found.method == first
    refused = [replace(part, publishable=part.method == "chao") for part in parts]
    found = recommended(compared(*refused))
    assert (found.method if found else None) == ("chao" if "chao" in order else first)


def test_nothing_to_recommend_is_none() -> None:
    assert recommended(compared(answered("heterogeneity"))) is None
    assert headline(None, observed=980) == (
        "The lists name 980 people; how many more there are cannot be said from them."
    )


def test_headlines_keep_what_they_promise() -> None:
    bound = answered("chao", 1250, interval=(1247.9, 1300), is_lower_bound=True)
    assert headline(bound, observed=980) == "At least 1,240 people; the lists together name 980."
    unequal = replace(bound, observed=980, diagnostics={"inflation_by_unequal_lists": 1.25})
    assert headline(unequal, observed=980) == "At least 1,190 people; the lists together name 980."
    model = answered("latent-class", 10_437.4, interval=(9_065.2, 13_895.0))
    assert headline(model, observed=4400) == (
        "Between 9,060 and 13,900 people, by the best estimate about 10,400; the lists together name 4,400."
    )
    nobody = answered("chao", 980, interval=(980.0, 981.0), is_lower_bound=True)
    assert (
        headline(nobody, observed=980) == "The lists name 980 people; they do not show that there are more."
    )


def test_a_headline_never_holds_a_number_that_is_refused() -> None:
    wide = Sentence("The interval runs from {low} to {high}; that is no finding.", low="231", high="5,000")
    thin = Sentence(
        "Only {n} persons are on more than one list; at least {least} are needed.", n="6", least="30"
    )
    refused = answered("chao", 1777, publishable=False, reasons=(wide, thin))
    for reasons, end in (
        ((wide, thin), f"cannot be said from them. {thin}"),
        ((wide,), "cannot be said from them."),
    ):
        text = headline(replace(refused, reasons=reasons), observed=96)
        assert text.endswith(end)
        assert "1,777" not in text
        assert "5,000" not in text


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ((60, 55, 50, 20, 18, 16, 12), "no more than chance allows"),
        ((400, 300, 200, 300, 5, 5, 20), "more than chance allows"),
        ((60, 55, 50, 40, 9, 0, 0), "1 of 3 pairs of lists share nobody"),
    ],
)
def test_pairs_of_lists_are_held_against_each_other(counts: tuple[int, ...], sentence: str) -> None:
    histories = three(*counts)
    pairs = [estimate_chapman(histories.select(pair), QUICK) for pair in combinations(histories.lists, 2)]
    assert sentence in said(*pairs, histories=histories)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (850, "is below Chao's lower bound"),
        (2000, "is far above Chao's"),
        (1000, "agree within the interval"),
    ],
)
def test_a_model_is_held_against_the_bound(value: float, sentence: str) -> None:
    bound = answered("chao", 1000, is_lower_bound=True)
    assert sentence in said(bound, answered("loglinear", value))


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        (
            [
                answered(
                    "loglinear",
                    diagnostics={"near_best_low": 900, "near_best_high": 1200, "near_best_models": 7},
                )
            ],
            "7 log-linear models fit about equally well and say from 900 to 1,200",
        ),
        (
            [answered("latent-class", 1000), answered("decomposable", 1300)],
            "there are about 1,000; if instead the lists depend on each other, about 1,300",
        ),
        (
            [answered("decomposable", diagnostics={"with_complete_median": 833})],
            "the graphs say 833, not 1,000",
        ),
        (
            [answered("latent-class", 1000), answered("decomposable", 1030)],
            "that may be published agree within their intervals; together these run from 960 to 1,090",
        ),
        ([answered("loglinear", publishable=False)], "None of these numbers may be published; give the 832"),
    ],
)
def test_each_kind_of_disagreement_has_its_sentence(answers: list[Estimate], sentence: str) -> None:
    assert sentence in said(*answers)


def test_answers_that_agree_need_few_words() -> None:
    answers = guard_together(
        FOUR, (estimate_chao(FOUR, QUICK), answered("latent-class"), answered("decomposable"))
    )
    assert len(list(disagreements(FOUR, answers))) <= 2


def test_a_bound_that_is_infinite_is_no_headline() -> None:
    endless = answered("loglinear", interval=(900, math.inf))
    (judged,) = guard_together(FOUR, (endless,))
    assert "inf" not in headline(judged, observed=832)
