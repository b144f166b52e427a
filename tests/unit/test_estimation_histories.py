from pathlib import Path

import numpy as np
import polars as pl
import pytest

from kuager.core.errors import BadInputError
from kuager.engines.estimation import CaptureHistories, read_counts, read_table

THREE = CaptureHistories.from_counts(
    ["web", "hospital", "court"], [(1, 0, 0), (0, 1, 0), (1, 1, 0), (1, 1, 1)], [5, 4, 3, 2]
)


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "counts.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_totals_and_overlaps_are_counted() -> None:
    assert THREE.observed == 14
    assert THREE.list_totals == (10, 9, 2)
    assert THREE.overlap("web", "hospital") == 5
    assert [THREE.seen_on_exactly(k) for k in (1, 2, 3)] == [9, 3, 2]
    assert THREE.recaptured == 5


def test_the_same_table_from_persons_counts_and_columns_is_equal() -> None:
    persons = [(1, 0, 0)] * 5 + [(0, 1, 0)] * 4 + [(1, 1, 1)] * 2 + [(1, 1, 0)] * 3
    columns = {
        "web": [1, 0, 1, 1],
        "hospital": [0, 1, 1, 1],
        "court": [0, 0, 0, 1],
        "count": [5, 4, 3, 2],
    }
    for same in (
        CaptureHistories.from_memberships(THREE.lists, persons),
        CaptureHistories.from_table(columns),
        CaptureHistories.from_table(pl.DataFrame(columns)),
        CaptureHistories.from_table(pl.DataFrame(persons, schema=list(THREE.lists), orient="row")),
    ):
        assert same == THREE
        assert hash(same) == hash(THREE)


def test_the_table_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        THREE.counts[0] = 1


def test_choosing_lists_drops_persons_on_none_of_them() -> None:
    chosen = THREE.select(["court", "web"])
    assert chosen.lists == ("court", "web")
    assert chosen.observed == 10
    assert chosen.patterns.tolist() == [[0, 1], [1, 1]]
    assert chosen.counts.tolist() == [8, 2]


@pytest.mark.parametrize(
    ("lists", "patterns", "counts", "message"),
    [
        (["a", "a"], [(1, 0)], [1], "named twice"),
        ([], [], [], "expected 1 to 60 lists"),
        (["a", "b"], [(1, 2)], [1], "only 0"),
        (["a", "b"], [(1, 0)], [-1], "negative"),
        (["a", "b"], [(0, 0)], [3], "on no list"),
        (["a", "b"], [(1, 0)], [1, 2], "one count each"),
    ],
)
def test_impossible_tables_are_refused(
    lists: list[str], patterns: list[tuple[int, ...]], counts: list[int], message: str
) -> None:
    with pytest.raises(BadInputError, match=message):
        CaptureHistories.from_counts(lists, patterns, counts)


def test_unknown_list_is_named() -> None:
    with pytest.raises(BadInputError, match="there is no list 'police'"):
        THREE.overlap("web", "police")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_usual_delimiter_is_read(tmp_path: Path, delimiter: str) -> None:
    text = "# who, made; this\n\nweb,hospital,court,Count\n1,0,0,5\n0,1,0,4\n 1 ,1,0,3\n1,1,1,1\n1,1,1,1\n"
    path = write(tmp_path, text.replace(",", delimiter), "utf-8-sig")
    assert read_counts(path) == THREE


def test_without_counts_each_row_is_a_person(tmp_path: Path) -> None:
    assert read_counts(write(tmp_path, "a,b\n1,0\n1,1\n1,1\n")).counts.tolist() == [1, 2]


def test_columns_that_are_not_chosen_may_hold_anything(tmp_path: Path) -> None:
    path = write(tmp_path, "a,b,note,count\n1,0,x,2\n1,1,y,3\n0,0,z,4\n")
    assert read_counts(path, lists=["b", "a"]).list_totals == (3, 5)


def test_strata_are_in_the_order_of_their_names(tmp_path: Path) -> None:
    path = write(tmp_path, "a,b,region,count\n1,0,west,2\n1,1,east,3\n0,1,west,4\n")
    groups = read_table(path).by_stratum("region")
    assert list(groups) == ["east", "west"]
    assert groups["west"].observed == 6


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("# only a comment\n", "is empty"),
        ("count\n3\n", "expected a column of 0 and 1 for each list"),
        ("a,b,count\n1,0,3\n1,x,3\n", "row 3, column 'b': expected 0 or 1, got 'x'"),
        ("# c\na,b,count\n1,0,3.5\n", "row 3, column 'count': expected a whole number of persons, got '3.5'"),
        ("a,b,count\n1,0,-3\n", "row 2, column 'count'"),
        ("a,b,count\n1,0,9999999999999\n", "row 2, column 'count'"),
        ("a,b,count\n1,0\n", "row 2: expected 3 cells"),
        ("a,,count\n1,0,1\n", "row 1, column 2: the header is empty"),
        ("a,a,count\n1,0,1\n", "row 1, column 2: 'a' is named twice"),
        ("a,b,count\n0,0,7\n", "row 2: persons on no list"),
        ('a,b,count\n"1,0,7\n', "is not a CSV table"),
    ],
)
def test_bad_files_name_row_and_column(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        read_counts(write(tmp_path, text))


def test_old_cyrillic_files_are_read_with_a_warning(tmp_path: Path) -> None:
    tally = read_table(write(tmp_path, "список,b\n1,0\n", "cp1251")).tally()
    assert tally.lists == ("список", "b")
    assert "not UTF-8" in tally.warnings[0]


def test_absent_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"cannot read absent\.csv"):
        read_counts(tmp_path / "absent.csv")


def test_unknown_columns_are_named(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "a,b\n1,0\n"))
    with pytest.raises(BadInputError, match="there is no list 'c'"):
        table.histories(["c"])
    with pytest.raises(BadInputError, match="there is no column 'region'"):
        table.by_stratum("region")


def test_a_large_table_of_persons_is_collapsed() -> None:
    rows = np.random.default_rng(1).integers(0, 2, (2000, 3))
    histories = CaptureHistories.from_memberships("abc", rows[rows.any(axis=1)].tolist())
    assert len(histories.counts) == 7
    assert histories.patterns.tolist() == sorted(histories.patterns.tolist())
