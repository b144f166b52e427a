"""Laws of reconciliation: every bridge closes, in every draw, and every row is accounted for exactly once."""

from collections import Counter

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from kuager.engines.linkage import LinkResult
from kuager.engines.linkage.drawing.draws import PartitionDraws
from kuager.engines.linkage.rival_lists.bridges import Size, Tally, bridge, count_persons
from kuager.engines.linkage.rival_lists.reconciling import Key, reconcile

LISTS = ("a", "b", "c")
PAIRS = {
    name: pl.String for name in ("list_l", "id_l", "list_r", "id_r")
} | {"probability": pl.Float64, "match_weight": pl.Float64, "reasons": pl.String}  # fmt: skip
# A row: its list, its person by the links and by one other draw, and whether it shows a name.
_rows = st.lists(
    st.tuples(st.sampled_from(LISTS), st.integers(1, 6), st.integers(1, 6), st.booleans()), max_size=20
)
_claims = st.dictionaries(st.sampled_from(LISTS), st.integers(0, 30))
Row = tuple[str, int, int, bool]
# Tables are made anew each time, which a busy machine may take long for.
LAWS = settings(max_examples=30, deadline=None)


def _tables(rows: list[Row]) -> tuple[dict[str, pl.DataFrame], LinkResult, PartitionDraws]:
    keys = [(name, str(number)) for number, (name, *_) in enumerate(rows)]
    frames = {
        wanted: pl.DataFrame(
            {
                "id": [key for name, key in keys if name == wanted],
                "name": ["Асан" if named else "" for name, _, _, named in rows if name == wanted],
            },
            schema={"id": pl.String, "name": pl.String},
        )
        for wanted in LISTS
    }
    records = pl.DataFrame(keys, schema={"list": pl.String, "id": pl.String}, orient="row")
    persons = pl.Series("cluster", [person for _, person, _, _ in rows], dtype=pl.Int64)
    pairs = pl.DataFrame(schema=PAIRS)
    result = LinkResult(pairs, records.with_columns(persons), (), len(rows))
    drawn = np.array([[row[1] for row in rows], [row[2] for row in rows]], dtype=np.int32)
    return frames, result, PartitionDraws(records, drawn, 0, 0)


@LAWS
@given(_rows, _claims)
def test_every_bridge_closes(rows: list[Row], claims: dict[str, int]) -> None:
    frames, result, draws = _tables(rows)
    found = reconcile(result, frames, claimed=claims, draws=draws)
    for way in found.bridges:
        assert way.closes
        assert way.stations[-1] == way.to_number
        assert way.from_number == claims.get(way.start, len(frames[way.start]))


@LAWS
@given(_rows)
def test_every_row_is_accounted_for_exactly_once(rows: list[Row]) -> None:
    frames, result, _ = _tables(rows)
    found = reconcile(result, frames)
    seen: Counter[Key] = Counter()
    for one in found.combinations:
        for person in one.people:
            assert set(one.lists) == {name for name, _ in person}
            seen.update(person)
    for account in found.lists:
        seen.update((account.name, key) for key in account.unnamed)
        assert account.size.rows == len(account.unnamed) + len(account.repeats) + account.persons
    assert set(seen.values()) <= {1}
    assert set(seen) == set(result.clusters.select("list", "id").iter_rows())


@LAWS
@given(_rows)
def test_intervals_hold_a_result_that_is_never_in_doubt(rows: list[Row]) -> None:
    frames, result, draws = _tables(rows)
    still = PartitionDraws(draws.records, draws.clusters[[0, 0, 0]], 0, 0)
    found = reconcile(result, frames, draws=still)
    for way in found.bridges:
        assert all(step.interval == (step.change, step.change) for step in way.steps)
        assert way.both_interval == (way.both, way.both)


@LAWS
@given(_rows, st.randoms(use_true_random=False))
def test_numbers_do_not_depend_on_the_order_of_rows(rows: list[Row], chance: object) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random
    numbers = []
    for some in (rows, shuffled):
        frames, result, _ = _tables(some)
        found = reconcile(result, frames)
        numbers.append([[(step.code, step.change) for step in way.steps] for way in found.bridges])
    assert numbers[0] == numbers[1]


@LAWS
@given(_rows)
def test_two_ways_round_are_the_same_way(rows: list[Row]) -> None:
    place = {name: number for number, name in enumerate(LISTS)}
    table = np.array([(place[row[0]], row[1]) for row in rows], dtype=np.int64).reshape(-1, 2)
    counts = count_persons(LISTS, table[:, 0], table[:, 1])
    tally = Tally(LISTS, counts, np.zeros((0, 8), dtype=np.int64))
    one, two = (
        Size(name=name, claimed=None, rows=sum(row[0] == name for row in rows), unnamed=0) for name in "ab"
    )
    there, back = bridge(one, two, tally), bridge(two, one, tally)
    assert [-step.change for step in reversed(back.steps)] == [step.change for step in there.steps]
