"""Files of counts that are broken, odd or enormous: a clear error with its row, or the right numbers."""

import gzip
from pathlib import Path

import pytest

from kuager.core.errors import BadInputError
from kuager.engines.estimation import large_tables, reading
from kuager.engines.estimation.reading import read_counts, read_table
from kuager.engines.estimation.text_tables import LONGEST_LINE

GOOD = "web,court,count\n1,0,30\n0,1,20\n1,1,10\n"


def write(folder: Path, content: str | bytes) -> Path:
    path = folder / "counts.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("web,court,count\n1,0,30\n1,1,-3\n", "row 3, column 'count': expected a whole number .* got '-3'"),
        ("web,court,count\n1,0,30\n1,1,many\n", "row 3, column 'count': .* got 'many'"),
        ("web,court,count\n1,0,\n", "row 2, column 'count': .* got ''"),
        ("web,court,count\n1,0,1e3\n", "row 2, column 'count': .* got '1e3'"),
        ('web,court,count\n1,0,"1,000"\n', "row 2, column 'count': .* got '1,000'"),
        ("web,court,count\n1,0,٣\n", "row 2, column 'count'"),
        ("web,court,count\n1,0,9999999999999\n", "row 2, column 'count'"),
        ("web,court,count\n0,0,30\n1,1,3\n", "row 2: persons on no list"),
        ("web,court,count\n0,,30\n1,1,3\n", "row 2: persons on no list"),
        ("web,court\n1,0\n1,2\n", "row 3, column 'court': expected 0 or 1, got '2'"),
        ("web,court\n1,0\n1,yes\n", "row 3, column 'court': expected 0 or 1, got 'yes'"),
        ("# who made it\n\nweb,court\n1,0\n1\n", "row 5: expected 2 cells as in the header, got 1"),
        ("web,court\n1,0\n1,0,1\n", "row 3: expected 2 cells as in the header, got 3"),
        ("1,0,30\n0,1,20\n", "row 1 holds numbers where the names of the lists should stand"),
        ("web,web,count\n1,0,1\n", "row 1, column 2: 'web' is named twice"),
        ("web,count,Count\n1,1,1\n", "row 1, column 3: 'Count' is named twice"),
        ("web,,count\n1,0,1\n", "row 1, column 2: the header is empty"),
        ('web,court\n1,"0\n1,1\n', "row 3: this is not a CSV table"),
        ("", "is empty"),
        ("\n\n# nothing\n", "is empty"),
        (b"\x00\x01\x02", "is not text"),
        (b"PK\x03\x04rest of a workbook", "save the sheet as CSV"),
        (b"PAR1rest", "save the sheet as CSV"),
        (b"\x1f\x8b\x08\x00broken", "cannot read"),
        ("web,court\n1," + "0" * (LONGEST_LINE + 5) + "\n", "row 2: the line is longer than"),
    ],
)
def test_broken_files_say_where_and_what(tmp_path: Path, content: str | bytes, message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        read_counts(write(tmp_path, content))


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        GOOD.replace(",", ";"),
        GOOD.replace(",", "\t"),
        GOOD.replace(",", "|"),
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", "\r"),
        "\ufeff" + GOOD,
        GOOD.encode("utf-16"),
        gzip.compress(GOOD.encode()),
        GOOD.replace("30", "30.0").replace("1,1", "1.0,1.0"),
        GOOD.replace("count", "COUNT").replace("1,0", " 1 , 0 "),
        '"web","court","count"\n"1","0","30"\n"0","1","20"\n"1","1","10"\n,,\n\n',
        "# a\nweb,court,count\n# b\n1,0,10\n1,0,20\n  # c\n0,1,20\n1,1,10\n0,0,0\n",
    ],
)
def test_odd_files_give_the_right_numbers(tmp_path: Path, content: str | bytes) -> None:
    found = read_counts(write(tmp_path, content))
    assert found.lists == ("web", "court")
    assert dict(zip(map(tuple, found.patterns.tolist()), found.counts.tolist(), strict=True)) == {
        (0, 1): 20,
        (1, 0): 30,
        (1, 1): 10,
    }


def test_a_file_cut_in_the_middle_of_packing_is_refused(tmp_path: Path) -> None:
    packed = gzip.compress((GOOD + "1,0,1\n" * 100_000).encode())
    with pytest.raises(BadInputError, match=r"cannot read|damaged"):
        read_counts(write(tmp_path, packed[: len(packed) // 2]))


def test_folders_and_absent_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="no ordinary file"):
        read_counts(tmp_path)
    with pytest.raises(BadInputError, match=r"cannot read nobody\.csv"):
        read_counts(tmp_path / "nobody.csv")


def test_an_identifier_is_no_stratum(tmp_path: Path) -> None:
    rows = "".join(f"{at},1,1\n" for at in range(1_100))
    table = read_table(write(tmp_path, "id,web,court\n" + rows))
    with pytest.raises(BadInputError, match="'id' divide the persons into more than 1,000 groups"):
        table.tally(["web", "court"], by=["id"])


def test_more_people_than_there_can_be_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "web,court,count\n" + "1,1,1000000000000\n" * 1_001)
    with pytest.raises(BadInputError, match="more than there are people"):
        read_counts(path)


@pytest.fixture
def _everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Send small files through the reader of large ones."""
    monkeypatch.setattr(reading, "LARGE_BYTES", 0)
    monkeypatch.setattr(reading, "PROBED", 2)


@pytest.mark.usefixtures("_everything_is_large")
class TestLargeFiles:
    """The fast reader and the slow one give the same numbers and the same errors."""

    BODY = 'id,"web",court,region,count\n1,1,0,"north, far",5\n2,1,0,north,3.0\n3, 0,1,,2\n'

    def test_both_readers_agree(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        table = read_table(write(tmp_path, self.BODY + "4,,1,east,7\n5,0,0,east,1\n,,,,\n\n6,1,1,?,1\n"))
        fast = table.tally(["web", "court"], by=["region"])
        monkeypatch.setattr(reading, "LARGE_BYTES", 1 << 40)
        slow = table.tally(["web", "court"], by=["region"])
        assert fast.by_group() == slow.by_group()
        assert fast.warnings == slow.warnings
        assert fast.levels == (("east", "north", "north, far"),)

    def test_the_fast_reader_is_the_one_that_counts(self, tmp_path: Path) -> None:
        text = read_table(write(tmp_path, self.BODY)).text
        assert dict(large_tables.counted(text, [1, 2], 4)) == {("1", "0"): 8, (" 0", "1"): 2}

    @pytest.mark.parametrize(
        ("row", "message"),
        [
            ("4,1,0,north", "row 5: expected 5 cells as in the header, got 4"),
            ("4,1,0,north,1,1", "row 5: expected 5 cells as in the header, got 6"),
            ("4,1,x,north,1", "row 5, column 'court': expected 0 or 1, got 'x'"),
            ("4,1,0,north,-1", "row 5, column 'count'"),
            ("4,1,0,north,", "row 5, column 'count'"),
            ('4,1,0,"north,1', "row 5: this is not a CSV table"),
        ],
    )
    def test_errors_still_name_the_row(self, tmp_path: Path, row: str, message: str) -> None:
        table = read_table(write(tmp_path, self.BODY + row + "\n"))
        with pytest.raises(BadInputError, match=message):
            table.tally(["web", "court"], by=["region"])

    def test_comments_among_the_rows_stay_comments(self, tmp_path: Path) -> None:
        table = read_table(write(tmp_path, self.BODY + "#4,1,0,north,100\n5,1,1,north,1\n"))
        assert table.histories(["web", "court"]).observed == 11

    def test_an_identifier_is_no_stratum(self, tmp_path: Path) -> None:
        rows = "".join(f"{at},1,1\n" for at in range(1_100))
        table = read_table(write(tmp_path, "id,web,court\n" + rows))
        with pytest.raises(BadInputError, match="more than 1,000 groups"):
            table.tally(["web", "court"], by=["id"])

    def test_a_name_with_a_wildcard_is_no_pattern(self, tmp_path: Path) -> None:
        path = tmp_path / "counts[1].csv"
        path.write_text(GOOD + "1,0,1\n" * 5, encoding="utf-8")
        (tmp_path / "counts1.csv").write_text("another file", encoding="utf-8")
        assert read_counts(path).observed == 65
