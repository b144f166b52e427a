from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuager.engines.linkage.drawing.draws import PartitionDraws, draw_partitions
from kuager.engines.linkage.drawing.partitions_compared import exactly_right, pairs_together
from kuager.engines.linkage.gathering.cluster_quality import cluster_doubts, cluster_quality
from kuager.engines.linkage.gathering.quality import expected_errors
from kuager.engines.linkage.linking import LinkResult


def result(lists: str, clusters: list[int], pairs: dict[tuple[int, int], float]) -> LinkResult:
    chance = np.array(list(pairs.values()))
    table = pl.DataFrame(
        {
            "list_l": [lists[a] for a, _ in pairs],
            "id_l": [str(a) for a, _ in pairs],
            "list_r": [lists[b] for _, b in pairs],
            "id_r": [str(b) for _, b in pairs],
            "probability": chance,
            "match_weight": np.log2(chance / (1 - chance)),
        }
    )
    records = pl.DataFrame(
        {"list": list(lists), "id": [str(row) for row in range(len(lists))], "cluster": clusters}
    )
    return LinkResult(table, records, (), len(lists))


TRIO = result("abca", [1, 1, 1, 2], {(0, 1): 0.99, (1, 2): 0.9, (0, 2): 0.6, (2, 3): 0.3})


def drawn(links: LinkResult, *rows: list[int]) -> PartitionDraws:
    return PartitionDraws(links.clusters.select("list", "id"), np.array(rows, dtype=np.int32), 0, 0)


def test_what_draws_say_of_persons_and_of_the_share_exactly_right() -> None:
    found = cluster_quality(TRIO, drawn(TRIO, [1, 1, 1, 4], [1, 1, 3, 4], [1, 1, 3, 3], [1, 1, 1, 1]))
    assert (found.persons, found.expected_persons) == (2, 2.0)
    # Right: both, the fourth record, none, none.
    assert found.right == pytest.approx((1 + 0.5 + 0 + 0) / 4)
    assert found.largest == ((1, 3), (2, 1))


def test_the_most_doubtful_person_comes_first_with_the_link_it_hangs_on() -> None:
    doubts = cluster_doubts(TRIO, drawn(TRIO, [1, 1, 1, 4], [1, 1, 3, 4], [1, 1, 3, 4]))
    assert [one.cluster for one in doubts] == [1]
    weakest = doubts[0].weakest
    assert weakest is not None
    # Not 0.6: without that link the three still hang together.
    assert (weakest.one, weakest.other, weakest.probability) == (("b", "1"), ("c", "2"), 0.9)
    assert doubts[0].left_out is not None
    assert doubts[0].left_out.probability == 0.3


def test_without_draws_doubt_is_read_off_the_links() -> None:
    doubts = cluster_doubts(TRIO, limit=5)
    assert [one.cluster for one in doubts] == [1, 2]
    assert [one.right for one in doubts] == pytest.approx([0.9 * 0.7, 0.7])
    assert len(cluster_doubts(TRIO, limit=1)) == 1


def test_errors_over_draws_agree_with_counting_pair_by_pair() -> None:
    rows = ([1, 1, 1, 4], [1, 1, 3, 3], [1, 2, 3, 1], [1, 1, 1, 1])
    found = expected_errors(TRIO, draws=drawn(TRIO, *rows))
    false = missed = 0
    for row in rows:
        for a, b in combinations(range(4), 2):
            together = a < 3 and b < 3
            false += together and row[a] != row[b]
            missed += not together and row[a] == row[b]
    assert (found.total.links, found.total.false_links) == (3, false / 4)
    assert found.total.missed_links == missed / 4
    assert {stratum.stratum: stratum.links for stratum in found.strata} == {
        "a + a": 0,
        "a + b": 1,
        "a + c": 1,
        "b + c": 1,
    }


def test_progress_is_told_up_to_the_last_draw() -> None:
    said: list[int] = []
    draw_partitions(TRIO, draws=10, progress=said.append)
    assert said[-1] == 10


@given(st.lists(st.integers(1, 5), min_size=1, max_size=12))
def test_pairs_together_are_those_of_equal_persons(persons: list[int]) -> None:
    count = len(persons)
    expected = [a * count + b for a, b in combinations(range(count), 2) if persons[a] == persons[b]]
    assert pairs_together(np.array(persons)).tolist() == expected


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), min_size=1, max_size=10))
def test_exactly_right_is_equality_of_sets(records: list[tuple[int, int]]) -> None:
    linked, draw = (np.array(side) for side in zip(*records, strict=True))
    sets = {frozenset(np.flatnonzero(draw == person).tolist()) for person in set(draw.tolist())}
    expected = [frozenset(np.flatnonzero(linked == person).tolist()) in sets for person in np.unique(linked)]
    assert exactly_right(linked, draw[np.newaxis])[0].tolist() == expected
