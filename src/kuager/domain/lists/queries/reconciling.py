"""Why lists give different numbers: their editions row by row, beside who is who by the judgements so far."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise, permutations

import polars as pl
from django.db.models import Q

from kuager.core.errors import BadInputError
from kuager.domain.lists.models import CandidatePair, CasualtyList, LinkRun, ListEdition, ListRow
from kuager.domain.lists.queries.baseline import chunked
from kuager.domain.lists.queries.hidden import without_blind
from kuager.domain.lists.queries.membership import unique_titles
from kuager.domain.lists.queries.overlapping import WAITING
from kuager.domain.lists.rules.reconciling import check_lists
from kuager.domain.lists.terms import LinkState, RowChange
from kuager.domain.people.queries import assigned_at, judged_at
from kuager.domain.people.terms import Verdict
from kuager.domain.register.terms import Status
from kuager.engines.linkage import LinkResult
from kuager.engines.linkage.drawing.draws import draw_partitions
from kuager.engines.linkage.rival_lists.reconciling import Key, Reconciliation, Said, reconcile
from kuager.engines.tables import ParsedPerson

CHUNK = 5_000
DRAWS = 100
SEED = 1
_NO_NAME = "a name"
_PAIRS = {
    "list_l": pl.String,
    "id_l": pl.String,
    "list_r": pl.String,
    "id_r": pl.String,
    "probability": pl.Float64,
    "match_weight": pl.Float64,
    "reasons": pl.String,
}
_JUDGED = ("list_l", "id_l", "list_r", "id_r", "verdict")
# What begins with the event that a list dates; what came later began after it.
_BEGINNINGS = frozenset({Status.DEAD, Status.MISSING, Status.DETAINED, Status.INJURED})
_Pairs = list[tuple[int, int, int, float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowLink:
    """Where a row of the account is kept; of a row that names nobody record, person and code are missing."""

    row: int
    edition: int
    record: int | None
    person: int | None
    code: str = ""


@dataclass(frozen=True, kw_only=True)
class RegisterReconciliation:
    """The account of some lists in the register.

    Attributes
    ----------
    lists, editions
        As chosen; of each list the newest edition of that day, as it was known.
    names
        The lists' names in the account.
    account
        What the engine answers. Pairs under a blind double review are not among its pairs in doubt, though
        the intervals know of them.
    rows
        Where each row is kept.
    pairs
        The candidate pair behind each pair in doubt, by its two rows in either order.
    run
        The run that found the pairs in doubt; None when there was none over these lists.
    """

    lists: tuple[CasualtyList, ...]
    editions: tuple[ListEdition, ...]
    names: tuple[str, ...]
    account: Reconciliation
    rows: Mapping[Key, RowLink]
    pairs: Mapping[tuple[Key, Key], int]
    as_of: date
    known_at: datetime
    run: LinkRun | None


@dataclass(frozen=True, slots=True)
class _Listed:
    """One row of an edition, as far as it is needed."""

    key: Key
    link: RowLink
    name: str


def reconciliation(
    lists: Sequence[CasualtyList], *, as_of: date, known_at: datetime
) -> RegisterReconciliation:
    """Account for every row of the editions that stood on a day, and explain each difference of numbers.

    Rows that state a total are no rows of persons. Persons are those of the register as it was known: what
    people judged, not what a run only proposes; pairs that still wait give every number an interval.

    Raises
    ------
    BadInputError
        For fewer than 2 or more than 6 lists, or a list that had no edition on that day.
    """
    check_lists([one.pk for one in lists])
    names = unique_titles(lists)
    editions = tuple(_edition(one, as_of, known_at) for one in lists)
    listed = [row for name, one in zip(names, editions, strict=True) for row in _rows(name, one, known_at)]
    key_of = {row.link.record: row.key for row in listed if row.link.record is not None}
    run = _run(lists, known_at)
    draws = draw_partitions(
        _as_result(listed, _waiting(run, key_of, blind=True), key_of),
        draws=DRAWS,
        seed=SEED,
        one_to_one=_once(lists, names, listed),
        judgements=_judgements(listed, key_of, known_at),
    )
    shown = _waiting(run, key_of, blind=False)
    account = reconcile(
        _as_result(listed, shown, key_of),
        _frames(names, listed),
        statuses=_statuses(listed),
        claimed={
            name: one.stated_total
            for name, one in zip(names, editions, strict=True)
            if one.stated_total is not None
        },
        draws=draws,
    )
    return RegisterReconciliation(
        lists=tuple(lists),
        editions=editions,
        names=tuple(names),
        account=account,
        rows={row.key: row.link for row in listed},
        pairs={pair: pk for pk, a, b, *_ in shown for pair in permutations((key_of[a], key_of[b]), 2)},
        as_of=as_of,
        known_at=known_at,
        run=run,
    )


def _edition(casualty_list: CasualtyList, as_of: date, known_at: datetime) -> ListEdition:
    """Return the newest edition of a day that was in the register at a moment."""
    stood = ListEdition.objects.filter(
        Q(undone_at__isnull=True) | Q(undone_at__gt=known_at),
        casualty_list=casualty_list,
        as_of__lte=as_of,
        applied_at__lte=known_at,
    )
    found = stood.select_related("source__publisher").order_by("-as_of", "-applied_at", "-id").first()
    if found is None:
        raise BadInputError(
            f"the list {casualty_list.title} has no edition in the register as of {as_of}; choose a later day"
        )
    return found


def _persons(records: Sequence[int], known_at: datetime) -> dict[int, tuple[int, str]]:
    """Return person and code of records at a moment; one that had left the register is not there."""
    rows = assigned_at(known_at).filter(record__in=records)
    return {
        record: (person, code)
        for record, person, code in rows.values_list("record_id", "person_id", "person__code")
    }


def _rows(name: str, edition: ListEdition, known_at: datetime) -> Iterator[_Listed]:
    columns = ("id", "number", "part", "record_id", "record__name")
    rows = list(
        ListRow.objects.filter(edition=edition)
        .order_by("number", "part")
        .values_list(*columns)
        .iterator(chunk_size=CHUNK)
    )
    totals = _totals(edition)
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        known = _persons([row[3] for row in part if row[3] is not None], known_at)
        for pk, number, place, record, shown in part:
            if pk in totals:
                continue
            person, code = known.get(record or 0, (None, ""))
            key = (name, f"{number}/{place + 1}" if place else str(number))
            link = RowLink(row=pk, edition=edition.pk, record=record, person=person, code=code)
            yield _Listed(key, link, shown if person is not None else "")


def _totals(edition: ListEdition) -> set[int]:
    """Return the rows that hold no person and no lack of a name either: totals at the foot of a table."""
    rows = ListRow.objects.filter(edition=edition, change=RowChange.REJECTED).values_list("id", "problems")
    return {
        pk for pk, problems in rows if not any(problem.get("expected") == _NO_NAME for problem in problems)
    }


def _run(lists: Sequence[CasualtyList], known_at: datetime) -> LinkRun | None:
    """Return the newest finished run over all of these lists."""
    runs = LinkRun.objects.filter(state=LinkState.DONE, known_at__lte=known_at)
    for one in lists:
        runs = runs.filter(lists=one)
    return runs.order_by("-id").first()


def _waiting(run: LinkRun | None, key_of: Mapping[int, Key], *, blind: bool) -> _Pairs:
    """Return the pairs of these rows that nobody has decided, with probability and weight."""
    if run is None:
        return []
    pairs = CandidatePair.objects.filter(run=run, state__in=WAITING)
    chosen = pairs if blind else without_blind(pairs)
    columns = ("id", "record_a_id", "record_b_id", "probability", "match_weight")
    rows = chosen.order_by("id").values_list(*columns)
    return [row for row in rows.iterator(chunk_size=CHUNK) if row[1] in key_of and row[2] in key_of]


def _as_result(listed: Sequence[_Listed], pairs: _Pairs, key_of: Mapping[int, Key]) -> LinkResult:
    """Put the register in the form of a linkage: rows by person, and the pairs in doubt."""
    # A row without a person is nobody's: a number of its own, below all persons.
    clusters = pl.DataFrame(
        [
            (*row.key, -number if row.link.person is None else row.link.person)
            for number, row in enumerate(listed, 1)
        ],
        schema={"list": pl.String, "id": pl.String, "cluster": pl.Int64},
        orient="row",
    )
    scored = [(*key_of[a], *key_of[b], chance, weight, "[]") for _, a, b, chance, weight in pairs]
    return LinkResult(pl.DataFrame(scored, schema=_PAIRS, orient="row"), clusters, (), len(listed))


def _once(lists: Sequence[CasualtyList], names: Sequence[str], listed: Sequence[_Listed]) -> list[str]:
    """Return the lists that promise to hold everybody once, and keep the promise."""
    seen = Counter((row.key[0], row.link.person) for row in listed if row.link.person is not None)
    broken = {name for (name, _), count in seen.items() if count > 1}
    return [name for name, one in zip(names, lists, strict=True) if one.is_clean and name not in broken]


def _judgements(listed: Sequence[_Listed], key_of: Mapping[int, Key], known_at: datetime) -> pl.DataFrame:
    """Return what holds in every draw: rows of one person are the same, pairs judged different are not."""
    members: dict[int, list[Key]] = defaultdict(list)
    for row in listed:
        if row.link.person is not None:
            members[row.link.person].append(row.key)
    judged = [(*one, *two, "same") for keys in members.values() for one, two in pairwise(keys)]
    apart = judged_at(known_at).filter(verdict=Verdict.DIFFERENT).values_list("record_a_id", "record_b_id")
    judged += [
        (*key_of[a], *key_of[b], "different")
        for a, b in apart.iterator(chunk_size=CHUNK)
        if a in key_of and b in key_of
    ]
    return pl.DataFrame(judged, schema=dict.fromkeys(_JUDGED, pl.String), orient="row")


def _frames(names: Sequence[str], listed: Sequence[_Listed]) -> dict[str, pl.DataFrame]:
    rows: dict[str, list[tuple[str, str]]] = {name: [] for name in names}
    for row in listed:
        rows[row.key[0]].append((row.key[1], row.name))
    schema = {"id": pl.String, "name": pl.String}
    return {name: pl.DataFrame(some, schema=schema, orient="row") for name, some in rows.items()}


def _statuses(listed: Sequence[_Listed]) -> dict[Key, list[Said]]:
    """Return what the rows say of persons who stand in several of them; of others nothing can contradict."""
    seen = Counter(row.link.person for row in listed if row.link.person is not None)
    key_of = {row.link.row: row.key for row in listed if row.link.person and seen[row.link.person] > 1}
    found: dict[Key, list[Said]] = {}
    for chunk in chunked(sorted(key_of), CHUNK):
        for pk, parsed in ListRow.objects.filter(pk__in=chunk).values_list("id", "parsed"):
            person = ParsedPerson.from_json(parsed or {"name": ""})
            found[key_of[pk]] = [Said(word.status, _day(person, word.status)) for word in person.statuses]
    return found


def _day(person: ParsedPerson, status: str) -> date | None:
    since = person.status_date
    if not since.is_known and status in _BEGINNINGS:
        since = person.event
    return since.earliest if since.is_exact else None
