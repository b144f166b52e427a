"""Every sentence with which the tables engine finds fault has words in Russian and Kazakh."""

from datetime import date

import pytest
from django.utils import translation

from kuager.core.digest import Cell
from kuager.engines.tables import ColumnProposal, Field, RawRow, RowContext, parse_row
from kuager.interfaces.desk.lists.problem_words import WORDS, expected_in_words

COLUMNS = tuple(
    ColumnProposal(column=number, header=field.value, field=field, confidence=1.0, reason="told")
    for number, field in enumerate(
        (Field.NAME, Field.SEX, Field.AGE, Field.EVENT_DATE, Field.STATUS, Field.BIRTH_DATE)
    )
)
BAD_ROWS: tuple[tuple[Cell, ...], ...] = (
    ("Қабылбек Мира", "?!", "very old", "someday", "в розыске?", "never"),
    (None, "ж", 30, "06.01.2022", "погиб", None),
    ("Қабылбек Мира", "ж", 80, "06.01.2022", "погиб", "01.01.2000"),
    ("Қабылбек Мира", "ж", 30, "06.01.2031", "погиб", None),
    ("Қабылбек Мира, Қабылбек Айдос", "ж", "30", "06.01.2022", "погиб", None),
)


def problems() -> set[str]:
    context = RowContext(as_of=date(2022, 1, 22))
    rows = [RawRow(number=n, cells=cells) for n, cells in enumerate(BAD_ROWS, 2)]
    return {problem.expected for row in rows for problem in parse_row(row, COLUMNS, context).problems}


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_what_was_expected_is_said_in_the_readers_language(language: str) -> None:
    found = problems()
    assert len(found) >= 6
    with translation.override(language):
        for expected in [*found, *WORDS]:
            assert expected_in_words(expected) != expected or "ж" in expected, expected


def test_a_sentence_without_words_is_shown_as_it_is() -> None:
    assert expected_in_words("something new") == "something new"
