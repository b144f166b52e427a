import json
import math
import pickle
from dataclasses import replace

import numpy as np
import pytest

from kuager.core.errors import BadInputError, RefusedError
from kuager.engines.estimation import (
    CaptureHistories,
    Request,
    Sentence,
    compare,
    estimate,
    estimate_strata,
    guard,
)

PATTERNS_2 = [(1, 0), (0, 1), (1, 1)]
PATTERNS_3 = [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, 0, 1), (0, 1, 1), (1, 1, 1)]


def two(*counts: int) -> CaptureHistories:
    return CaptureHistories.from_counts(["web", "court"], PATTERNS_2, counts)


def three(*counts: int) -> CaptureHistories:
    return CaptureHistories.from_counts(["web", "court", "clinic"], PATTERNS_3, counts)


FOUR = [(1, 1, 0, 0), (0, 1, 1, 0), (0, 0, 1, 1), (1, 0, 0, 1), (1, 1, 1, 0), (0, 1, 1, 1), (1, 1, 1, 1)]
GOOD = three(60, 55, 50, 20, 18, 16, 12)


def reasons(histories: CaptureHistories, method: str = "chao", **derived: str) -> str:
    return " ".join(estimate(histories, method=method, derived=derived).reasons)


def test_a_good_table_may_be_published() -> None:
    for method in ("chao", "loglinear"):
        answer = estimate(GOOD, method=method)
        assert answer.publishable
        assert answer.reasons == ()


def test_thin_overlap_of_two_lists_is_refused() -> None:
    assert "Only 6 persons are on more than one list" in reasons(two(60, 60, 6), "chapman")
    assert reasons(two(60, 60, 7), "chapman") == ""


def test_thin_overlap_of_three_lists_is_refused() -> None:
    assert "at least 30 are needed" in reasons(three(60, 55, 50, 10, 9, 9, 1))


def test_few_persons_are_refused() -> None:
    assert "Only 29 persons are on the lists" in reasons(two(9, 10, 10), "chapman")


def test_a_list_alone_is_refused() -> None:
    assert "List clinic shares nobody" in reasons(three(60, 55, 50, 40, 0, 0, 0))


def test_lists_in_separate_groups_are_refused() -> None:
    patterns = [(1, 1, 0, 0), (0, 0, 1, 1), (1, 0, 0, 0), (0, 0, 0, 1)]
    histories = CaptureHistories.from_counts("abcd", patterns, [30, 30, 30, 30])
    assert "groups that share nobody" in reasons(histories)


def test_a_copied_list_is_refused() -> None:
    assert "List court was built from list web" in reasons(GOOD, court="web")
    with pytest.raises(BadInputError, match="there is no list 'police'"):
        reasons(GOOD, police="web")


def test_very_unequal_lists_are_no_bound() -> None:
    assert "lists differ so much in size" in reasons(two(2000, 20, 30))


def test_an_unbounded_or_absurd_interval_is_refused() -> None:
    answer = replace(estimate(GOOD, method="chao"), interval=(159.0, math.inf))
    assert "do not bound" in guard(GOOD, answer)[0]
    assert answer.to_json()["interval"] == [159.0, None]
    wide = replace(answer, interval=(231.0, 5000.0))
    assert guard(GOOD, wide) == ("The interval runs from 231 to 5,000; that is no finding.",)


def test_no_overlap_is_an_error_and_never_infinity() -> None:
    with pytest.raises(RefusedError, match="nobody is on both lists"):
        estimate(two(10, 10, 0), method="lincoln-petersen")
    with pytest.raises(RefusedError, match="no log-linear model"):
        estimate(two(10, 10, 0), method="loglinear")


def test_a_best_model_without_estimate_is_passed_over_and_refused() -> None:
    """Lists that share nobody: the model that fits best needs a parameter at infinity (Artificial_3)."""
    answer = estimate(three(40, 30, 20, 6, 0, 0, 0), method="loglinear")
    assert answer.diagnostics["models_without_estimate"] == 1
    assert any("no finite estimate" in reason for reason in answer.reasons)


def test_three_lists_are_told_to_give_the_lower_bound_first() -> None:
    answer = estimate(GOOD, method="loglinear")
    assert any("give the lower bound" in warning for warning in answer.warnings)


def test_only_independent_lists_make_a_model_a_lower_bound() -> None:
    assert estimate(GOOD, method="loglinear").is_lower_bound
    assert not estimate(three(400, 300, 200, 300, 50, 50, 20), method="loglinear").is_lower_bound


def test_a_model_that_nothing_can_check_is_refused() -> None:
    """The hepatitis table of Chao et al. (2001): the best model is saturated and says 1,313."""
    answer = estimate(three(69, 55, 63, 21, 17, 18, 28), method="loglinear")
    assert answer.estimate == pytest.approx(1312.8, abs=0.1)
    assert any("a parameter for every count" in reason for reason in answer.reasons)


def test_later_and_unknown_methods_say_so() -> None:
    with pytest.raises(BadInputError, match="this version has not got it yet"):
        estimate(GOOD, method="latent-class")
    with pytest.raises(BadInputError, match="there is no method 'guess'"):
        estimate(GOOD, method="guess")


@pytest.mark.parametrize(
    ("histories", "method", "message"),
    [
        (GOOD, "chapman", "needs exactly two lists, got 3"),
        (CaptureHistories.from_counts(["a"], [(1,)], [9]), "loglinear", "take 2 to 6 lists, got 1"),
        (CaptureHistories.from_counts(["a"], [(1,)], [9]), "chao", "at least two lists"),
        (CaptureHistories.from_counts(["a", "b"], [(1, 0)], [9]), "loglinear", "list 'b' names nobody"),
        (CaptureHistories.from_counts(["a", "b"], [], []), "chao", "counts nobody"),
    ],
)
def test_tables_that_do_not_suit_the_method_are_refused(
    histories: CaptureHistories, method: str, message: str
) -> None:
    with pytest.raises(BadInputError, match=message):
        estimate(histories, method=method)


def test_a_number_that_rests_on_an_assumed_curve_is_refused() -> None:
    histories = CaptureHistories.from_counts(
        "ABCD", [*np.eye(4, dtype=int).tolist(), *FOUR], [300] * 4 + [60] * 7
    )
    answer = estimate(histories, method="heterogeneity")
    assert float(answer.diagnostics["shapes_high"]) > 1.5 * float(answer.diagnostics["shapes_low"])
    assert any("assumed curve" in reason for reason in answer.reasons)
    assert any("Other assumed curves" in warning for warning in answer.warnings)


def test_heterogeneity_refuses_what_it_cannot_estimate() -> None:
    with pytest.raises(BadInputError, match="take 3 to 10 lists, got 2"):
        estimate(two(10, 10, 5), method="heterogeneity")
    with pytest.raises(RefusedError, match="no finite estimate"):
        estimate(three(40, 30, 20, 6, 0, 0, 0), method="heterogeneity")


def test_requests_are_checked() -> None:
    with pytest.raises(BadInputError, match=r"between 0\.5 and 0\.999"):
        Request(level=95)
    with pytest.raises(BadInputError, match="order of interactions"):
        Request(order=0)


def test_a_higher_level_is_a_wider_interval() -> None:
    narrow, wide = (estimate(GOOD, method="loglinear", request=Request(level=level)) for level in (0.8, 0.99))
    assert wide.interval[0] < narrow.interval[0] < narrow.interval[1] < wide.interval[1]


def test_six_lists_take_pairs_only() -> None:
    rows = [[int(bit) for bit in f"{number:06b}"] for number in range(1, 64)]
    six = CaptureHistories.from_counts("abcdef", rows, [3] * 63)
    with pytest.raises(BadInputError, match="set order to 2"):
        estimate(six, method="loglinear", request=Request(order=3))


def test_all_methods_say_where_they_disagree() -> None:
    answer = compare(GOOD)
    methods = [part.method for part in answer.estimates]
    assert methods == ["chapman", "chapman", "chapman", "chao", "loglinear", "heterogeneity"]
    assert all("more than two lists" in part.reasons[0] for part in answer.estimates[:3])
    assert any("Two lists at a time" in sentence for sentence in answer.sentences)
    assert any("Chao's lower bound" in sentence for sentence in answer.sentences)


def test_all_methods_on_two_lists_without_overlap_report_what_failed() -> None:
    answer = compare(two(40, 40, 0))
    assert set(answer.not_run) == {"lincoln-petersen", "loglinear", "heterogeneity"}
    assert any("give the 80 documented" in sentence for sentence in answer.sentences)


def test_an_answer_is_json() -> None:
    answer = json.loads(json.dumps(estimate(GOOD, method="chao").to_json(seconds=0.5)))
    assert answer["seconds"] == 0.5
    assert answer["unseen"]["estimate"] == pytest.approx(answer["estimate"] - answer["observed"])


def test_sentences_can_be_translated() -> None:
    sentence = pickle.loads(pickle.dumps(Sentence("Only {n} persons.", n="7")))  # noqa: S301  # our own bytes
    assert sentence == "Only 7 persons."
    assert sentence.template == "Only {n} persons."
    assert sentence.values == {"n": "7"}


def test_a_stratum_without_an_answer_makes_the_total_at_least() -> None:
    answer = estimate_strata({"west": two(50, 50, 20), "east": two(5, 5, 0)}, method="lincoln-petersen")
    assert answer.documented == {"east": 10}
    assert answer.total is not None
    assert answer.total.observed == 130
    assert answer.total.is_lower_bound
    assert answer.total.estimate == pytest.approx(answer.estimates["west"].estimate + 10)


def test_the_interval_of_a_total_is_narrower_than_the_sum_of_ends() -> None:
    answer = estimate_strata({"west": two(50, 50, 20), "east": two(60, 40, 15)}, method="chapman")
    assert answer.total is not None
    parts = answer.estimates.values()
    low, high = answer.total.interval
    assert sum(part.interval[0] for part in parts) < low
    assert high < sum(part.interval[1] for part in parts)
    again = estimate_strata({"west": two(50, 50, 20), "east": two(60, 40, 15)}, method="chapman")
    assert again.total == answer.total


def test_an_unpublishable_stratum_makes_the_total_unpublishable() -> None:
    answer = estimate_strata({"west": two(50, 50, 20), "east": two(50, 50, 8)}, method="chapman")
    assert answer.total is not None
    assert answer.total.reasons == ("Strata that may not be published: east, west.",)


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ((60, 55, 50, 20, 18, 16, 12), "no more than chance allows"),
        ((400, 300, 200, 300, 5, 5, 20), "more than chance allows"),
        ((100, 100, 100, 60, 60, 60, 5), "below Chao's lower bound"),
        ((69, 55, 63, 21, 17, 18, 28), "far above Chao's lower bound"),
        ((30, 28, 26, 20, 18, 16, 12), "agree within the interval"),
    ],
)
def test_each_kind_of_disagreement_has_its_sentence(counts: tuple[int, ...], sentence: str) -> None:
    assert any(sentence in found for found in compare(three(*counts)).sentences)
