"""Which person each record belongs to, over known time: recomputed from the judgements in force.

Only the part of the register that a judgement can touch is read: the records that hang together with the
given ones now, or hung together with them before.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime

from django.db.models import Q

from kuager.core.errors import RefusedError
from kuager.domain.people import rules
from kuager.domain.people.models import Assignment, Judgement, Record
from kuager.domain.people.operations.bulk import insert_rows
from kuager.domain.people.queries.identifiers import among
from kuager.domain.people.rules.clusters import PairVerdict, alive_records
from kuager.domain.people.terms import Method, Verdict

CHUNK = 5_000
Pair = tuple[int, int]


def chunks(ids: Iterable[int]) -> Iterator[Sequence[int]]:
    """Cut identifiers into pieces that fit into one question to the database."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]


def close_assignments(record_ids: Collection[int], *, cause: str, at: datetime) -> set[int]:
    """Close what is open for these records; return the persons they belonged to."""
    touched: set[int] = set()
    for chunk in chunks(record_ids):
        lasting = Assignment.objects.filter(record__in=among(chunk), known_until__isnull=True)
        _check_order(lasting.filter(known_from__gt=at).exists())
        touched |= set(lasting.values_list("person_id", flat=True))
        lasting.update(known_until=at, end_cause=cause)
    return touched


def open_assignments(record_ids: Collection[int], *, cause: str, at: datetime) -> set[int]:
    """Give records that are out of the register back to their home persons; return those persons."""
    touched: set[int] = set()
    for chunk in chunks(record_ids):
        history = Assignment.objects.filter(record__in=among(chunk))
        _check_order(history.filter(Q(known_from__gt=at) | Q(known_until__gt=at)).exists())
        is_open = set(history.filter(known_until__isnull=True).values_list("record_id", flat=True))
        homes = Record.objects.filter(pk__in=among(chunk)).values_list("id", "home_person_id")
        _write([(record, person) for record, person in homes if record not in is_open], cause=cause, at=at)
        touched |= {person for _, person in homes}
    return touched


def reassign(record_ids: Collection[int], *, cause: str, at: datetime) -> set[int]:
    """Recompute the persons of everything that hangs together with these records.

    Returns
    -------
    set of int
        Persons whose records changed, or might now be contradicted: the register derives them again.
    """
    records, judged = _neighbourhood(set(record_ids))
    homes, now = _homes_and_persons(records)
    verdicts: dict[Pair, list[str]] = {}
    for left, right, verdict, _ in judged:
        verdicts.setdefault((left, right), []).append(verdict)
    replaced = [
        (a, b) for a, b, verdict, method in judged if method == Method.EDITION and verdict == Verdict.SAME
    ]
    alive = alive_records(set(now), replaced)
    links = [
        pair
        for pair, said in verdicts.items()
        if pair[0] in alive and pair[1] in alive and rules.pair_verdict(said) is PairVerdict.SAME
    ]
    root = rules.components(alive, links)
    moved = [(record, homes[root[record]]) for record in now if homes[root[record]] != now[record]]
    close_assignments([record for record, _ in moved], cause=cause, at=at)
    _write(moved, cause=cause, at=at)
    touched = {now[record] for record in record_ids if record in now}
    return touched | {now[record] for record, _ in moved} | {person for _, person in moved}


def _neighbourhood(start: set[int]) -> tuple[set[int], set[tuple[int, int, str, str]]]:
    """Follow judgements and shared persons from the given records until nothing new is met."""
    records: set[int] = set()
    judged: set[tuple[int, int, str, str]] = set()
    frontier = set(start)
    while frontier:
        records |= frontier
        met: set[int] = set()
        for chunk in chunks(frontier):
            in_force = Judgement.objects.filter(ended_at__isnull=True)
            for side in ("record_a", "record_b"):
                judged |= set(
                    in_force.filter(**{f"{side}__in": among(chunk)}).values_list(
                        "record_a_id", "record_b_id", "verdict", "method"
                    )
                )
            persons = Assignment.objects.filter(record__in=among(chunk), known_until__isnull=True).values(
                "person_id"
            )
            met |= set(
                Assignment.objects.filter(person__in=persons, known_until__isnull=True).values_list(
                    "record_id", flat=True
                )
            )
        for left, right, verdict, _ in judged:
            if verdict == Verdict.SAME:
                met |= {left, right}
        frontier = met - records
    return records, {row for row in judged if row[0] in records and row[1] in records}


def _homes_and_persons(records: set[int]) -> tuple[dict[int, int], dict[int, int]]:
    homes: dict[int, int] = {}
    now: dict[int, int] = {}
    for chunk in chunks(records):
        homes.update(Record.objects.filter(pk__in=among(chunk)).values_list("id", "home_person_id"))
        lasting = Assignment.objects.filter(record__in=among(chunk), known_until__isnull=True)
        now.update(lasting.values_list("record_id", "person_id"))
    return homes, now


def _write(pairs: Collection[Pair], *, cause: str, at: datetime) -> None:
    insert_rows(
        Assignment,
        ("record", "person", "known_from", "known_until", "cause", "end_cause"),
        ((record, person, at, None, cause, "") for record, person in pairs),
    )


def _check_order(is_late: bool) -> None:
    if is_late:
        raise RefusedError(
            "something later is already known of one of these records; what is known is only ever added to, "
            "so give a moment that is not before the last act"
        )
