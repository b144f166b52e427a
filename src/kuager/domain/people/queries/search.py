"""Finding a person by any spelling of the name, in any script, or by code.

Each typed word is folded to its sounds and looked up among the distinct keys of the register: equal, longer
(the word is unfinished) or misspelt by about a letter. Records that carry a near key for every word come
first; where no record has them all, those that have most.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from kuager.domain.people import rules
from kuager.domain.people.models import Assignment, NameKey
from kuager.domain.people.queries.vocabulary import current_vocabulary
from kuager.engines.names import Vocabulary, compare_names, query_keys

NEAR_KEYS = 40
# A common given name alone belongs to thousands: as many rows as anybody could scroll through are enough.
ROWS_PER_WORD = 4_000
COMPARED = 60
MAX_WORDS = 6
Distances = dict[int, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A person found: ``name`` is how the record ``record_id`` writes it, ``score`` is 0 to 1."""

    person_id: int
    code: str
    record_id: int
    name: str
    score: float
    reasons: tuple[str, ...]


def search(text: str, *, limit: int = 20) -> list[Hit]:
    """Return the persons whose name, or whose code, is nearest to what was typed; the best first."""
    code = rules.read_code(text)
    by_code = _find_code(code, limit) if code else []
    if by_code:
        return by_code
    words = [tuple(alternatives) for alternatives in query_keys(text)][:MAX_WORDS]
    if not words:
        return []
    near = _near_records(words)
    return _rank(text, near, limit)


def _find_code(code: str, limit: int) -> list[Hit]:
    rows = (
        Assignment.objects.filter(person__code__startswith=code, known_until__isnull=True)
        .order_by("person__code", "record_id")
        .values_list("person_id", "person__code", "record_id", "record__name")[: limit * 4]
    )
    hits: dict[int, Hit] = {}
    for person, found, record, name in rows:
        hits.setdefault(
            person,
            Hit(person_id=person, code=found, record_id=record, name=name, score=1.0, reasons=("the code",)),
        )
    return list(hits.values())[:limit]


def _near_records(words: Sequence[tuple[str, ...]]) -> Distances:
    """Return records with their distance from the typed words, 0 to 1, for the best coverage there is."""
    vocabulary = current_vocabulary()
    per_word = _records_per_word([_near_keys(vocabulary, word) for word in words])
    covered = Counter(record for records in per_word for record in records)
    if not covered:
        return {}
    most = max(covered.values())
    missing = len(words) - most
    return {
        record: (sum(records.get(record, 1.0) for records in per_word) + missing) / (len(words) + missing)
        for record, count in covered.items()
        if count == most
    }


def _near_keys(vocabulary: Vocabulary, alternatives: tuple[str, ...]) -> dict[str, float]:
    near: dict[str, float] = {}
    for key in alternatives:
        for found, distance in vocabulary.near(key, limit=NEAR_KEYS):
            near[found] = min(distance, near.get(found, distance))
    return near


def _records_per_word(nears: Sequence[Mapping[str, float]]) -> list[Distances]:
    """Read the rarest word first, and the common ones only among the records already found."""
    read: dict[int, Distances] = {}
    within: Collection[int] | None = None
    order = sorted(
        range(len(nears)), key=lambda place: (not nears[place], min(nears[place].values(), default=9.0))
    )
    counts = {place: _count_rows(nears[place]) for place in order}
    for place in sorted(order, key=lambda place: (counts[place] == 0, counts[place])):
        records = _records_with(nears[place], within)
        if not records and within is not None:
            records = _records_with(nears[place], None) if counts[place] <= ROWS_PER_WORD else {}
        elif records:
            within = records
        read[place] = records
    return [read[place] for place in range(len(nears))]


def _count_rows(near: Mapping[str, float]) -> int:
    return NameKey.objects.filter(key__in=list(near)).count() if near else 0


def _records_with(near: Mapping[str, float], within: Collection[int] | None) -> Distances:
    if not near:
        return {}
    records: Distances = {}
    found: list[tuple[str, int]]
    rows = NameKey.objects.filter(key__in=list(near))
    if within is not None and len(within) <= 500:
        rows = rows.filter(record__in=list(within))
        found = list(rows.values_list("key", "record_id"))
    elif within is not None:
        found = list(rows.values_list("key", "record_id"))
    else:
        found = _nearest_rows(near)
    for key, record in found:
        if within is None or record in within:
            records[record] = min(near[key], records.get(record, 1.0))
    return records


def _nearest_rows(near: Mapping[str, float]) -> list[tuple[str, int]]:
    """Read whole keys, the nearest first, until there are rows enough."""
    rows: list[tuple[str, int]] = []
    keys = sorted(near, key=near.__getitem__)
    while keys and len(rows) < ROWS_PER_WORD:
        batch, keys = keys[:10], keys[10:]
        found = NameKey.objects.filter(key__in=batch).values_list("key", "record_id")
        rows += list(found[: ROWS_PER_WORD * 3])
    return rows


def _rank(text: str, near: Distances, limit: int) -> list[Hit]:
    """Compare the nearest names in full, and give each person once."""
    best = sorted(near, key=lambda record: (near[record], record))[: COMPARED * 4]
    rows = Assignment.objects.filter(record__in=best, known_until__isnull=True).values_list(
        "record_id", "person_id", "person__code", "record__name"
    )
    ordered = sorted(rows, key=lambda row: (near[row[0]], row[0]))[: max(COMPARED, limit)]
    hits: dict[int, Hit] = {}
    for record, person, code, name in ordered:
        comparison = compare_names(text, name)
        score = round(0.5 * (1.0 - near[record]) + 0.5 * comparison.score, 4)
        if person not in hits or hits[person].score < score:
            hits[person] = Hit(
                person_id=person,
                code=code,
                record_id=record,
                name=name,
                score=score,
                reasons=comparison.reasons,
            )
    return sorted(hits.values(), key=lambda hit: (-hit.score, hit.person_id))[:limit]
