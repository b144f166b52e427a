"""Laws of linking as a whole: no order decides anything, constraints hold, dates are read as written."""

from datetime import date

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from kuager.engines.linkage import LinkResult, link
from kuager.engines.linkage.choosing.keys import shared_keys
from kuager.engines.linkage.choosing.planning import class_of, plan
from kuager.engines.linkage.reading.dates import read_ages, read_date
from kuager.engines.linkage.reading.preparing import prepare

_NAMES = st.sampled_from(
    ["Нұров Болат", "Nurov Bolat", "Болат Нуров", "Nurov Berik", "Kasymova Dana", "Қасымова Дана"]
)
_births = st.sampled_from(["1988-03-02", "1988", "1989-03-02", ""])
_records = st.lists(
    st.tuples(_NAMES, _births, st.sampled_from(["Алматы", "Taraz", ""])), min_size=2, max_size=5
)


def _frame(rows: list[tuple[str, str, str]]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=["name", "birth_date", "place"], orient="row")
    return frame.with_row_index("id").cast(pl.String)


def _persons(result: LinkResult) -> set[frozenset[tuple[str, str]]]:
    groups: dict[int, set[tuple[str, str]]] = {}
    for name, key, cluster in result.clusters.iter_rows():
        groups.setdefault(cluster, set()).add((name, key))
    return {frozenset(group) for group in groups.values()}


@settings(max_examples=6, deadline=None)
@given(_records, _records, st.randoms(use_true_random=False))
def test_no_order_of_rows_or_lists_decides_anything(
    one: list[tuple[str, str, str]], other: list[tuple[str, str, str]], random: "np.random.RandomState"
) -> None:
    lists = {"a": _frame(one), "b": _frame(other)}
    apart = pl.DataFrame(
        [("a", "0", "b", "0", "different")],
        schema=["list_l", "id_l", "list_r", "id_r", "verdict"],
        orient="row",
    )
    usual = link(lists, one_to_one=["b"], judgements=apart)
    rows = {name: list(range(frame.height)) for name, frame in lists.items()}
    for order in rows.values():
        random.shuffle(order)
    mixed = link({name: lists[name][rows[name]] for name in ("b", "a")}, one_to_one=["b"], judgements=apart)
    assert _persons(usual) == _persons(mixed)
    for person in _persons(usual):
        assert sum(name == "b" for name, _ in person) <= 1
        assert not {("a", "0"), ("b", "0")} <= person


_MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября",
    "декабря",
)  # fmt: skip


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2030, 12, 31)))
def test_a_day_is_the_same_day_however_it_is_written(day: date) -> None:
    ways = [
        day.isoformat(),
        day.strftime("%d.%m.%Y"),
        day.strftime("%Y%m%d"),
        day.strftime("%B %d, %Y"),
        f"{day.day} {_MONTHS[day.month - 1]} {day.year} г.",
    ]
    spans = [read_date(way) for way in ways]
    assert all(span is not None and span.earliest == span.latest == day.toordinal() for span in spans)


@given(st.integers(0, 60), st.integers(0, 60))
def test_a_range_of_ages_is_read_as_it_stands(one: int, other: int) -> None:
    assert read_ages(f"{one}-{other}") == ((one, other) if one <= other else None)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.floats(1.0, 20.0))
def test_plans_stay_within_their_bound_and_name_each_kind_once(seed: int, per_record: float) -> None:
    random = np.random.default_rng(seed)
    names = zip(
        random.choice(["Asan", "Dana", "Erlan"], 60), random.choice(["Nurov", "Kim"], 60), strict=True
    )
    ages = random.integers(20, 30, 60).astype(str)
    people = pl.DataFrame({"name": [" ".join(name) for name in names], "age": ages})
    records = prepare({"a": people}).records
    kinds = list(shared_keys(records, 2_047))
    steps = plan(records, kinds, np.zeros(60, dtype=np.bool_), 60 * per_record)
    assert len({step.shared.kind.words for step in steps}) == len(steps)
    assert all(2 <= step.largest <= int(step.shared.size.max()) for step in steps)
    assert steps == plan(records, kinds, np.zeros(60, dtype=np.bool_), 60 * per_record)


@given(st.integers(2, 2_047))
def test_classes_of_groups_double_in_size(size: int) -> None:
    found = int(class_of(np.array([size]))[0])
    assert 2 ** (found + 1) <= size < 2 ** (found + 2)
