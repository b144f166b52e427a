"""The shapes in which the lists room answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from kuager.core.digest import JsonValue
from kuager.domain.lists.models import CandidatePair, CasualtyList, LinkRun, ListEdition, ListRow
from kuager.domain.people.models import Judgement, Record
from kuager.domain.register.models import StatusAssertion

JsonObject = Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnProposal:
    """What one column of a file seems to hold.

    Parameters
    ----------
    letter
        As the spreadsheet program names it: A, B, … AA.
    field
        The proposed field; "" when nothing fits and the column is only kept, not read.
    score
        How sure the proposal is, 0..1.
    reason
        Why, in a sentence.
    samples
        Some cells of the column.
    """

    letter: str
    header: str
    field: str
    score: float
    reason: str
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewRow:
    """One row of the file, as text; ``number`` as the spreadsheet program shows it."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A file that was looked at: its sheets, the row of titles, the first rows, a proposed mapping.

    ``mapping`` is the proposal in the form that ``dry_run`` and ``begin_edition`` take. ``duplicate_of`` is
    the edition that was made from the same bytes, if one stands.
    """

    file_name: str
    file_digest: str
    kind: str
    sheets: tuple[str, ...]
    sheet: str
    header_row: int
    header: tuple[str, ...]
    rows: tuple[PreviewRow, ...]
    proposals: tuple[ColumnProposal, ...]
    mapping: JsonObject
    duplicate_of: ListEdition | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RowProblem:
    """Something in one cell that a person should look at: where, what was expected, what stands there.

    ``severity`` is ``error`` (the row or the value is not used) or ``warning`` (used, with doubt).
    """

    row: int
    column: str
    expected: str
    got: str
    severity: str = "error"

    def __str__(self) -> str:
        where = f"row {self.row}" + (f", {self.column}" if self.column else "")
        return f"{where}: expected {self.expected}, got {self.got}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowCounts:
    """How many people of an edition were added, changed, unchanged, removed and rejected."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    rejected: int = 0

    @property
    def total(self) -> int:
        """Return the people on the new edition: all but the removed and the rejected."""
        return self.added + self.changed + self.unchanged

    def to_json(self) -> dict[str, int]:
        """Return the counts by name."""
        return {
            "added": self.added,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "removed": self.removed,
            "rejected": self.rejected,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """What importing would do; nothing was written.

    ``problems`` holds the first of them, ``problem_count`` and ``problem_kinds`` (by column and what was
    expected) all. ``statuses`` counts people by the status they would get.
    """

    rows: int
    counts: RowCounts
    problems: tuple[RowProblem, ...]
    problem_count: int
    problem_kinds: Mapping[str, int] = field(default_factory=dict)
    statuses: Mapping[str, int] = field(default_factory=dict)
    stated_total: int | None = None
    compared_with: ListEdition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSummary:
    """A list with its newest applied edition; ``record_count`` people of it stand in the register."""

    casualty_list: CasualtyList
    latest: ListEdition | None
    edition_count: int
    record_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """A field that a newer edition says differently; "" where one of them does not say."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowDifference:
    """One person of two editions. ``before`` is None when added, ``after`` when removed."""

    change: str
    before: ListRow | None
    after: ListRow | None
    name: str
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionDifference:
    """How an edition differs from the one before; one page of the rows that do."""

    edition: ListEdition
    previous: ListEdition | None
    counts: RowCounts
    rows: tuple[RowDifference, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPage:
    """One page of the rows of an edition, in the order of the file; ``total`` counts them all."""

    rows: tuple[ListRow, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PairSummary:
    """One line of the review queue."""

    pair: CandidatePair
    name_a: str
    name_b: str
    list_a: str
    list_b: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PairSide:
    """One record of a pair with what its list says. ``person_code`` is "" once it left the register."""

    record: Record
    list_title: str
    publisher: str
    row: ListRow | None
    other_names: tuple[str, ...]
    assertions: tuple[StatusAssertion, ...]
    person_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldComparison:
    """One field of a pair side by side, with the weight and reason that the linkage gave to it.

    ``weight`` is in bits: positive speaks for one person, negative against; None when it was not compared.
    """

    field: str
    value_a: str
    value_b: str
    weight: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairPage:
    """A pair side by side: fields, reasons, judgements so far, and the cluster each side brings along."""

    pair: CandidatePair
    a: PairSide
    b: PairSide
    fields: tuple[FieldComparison, ...]
    reasons: tuple[str, ...]
    judgements: tuple[Judgement, ...]
    cluster_a: tuple[Record, ...]
    cluster_b: tuple[Record, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewProgress:
    """How far the review of a run has come. ``mine`` is how many waiting pairs the asking user may judge."""

    run: LinkRun | None
    total: int
    open: int
    second: int
    decided: int
    disputed: int
    mine: int

    @property
    def share_done(self) -> float:
        """Return the share of pairs that need nobody any more, 0..1."""
        return self.decided / self.total if self.total else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A record on the other list that may be the same person."""

    pair: CandidatePair
    record: Record


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlyOnItem:
    """A person who stands on one list and not on the other, with the best open candidates there."""

    record: Record
    person_code: str
    row_number: int
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlyOnPage:
    """One page of that work queue, those with the likeliest candidates first; ``total`` counts them all."""

    items: tuple[OnlyOnItem, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlapRow:
    """Persons who stand on exactly these lists (ids, in the order asked for)."""

    list_ids: tuple[int, ...]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlapTable:
    """How some lists overlap: persons by the exact set of lists they stand on, largest first."""

    lists: tuple[CasualtyList, ...]
    rows: tuple[OverlapRow, ...]
    totals: tuple[int, ...]
    persons: int
    as_of: date | None
    known_at: datetime | None
