import time
from dataclasses import replace
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from kuager.core.errors import BadInputError
from kuager.engines.linkage.linking import LinkResult
from kuager.engines.linkage.reviewing import (
    agreement,
    double_review_sample,
    measured_quality,
    review_order,
)

KEYS = ["list_l", "id_l", "list_r", "id_r"]


def test_agreement_is_that_of_the_textbook() -> None:
    # Worked example of two readers and fifty grant proposals, given in many textbooks: kappa 0.4.
    first = ["same"] * 25 + ["different"] * 25
    second = ["same"] * 20 + ["different"] * 5 + ["same"] * 10 + ["different"] * 15
    found = agreement(first, second)
    assert (found.number, found.observed, found.expected) == (50, 0.7, 0.5)
    assert found.kappa == pytest.approx(0.4)
    assert found.counts == ((20, 5, 0), (10, 15, 0), (0, 0, 0))


def test_the_interval_of_kappa_is_that_of_fleiss_cohen_and_everitt() -> None:
    # Fleiss, Levin and Paik (2003), "Statistical methods for rates and proportions", tables 18.1 and 18.2:
    # kappa 0.676 with standard error 0.088 for 100 subjects in three classes.
    table = [[75, 1, 4], [5, 4, 1], [0, 0, 10]]
    words = ("same", "different", "unsure")
    rows = [(words[i], words[j]) for i in range(3) for j in range(3) for _ in range(table[i][j])]
    found = agreement([one for one, _ in rows], [other for _, other in rows])
    assert found.kappa == pytest.approx(0.676, abs=0.0005)
    assert found.interval == pytest.approx((0.676 - 1.96 * 0.088, 0.676 + 1.96 * 0.088), abs=0.002)


def test_complete_agreement_of_few_pairs_is_not_certain() -> None:
    found = agreement(["same", "different"] * 5, ["same", "different"] * 5)
    assert found.kappa == 1
    assert found.interval is not None
    assert found.interval[0] < 0.6
    assert found.interval[1] == 1


def test_kappa_is_unknown_where_all_answers_are_one() -> None:
    found = agreement(["same"] * 9, ["same"] * 9)
    assert (found.observed, found.kappa, found.interval) == (1, None, None)


@pytest.mark.parametrize(
    ("first", "second"), [([], []), (["same"], []), (["same"], ["perhaps"])], ids=["none", "uneven", "other"]
)
def test_agreement_refuses_what_it_cannot_read(first: list[str], second: list[str]) -> None:
    with pytest.raises(BadInputError):
        agreement(first, second)


def result_of(
    rows: list[tuple[str, str, str, str, float]], clusters: list[list[tuple[str, str]]]
) -> LinkResult:
    chance = np.array([row[4] for row in rows])
    pairs = pl.DataFrame(rows, schema=[*KEYS, "probability"], orient="row").with_columns(
        match_weight=np.log2(chance / (1 - chance))
    )
    members = [(name, key, number) for number, group in enumerate(clusters, 1) for name, key in group]
    table = pl.DataFrame(members, schema=["list", "id", "cluster"], orient="row")
    return LinkResult(pairs, table, (), len(members))


def simple(chances: list[float], level: str = "the same") -> LinkResult:
    """Make pairs (a, i) with (b, i), put together from one half on, all of one level of agreement."""
    rows = [("a", str(i), "b", str(i), chance) for i, chance in enumerate(chances)]
    groups = [
        group
        for i, chance in enumerate(chances)
        for group in (
            [[("a", str(i)), ("b", str(i))]] if chance >= 0.5 else [[("a", str(i))], [("b", str(i))]]
        )
    ]
    result = result_of(rows, groups)
    reasons = f'[{{"field": "given name", "level": "{level}", "weight": 1.0}}]'
    return replace(result, pairs=result.pairs.with_columns(reasons=pl.lit(reasons)))


def test_pairs_with_rivals_come_before_doubtful_pairs_alone() -> None:
    rivals = [("a", "1", "b", "1", 0.52), ("a", "1", "b", "2", 0.45)]
    alone = [("a", "3", "b", "3", 0.5)]
    groups = [[("a", "1"), ("b", "1")], [("b", "2")], [("a", "3"), ("b", "3")]]
    order = review_order(result_of([*alone, *rivals], groups))
    assert order["id_r"][0] in {"1", "2"}
    assert order["why"][0] == {"code": "rivals", "number": 1}
    assert order["information"].is_sorted(descending=True)


def test_judged_pairs_are_not_asked_again_whichever_way_round() -> None:
    result = simple([0.4, 0.5, 0.6])
    judged = pl.DataFrame(
        {"list_l": ["b"], "id_l": ["1"], "list_r": ["a"], "id_r": ["1"], "verdict": ["unsure"]}
    )
    assert sorted(review_order(result, judgements=judged)["id_l"]) == ["0", "2"]


def test_a_pattern_of_many_doubtful_pairs_teaches_first_and_not_for_ever() -> None:
    many, few = simple([0.4] * 300, "much alike"), simple([0.5] * 3)
    lone = few.pairs.with_columns(id_l="x" + pl.col("id_l"), id_r="x" + pl.col("id_r"))
    more = few.clusters.with_columns(id="x" + pl.col("id"), cluster=pl.col("cluster") + 10_000)
    both = LinkResult(pl.concat([many.pairs, lone]), pl.concat([many.clusters, more]), (), 0)
    order = review_order(both, limit=20)
    assert order["why"].struct.field("code")[0] == "teaches"
    assert order["why"].struct.field("number")[0] == 300
    first_lone = int(np.flatnonzero(order["id_l"].str.starts_with("x").to_numpy())[0])
    assert 1 <= first_lone <= 2


def test_no_more_pairs_in_a_row_of_one_group_than_allowed() -> None:
    group = [("a", str(i), "b", str(j), 0.5) for i in range(3) for j in range(3)]
    others = [("a", f"x{i}", "b", f"x{i}", 0.93) for i in range(9)]
    clusters = [[("a", str(i)), ("b", str(i))] for i in range(3)]
    clusters += [[("a", f"x{i}"), ("b", f"x{i}")] for i in range(9)]
    order = review_order(result_of(group + others, clusters), at_most_in_a_row=1, limit=12)
    touches = [{row[0], row[1]} for row in order.select("id_l", "id_r").iter_rows()]
    while_others = touches[: 2 * 5]
    assert all(one.isdisjoint(other) for one, other in pairwise(while_others))


def test_sixty_thousand_pairs_are_ordered_within_a_second() -> None:
    random = np.random.default_rng(2)
    result = simple(random.beta(0.3, 0.3, 60_000).clip(0.01, 0.99).tolist())
    started = time.process_time()
    assert review_order(result).height == 200
    assert time.process_time() - started < 2


def test_an_order_of_nothing_is_empty() -> None:
    order = review_order(simple([]))
    assert order.height == 0
    assert order.columns == [*KEYS, "probability", "information", "why"]


def test_a_sample_takes_from_every_stratum_and_more_where_there_is_doubt() -> None:
    result = simple([0.995] * 1_000 + [0.6] * 300 + [0.05] * 500)
    sample = double_review_sample(result, size=200, seed=1)
    by_stratum = dict(sample["stratum"].value_counts().iter_rows())
    assert sorted(by_stratum) == ["apart 0.00-0.10", "together 0.50-0.70", "together 0.99-1.00"]
    assert sample.height == 200
    assert by_stratum["together 0.50-0.70"] > 0.3 * 200
    assert sample.filter("linked")["stratum"].str.starts_with("together").all()


def test_a_chain_puts_pairs_into_the_population_that_were_not_reported() -> None:
    rows = [("a", "1", "b", "1", 0.9), ("b", "1", "c", "1", 0.9)]
    sample = double_review_sample(result_of(rows, [[("a", "1"), ("b", "1"), ("c", "1")]]), size=9, seed=1)
    assert sample.height == 3
    assert sample.filter(pl.col("stratum") == "together 0.00-0.10").select(KEYS).row(0) == (
        "a",
        "1",
        "c",
        "1",
    )


def reviewed(counts: list[tuple[str, bool, int, int, int, int]]) -> pl.DataFrame:
    """Make a sample from stratum, linked, size, and verdicts same, different, unsure."""
    rows = [
        (stratum, size / (same + different + unsure), linked, verdict)
        for stratum, linked, size, same, different, unsure in counts
        for verdict in ["same"] * same + ["different"] * different + ["unsure"] * unsure
    ]
    return pl.DataFrame(rows, schema=["stratum", "weight", "linked", "verdict"], orient="row")


def test_measured_quality_weighs_strata_by_their_size() -> None:
    found = measured_quality(reviewed([("t", True, 900, 90, 10, 0), ("u", False, 1_000, 5, 95, 0)]))
    assert found.precision.value == pytest.approx(0.9)
    assert found.recall.value == pytest.approx(810 / (810 + 50))
    assert found.f1.value == pytest.approx(2 * 810 / (900 + 860))
    assert found.precision.low < 0.86
    assert found.precision.high > 0.93
    assert (found.number, found.unsettled) == (200, 0)
    assert found.population == pytest.approx(1_900)


def test_an_interval_is_not_a_point_where_no_error_was_seen() -> None:
    found = measured_quality(reviewed([("t", True, 5_000, 40, 0, 0), ("u", False, 3_000, 0, 40, 0)]))
    for figure in (found.precision, found.recall, found.f1):
        assert figure.value == figure.high == 1
        assert figure.low < 0.97
    all_seen = measured_quality(reviewed([("t", True, 40, 40, 0, 0), ("u", False, 30, 0, 30, 0)]))
    assert all_seen.precision.low == all_seen.recall.low == 1


def test_unsettled_pairs_widen_the_bounds_and_stay_out_of_the_middle() -> None:
    settled = measured_quality(reviewed([("t", True, 90, 72, 8, 0), ("u", False, 100, 4, 76, 0)]))
    found = measured_quality(reviewed([("t", True, 100, 72, 8, 20), ("u", False, 100, 4, 76, 20)]))
    assert found.precision.value == pytest.approx(settled.precision.value)
    assert (found.precision.least, found.precision.most) == pytest.approx((0.72, 0.92))
    assert (found.recall.least, found.recall.most) == pytest.approx((72 / 96, 92 / 96))
    assert found.precision.low <= found.precision.least
    assert found.unsettled == 40


def test_links_never_compared_lower_recall_only() -> None:
    sample = reviewed([("t", True, 100, 50, 0, 0)])
    assert measured_quality(sample, not_compared=25.0).recall.value == pytest.approx(0.8)
    assert measured_quality(sample, not_compared=25.0).precision.value == 1


def test_a_sample_that_nobody_reviewed_is_refused() -> None:
    sample = reviewed([("t", True, 100, 1, 0, 0)])
    with pytest.raises(BadInputError):
        measured_quality(sample.with_columns(verdict=pl.lit(None, dtype=pl.String)))
    with pytest.raises(BadInputError):
        measured_quality(sample.drop("weight"))
    with pytest.raises(BadInputError):
        measured_quality(sample.with_columns(verdict=pl.lit("maybe")))
