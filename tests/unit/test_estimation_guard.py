import json
import math
import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kuager.core.errors import BadInputError, RefusedError
from kuager.engines.estimation import (
    CaptureHistories,
    Estimate,
    Request,
    Sentence,
    estimate,
    estimate_strata,
    guard,
)
from kuager.engines.estimation.draws import Draws
from kuager.engines.estimation.guard import guard_together

PATTERNS_2 = [(1, 0), (0, 1), (1, 1)]
PATTERNS_3 = [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, 0, 1), (0, 1, 1), (1, 1, 1)]


def two(*counts: int) -> CaptureHistories:
    return CaptureHistories.from_counts(["web", "court"], PATTERNS_2, counts)


def three(*counts: int) -> CaptureHistories:
    return CaptureHistories.from_counts(["web", "court", "clinic"], PATTERNS_3, counts)


FOUR = [(1, 1, 0, 0), (0, 1, 1, 0), (0, 0, 1, 1), (1, 0, 0, 1), (1, 1, 1, 0), (0, 1, 1, 1), (1, 1, 1, 1)]
GOOD = three(60, 55, 50, 20, 18, 16, 12)
EVERY_4 = [tuple(int(bit) for bit in f"{cell:04b}") for cell in range(1, 16)]
# Four independent lists of 1,000 people with chances .5, .4, .3 and .2, rounded.
FOUR_LISTS = CaptureHistories.from_counts(
    "abcd", EVERY_4, [42, 72, 18, 112, 28, 48, 12, 168, 42, 72, 18, 112, 28, 48, 12]
)


def reasons(histories: CaptureHistories, method: str = "chao", **derived: str) -> str:
    return " ".join(estimate(histories, method=method, derived=derived).reasons)


def test_a_good_table_may_be_published() -> None:
    for method in ("chao", "loglinear", "decomposable"):
        answer = estimate(FOUR_LISTS, method=method)
        assert answer.publishable
        assert answer.reasons == ()


def test_three_lists_or_fewer_give_lower_bounds_only() -> None:
    """With people half of whom are hard to find, intervals from three lists held the truth in 7 of 40."""
    assert reasons(GOOD, "chao") == ""
    assert "only a lower bound may be published" in reasons(GOOD, "no-highest-interaction")
    assert reasons(two(60, 60, 20), "chao") == ""
    assert "only a lower bound may be published" in reasons(two(60, 60, 20), "chapman")


def test_thin_overlap_of_two_lists_is_refused() -> None:
    assert "Only 6 persons are on more than one list" in reasons(two(60, 60, 6))
    assert reasons(two(60, 60, 7)) == ""


def test_thin_overlap_of_three_lists_is_refused() -> None:
    assert "at least 30 are needed" in reasons(three(60, 55, 50, 10, 9, 9, 1))


def test_few_persons_are_refused() -> None:
    assert "Only 29 persons are on the lists" in reasons(two(9, 10, 10), "chapman")


def test_a_list_alone_is_refused() -> None:
    assert "List clinic shares nobody" in reasons(three(60, 55, 50, 40, 0, 0, 0))


def test_a_tiny_list_apart_does_not_refuse_the_others() -> None:
    patterns = [*((*row, 0) for row in EVERY_4), (0, 0, 0, 0, 1)]
    counts = FOUR_LISTS.counts.tolist()
    for tiny, words in ((9, ""), (90, "List e shares nobody with any other list.")):
        histories = CaptureHistories.from_counts("abcde", patterns, [*counts, tiny])
        assert reasons(histories) == words


def test_lists_apart_do_not_count_among_four() -> None:
    patterns = [*((*row, 0) for row in PATTERNS_3), (0, 0, 0, 1)]
    histories = CaptureHistories.from_counts("abcd", patterns, [*GOOD.counts.tolist(), 5])
    (reason,) = guard(histories, answered(observed=histories.observed))
    assert "With three lists or fewer" in reason
    assert reasons(histories) == ""


def test_lists_in_separate_groups_are_refused() -> None:
    patterns = [(1, 1, 0, 0), (0, 0, 1, 1), (1, 0, 0, 0), (0, 0, 0, 1)]
    histories = CaptureHistories.from_counts("abcd", patterns, [30, 30, 30, 30])
    assert "groups that share nobody" in reasons(histories)


def test_a_copied_list_is_refused() -> None:
    assert "List court was built from list web" in reasons(GOOD, court="web")
    with pytest.raises(BadInputError, match="there is no list 'police'"):
        reasons(GOOD, police="web")


def test_people_a_list_cannot_contain_are_refused() -> None:
    answer = estimate(GOOD, method="chao")
    (reason,) = guard(GOOD, answer, cannot_contain={"court": "children"})
    assert "List court cannot contain some people (children)" in reason
    with pytest.raises(BadInputError, match="there is no list 'police'"):
        guard(GOOD, answer, cannot_contain={"police": "children"})


def answered(estimate_: float = 1000.0, **changes: Any) -> Estimate:
    """Return an answer about ``FOUR_LISTS``, by some method, with nothing against it."""
    wanted: dict[str, Any] = {
        "method": "latent-class",
        "observed": FOUR_LISTS.observed,
        "estimate": estimate_,
        "interval": (estimate_ - 40, estimate_ + 60),
        "level": 0.95,
    }
    return Estimate(**(wanted | changes))


def with_draws(total: float, **diagnostics: float | str) -> Estimate:
    draws = Draws(values={"total": np.full((4, 100), total)})
    return answered(draws=draws, diagnostics=diagnostics)


@pytest.mark.parametrize(
    ("diagnostics", "words"),
    [
        ({"rhat": 1.01, "ess_bulk": 400, "ess_tail": 400, "second_sampler_agrees": "yes"}, ""),
        ({"rhat": 1.0101}, "do not agree with each other (R-hat 1.010, at most 1.01)"),
        ({"rhat": math.nan}, "do not agree"),
        ({"rhat": math.inf}, "do not agree"),
        ({"rhat": 1.0, "ess_bulk": 4000, "ess_tail": 399.9}, "worth only 400 independent ones; at least 400"),
        ({"rhat": 1.0, "ess_bulk": 120, "ess_tail": 4000}, "worth only 120"),
        ({"ess_bulk": math.nan}, "independent ones"),
        ({"second_sampler_agrees": "no"}, "A second way of drawing"),
        ({"second_sampler_agrees": 0}, "A second way of drawing"),
        (
            {"left_at_the_end": 0.03, "largest_considered": 9000},
            "cut off by the largest number that was allowed (9,000)",
        ),
        ({"complete_weight": 0.6}, "Every list depends on every other"),
        ({"fit_p": 0.001}, "does not describe even those"),
        ({"fit_p": 0.003}, ""),
        ({"near_best_low": 990, "near_best_high": 1700}, "far beyond the interval"),
        ({"near_best_low": 990, "near_best_high": 1500}, ""),
        (
            {"choice_low": 900, "choice_high": 1200},
            "Which model fits best is mostly chance; counting that, the int",
        ),
        ({"choice_low": 940, "choice_high": 1100}, ""),
        ({"choice_low": 940, "choice_high": math.inf}, "nothing bounds the number from above"),
    ],
)
def test_what_a_method_says_of_itself_is_heard(diagnostics: dict[str, float | str], words: str) -> None:
    found = guard(FOUR_LISTS, answered(diagnostics=diagnostics))
    assert len(found) == bool(words)
    assert words in " ".join(found)


def test_draws_that_run_into_a_maximum_are_refused() -> None:
    assert guard(FOUR_LISTS, with_draws(900.0, maximum=1000.0)) == ()
    (reason,) = guard(FOUR_LISTS, with_draws(960.0, maximum=1000.0))
    assert "cut off by the largest number that was allowed (1,000)" in reason
    assert guard(FOUR_LISTS, with_draws(960.0)) == ()


def test_answers_that_exclude_each_other_are_both_refused() -> None:
    low, high = answered(1000), answered(1500, method="decomposable")
    first, second = guard_together(FOUR_LISTS, (low, high))
    assert "Another method (decomposable) says from 1,460 to 1,560" in first.reasons[0]
    assert "Another method (latent-class) says from 960 to 1,060" in second.reasons[0]
    assert not first.publishable
    near = guard_together(FOUR_LISTS, (low, answered(1090, method="decomposable")))
    assert all(answer.publishable for answer in near)


def test_an_answer_that_is_refused_anyway_speaks_against_nobody() -> None:
    wild = answered(5000, method="decomposable", diagnostics={"rhat": 2.0})
    first, second = guard_together(FOUR_LISTS, (answered(), wild))
    assert first.publishable
    assert "Another method (latent-class)" in second.reasons[1]


def test_a_model_below_the_bound_is_refused_and_the_bound_is_not() -> None:
    bound = answered(1300, method="chao", interval=(1200, 1400), is_lower_bound=True)
    model, kept = guard_together(FOUR_LISTS, (answered(), bound))
    assert "below Chao's lower bound (at least 1,200)" in model.reasons[0]
    assert kept.publishable
    swollen = replace(bound, interval=(1130, 1400), diagnostics={"inflation_by_unequal_lists": 1.4})
    assert all(answer.publishable for answer in guard_together(FOUR_LISTS, (answered(), swollen)))


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


def test_unknown_methods_say_so() -> None:
    with pytest.raises(BadInputError, match="there is no method 'guess'"):
        estimate(GOOD, method="guess")


@pytest.mark.parametrize(
    ("histories", "method", "message"),
    [
        (GOOD, "chapman", "needs exactly two lists, got 3"),
        (CaptureHistories.from_counts(["a"], [(1,)], [9]), "loglinear", "take 2 to .* lists, got 1"),
        (CaptureHistories.from_counts(["a"], [(1,)], [9]), "chao", "at least two lists"),
        (
            CaptureHistories.from_counts("abc", [(1, 0, 0), (0, 1, 0), (1, 1, 0)], [9, 9, 3]),
            "loglinear",
            "list 'c' names nobody",
        ),
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


def test_lists_that_avoid_each_other_make_no_bound() -> None:
    """Lists a and b share 60 people where independence makes 200: the bound would be above the truth."""
    counts = dict(zip(EVERY_4, FOUR_LISTS.counts.tolist(), strict=True))
    for pattern in EVERY_4:
        if pattern[:2] == (1, 1):
            moved = round(counts[pattern] * 0.7)
            counts[pattern] -= moved
            counts[(1, 0, *pattern[2:])] += moved // 2
            counts[(0, 1, *pattern[2:])] += moved - moved // 2
    avoiding = CaptureHistories.from_counts("abcd", counts, counts.values())
    (reason,) = estimate(avoiding, method="chao").reasons
    assert reason.startswith("Lists a and b avoid each other's people")
    assert not any("avoid" in words for words in estimate(avoiding, method="loglinear").reasons)
    assert reasons(FOUR_LISTS) == ""
