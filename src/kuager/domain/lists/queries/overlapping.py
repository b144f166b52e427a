"""Who stands on which lists."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from kuager.core.errors import BadInputError
from kuager.domain.lists.models import CandidatePair, CasualtyList, LinkRun, ListRow
from kuager.domain.lists.queries.answers import Candidate, OnlyOnItem, OnlyOnPage, OverlapRow, OverlapTable
from kuager.domain.lists.queries.membership import members, persons_of_records, unique_titles
from kuager.domain.lists.terms import LinkState, PairState
from kuager.domain.people.models import Record
from kuager.domain.register.queries.answers import Question
from kuager.domain.register.queries.counts import spells_at
from kuager.domain.register.terms import STATUS_AXIS, Status
from kuager.engines.estimation import CaptureHistories

WAITING = (PairState.OPEN, PairState.SECOND, PairState.DISPUTED)
CANDIDATES = 3
Patterns = dict[tuple[int, ...], int]


def overlap(
    lists: Sequence[CasualtyList], *, as_of: date | None = None, known_at: datetime | None = None
) -> OverlapTable:
    """Count persons by the exact set of lists they stand on, as it was known at a time (None: now)."""
    chosen = _chosen(lists)
    on_list = [members(one, as_of=as_of, known_at=known_at) for one in chosen]
    patterns = _patterns(on_list, None)
    rows = [
        OverlapRow(
            list_ids=tuple(one.pk for one, is_on in zip(chosen, pattern, strict=True) if is_on), count=count
        )
        for pattern, count in patterns.items()
    ]
    rows.sort(key=lambda row: (-row.count, row.list_ids))
    return OverlapTable(
        lists=tuple(chosen),
        rows=tuple(rows),
        totals=tuple(len(persons) for persons in on_list),
        persons=sum(patterns.values()),
        as_of=as_of,
        known_at=known_at,
    )


def capture_histories(
    lists: Sequence[CasualtyList], *, as_of: date, known_at: datetime | None = None, status: str = ""
) -> CaptureHistories:
    """Return persons by the lists they stand on, for the estimation engine; with ``status`` only those.

    A person counts on a list whatever that list says of them; the status is the register's, on that day.
    """
    chosen = _chosen(lists)
    on_list = [members(one, as_of=as_of, known_at=known_at) for one in chosen]
    patterns = _patterns(on_list, persons_with(status, as_of, known_at) if status else None)
    return CaptureHistories.from_counts(unique_titles(chosen), list(patterns), list(patterns.values()))


def only_on(list_a: CasualtyList, *, not_on: CasualtyList, offset: int = 0, limit: int = 50) -> OnlyOnPage:
    """Return everybody on one list whom nobody has found on the other, with the best candidates there."""
    here, there = members(list_a), members(not_on)
    missing = {record: person for person, record in here.items() if person not in there}
    pairs = _pairs_to(missing, not_on)
    order = sorted(missing, key=lambda record: (-_best(pairs.get(record, [])), record))
    shown = order[offset : offset + limit]
    return OnlyOnPage(items=tuple(_items(shown, pairs)), total=len(order))


def _chosen(lists: Sequence[CasualtyList]) -> list[CasualtyList]:
    if not lists or len({one.pk for one in lists}) != len(lists):
        raise BadInputError("choose lists, each of them once")
    return list(lists)


def _patterns(on_list: Sequence[dict[int, int]], only: set[int] | None) -> Patterns:
    patterns: dict[int, list[int]] = defaultdict(lambda: [0] * len(on_list))
    for place, persons in enumerate(on_list):
        for person in persons:
            if only is None or person in only:
                patterns[person][place] = 1
    return dict(Counter(tuple(pattern) for pattern in patterns.values()))


def persons_with(status: str, as_of: date, known_at: datetime | None) -> set[int]:
    """Return the persons who had a status on a day, as it was known at a moment (None: now)."""
    axis = STATUS_AXIS[Status(status)]
    spells = spells_at(Question(as_of=as_of, known_at=known_at)).filter(**{axis.value: status})
    return set(spells.values_list("person_id", flat=True).iterator(chunk_size=10_000))


def _pairs_to(records: dict[int, int], other: CasualtyList) -> dict[int, list[tuple[float, int, int]]]:
    """Return, for each record, its waiting pairs of the newest run with records of the other list."""
    run = LinkRun.objects.filter(lists=other, state=LinkState.DONE).order_by("-id").first()
    found: dict[int, list[tuple[float, int, int]]] = defaultdict(list)
    if run is None:
        return found
    others = set(members(other).values()) | set(
        ListRow.objects.filter(edition__casualty_list=other, record__isnull=False).values_list(
            "record_id", flat=True
        )
    )
    pairs = CandidatePair.objects.filter(run=run, state__in=WAITING).order_by("-probability", "id")
    for pair, a, b, probability in pairs.values_list(
        "id", "record_a_id", "record_b_id", "probability"
    ).iterator():
        for mine, theirs in ((a, b), (b, a)):
            if mine in records and theirs in others and len(found[mine]) < CANDIDATES:
                found[mine].append((probability, pair, theirs))
    return found


def _best(pairs: Sequence[tuple[float, int, int]]) -> float:
    return pairs[0][0] if pairs else 0.0


def _items(shown: Sequence[int], pairs: dict[int, list[tuple[float, int, int]]]) -> list[OnlyOnItem]:
    wanted = [item for record in shown for item in pairs.get(record, [])]
    stored = CandidatePair.objects.in_bulk([pair for _, pair, _ in wanted])
    records = Record.objects.in_bulk([*shown, *(theirs for _, _, theirs in wanted)])
    persons = persons_of_records(shown)
    numbers = dict(ListRow.objects.filter(record__in=shown).order_by("id").values_list("record_id", "number"))
    return [
        OnlyOnItem(
            record=records[record],
            person_code=persons[record][1] if record in persons else "",
            row_number=numbers.get(record, 0),
            candidates=tuple(
                Candidate(pair=stored[pair], record=records[theirs])
                for _, pair, theirs in pairs.get(record, [])
            ),
        )
        for record in shown
    ]
