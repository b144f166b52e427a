"""Looking at a file before anything is stored."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from kuager.domain.lists.models import CasualtyList, ListEdition
from kuager.domain.lists.queries.answers import (
    ColumnProposal,
    DryRun,
    JsonObject,
    Preview,
    PreviewRow,
    RowCounts,
    RowProblem,
)
from kuager.domain.lists.queries.baseline import baseline, identify, latest_applied, match_all
from kuager.domain.lists.rules.frozen_rows import content_digest, freeze_cells, thaw_cells
from kuager.domain.lists.rules.matching import RowIdentity, RowKey
from kuager.domain.lists.rules.reading import ReadingPlan, check_status, iter_plan, propose_plan, read_plan
from kuager.domain.lists.rules.states import STANDING
from kuager.domain.lists.rules.unknown_places import with_unknown_places
from kuager.domain.places.queries import place_index
from kuager.engines.tables import Field, ParsedPerson, ParsedRow, RawRow, column_letters

MAPPING_FIELDS = tuple(field.value for field in Field)
"""Fields that a column can be mapped to."""

Progress = Callable[[int, int | None], None]
"""Called with rows done and rows in all (None while unknown)."""

KEPT_PROBLEMS = 1000
SAMPLES = 3
TICK = 1000


def preview(
    path: Path, *, file_name: str = "", sheet: str = "", header_row: int | None = None, sample_rows: int = 20
) -> Preview:
    """Look at a file: sheets, row of titles, first rows, and a proposal which column holds which field."""
    plan, sample = propose_plan(path, sheet=sheet, header_row=header_row)
    rows = tuple(PreviewRow(number=row.number, cells=_texts(row)) for row in sample[:sample_rows])
    return Preview(
        file_name=file_name or path.name,
        file_digest=plan.workbook.digest,
        kind=plan.workbook.kind,
        sheets=tuple(item.name for item in plan.workbook.sheets),
        sheet=plan.sheet,
        header_row=plan.header_row,
        header=tuple(plan.header),
        rows=rows,
        proposals=_proposals(plan, sample),
        mapping=plan.to_json(),
        duplicate_of=find_duplicate(plan.workbook.digest),
        notes=_notes(plan),
    )


def find_duplicate(
    digest: str, casualty_list: CasualtyList | None = None, sheet: str = ""
) -> ListEdition | None:
    """Return the edition that stands and was made from the same bytes (of one list: and the same sheet)."""
    editions = ListEdition.objects.filter(file_digest=digest, state__in=STANDING).select_related(
        "casualty_list"
    )
    if casualty_list is not None:
        editions = editions.filter(casualty_list=casualty_list, sheet=sheet)
    return editions.order_by("id").first()


def dry_run(  # noqa: PLR0913  # keyword-only
    path: Path,
    *,
    mapping: JsonObject,
    as_of: date,
    casualty_list: CasualtyList | None = None,
    default_status: str = "",
    stated_total: int | None = None,
    progress: Progress | None = None,
) -> DryRun:
    """Read the whole file and say what importing it would do, row by row; writes nothing.

    ``mapping`` is what ``preview`` proposed, corrected:
    ``{"sheet": "…", "header_row": 3, "columns": {"A": "list_id", "B": "name"}}``.
    """
    everybody = default_status or (casualty_list.default_status if casualty_list else "")
    check_status(everybody)
    plan = read_plan(path, mapping, status=everybody)
    before = latest_applied(casualty_list) if casualty_list else None
    reading = _Reading(keeps_people=before is not None)
    rows = with_unknown_places(iter_plan(plan, as_of=as_of), plan=plan, as_of=as_of, index=place_index())
    for raw, parsed in rows:
        reading.take(raw, parsed)
        if progress and reading.rows % TICK == 0:
            progress(reading.rows, None)
    return DryRun(
        rows=reading.rows,
        counts=_counts(before, reading),
        problems=tuple(reading.problems),
        problem_count=reading.problem_count,
        problem_kinds=dict(reading.kinds.most_common(50)),
        statuses=dict(reading.statuses.most_common()),
        stated_total=stated_total,
        compared_with=before,
    )


@dataclass(slots=True, kw_only=True)
class _Reading:
    """What a dry run keeps of the rows it has seen."""

    keeps_people: bool
    rows: int = 0
    persons: int = 0
    rejected: int = 0
    problem_count: int = 0
    problems: list[RowProblem] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    people: list[RowIdentity] = field(default_factory=list)

    def take(self, raw: RawRow, parsed: ParsedRow) -> None:
        del raw
        self.rows += 1
        self.rejected += not parsed.is_taken
        for person in parsed.persons:
            self._take_person(person)
        for problem in parsed.problems:
            self.problem_count += 1
            self.kinds[f"{problem.column}: expected {problem.expected}"] += 1
            if len(self.problems) < KEPT_PROBLEMS:
                self.problems.append(
                    RowProblem(
                        row=problem.row,
                        column=problem.column,
                        expected=problem.expected,
                        got=problem.got,
                        severity=problem.severity,
                    )
                )

    def _take_person(self, person: ParsedPerson) -> None:
        self.persons += 1
        for word in person.statuses:
            self.statuses[word.status] += 1
        if self.keeps_people:
            number = person.list_id[:100]
            self.people.append(identify(len(self.people), content_digest(person), number, person))


def _counts(before: ListEdition | None, reading: _Reading) -> RowCounts:
    if before is None:
        return RowCounts(added=reading.persons, rejected=reading.rejected)
    old = baseline(before)
    new = [RowKey(row.ref, row.content, row.number) for row in reading.people]
    matches = match_all(old, new, lambda refs: [reading.people[ref] for ref in refs])
    unchanged = sum(match.is_unchanged for match in matches)
    return RowCounts(
        added=reading.persons - len(matches),
        changed=len(matches) - unchanged,
        unchanged=unchanged,
        removed=len(old) - len(matches),
        rejected=reading.rejected,
    )


def _texts(row: RawRow) -> tuple[str, ...]:
    return tuple(thaw_cells(freeze_cells(row.cells)))


def _proposals(plan: ReadingPlan, sample: list[RawRow]) -> tuple[ColumnProposal, ...]:
    return tuple(
        ColumnProposal(
            letter=column_letters(item.column),
            header=item.header,
            field=item.field.value,
            score=item.confidence,
            reason=item.reason,
            samples=_samples(sample, item.column),
        )
        for item in plan.columns
    )


def _samples(sample: list[RawRow], column: int) -> tuple[str, ...]:
    texts = (text for row in sample if column < len(row.cells) and (text := _texts(row)[column]))
    return tuple(dict.fromkeys(texts))[:SAMPLES]


def _notes(plan: ReadingPlan) -> tuple[str, ...]:
    notes = []
    if plan.workbook.is_mixed:
        notes.append("some bytes are not in the encoding of the rest; letters there may be wrong")
    if plan.day_first is None:
        notes.append("the dates do not tell whether 6/1 is 6 January or 1 June; dates in doubt stay in doubt")
    return tuple(notes)
