"""What an estimate rests on: the overlap of lists, whole and in strata, and the editions it came from."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NotRequired, TypedDict, cast

from django.db.models import Min

from kuager.core.digest import JsonValue, canonical_json, sha256_hex
from kuager.domain.lists.models import CasualtyList, EstimateRun, ListEdition
from kuager.domain.lists.queries.estimate_draws import StoredDraws, tables_of
from kuager.domain.lists.queries.membership import members, unique_titles
from kuager.domain.lists.queries.overlapping import persons_with
from kuager.domain.lists.terms import EditionState, Strata
from kuager.domain.places.models import Place
from kuager.domain.register.models import StatusSpell
from kuager.domain.register.queries.answers import Question
from kuager.domain.register.queries.counts import known_at_filter, spells_at
from kuager.engines.estimation import CaptureHistories
from kuager.engines.estimation.partitions import DrawnTables

UNKNOWN = "unknown"
Pattern = tuple[int, ...]


class StoredPattern(TypedDict):
    """Persons on exactly these lists."""

    list_ids: list[int]
    count: int


class StoredHistories(TypedDict):
    """The inputs of an estimate as they are stored: nobody's name, only numbers of persons."""

    lists: list[str]
    list_ids: list[int]
    editions: list[dict[str, JsonValue]]
    observed: int
    totals: list[int]
    patterns: list[StoredPattern]
    strata: dict[str, list[StoredPattern]]
    derived: dict[str, str]
    cannot_contain: dict[str, str]
    who_is_who: NotRequired[StoredDraws]


def with_draws(inputs: StoredHistories, drawn: StoredDraws) -> StoredHistories:
    """Let an estimate rest on draws of who is who; the table shown is the likeliest of them."""
    ids = inputs["list_ids"]
    patterns: list[StoredPattern] = [
        {"list_ids": on, "count": count}
        for on, count in zip(drawn["patterns"], drawn["likeliest"], strict=True)
        if count
    ]
    return {
        **inputs,
        "observed": sum(one["count"] for one in patterns),
        "totals": [sum(one["count"] for one in patterns if number in one["list_ids"]) for number in ids],
        "patterns": patterns,
        "who_is_who": drawn,
    }


def stored_draws(run: EstimateRun) -> DrawnTables | None:
    """Return the tables of the draws of who is who that a run used; None where it used what people judged."""
    inputs = stored_inputs(run)
    drawn = inputs.get("who_is_who")
    return None if drawn is None else tables_of(drawn, inputs["list_ids"], inputs["lists"])


def estimate_inputs(
    lists: Sequence[CasualtyList], *, as_of: date, known_at: datetime, status: str = "", strata: str = ""
) -> StoredHistories:
    """Count persons by the lists they stand on, and in each stratum; the same question has the same answer.

    Parameters
    ----------
    status
        Only persons with this status on ``as_of``; empty for everybody on the lists.
    strata
        A value of ``Strata``; empty for none. Whom the register cannot place stands under ``unknown``.
    """
    ordered = sorted(lists, key=lambda one: one.pk)
    names = dict(zip((one.pk for one in ordered), unique_titles(ordered), strict=True))
    patterns = _patterns(ordered, as_of=as_of, known_at=known_at, status=status)
    counts = Counter(patterns.values())
    return {
        "lists": list(names.values()),
        "list_ids": list(names),
        "editions": _editions(ordered, known_at),
        "observed": len(patterns),
        "totals": [
            sum(count * pattern[place] for pattern, count in counts.items()) for place in range(len(names))
        ],
        "patterns": _stored(counts, list(names)),
        "strata": _in_strata(patterns, list(names), strata, as_of=as_of, known_at=known_at),
        "derived": {names[one.pk]: names[one.built_from_id] for one in ordered if one.built_from_id in names},
        "cannot_contain": {names[one.pk]: one.cannot_contain for one in ordered if one.cannot_contain},
    }


def input_digest(run: EstimateRun) -> str:
    """Return the SHA-256 of everything that the numbers of a run depend on, but the versions."""
    asked: JsonValue = {
        "as_of": run.as_of.isoformat(),
        "status": run.status,
        "method": run.method,
        "strata": run.strata,
        "with_sensitivity": run.with_sensitivity,
        "level": run.level,
        "seed": run.seed,
        "histories": run.histories,
    }
    return sha256_hex(canonical_json(asked))


def stored_inputs(run: EstimateRun) -> StoredHistories:
    """Return the inputs of a run."""
    return cast(StoredHistories, run.histories)


def stored_histories(run: EstimateRun, stratum: str | None = None) -> CaptureHistories:
    """Return the table that a run used, of everybody or of one stratum."""
    stored = stored_inputs(run)
    patterns = stored["patterns"] if stratum is None else stored["strata"][stratum]
    return CaptureHistories.from_counts(
        stored["lists"],
        [[int(number in one["list_ids"]) for number in stored["list_ids"]] for one in patterns],
        [one["count"] for one in patterns],
    )


def _patterns(
    lists: Sequence[CasualtyList], *, as_of: date, known_at: datetime, status: str
) -> dict[int, Pattern]:
    only = persons_with(status, as_of, known_at) if status else None
    found: dict[int, list[int]] = defaultdict(lambda: [0] * len(lists))
    for place, one in enumerate(lists):
        for person in members(one, as_of=as_of, known_at=known_at):
            if only is None or person in only:
                found[person][place] = 1
    return {person: tuple(pattern) for person, pattern in found.items()}


def _stored(counts: Mapping[Pattern, int], list_ids: Sequence[int]) -> list[StoredPattern]:
    return [
        {"list_ids": [one for one, is_on in zip(list_ids, pattern, strict=True) if is_on], "count": count}
        for pattern, count in sorted(counts.items())
    ]


def _editions(lists: Iterable[CasualtyList], known_at: datetime) -> list[dict[str, JsonValue]]:
    """Name the files behind the lists: every edition that had been applied, and was not undone."""
    editions = ListEdition.objects.filter(
        casualty_list__in=[one.pk for one in lists], state=EditionState.APPLIED, applied_at__lte=known_at
    ).order_by("casualty_list_id", "as_of", "id")
    return [
        {
            "list": edition.casualty_list_id,
            "as_of": edition.as_of.isoformat(),
            "file_digest": edition.file_digest,
        }
        for edition in editions
    ]


def _in_strata(
    patterns: Mapping[int, Pattern], list_ids: Sequence[int], strata: str, *, as_of: date, known_at: datetime
) -> dict[str, list[StoredPattern]]:
    if not strata:
        return {}
    stratum_of = STRATUM_OF[Strata(strata)](as_of, known_at)
    counts: dict[str, Counter[Pattern]] = defaultdict(Counter)
    for person, pattern in patterns.items():
        counts[stratum_of.get(person) or UNKNOWN][pattern] += 1
    return {name: _stored(counts[name], list_ids) for name in sorted(counts)}


def _column(name: str) -> Callable[[date, datetime], dict[int, str]]:
    def read(as_of: date, known_at: datetime) -> dict[int, str]:
        spells = spells_at(Question(as_of=as_of, known_at=known_at))
        return dict(spells.values_list("person_id", name).iterator(chunk_size=10_000))

    return read


def _region(as_of: date, known_at: datetime) -> dict[int, str]:
    codes: dict[int, str] = dict(Place.objects.values_list("id", "code"))
    spells = spells_at(Question(as_of=as_of, known_at=known_at)).filter(region__isnull=False)
    pairs = spells.values_list("person_id", "region_id").iterator(chunk_size=10_000)
    return {person: codes[region] for person, region in pairs if region is not None}


def _month(as_of: date, known_at: datetime) -> dict[int, str]:
    """Take the month of the first day on which the person had any status, as known at the moment."""
    spells = StatusSpell.objects.filter(known_at_filter(known_at), since__lte=as_of)
    firsts = spells.values_list("person_id").annotate(first=Min("since"))
    return {person: f"{first:%Y-%m}" for person, first in firsts.iterator(chunk_size=10_000)}


STRATUM_OF: Mapping[Strata, Callable[[date, datetime], dict[int, str]]] = {
    Strata.REGION: _region,
    Strata.SEX: _column("sex"),
    Strata.AGE_GROUP: _column("age_group"),
    Strata.MONTH: _month,
}
