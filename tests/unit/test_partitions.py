from collections.abc import Iterable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from kuager.core.errors import BadInputError, RefusedError
from kuager.engines.estimation import CaptureHistories, Request, estimate
from kuager.engines.estimation.partitions import (
    estimate_over_partitions,
    make_partitions,
    read_partitions,
)

Row = tuple[int, str, str, int]


def frame_of(rows: Iterable[Row]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=["draw", "list", "id", "cluster"], orient="row")


def example(*, doubt: bool = True, draws: int = 40, seed: int = 1) -> tuple[pl.DataFrame, int]:
    """Make draws for three lists of 400 people; half of who is on two lists is doubtful, 6 of 10 rightly.

    Besides each doubtful true pair there are false ones that look the same. Without doubt all that is more
    likely than not is linked, as linkage alone would decide.
    """
    random, persons, likely = np.random.default_rng(seed), 400, 0.6
    on = random.random((persons, 3)) < [0.5, 0.45, 0.4]
    cluster = np.arange(persons)[:, None] + np.zeros(3, dtype=int)
    unsure: list[tuple[tuple[int, int], tuple[int, int]]] = []
    alone = {j: np.flatnonzero(on[:, j] & (on.sum(axis=1) == 1)) for j in range(3)}
    for one, two in ((0, 1), (1, 2), (2, 0)):
        both = np.flatnonzero(on[:, one] & on[:, two] & (on.sum(axis=1) == 2))
        true = both[random.random(len(both)) < 0.5]
        unsure += [((p, one), (p, two)) for p in true]
        false = round(len(true) * (1 - likely) / likely)
        left, right = alone[one][::2][:false], alone[two][1::2][:false]
        unsure += [((p, one), (q, two)) for p, q in zip(left, right, strict=False)]
    rows = []
    for draw in range(1, draws + 1):
        label = cluster.copy()
        for number, (here, there) in enumerate(unsure):
            label[here] = label[there] = persons + 2 * number
            if doubt and random.random() >= likely:
                label[there] += 1
        rows += [
            (draw, "abc"[j], str(p), int(label[p, j])) for p in range(persons) for j in range(3) if on[p, j]
        ]
    return frame_of(rows), persons


def test_the_interval_with_the_doubt_is_wider_and_holds_the_truth() -> None:
    drawn, truth = example()
    with_doubt = estimate_over_partitions(make_partitions(drawn), method="decomposable")
    decided, _ = example(doubt=False, draws=1)
    alone = estimate(next(make_partitions(decided).histories()), method="decomposable")
    assert with_doubt.interval[0] < truth < with_doubt.interval[1]
    assert alone.interval[1] < truth
    assert with_doubt.interval[1] - with_doubt.interval[0] > alone.interval[1] - alone.interval[0]
    assert float(with_doubt.diagnostics["between_share"]) > 0.2


def test_without_doubt_the_answer_is_that_of_the_one_table() -> None:
    decided, _ = example(doubt=False, draws=5)
    partitions = make_partitions(decided)
    answer = estimate_over_partitions(partitions, method="decomposable")
    alone = estimate(next(partitions.histories()), method="decomposable")
    assert answer.diagnostics["different_tables"] == 1
    assert answer.diagnostics["between_share"] == pytest.approx(0, abs=0.01)
    assert answer.estimate == pytest.approx(alone.estimate, rel=0.01)
    assert answer.interval == pytest.approx(alone.interval, rel=0.02)
    assert (
        answer.diagnostics["most_probable_low"],
        answer.diagnostics["most_probable_high"],
    ) == pytest.approx(alone.interval)
    assert not any("in doubt" in warning for warning in answer.warnings)


@pytest.mark.parametrize("method", ["chao", "loglinear"])
def test_methods_that_do_not_draw_get_their_interval_back(method: str) -> None:
    decided, _ = example(doubt=False, draws=20)
    partitions = make_partitions(decided)
    answer = estimate_over_partitions(partitions, method=method)
    alone = estimate(next(partitions.histories()), method=method)
    assert answer.estimate == pytest.approx(alone.estimate, rel=0.01)
    assert answer.interval == pytest.approx(alone.interval, rel=0.03)


def test_the_same_seed_gives_the_same_numbers_and_row_order_none() -> None:
    drawn, _ = example(draws=10)
    first = estimate_over_partitions(make_partitions(drawn), method="decomposable", request=Request(seed=3))
    mixed = drawn.sample(fraction=1, shuffle=True, seed=4)
    again = estimate_over_partitions(make_partitions(mixed), method="decomposable", request=Request(seed=3))
    assert first == again
    assert first.draws is not None
    assert again.draws is not None
    assert (first.draws.total == again.draws.total).all()
    assert first.draws.total.shape == (4, 2_500)


def test_tables_count_persons_once_and_keep_a_list_with_nobody_linked() -> None:
    rows = [(1, "a", "1", 5), (1, "a", "2", 5), (1, "b", "1", 5), (1, "c", "1", 9)]
    (table,) = make_partitions(frame_of(rows)).histories()
    assert table == CaptureHistories.from_counts("abc", [[1, 1, 0], [0, 0, 1]], [1, 1])


def test_each_group_is_taken_as_it_is_drawn_most_often() -> None:
    together = [(1, "a", "1", 1), (1, "b", "1", 1), (1, "a", "2", 2), (1, "b", "2", 3)]
    apart = [(2, "a", "1", 1), (2, "b", "1", 2), (2, "a", "2", 3), (2, "b", "2", 3)]
    third = [(3, "a", "1", 7), (3, "b", "1", 7), (3, "a", "2", 8), (3, "b", "2", 8)]
    partitions = make_partitions(frame_of([*together, *apart, *third]))
    assert partitions.most_probable() == CaptureHistories.from_counts("ab", [[1, 1]], [2])
    assert partitions.records_in_doubt == 4


def test_lists_can_be_chosen() -> None:
    rows = [(1, "a", "1", 5), (1, "b", "1", 5), (1, "c", "1", 5), (1, "c", "2", 6)]
    chosen = make_partitions(frame_of(rows)).select(["a", "c"])
    assert next(chosen.histories()) == CaptureHistories.from_counts("ac", [[1, 1], [0, 1]], [1, 1])
    with pytest.raises(BadInputError, match="no list 'z'"):
        chosen.select(["a", "z"])


def test_what_is_written_is_read(tmp_path: Path) -> None:
    drawn, _ = example(draws=3)
    drawn.write_parquet(tmp_path / "draws.parquet")
    assert list(read_partitions(tmp_path / "draws.parquet").histories()) == list(
        make_partitions(drawn).histories()
    )


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([(1, "a", "1", 1), (2, "b", "1", 1)], "same records"),
        ([(1, "a", "1", 1), (1, "b", "1", 1), (2, "a", "1", 1)], "same records"),
        ([(1, "a", "1", 1), (1, "a", "1", 2)], "twice"),
        ([], "no draws"),
    ],
)
def test_draws_that_do_not_fit_together_are_refused(rows: list[Row], message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        make_partitions(frame_of(rows))


def test_a_wrong_file_is_explained(tmp_path: Path) -> None:
    (tmp_path / "draws.parquet").write_text("no parquet", encoding="utf-8")
    with pytest.raises(BadInputError, match="--draws-file"):
        read_partitions(tmp_path / "draws.parquet")
    with pytest.raises(BadInputError, match="'cluster' is missing"):
        make_partitions(frame_of([(1, "a", "1", 1)]).drop("cluster"))
    with pytest.raises(BadInputError, match="row 2, column 'id' is empty"):
        make_partitions(frame_of([(1, "a", "1", 1), (1, "a", None, 1)]))  # type: ignore[list-item]  # on purpose


def test_draws_without_a_finite_answer_leave_the_interval_open() -> None:
    rows = []
    for draw in (1, 2):
        rows += [(draw, "a", str(i), i) for i in range(40)]
        rows += [(draw, "b", str(i), i if draw == 1 and i < 20 else 100 + i) for i in range(40)]
    answer = estimate_over_partitions(make_partitions(frame_of(rows)), method="lincoln-petersen")
    assert answer.interval[1] == float("inf")
    assert not answer.publishable
    assert answer.mean is None
    apart = frame_of([row for row in rows if row[0] == 2])
    with pytest.raises(RefusedError, match="no draw of who is who"):
        estimate_over_partitions(make_partitions(apart), method="lincoln-petersen")


def test_chains_are_judged_over_all_tables_together() -> None:
    drawn, _ = example(draws=4)
    answer = estimate_over_partitions(
        make_partitions(drawn), method="latent-class", request=Request(draws=400)
    )
    found = answer.diagnostics
    assert answer.draws is not None
    assert answer.draws.total.shape == (4, 1_000)
    assert 1 <= float(found["rhat"]) <= float(found["worst_table_rhat"]) + 0.05
    assert float(found["ess_bulk"]) > 0
