import json
import math
from datetime import date

import pytest

from kuager.core.errors import BadInputError, RefusedError
from kuager.engines.estimation import CaptureHistories, Request, estimate
from kuager.engines.estimation.sensitivity import (
    dependences,
    internal_consistency,
    leave_one_out,
    merge_lists,
    merged,
    odds_ratio_range,
    prior_sensitivity,
    proposed_merges,
    sensitivity,
    trajectory,
)
from kuager.engines.estimation.sensitivity.priors import OTHER_PRIORS
from kuager.engines.estimation.structural import method_under_design

THREE = [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, 0, 1), (0, 1, 1), (1, 1, 1)]
HEPATITIS = [69, 55, 63, 21, 17, 18, 28]


def three_lists(counts: list[int]) -> CaptureHistories:
    return CaptureHistories.from_counts("ABC", THREE, counts)


def two_lists(first: int, second: int, both: int) -> CaptureHistories:
    return CaptureHistories.from_counts("AB", [(1, 0), (0, 1), (1, 1)], [first, second, both])


def test_leaving_out_a_list_gives_the_answer_of_the_others() -> None:
    histories = three_lists(HEPATITIS)
    found = leave_one_out(histories, method="chao")
    assert [case.name for case in found] == ["A", "B", "C"]
    for case in found:
        others = [name for name in "ABC" if name != case.name]
        expected = estimate(histories.select(others), method="chao").estimate
        assert case.answer is not None
        assert case.answer.estimate == expected
        assert case.times == pytest.approx(expected / estimate(histories, method="chao").estimate)


def test_the_list_that_moves_the_answer_most_is_named() -> None:
    found = sensitivity(three_lists([200, 30, 40, 20, 25, 3, 2]), method="chao")
    most = max(found.left_out, key=lambda case: case.shift)
    assert any(sentence.startswith(f"List {most.name} moves it most") for sentence in found.sentences)


def test_a_list_without_which_there_is_no_answer_is_named_with_the_reason() -> None:
    """Only list A links the other two."""
    found = sensitivity(three_lists([60, 50, 40, 30, 30, 0, 0]), method="sample-coverage")
    without = {case.name: case for case in found.left_out}
    assert without["A"].answer is None
    assert "two lists" in str(without["A"].reason)
    assert any("no answer at all" in sentence for sentence in found.sentences)


def test_two_lists_cannot_be_left_out() -> None:
    with pytest.raises(BadInputError, match="three lists"):
        leave_one_out(two_lists(70, 50, 60), method="chao")


def test_merged_lists_hold_everybody_of_either() -> None:
    histories = three_lists(HEPATITIS)
    joined = merge_lists(histories, [("B", "A")])
    assert joined.lists == ("A + B", "C")
    assert joined.observed == histories.observed
    sizes, together = dict(zip("ABC", histories.list_totals, strict=True)), histories.overlap("A", "B")
    assert joined.list_totals[0] == sizes["A"] + sizes["B"] - together


@pytest.mark.parametrize("groups", [[("A",)], [("A", "Z")], [("A", "B"), ("B", "C")], [()]])
def test_groups_that_cannot_be_merged_are_bad_input(groups: list[tuple[str, ...]]) -> None:
    with pytest.raises(BadInputError):
        merge_lists(three_lists(HEPATITIS), groups)


def test_a_copy_is_proposed_for_merging_before_anything_else() -> None:
    """B was copied from A: nearly all of B is in A, whatever C says."""
    histories = three_lists([60, 3, 80, 90, 25, 2, 45])
    (group, why), *_ = proposed_merges(histories, derived={"B": "A"})
    assert group == ("A", "B")
    assert "built from" in why
    answer = merged(histories, method="chapman", groups=[group], full=estimate(histories, method="chao"))
    assert answer.answer is not None
    expected = estimate(merge_lists(histories, [group]), method="chapman").estimate
    assert answer.answer.estimate == expected


def test_copies_of_copies_are_one_group() -> None:
    histories = CaptureHistories.from_counts(
        "ABCD", [(1, 1, 1, 0), (1, 0, 0, 1), (0, 1, 0, 0), (0, 0, 0, 1)], [40, 30, 20, 10]
    )
    groups = [group for group, _ in proposed_merges(histories, derived={"C": "B", "B": "A"})]
    assert groups[0] == ("A", "B", "C")


def test_dependence_is_measured_among_people_on_other_lists() -> None:
    strongest = dependences(three_lists([60, 50, 80, 10, 10, 10, 60]))[0]
    cells = [60.5, 10.5, 10.5, 80.5]
    expected = {
        ("A", "B"): math.log(cells[0] * cells[3] / (cells[1] * cells[2])),
    }
    assert strongest.lists == ("A", "B")
    assert math.log(strongest.odds_ratio) == pytest.approx(expected["A", "B"])
    assert dependences(two_lists(70, 50, 60)) == ()


def test_independent_lists_are_not_proposed_for_merging() -> None:
    assert proposed_merges(three_lists([120, 120, 120, 120, 120, 120, 120])) == ()


def test_a_known_number_is_found_again_from_independent_lists() -> None:
    """All chances one half: every list has 400 persons and the others find them."""
    found = internal_consistency(three_lists([100] * 7), method="chao")
    assert [case.truth for case in found.cases] == [400, 400, 400]
    assert found.coverage == 1
    assert found.mean_log_bias == pytest.approx(0, abs=1e-9)
    assert len(found.sentences) == 1


def test_small_lists_are_skipped_and_named() -> None:
    found = internal_consistency(three_lists([100, 100, 5, 100, 5, 5, 5]), method="chao")
    assert found.skipped == ("C",)
    assert [case.name for case in found.cases] == ["A", "B"]


def test_a_method_that_falls_short_is_said_to_fall_short() -> None:
    """Lists that find the same people: what is on two lists is mostly on all three."""
    found = internal_consistency(three_lists([200, 200, 200, 10, 10, 10, 150]), method="chapman")
    assert found.mean_log_bias is not None
    assert found.mean_log_bias < math.log(0.9)
    assert any("falls short" in sentence for sentence in found.sentences)


def test_a_list_that_hardly_meets_others_has_a_reason_instead_of_an_answer() -> None:
    found = internal_consistency(three_lists([60, 50, 40, 30, 0, 0, 0]), method="chao")
    reasons = {case.name: case.reason for case in found.cases}
    assert all("two other lists" in str(reason) for reason in reasons.values())
    assert found.coverage is None
    assert any("cannot be tried out" in sentence for sentence in found.sentences)


def test_dependence_of_two_lists_scales_the_unseen() -> None:
    found = odds_ratio_range(two_lists(70, 50, 60))
    independent = 70 * 50 / 60
    assert [point.odds_ratio for point in found.points] == [0.5, 1, 2]
    assert [point.estimate - 180 for point in found.points] == pytest.approx(
        [independent / 2, independent, 2 * independent]
    )
    assert found.estimates == (found.points[0].estimate, found.points[2].estimate)
    for point in found.points:
        assert point.interval[0] <= point.estimate <= point.interval[1]


def test_other_lists_bound_the_dependence_of_two() -> None:
    """Ninety persons on C only: independence of A and B leaves no room for them."""
    histories = three_lists([20, 20, 90, 60, 20, 20, 60])
    found = odds_ratio_range(histories, lists=("A", "B"))
    assert found.estimates is None
    assert found.interval is None
    assert all(point.estimate == histories.observed for point in found.points)
    assert "other lists know more" in found.sentences[0]


def test_people_on_other_lists_only_are_not_counted_twice() -> None:
    found = odds_ratio_range(three_lists(HEPATITIS), lists=("A", "B"))
    pair = estimate(three_lists(HEPATITIS).select("AB"), method="lincoln-petersen")
    assert next(point for point in found.points if point.odds_ratio == 1).estimate == pytest.approx(
        pair.estimate
    )


def test_two_lists_without_overlap_are_refused_and_wrong_ranges_are_bad_input() -> None:
    with pytest.raises(RefusedError, match="nobody is on both"):
        odds_ratio_range(two_lists(70, 50, 0))
    with pytest.raises(BadInputError, match="choose two"):
        odds_ratio_range(three_lists(HEPATITIS))
    with pytest.raises(BadInputError, match="no list Z"):
        odds_ratio_range(two_lists(70, 50, 60), lists=("A", "Z"))
    for wrong in ((1.5, 2.0), (0.0, 2.0), (0.5, 1000.0), (math.nan, 2.0)):
        with pytest.raises(BadInputError, match="odds ratios"):
            odds_ratio_range(two_lists(70, 50, 60), odds_ratio=wrong)


def test_priors_of_the_interaction_change_the_interval() -> None:
    found = prior_sensitivity(three_lists(HEPATITIS), method="no-highest-interaction")
    intervals = {case.answer.interval for case in found if case.answer}
    assert len(intervals) == len(found) == 2
    with pytest.raises(BadInputError, match="no prior"):
        prior_sensitivity(three_lists(HEPATITIS), method="chao")


def test_priors_of_graphs_change_the_answer() -> None:
    found = prior_sensitivity(three_lists(HEPATITIS), method="decomposable")
    assert len(found) == 2
    for case in found:
        assert case.answer is not None
        assert case.answer.method == "decomposable"
        assert case.times not in {None, 1}


def test_priors_of_latent_classes_change_the_answer() -> None:
    """Two of the runs only; each is a whole sampler."""
    histories, request = three_lists(HEPATITIS), Request(draws=100)
    runs = dict(OTHER_PRIORS["latent-class"](histories, request))
    assert len(runs) == 4
    extreme, small = (runs[name]() for name in list(runs)[2:])
    assert extreme.method == small.method == "latent-class"
    assert extreme.estimate != small.estimate


def test_a_number_that_still_climbs_has_not_settled() -> None:
    early, middle, late = (two_lists(count, count, 10) for count in (30, 50, 90))
    days = {date(2030, 3, 1): late, date(2030, 1, 1): early, date(2030, 2, 1): middle}
    found = trajectory(days, method="chapman")
    assert [case.name for case in found] == ["2030-01-01", "2030-02-01", "2030-03-01"]
    assert found[-1].times == 1
    said = sensitivity(late, method="chapman", by_date=days).sentences
    assert any("not settled" in sentence for sentence in said)
    days[date(2030, 2, 28)] = late
    said = sensitivity(late, method="chapman", by_date=days).sentences
    assert any("less than a tenth" in sentence for sentence in said)
    with pytest.raises(BadInputError, match="at least one day"):
        trajectory({}, method="chapman")


def test_everything_together_is_json_and_a_table_with_one_row_for_each_change() -> None:
    found = sensitivity(
        three_lists(HEPATITIS), method="no-highest-interaction", derived={"B": "A"}, request=Request(seed=7)
    )
    answer = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert set(answer) == {
        "answer",
        "left_out",
        "merged",
        "priors",
        "dependence",
        "consistency",
        "trajectory",
        "sentences",
    }
    table = found.to_dataframe()
    counted = dict(table.group_by("analysis").len().iter_rows())
    assert counted["left out"] == counted["consistency"] == 3
    assert counted["prior"] == 2
    assert counted["dependence"] == 9
    assert counted["merged"] == len(found.merges) >= 1
    assert found == sensitivity(
        three_lists(HEPATITIS), method="no-highest-interaction", derived={"B": "A"}, request=Request(seed=7)
    )


def test_two_lists_get_a_range_of_dependence_and_nothing_that_needs_three() -> None:
    found = sensitivity(two_lists(70, 50, 60), method="chapman")
    assert found.left_out == found.merges == ()
    assert found.consistency is None
    assert len(found.dependence) == 1
    assert len(found.sentences) == 1
    assert found.to_dataframe().height == 3


def test_progress_runs_once_from_nothing_to_all() -> None:
    seen: list[float] = []
    request = Request(progress=lambda _what, done: seen.append(done))
    sensitivity(three_lists(HEPATITIS), method="sample-coverage", request=request)
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0, 1)


def test_a_list_that_cannot_contain_some_people_leaves_few_methods() -> None:
    histories = three_lists(HEPATITIS)
    missing = {"A": "people killed in custody"}
    assert method_under_design(histories, method="latent-class", cannot_contain=missing).valid
    refused = method_under_design(histories, method="loglinear", cannot_contain=missing)
    assert not refused.valid
    assert "killed in custody" in refused.reason
    assert method_under_design(histories, method="loglinear").valid


def test_lists_that_exclude_each_other_are_merged_or_left_out_of_the_fit() -> None:
    histories = three_lists([60, 50, 40, 0, 30, 20, 0])
    assert method_under_design(histories, method="sparse", exclusive=[("A", "B")]).valid
    refused = method_under_design(histories, method="chao", exclusive=[("A", "B")])
    assert not refused.valid
    assert "merge" in refused.reason
    with pytest.raises(BadInputError, match="30 persons are on both"):
        method_under_design(histories, method="chao", exclusive=[("A", "C")])
    with pytest.raises(BadInputError, match="no list 'Z'"):
        method_under_design(histories, method="chao", cannot_contain={"Z": "women"})
