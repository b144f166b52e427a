"""Which column means what: proposed from the header's words and from what the values look like."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from kuager.core.digest import Cell
from kuager.engines.tables.ages_in_cells import read_age
from kuager.engines.tables.cells import RawRow
from kuager.engines.tables.dates_in_cells import read_date
from kuager.engines.tables.names_in_cells import script_of
from kuager.engines.tables.statuses_in_cells import parse_status
from kuager.engines.tables.words import is_unknown, load_words, plain


class Field(StrEnum):
    """What a column can mean."""

    LIST_ID = "list_id"
    NAME = "name"
    FAMILY = "family"
    GIVEN = "given"
    PATRONYMIC = "patronymic"
    ALIAS = "alias"
    NAME_OTHER_SCRIPT = "name_other_script"
    SEX = "sex"
    AGE = "age"
    BIRTH_DATE = "birth_date"
    EVENT_DATE = "event_date"
    EVENT_PLACE = "event_place"
    REGION = "region"
    HOME = "home"
    OCCUPATION = "occupation"
    CATEGORY = "category"
    STATUS = "status"
    STATUS_DATE = "status_date"
    FACILITY = "facility"
    AUTHORITY = "authority"
    NOTE = "note"
    SOURCE_URL = "source_url"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class ColumnProposal:
    """What one column is taken to mean, how sure that is (0..1), and why, in words."""

    column: int
    header: str
    field: Field
    confidence: float
    reason: str


# Fields of which a row can hold several; the others go to the surest column.
SEVERAL = frozenset({Field.NOTE, Field.IGNORE, Field.ALIAS, Field.NAME_OTHER_SCRIPT, Field.SOURCE_URL})
# Too few letters to prove anything about a column.
_NAME_WORD = re.compile(r"[^\W\d_][^\W\d_'’ʼ`.-]*(?:['’ʼ`-][^\W\d_]+)*\.?")


def propose_mapping(header: Sequence[str], sample_rows: Sequence[RawRow]) -> tuple[ColumnProposal, ...]:
    """Propose what each column means; a person confirms or corrects it.

    Parameters
    ----------
    header
        Names of the columns, as ``find_header`` returns them.
    sample_rows
        Some rows below the header; fifty are enough.
    """
    proposals = []
    for column, name in enumerate(header):
        values = [row.cells[column] for row in sample_rows if column < len(row.cells)]
        told = [
            value
            for value in values
            if value is not None and not (isinstance(value, str) and is_unknown(value))
        ]
        proposals.append(_propose(column, name, told))
    return tuple(_settle(proposals, sample_rows))


def _propose(column: int, name: str, told: Sequence[Cell]) -> ColumnProposal:
    by_header = _field_of_header(name)
    if by_header is not None:
        field, confidence, words = by_header
        return _checked(ColumnProposal(column, name, field, confidence, words), told)
    for field, share, words in _by_values(told):
        if share >= 0.8:
            return ColumnProposal(
                column, name, field, round(0.6 * share, 2), f"the header is unknown; {words}"
            )
    return ColumnProposal(column, name, Field.IGNORE, 0.3, "neither the header nor the values are known")


def _field_of_header(name: str) -> tuple[Field, float, str] | None:
    """Look up the whole header, then its parts in brackets or after a slash, then its longest phrase."""
    words = load_words().headers
    found = words.find(plain(name))
    if found:
        return Field(found), 0.95, f"the header '{name}' is known"
    for piece in reversed(re.split(r"[/()|\n,]", name)):
        found = words.find(plain(piece)) if plain(piece) else None
        if found:
            return Field(found), 0.85, f"a part of the header, '{piece.strip()}', is known"
    tokens = plain(name).split()
    for length in range(len(tokens) - 1, 0, -1):
        for start in range(len(tokens) - length + 1):
            phrase = " ".join(tokens[start : start + length])
            found = words.find(phrase) if len(phrase) > 2 else None
            if found:
                return Field(found), 0.6, f"the header contains '{phrase}'"
    return None


_Test = Callable[[Cell], bool]


def _is_age(value: Cell) -> bool:
    reading = read_age(value)
    return reading is not None and (reading.age_min is not None or reading.age_max is not None)


def _is_date(value: Cell) -> bool:
    return not isinstance(value, bool) and read_date(value, 2100, True) is not None


def _is_sex(value: Cell) -> bool:
    return isinstance(value, str) and load_words().sex.find(plain(value)) is not None


def _is_status(value: Cell) -> bool:
    return isinstance(value, str) and bool(parse_status(value))


def _is_link(value: Cell) -> bool:
    return isinstance(value, str) and value.lower().startswith(("http://", "https://", "www."))


def _is_name(value: Cell) -> bool:
    if not isinstance(value, str):
        return False
    words = value.replace(",", " ").split()
    return 2 <= len(words) <= 6 and all(
        _NAME_WORD.fullmatch(word) and word[0] == word[0].upper() for word in words
    )


_TESTS: tuple[tuple[Field, _Test, str], ...] = (
    (Field.SOURCE_URL, _is_link, "its values are links"),
    (Field.SEX, _is_sex, "its values are words for the sexes"),
    (Field.STATUS, _is_status, "its values are statuses"),
    (Field.AGE, _is_age, "its values look like ages"),
    (Field.EVENT_DATE, _is_date, "its values look like dates"),
    (Field.NAME, _is_name, "its values look like names of two to six words"),
)


def _by_values(told: Sequence[Cell]) -> list[tuple[Field, float, str]]:
    if len(told) < 2:
        return []
    if _counts_up(told):
        return [(Field.LIST_ID, 1.0, "its values count up")]
    if len(set(map(str, told))) == 1 and not _is_status(told[0]):
        # One value for all tells nothing apart; a column of "1" is no age.
        return []
    return [(field, sum(map(test, told)) / len(told), words) for field, test, words in _TESTS]


def _counts_up(told: Sequence[Cell]) -> bool:
    numbers = [int(value) for value in told if isinstance(value, int | str) and str(value).isdecimal()]
    return len(numbers) == len(told) > 2 and all(b - a == 1 for a, b in pairwise(numbers))


_MUST_PASS: dict[Field, _Test] = {
    Field.SEX: _is_sex,
    # Numbers that are no ages (-1 for "unknown", 130) still stand in a column of ages.
    Field.AGE: lambda value: (
        read_age(value) is not None or re.fullmatch(r"-?\d+(\.0)?", str(value)) is not None
    ),
    Field.BIRTH_DATE: _is_date,
    Field.EVENT_DATE: _is_date,
    Field.STATUS_DATE: _is_date,
    Field.SOURCE_URL: _is_link,
}


def _checked(proposal: ColumnProposal, told: Sequence[Cell]) -> ColumnProposal:
    """Lower the confidence when the values do not look like what the header says."""
    test = _MUST_PASS.get(proposal.field)
    if test is None or not told:
        return proposal
    share = sum(map(test, told)) / len(told)
    if share >= 0.5:
        return proposal
    if proposal.field is Field.SOURCE_URL:
        return replace(
            proposal, field=Field.NOTE, confidence=0.5, reason=f"{proposal.reason}, but holds no links"
        )
    other = next((item for item in _by_values(told) if item[1] >= 0.8), None)
    if other:
        reason = f"{proposal.reason}, but {other[2]}"
        return replace(proposal, field=other[0], confidence=0.5, reason=reason)
    reason = f"{proposal.reason}, but only {share:.0%} of the values can be read so"
    return replace(proposal, confidence=round(proposal.confidence * max(share, 0.3), 2), reason=reason)


def _settle(proposals: list[ColumnProposal], rows: Sequence[RawRow]) -> list[ColumnProposal]:
    """Give each field that a row has once to its surest column."""
    settled = list(proposals)
    taken: dict[Field, ColumnProposal] = {}
    for proposal in sorted(proposals, key=lambda item: (-item.confidence, item.column)):
        if proposal.field in SEVERAL:
            continue
        winner = taken.setdefault(proposal.field, proposal)
        if winner is not proposal:
            settled[proposal.column] = _second(proposal, winner, rows)
    return _promote_name(settled)


def _second(proposal: ColumnProposal, winner: ColumnProposal, rows: Sequence[RawRow]) -> ColumnProposal:
    if proposal.field is Field.NAME:
        scripts = [_script(rows, item.column) for item in (proposal, winner)]
        if scripts[0] and scripts[0] != scripts[1]:
            reason = f"{proposal.reason}; column '{winner.header}' has the name in another script"
            return replace(proposal, field=Field.NAME_OTHER_SCRIPT, reason=reason)
        return replace(
            proposal, field=Field.ALIAS, confidence=0.4, reason=f"'{winner.header}' is the name already"
        )
    reason = f"{proposal.reason}; '{winner.header}' is surer to be {proposal.field.value}"
    return replace(proposal, field=Field.NOTE, confidence=0.4, reason=reason)


def _script(rows: Sequence[RawRow], column: int) -> str:
    texts = [str(row.cells[column]) for row in rows[:50] if column < len(row.cells) and row.cells[column]]
    return script_of(" ".join(texts))


def _promote_name(settled: list[ColumnProposal]) -> list[ColumnProposal]:
    """Make the first name in "another" script the name when nothing else is one."""
    fields = {proposal.field for proposal in settled}
    if fields & {Field.NAME, Field.FAMILY}:
        return settled
    for index, proposal in enumerate(settled):
        if proposal.field is Field.NAME_OTHER_SCRIPT:
            settled[index] = replace(
                proposal, field=Field.NAME, reason=f"{proposal.reason}; no other column has names"
            )
            break
    return settled
