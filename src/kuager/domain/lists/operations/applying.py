"""Making records and assertions of staged rows, in one transaction."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction

from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.audit.operations import record_event
from kuager.domain.lists.models import CasualtyList, ListEdition, ListRow
from kuager.domain.lists.operations.pausing import paused_collection
from kuager.domain.lists.operations.staging import check_not_older
from kuager.domain.lists.queries.answers import JsonObject, RowCounts
from kuager.domain.lists.queries.baseline import baseline, chunked, latest_applied, match_staged, staged_keys
from kuager.domain.lists.rules.drafting import PlaceReader, draft_assertions, draft_record
from kuager.domain.lists.rules.matching import Match
from kuager.domain.lists.rules.states import check_transition
from kuager.domain.lists.terms import EditionState, RowChange
from kuager.domain.people import operations as people
from kuager.domain.people.rules import NewRecord
from kuager.domain.people.terms import Method, Verdict
from kuager.domain.places.queries import place_index
from kuager.domain.register import operations as register
from kuager.domain.register.models import StatusAssertion
from kuager.domain.register.rules import NewAssertion
from kuager.domain.sources import operations as sources
from kuager.domain.sources.models import Citation
from kuager.domain.sources.terms import ConsentGiven, Purpose
from kuager.engines.tables import ParsedPerson

CHUNK = 5000
Progress = Callable[[int, int | None], None]


@paused_collection()
@transaction.atomic
def apply_edition(
    *, edition: ListEdition, by: User, at: datetime, progress: Progress | None = None
) -> RowCounts:
    """Bring a staged edition into the register, or leave everything as it was.

    *Dead* and *released* wait for a second person (``approve_edition``). A row that says the same as before
    keeps its record; a changed one makes a second record of the same person.
    """
    check_may(by, Capability.IMPORT_LISTS)
    edition = (
        ListEdition.objects.select_for_update(of=("self",), no_key=True)
        .select_related("source")
        .get(pk=edition.pk)
    )
    check_transition(edition, EditionState.APPLIED)
    casualty_list = CasualtyList.objects.select_for_update(no_key=True).get(pk=edition.casualty_list_id)
    check_not_older(casualty_list, edition.as_of)
    act = _Application(edition, latest_applied(casualty_list), by, at, progress)
    act.settle_rows()
    act.consent_id = _consent_of_public_list(casualty_list, edition, by, at)
    act.write_records()
    act.replace_records()
    counts = act.counts()
    edition.previous, edition.counts = act.previous, counts.to_json()
    edition.state, edition.applied_by, edition.applied_at = EditionState.APPLIED, by, at
    edition.save(update_fields=["previous", "counts", "state", "applied_by", "applied_at"])
    register.derive(act.touched, at=at, cause=act.cause)
    target = f"lists.ListEdition:{edition.pk}"
    record_event(
        action="lists.apply_edition",
        actor=by,
        target=target,
        at=at,
        added=counts.added,
        changed=counts.changed,
        unchanged=counts.unchanged,
        removed=counts.removed,
    )
    return counts


@paused_collection()
@transaction.atomic
def approve_edition(*, edition: ListEdition, by: User, at: datetime) -> int:
    """Approve, as the second person, everything in an edition that waits; return how many assertions."""
    check_may(by, Capability.APPROVE)
    waiting = list(waiting_assertions(edition))
    count = register.approve_assertions(
        assertion_ids=waiting, by=by, at=at, cause=f"approval:edition:{edition.pk}"
    )
    target = f"lists.ListEdition:{edition.pk}"
    record_event(action="lists.approve_edition", actor=by, target=target, at=at, count=count)
    return count


def waiting_assertions(edition: ListEdition) -> Iterator[int]:
    """Yield the assertions of an edition that wait for a second person."""
    rows = StatusAssertion.objects.filter(
        citation__source=edition.source_id,
        needs_approval=True,
        approved_at__isnull=True,
        superseded_at__isnull=True,
        record__assignments__known_until__isnull=True,
    )
    return iter(rows.values_list("id", flat=True).distinct())


@dataclass(slots=True)
class _Application:
    """One application on its way: what was matched, and whom it touched."""

    edition: ListEdition
    previous: ListEdition | None
    by: User
    at: datetime
    progress: Progress | None
    touched: set[int] = field(default_factory=set)
    fresh: list[int] = field(default_factory=list)
    replaced: dict[int, int] = field(default_factory=dict)
    removed: list[int] = field(default_factory=list)
    unchanged: int = 0
    consent_id: int | None = None

    @property
    def cause(self) -> str:
        return f"edition:{self.edition.pk}"

    def settle_rows(self) -> None:
        """Match with the edition before, and write down what became of every row."""
        new, old = staged_keys(self.edition), baseline(self.previous)
        matches = match_staged(old, new)
        kept = {match.new for match in matches if match.is_unchanged}
        continued = {match.old for match in matches}
        self.replaced = {match.new: match.old for match in matches if not match.is_unchanged}
        self.fresh = [row.ref for row in new if row.ref not in kept]
        self.removed = [row.ref for row in old if row.ref not in continued]
        self.unchanged = len(kept)
        self._write_matches(matches)

    def _write_matches(self, matches: Sequence[Match]) -> None:
        records = self._records_of([match.old for match in matches if match.is_unchanged])
        _update_rows(
            ("change", "previous_id", "matched_by", "record_id"),
            (
                (
                    RowChange.UNCHANGED.value if match.is_unchanged else RowChange.CHANGED.value,
                    match.old,
                    match.by.value,
                    records.get(match.old) if match.is_unchanged else None,
                    match.new,
                )
                for match in matches
            ),
        )

    def write_records(self) -> None:
        """Make records, assertions and citations of the rows that are added or changed."""
        places = PlaceReader(place_index())
        done = 0
        for chunk in chunked(self.fresh, CHUNK):
            self._write_chunk(chunk, places)
            done += len(chunk)
            if self.progress:
                self.progress(done, len(self.fresh))
        people.refresh_statistics(len(self.fresh), ListRow)

    def _write_chunk(self, refs: Sequence[int], places: PlaceReader) -> None:
        told_on = self.edition.as_of
        rows = self._read(refs)
        persons = [ParsedPerson.from_json(parsed or {}) for _, _, parsed in rows]
        citations = self._cite([number for _, number, _ in rows])
        drafts = [
            NewRecord(
                draft=draft_record(person, told_on=told_on, places=places),
                citation_id=citation,
                told_on=told_on,
                consent_id=self.consent_id,
            )
            for person, citation in zip(persons, citations, strict=True)
        ]
        added = people.add_records(drafts=drafts, by=self.by, at=self.at, cause=self.cause)
        assertions = [
            NewAssertion(record_id=record.id, citation_id=citation, draft=draft)
            for record, citation, person in zip(added, citations, persons, strict=True)
            for draft in draft_assertions(person, told_on=told_on, places=places)
        ]
        register.add_assertions(assertions=assertions, by=self.by, at=self.at)
        _update_rows(
            ("change", "record_id"),
            ((self._change_of(row[0]), record.id, row[0]) for record, row in zip(added, rows, strict=True)),
        )
        self.touched.update(record.home_person_id for record in added)

    def _change_of(self, ref: int) -> str:
        return (RowChange.CHANGED if ref in self.replaced else RowChange.ADDED).value

    def _read(self, refs: Sequence[int]) -> list[tuple[int, int, JsonObject | None]]:
        """Read rows of the edition; a range is cheaper to ask for than thousands of identifiers."""
        wanted = set(refs)
        rows = ListRow.objects.filter(edition=self.edition, pk__gte=min(refs), pk__lte=max(refs)).order_by(
            "pk"
        )
        found = rows.values_list("id", "number", "parsed").iterator(chunk_size=CHUNK)
        return [row for row in found if row[0] in wanted]

    def _cite(self, numbers: Sequence[int]) -> Sequence[int]:
        """Write the citation of each row: the list, and the row in it."""
        citations = people.reserve_ids(Citation, len(numbers))
        source, by, at = self.edition.source_id, self.by.pk, self.at
        people.insert_rows(
            Citation,
            ("id", "source", "locator", "quotation", "translation", "recorded_by", "recorded_at"),
            (
                (citation, source, f"row {number}", "", "", by, at)
                for citation, number in zip(citations, numbers, strict=True)
            ),
        )
        return citations

    def replace_records(self) -> None:
        """Link changed rows to their older records, and take the removed ones out of the register.

        What the older edition said stays said: a newer status follows it, and nobody comes back to life
        because a newer edition says less. Who is removed goes with everything older editions said of them.
        """
        before = self._records_of(list(self.replaced.values()))
        after = self._records_of(list(self.replaced))
        pairs = [(before[old], after[new]) for new, old in self.replaced.items()]
        if pairs:
            outcome = people.judge_many(
                pairs=pairs,
                verdict=Verdict.SAME,
                method=Method.EDITION,
                explanation=f"the same row in edition {self.edition.pk}",
                by=self.by,
                at=self.at,
            )
            self.touched |= outcome.person_ids
        leaving = [] if self.edition.keep_removed else self._records_with_older(self.removed)
        if leaving:
            self.touched |= people.withdraw_records(record_ids=leaving, cause=self.cause, at=self.at)

    def _records_with_older(self, refs: Sequence[int]) -> list[int]:
        """Return the records of rows and of the rows they go back to."""
        records: set[int] = set()
        waiting = list(refs)
        while waiting:
            older: list[int] = []
            for chunk in chunked(waiting, CHUNK):
                rows = ListRow.objects.filter(pk__in=chunk).values_list("record_id", "previous_id")
                for record, previous in rows:
                    records |= {record} - {None}
                    older += [previous] if previous is not None else []
            waiting = older
        return sorted(records)

    def counts(self) -> RowCounts:
        """Return what became of all rows."""
        return RowCounts(
            added=len(self.fresh) - len(self.replaced),
            changed=len(self.replaced),
            unchanged=self.unchanged,
            removed=len(self.removed),
            rejected=self.edition.rows_rejected,
        )

    def _records_of(self, refs: Sequence[int]) -> dict[int, int]:
        """Return the record of each row that has one."""
        found: dict[int, int] = {}
        for chunk in chunked(refs, CHUNK):
            rows = ListRow.objects.filter(pk__in=chunk, record__isnull=False)
            found.update(rows.values_list("id", "record_id"))
        return found


def _consent_of_public_list(
    casualty_list: CasualtyList, edition: ListEdition, by: User, at: datetime
) -> int | None:
    """Write down, once for the edition, that its publisher has made these names public; nothing otherwise."""
    if not casualty_list.is_public:
        return None
    consent = sources.record_consent(
        purpose=Purpose.PUBLICATION,
        given=ConsentGiven.ALREADY_PUBLIC,
        fields=["name", "age", "place", "status"],
        given_on=edition.as_of,
        note=f"published as edition {edition.pk} of list {casualty_list.pk}",
        by=by,
        at=at,
    )
    return consent.pk


def _update_rows(columns: Sequence[str], values: Iterator[tuple[str | int | None, ...]]) -> None:
    """Set some columns of many rows, each to its own values; each tuple ends with the row's identifier."""
    quote = connection.ops.quote_name
    assignments = ", ".join(f"{quote(column)} = %s" for column in columns)
    table = quote(ListRow._meta.db_table)
    statement = f"UPDATE {table} SET {assignments} WHERE {quote('id')} = %s"  # noqa: S608  # names of the model
    with connection.cursor() as cursor:
        cursor.executemany(statement, list(values))
