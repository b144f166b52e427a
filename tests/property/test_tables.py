"""Laws of the tables engine: whatever stands in a cell, reading ends in a value or in a problem."""

import csv
import io
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given
from hypothesis import strategies as st

from kuager.core.dates import parse_edtf
from kuager.core.digest import Cell
from kuager.core.errors import BadInputError
from kuager.engines.tables import (
    ColumnProposal,
    Field,
    MappingFile,
    ParsedPerson,
    RawRow,
    RowContext,
    column_letters,
    dump_mapping,
    find_header,
    iter_rows,
    load_mapping,
    parse_age,
    parse_date,
    parse_row,
    parse_status,
    propose_mapping,
    read_sheets,
)
from kuager.engines.tables.cells import column_number

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31))
MONTHS = ["января", "қаңтар", "Jan", "spring"]
MODIFIERS = ["начало", "конец", "около", "между", "с", "по", "до", "и", "-", "/", ".", ",", "~", "?", "г."]
NUMBERS = ["6", "13", "31", "32", "99", "0", "2022", "22", "44567", "X"]
PIECES = st.sampled_from([*MONTHS, *MODIFIERS, *NUMBERS])
WORDY = st.lists(PIECES, max_size=8).map(" ".join)
CELLS: st.SearchStrategy[Cell] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.dates(),
    st.datetimes(),
    st.text(),
    WORDY,
)
ROWS = st.lists(CELLS, max_size=len(Field)).map(lambda cells: RawRow(1, tuple(cells)))
EVERY_FIELD = tuple(ColumnProposal(n, field.value, field, 1.0, "") for n, field in enumerate(Field))


@given(CELLS, st.sampled_from([True, False, None]))
@example("31 февраля 2022", True)
@example(1e308, True)
@example("³.²", True)
def test_a_date_is_a_range_or_a_refusal(cell: Cell, day_first: bool | None) -> None:
    try:
        day = parse_date(cell, reference_year=2022, day_first=day_first)
    except BadInputError:
        return
    assert day.earliest is None or day.latest is None or day.earliest <= day.latest
    assert parse_edtf(day.edtf) == day


@given(
    DAYS,
    st.sampled_from(["%d.%m.%Y", "%Y-%m-%d", "%d/%m/%Y", "%Y%m%d", "%d.%m.%Y г.", "%d %B %Y", "%b %d, %Y"]),
)
def test_a_day_is_read_back_in_every_form(day: date, form: str) -> None:
    assert parse_date(day.strftime(form), reference_year=2100).edtf == day.isoformat()


@given(DAYS)
def test_excel_numbers_are_days(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    if 3_000 <= serial <= 80_000:
        assert parse_date(serial, reference_year=2100).edtf == day.isoformat()


@given(CELLS)
def test_an_age_is_a_range_or_a_refusal(cell: Cell) -> None:
    try:
        age = parse_age(cell)
    except BadInputError:
        return
    low, high = age.age_min, age.age_max
    assert low is None or high is None or 0 <= low <= high <= 120


@given(st.text() | WORDY)
def test_statuses_are_known_or_none(text: str) -> None:
    parse_status(text)


@given(ROWS, st.sampled_from([True, False, None]))
def test_any_row_survives(row: RawRow, day_first: bool | None) -> None:
    parsed = parse_row(row, EVERY_FIELD, RowContext(as_of=date(2022, 1, 10), day_first=day_first))

    assert parsed.persons or parsed.problems or row.is_empty
    for person in parsed.persons:
        assert person.name.strip()
        assert ParsedPerson.from_json(person.to_json()) == person


@given(st.lists(ROWS, max_size=6))
def test_any_sheet_gets_a_header_and_a_mapping(rows: list[RawRow]) -> None:
    rows = [RawRow(number, row.cells) for number, row in enumerate(rows, 1)]
    header = find_header(rows)
    proposals = propose_mapping(header.names, rows)

    assert [item.column for item in proposals] == list(range(len(header.names)))
    assert all(0 <= item.confidence <= 1 for item in proposals)


TEXT_CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00\ufeff\ufffd"), max_size=20)


@given(
    st.lists(st.lists(TEXT_CELLS, min_size=2, max_size=4), min_size=1, max_size=8), st.sampled_from(",;\t|")
)
def test_a_csv_file_gives_back_what_was_written(table: list[list[str]], delimiter: str) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(table)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        # The mark says that it is UTF-8; without it a few letters could be any encoding.
        path.write_bytes(b"\xef\xbb\xbf" + text.getvalue().encode())
        workbook = read_sheets(path)
        if workbook.delimiter != delimiter:
            return  # cells full of other delimiters can look like a table of their own
        read = [row.cells for row in iter_rows(workbook)]

    assert read == [tuple(cell or None for cell in row) for row in table]


@given(
    st.dictionaries(st.text(), st.sampled_from([Field.NOTE, Field.IGNORE]), max_size=5),
    st.none() | st.booleans(),
)
def test_a_mapping_is_read_back_as_written(columns: dict[str, Field], day_first: bool | None) -> None:
    columns = {name.encode("utf-8", "replace").decode(): field for name, field in columns.items()}
    mapping = MappingFile(columns=columns, day_first=day_first, header_row=2)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "map.toml"
        path.write_text(dump_mapping(mapping), encoding="utf-8", newline="")

        assert load_mapping(path) == mapping


@given(st.integers(0, 20_000))
def test_letters_of_columns_are_counted_both_ways(column: int) -> None:
    assert column_number(column_letters(column)) == column
