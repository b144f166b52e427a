from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from kuager.core.errors import BadInputError
from kuager.engines.linkage.drawing.draws import draw_partitions
from kuager.engines.linkage.drawing.partition_sampling import draw_components
from kuager.engines.linkage.drawing.partition_walking import walk_component
from kuager.engines.linkage.drawing.partition_worth import Units, worth
from kuager.engines.linkage.linking import LinkResult

Pairs = dict[tuple[int, int], float]


def linked(lists: str, probabilities: Pairs) -> LinkResult:
    """Make finished links of records 0, 1, ... whose lists are the letters."""
    pairs = sorted(probabilities)
    chance = np.array([probabilities[pair] for pair in pairs])
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
        {"list": list(lists), "id": [str(i) for i in range(len(lists))], "cluster": range(len(lists))}
    )
    return LinkResult(table, records, (), len(lists))


def every_partition(records: list[int]) -> list[list[list[int]]]:
    if not records:
        return [[]]
    first, rest = records[0], records[1:]
    return [
        [[first, *others], *remaining]
        for size in range(len(rest) + 1)
        for others in combinations(rest, size)
        for remaining in every_partition([one for one in rest if one not in others])
    ]


def hangs_together(person: list[int], allowed: set[tuple[int, int]]) -> bool:
    reached, border = {person[0]}, [person[0]]
    while border:
        here = border.pop()
        new = [b for b in person if b not in reached and ((here, b) in allowed or (b, here) in allowed)]
        reached.update(new)
        border += new
    return len(reached) == len(person)


def worth_of(person: list[int], probabilities: Pairs) -> float:
    """Multiply the odds of links with the best record; a 1,024th for pairs not reported, anew for each."""
    if len(person) == 1:
        return 1.0
    unknown = sum(pair not in probabilities for pair in combinations(person, 2))
    odds = {pair: p / (1 - p) for pair, p in probabilities.items()}
    stars = [
        [(min(centre, other), max(centre, other)) for other in person if other != centre] for centre in person
    ]
    reported = [star for star in stars if any(pair in odds for pair in star)]
    best = max(float(np.prod([odds.get(pair, 2.0**-10) for pair in star])) for star in reported)
    return best * 2.0 ** (-10 * unknown)


def exact_frequencies(lists: str, probabilities: Pairs, once: str = "") -> dict[tuple[int, int], float]:
    """Go through every partition and add up the odds of its persons."""
    frequency = dict.fromkeys(combinations(range(len(lists)), 2), 0.0)
    whole = 0.0
    for partition in every_partition(list(range(len(lists)))):
        pairs = [pair for person in partition for pair in combinations(person, 2)]
        if any(lists[a] == lists[b] and lists[a] in once for a, b in pairs):
            continue
        if not all(hangs_together(person, set(probabilities)) for person in partition):
            continue
        weight = float(np.prod([worth_of(person, probabilities) for person in partition]))
        whole += weight
        for pair in pairs:
            frequency[pair] += weight
    return {pair: weight / whole for pair, weight in frequency.items()}


def drawn_frequencies(clusters: np.ndarray) -> dict[tuple[int, int], float]:
    return {
        (a, b): float((clusters[:, a] == clusters[:, b]).mean())
        for a, b in combinations(range(clusters.shape[1]), 2)
    }


SIX: Pairs = {(0, 1): 0.7, (1, 2): 0.4, (0, 2): 0.6, (2, 3): 0.8, (3, 4): 0.3, (4, 5): 0.55, (1, 4): 0.2}


@pytest.mark.parametrize("once", ["", "A", "AB"])
def test_links_are_drawn_as_often_as_enumeration_says(once: str) -> None:
    lists = "AABBCC"
    drawn = draw_partitions(linked(lists, SIX), draws=10_000, one_to_one=once)
    expected = exact_frequencies(lists, SIX, once)
    assert drawn_frequencies(drawn.clusters) == pytest.approx(expected, abs=0.025)


def test_a_pair_alone_is_linked_as_often_as_its_probability() -> None:
    drawn = draw_partitions(linked("AB", {(0, 1): 0.3}), draws=10_000)
    assert drawn_frequencies(drawn.clusters)[0, 1] == pytest.approx(0.3, abs=0.02)


def units_of(count: int, probabilities: Pairs) -> Units:
    """Take each record as a unit."""
    rows = sorted(
        [(a, b, p) for (a, b), p in probabilities.items()]
        + [(b, a, p) for (a, b), p in probabilities.items()]
    )
    return Units(
        once=np.zeros(count, dtype=np.int64),
        start=np.searchsorted([a for a, _, _ in rows], np.arange(count + 1)).astype(np.int64),
        other=np.array([b for _, b, _ in rows], dtype=np.int64),
        weight=np.array([[np.log(p / (1 - p))] for _, _, p in rows]).reshape(-1, 1),
        before=np.zeros(len(rows)),
        price=-10 * np.log(2),
    )


def walk(units: Units, draws: int, seed: int) -> np.ndarray:
    """Walk from everybody alone."""
    labels = np.tile(np.arange(len(units.once), dtype=np.int32), (draws, 1))
    walk_component(units, np.arange(len(units.once)), labels, (50, 5), np.random.default_rng(seed))
    return labels


def test_the_walk_of_large_components_draws_the_same_law() -> None:
    walked = walk(units_of(6, SIX), 8_000, seed=1)
    expected = exact_frequencies("ABCDEF", SIX)
    assert drawn_frequencies(walked) == pytest.approx(expected, abs=0.04)


def test_two_groups_that_only_merge_as_a_whole_do_merge() -> None:
    # Three records sure to be one, three others too; all six as likely as the two threes.
    trio = {(0, 1): 0.999, (1, 2): 0.999, (0, 2): 0.999}
    across = {(a, b): 0.99009 for a in range(3) for b in range(3, 6)}
    pairs = trio | {(a + 3, b + 3): p for (a, b), p in trio.items()} | across
    walked = walk(units_of(6, pairs), 4_000, seed=2)
    expected = exact_frequencies("ABCDEF", pairs)
    assert 0.3 < expected[0, 3] < 0.7
    assert drawn_frequencies(walked)[0, 3] == pytest.approx(expected[0, 3], abs=0.07)


def test_large_components_keep_to_the_rules() -> None:
    random = np.random.default_rng(4)
    lists = "ABC" * 12
    pairs = {
        (a, b): float(random.uniform(0.05, 0.95))
        for a, b in combinations(range(36), 2)
        if lists[a] != lists[b] and random.random() < 0.3
    }
    drawn = draw_partitions(linked(lists, pairs), draws=100, one_to_one="ABC")
    for row in drawn.clusters:
        for person in np.unique(row):
            members = np.flatnonzero(row == person).tolist()
            assert len({lists[one] for one in members}) == len(members)
            assert hangs_together(members, set(pairs))


def test_judgements_hold_in_every_draw() -> None:
    judgements = pl.DataFrame(
        [("A", "0", "B", "2", "same"), ("B", "2", "C", "4", "different"), ("A", "0", "B", "9", "same")],
        schema=["list_l", "id_l", "list_r", "id_r", "verdict"],
        orient="row",
    )
    pairs = {(0, 2): 0.2, (2, 4): 0.9, (0, 4): 0.9, (1, 3): 0.5}
    drawn = draw_partitions(linked("AABBC", pairs), draws=200, judgements=judgements)
    together = drawn_frequencies(drawn.clusters)
    assert together[0, 2] == 1
    assert together[2, 4] == together[0, 4] == 0
    assert 0 < together[1, 3] < 1


def test_draws_differ_only_where_there_is_doubt() -> None:
    drawn = draw_partitions(linked("ABABC", {(0, 1): 1 - 1e-12, (2, 3): 0.5}), draws=100)
    assert (drawn.clusters[:, [0, 1, 4]] == [1, 1, 5]).all()
    assert set(np.unique(drawn.clusters[:, 3])) == {3, 4}
    assert (drawn.clusters_in_doubt, drawn.records_in_doubt) == (2, 2)


def test_the_same_seed_draws_the_same(tmp_path: Path) -> None:
    first, again, other = (draw_partitions(linked("AABBCC", SIX), seed=seed) for seed in (7, 7, 8))
    assert (first.clusters == again.clusters).all()
    assert (first.clusters != other.clusters).any()
    first.write_parquet(tmp_path / "draws.parquet")
    written = pl.read_parquet(tmp_path / "draws.parquet")
    assert written.columns == ["draw", "list", "id", "cluster"]
    assert written.equals(first.to_dataframe())
    assert written["draw"].n_unique() == 100


def test_nothing_linked_is_drawn_too() -> None:
    drawn = draw_partitions(linked("AB", {}), draws=3)
    assert drawn.clusters.tolist() == [[1, 2]] * 3
    assert drawn.clusters_in_doubt == 0


@pytest.mark.parametrize(
    ("options", "message"), [({"draws": 0}, "1 to 10,000"), ({"one_to_one": "Z"}, "unknown list: Z")]
)
def test_wrong_options_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        draw_partitions(linked("AB", {(0, 1): 0.5}), **options)  # type: ignore[arg-type]  # on purpose


def test_a_component_of_one_is_itself() -> None:
    labels = np.empty((2, 3), dtype=np.int32)
    draw_components(units_of(3, {}), np.arange(3), np.arange(4), labels, (1, 1), np.random.default_rng(1))
    assert labels.tolist() == [[0, 1, 2]] * 2


def fields_of(*rows: tuple[float, float]) -> Units:
    """Give three records; weights of two fields for the pairs 0-1, 0-2, 1-2."""
    pairs = [(0, 1, 0), (0, 2, 1), (1, 0, 0), (1, 2, 2), (2, 0, 1), (2, 1, 2)]
    return Units(
        once=np.zeros(3, dtype=np.int64),
        start=np.array([0, 2, 4, 6]),
        other=np.array([other for _, other, _ in pairs]),
        weight=np.array([rows[number] for _, _, number in pairs], dtype=np.float64),
        before=np.full(6, -1.0),
        price=-3.0,
    )


def test_one_slip_counts_once_and_one_agreement_twice() -> None:
    # The first field: 2 has a slip. The second: all agree.
    assert worth(fields_of((4, 5), (-6, 5), (-6, 5)), np.arange(3)) == pytest.approx(4 - 6 + 5 + 5 - 2)


def test_what_the_one_in_the_middle_leaves_out_is_compared_past_it() -> None:
    assert worth(fields_of((5, np.nan), (5, -7), (5, np.nan)), np.arange(3)) == pytest.approx(5 + 5 - 7 - 2)


def test_two_pairs_that_each_agree_on_something_else_are_two_persons() -> None:
    agree, differ = 12.0, -5.0
    pairs = {(a, b): agree if a // 2 == b // 2 else differ for a, b in combinations(range(4), 2)}
    rows = sorted((*ends, w) for (a, b), w in pairs.items() for ends in ((a, b), (b, a)))
    units = Units(
        once=np.zeros(4, dtype=np.int64),
        start=np.array([0, 3, 6, 9, 12]),
        other=np.array([other for _, other, _ in rows]),
        weight=np.array([[w] for *_, w in rows]),
        before=np.zeros(12),
        price=-3.0,
    )
    assert worth(units, np.arange(4)) == pytest.approx(agree + 2 * differ)
