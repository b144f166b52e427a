"""What changed in the register between two moments of knowing, and why."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import Q, QuerySet

from kuager.core.errors import BadInputError
from kuager.domain.people.models import Assignment, Judgement, Record
from kuager.domain.register.models import StatusAssertion, StatusSpell
from kuager.domain.register.queries.answers import Change, Move, Question
from kuager.domain.register.queries.counts import spells_at
from kuager.domain.register.terms import FOREVER_DAY

_RELATED = (
    "record",
    "citation__source__publisher",
    "recorded_by",
    "approved_by",
    "ended_by",
    "superseded_by",
)
_CHUNK = 2_000


def changes(
    *, known_from: datetime, known_to: datetime, person_id: int | None = None, limit: int = 500
) -> list[Change]:
    """List what was done after ``known_from`` and until ``known_to``, the latest first, at most ``limit``.

    ``before`` and ``after`` are the person's status, as of the last day told of, just before and just after
    the moment of the act.
    """
    if known_to < known_from:
        raise BadInputError("expected the second moment not before the first")
    window = _Window(known_from, known_to, person_id, limit)
    drafts = sorted(window.all_acts(), key=lambda act: (act[1].at, act[0]), reverse=True)[:limit]
    return _with_statuses(drafts)


def moves(*, before: Question, after: Question, limit: int = 500) -> list[Move]:
    """List the persons who count differently in two answers, with what made the difference.

    The difference may lie in time (a status began between the two days) or in knowing (an assertion was
    recorded, approved or corrected, or records were judged to be one person).
    """
    columns = ("person_id", "person__code", "status", "cause")
    earlier = {row[0]: row[1:] for row in spells_at(before).values_list(*columns).iterator(chunk_size=10_000)}
    found: list[Move] = []
    ended: list[int] = []
    for person, code, status, cause in spells_at(after).values_list(*columns).iterator(chunk_size=10_000):
        _, was, _ = earlier.pop(person, ("", "", ""))
        if was != status and len(found) < limit:
            found.append(Move(person_code=code, before=was, after=status, cause=cause, why=""))
    for person, (code, status, _) in earlier.items():
        if len(found) >= limit:
            break
        ended.append(person)
        found.append(Move(person_code=code, before=status, after="", cause="", why=""))
    return _with_reasons(found, ended)


Act = tuple[int, Change]


class _Window:
    """The acts in a stretch of known time; each act comes with the person it is about."""

    def __init__(self, known_from: datetime, known_to: datetime, person_id: int | None, limit: int) -> None:
        self._from = known_from
        self._to = known_to
        self._person = person_id
        self._limit = limit

    def all_acts(self) -> Iterator[Act]:
        """Return the acts of every kind, each kind cut off at the limit."""
        yield from self._assertions("asserted", "known_at")
        yield from self._assertions("approved", "approved_at")
        yield from self._assertions("corrected", "superseded_at")
        yield from self._records("record_added", "known_from")
        yield from self._records("record_withdrawn", "known_until")
        yield from self._judgements("judged", "decided_at")
        yield from self._judgements("judgement_ended", "ended_at")

    def _within(self, moment: str) -> dict[str, datetime]:
        return {f"{moment}__gt": self._from, f"{moment}__lte": self._to}

    def _assertions(self, kind: str, moment: str) -> Iterator[Act]:
        rows = StatusAssertion.objects.filter(**self._within(moment)).select_related(*_RELATED)
        if self._person is not None:
            rows = rows.filter(record__in=_records_of(self._person))
        chosen = list(rows.order_by(f"-{moment}", "-pk")[: self._limit])
        persons = _persons_of([assertion.record_id for assertion in chosen])
        for assertion in chosen:
            if assertion.record_id in persons:
                person, code = persons[assertion.record_id]
                yield person, _assertion_change(kind, assertion, code)

    def _records(self, kind: str, moment: str) -> Iterator[Act]:
        """Return records that came or went; those only moved by a judgement are told with the judgement."""
        cause = "cause" if kind == "record_added" else "end_cause"
        rows = Assignment.objects.filter(**self._within(moment)).exclude(
            Q(**{f"{cause}__startswith": "judgement:"}) | Q(**{f"{cause}__startswith": "undo:"})
        )
        if self._person is not None:
            rows = rows.filter(person=self._person)
        rows = rows.select_related(
            "person", "record__citation__source__publisher", "record__citation__recorded_by"
        )
        for row in rows.order_by(f"-{moment}", "-pk")[: self._limit]:
            citation = row.record.citation
            yield (
                row.person_id,
                Change(
                    at=getattr(row, moment),
                    kind=kind,
                    person_code=row.person.code,
                    before="",
                    after="",
                    what=f"record {row.record_id}",
                    why=getattr(row, cause),
                    by=citation.recorded_by.username if kind == "record_added" else "",
                    source=citation.source.publisher.name,
                ),
            )

    def _judgements(self, kind: str, moment: str) -> Iterator[Act]:
        rows: QuerySet[Judgement] = Judgement.objects.filter(**self._within(moment))
        if self._person is not None:
            own = _records_of(self._person)
            rows = rows.filter(Q(record_a__in=own) | Q(record_b__in=own))
        chosen = list(rows.select_related("author", "ended_by").order_by(f"-{moment}", "-pk")[: self._limit])
        persons = _persons_of([judgement.record_a_id for judgement in chosen])
        for judgement in chosen:
            if judgement.record_a_id not in persons:
                continue
            person, code = persons[judgement.record_a_id]
            is_end = kind == "judgement_ended"
            author = judgement.ended_by if is_end else judgement.author
            yield (
                person,
                Change(
                    at=getattr(judgement, moment),
                    kind=kind,
                    person_code=code,
                    before="",
                    after="",
                    what=f"records {judgement.record_a_id} and {judgement.record_b_id}: {judgement.verdict}",
                    why=judgement.end_reason if is_end else judgement.explanation,
                    by=author.username if author else "",
                ),
            )


def _assertion_change(kind: str, assertion: StatusAssertion, code: str) -> Change:
    at, author, why = assertion.known_at, assertion.recorded_by, ""
    if kind == "approved" and assertion.approved_at is not None:
        at, author = assertion.approved_at, assertion.approved_by or author
    elif kind == "corrected" and assertion.superseded_at is not None:
        at, author, why = assertion.superseded_at, assertion.ended_by or author, assertion.correction_reason
        if assertion.needs_approval and assertion.approved_at is None and assertion.superseded_by_id is None:
            kind = "refused"
    what = f"{assertion.axis}: {assertion.status} since {assertion.since_edtf or assertion.since_latest}"
    if assertion.superseded_by is not None and kind == "corrected":
        what += f", now {assertion.superseded_by.status}"
    return Change(
        at=at,
        kind=kind,
        person_code=code,
        before="",
        after="",
        what=what,
        why=why,
        by=author.username,
        source=assertion.citation.source.publisher.name,
    )


def _records_of(person_id: int) -> QuerySet[Record]:
    return Record.objects.filter(assignments__person=person_id)


def _persons_of(record_ids: Sequence[int]) -> dict[int, tuple[int, str]]:
    """Return the person each record belongs to now, or belonged to last."""
    persons: dict[int, tuple[int, str]] = {}
    for start in range(0, len(record_ids), _CHUNK):
        rows = Assignment.objects.filter(record__in=record_ids[start : start + _CHUNK]).order_by(
            "known_from", "pk"
        )
        for record, person, code in rows.values_list("record_id", "person_id", "person__code"):
            persons[record] = (person, code)
    return persons


def _with_statuses(acts: Sequence[Act]) -> list[Change]:
    """Add the status before and after each act, read from the spells of the persons concerned."""
    spells: dict[int, list[tuple[datetime, datetime, str]]] = defaultdict(list)
    persons = sorted({person for person, _ in acts})
    for start in range(0, len(persons), _CHUNK):
        # The last spell of a timeline lasts for ever: what the person's status is, as far as is known.
        rows = StatusSpell.objects.filter(person__in=persons[start : start + _CHUNK], until=FOREVER_DAY)
        for person, known_from, known_until, status in rows.values_list(
            "person_id", "known_from", "known_until", "status"
        ):
            spells[person].append((known_from, known_until, status))
    return [
        replace(
            change,
            before=next((s for start, end, s in spells[person] if start < change.at <= end), ""),
            after=next((s for start, end, s in spells[person] if start <= change.at < end), ""),
        )
        for person, change in acts
    ]


def _with_reasons(found: Sequence[Move], ended: Sequence[int]) -> list[Move]:
    """Say in words what stands behind each move."""
    numbers = {_assertion_of(move.cause) for move in found} - {0}
    assertions = {
        assertion.pk: assertion
        for chunk in _chunked(numbers)
        for assertion in StatusAssertion.objects.filter(pk__in=chunk).select_related(
            "citation__source__publisher"
        )
    }
    closings: dict[str, str] = {}
    for chunk in _chunked(set(ended)):
        rows = StatusSpell.objects.filter(person__in=chunk).exclude(end_cause="").order_by("known_until")
        closings |= dict(rows.values_list("person__code", "end_cause"))
    return [_explained(move, assertions.get(_assertion_of(move.cause)), closings) for move in found]


def _explained(move: Move, assertion: StatusAssertion | None, closings: dict[str, str]) -> Move:
    if not move.after:
        return replace(move, cause=closings.get(move.person_code, ""), why="not in the register at that time")
    if assertion is None:
        return replace(move, why="in the register, with no status in force")
    publisher = assertion.citation.source.publisher.name
    return replace(
        move, why=f"{publisher}: {assertion.status} since {assertion.since_edtf or assertion.since_latest}"
    )


def _assertion_of(cause: str) -> int:
    kind, _, number = cause.partition(":")
    return int(number) if kind == "assertion" and number.isdigit() else 0


def _chunked(numbers: Iterable[int]) -> Iterator[Sequence[int]]:
    ordered = sorted(numbers)
    for start in range(0, len(ordered), _CHUNK):
        yield ordered[start : start + _CHUNK]
