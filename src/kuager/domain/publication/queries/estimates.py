"""What of an estimate may be public: numbers the guard allows, with their doubts; no cell of few people.

Invariants: no number that the guard refuses, not even in the reason why; numbers of people in lists and in
pairs of lists are rounded, and no combination of lists is told, so that nobody can be found from them; no
name of a protected publisher. The same run gives the same content for ever.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import combinations
from typing import cast

from kuager.core.digest import JsonValue, canonical_json, sha256_hex
from kuager.domain.lists.models import CasualtyList, EstimateRun
from kuager.domain.lists.queries import stored_histories, stored_inputs
from kuager.domain.lists.queries.estimate_inputs import estimate_inputs
from kuager.domain.lists.terms import Strata
from kuager.domain.places.models import Place
from kuager.domain.publication.models import EstimateChoice, Snapshot, SnapshotEstimate
from kuager.domain.publication.queries.register_reading import UNNAMED_KINDS, names_of
from kuager.domain.publication.rules import answers_about_all
from kuager.engines.estimation import CaptureHistories, Estimate, headline
from kuager.engines.estimation.careful_bounds import careful

ALL = "all"
# Numbers of people in lists and in their overlaps are rounded to this; fewer are only said to be few.
ROUNDED_TO = 5
FEWEST_IN_STRATUM = 10
# Of all that a computation tells only what says how well it was made; nothing that repeats the table.
PUBLIC_FIGURES = ("rhat", "ess_bulk", "ess_tail", "chains", "draws_per_chain", "degrees_of_freedom")
# A reason why a number is refused is told only if it holds nothing but these: no number of persons.
TELLING_NO_NUMBER = frozenset({"copy", "origin", "name", "names", "who", "rhat", "most"})
Object = dict[str, JsonValue]
Stored = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class PublishedEstimate:
    """What a snapshot holds of a chosen estimate."""

    choice: EstimateChoice
    content: Object


def choices_in_force(*, as_of: date, known_at: datetime) -> list[EstimateChoice]:
    """Return the estimates that a snapshot shall hold, by key; none that is about a later day than it."""
    found = EstimateChoice.objects.filter(
        dropped_at__isnull=True, run__as_of__lte=as_of, run__known_at__lte=known_at
    )
    return list(found.select_related("run", "chosen_by").order_by("key"))


def list_choices() -> list[EstimateChoice]:
    """Return all choices in force, for the desk."""
    found = EstimateChoice.objects.filter(dropped_at__isnull=True)
    return list(found.select_related("run", "chosen_by").order_by("key"))


def choice_of(run: EstimateRun) -> EstimateChoice | None:
    """Return the choice in force of this run; None where the next snapshot does not hold it."""
    return EstimateChoice.objects.filter(run=run, dropped_at__isnull=True).first()


def choices_of(snapshot: Snapshot) -> list[EstimateChoice]:
    """Return the choices that a snapshot was built with."""
    rows = SnapshotEstimate.objects.filter(snapshot=snapshot).select_related("choice__run")
    return [row.choice for row in rows]


def published_estimates(choices: Iterable[EstimateChoice], *, known_at: datetime) -> list[PublishedEstimate]:
    """Return what may be public of choices, by key; ``known_at`` is the snapshot's moment of knowing."""
    return [
        PublishedEstimate(choice=one, content=_content(one, known_at=known_at))
        for one in sorted(choices, key=lambda one: one.key)
    ]


def stored_estimates(snapshot: Snapshot) -> list[Object]:
    """Read the estimates of a snapshot back from the stored rows."""
    rows = SnapshotEstimate.objects.filter(snapshot=snapshot)
    return [row.content for row in sorted(rows, key=lambda row: row.key)]


def _content(choice: EstimateChoice, *, known_at: datetime) -> Object:
    run, results = choice.run, cast(Stored, choice.run.results)
    words = _Words(results, _public_names(run))
    answers = list(answers_about_all(run))
    answers.sort(key=lambda one: one["method"] != choice.method)
    answer = answers[0]
    return {
        "key": choice.key,
        "status": run.status,
        "as_of": run.as_of.isoformat(),
        "known_at": run.known_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "level": run.level,
        **_answer(answer, words),
        "observed": cast(int, answer["observed"]),
        "sentence": _headline(answer),
        "assumptions": words.all_of(answer["assumptions"]),
        "warnings": words.all_of(answer["warnings"]),
        "computation": _computation(answer),
        "methods": [_answer(one, words) for one in answers],
        "lists": _lists(run),
        "pairs": _pairs(stored_histories(run)),
        "strata_by": run.strata,
        "strata": list(_strata(run, words)),
        "changed": _changed(run, known_at),
        "seed": run.seed,
        "versions": cast(Object, run.versions),
        "proof": _proof(choice),
    }


def _headline(answer: Stored) -> Object:
    """Return the sentence that can be quoted."""
    told = _as_computed(answer)
    sentence = headline(told, observed=told.observed)
    return {"template": sentence.template, "values": dict(sentence.values)}


def _as_computed(answer: Stored) -> Estimate:
    """Give a stored answer back to the engine; what is not stored as a number was not finite."""
    low, high = cast("Sequence[float | None]", answer["interval"])
    figures = cast("Mapping[str, float | str | None]", answer["diagnostics"])
    return Estimate(
        method=str(answer["method"]),
        observed=cast(int, answer["observed"]),
        estimate=cast(float, answer["estimate"]),
        interval=(cast(float, low), math.inf if high is None else high),
        level=cast(float, answer["level"]),
        is_lower_bound=bool(answer["lower_bound"]),
        diagnostics={name: math.inf if value is None else value for name, value in figures.items()},
    )


def _proof(choice: EstimateChoice) -> str:
    """Name the run: its inputs and results, under a salt that only the desk knows."""
    run = choice.run
    return sha256_hex(canonical_json([choice.salt, run.input_digest, run.result_digest]))


def _answer(answer: Stored, words: "_Words") -> Object:
    """Return an answer with its number, or without it where the guard refuses.

    A lower bound is a promise: it is told as the engine makes it careful, like in the sentence.
    """
    is_publishable = bool(answer["publishable"])
    estimate, interval = None, None
    if is_publishable:
        found = _as_computed(answer)
        numbers = (found.estimate, *found.interval)
        if found.is_lower_bound:
            numbers = (careful(numbers[0], found), careful(numbers[1], found), careful(numbers[2], found))
        estimate, *interval = (_whole(number) for number in numbers)
    return {
        "method": str(answer["method"]),
        "publishable": is_publishable,
        "lower_bound": bool(answer["lower_bound"]),
        "estimate": estimate,
        "interval": interval,
        "reasons": words.safe_of(answer["reasons"]),
    }


def _whole(number: float) -> int | None:
    return round(number) if math.isfinite(number) else None


def _computation(answer: Stored) -> Object:
    figures = cast("Mapping[str, JsonValue]", answer.get("diagnostics") or {})
    return {
        name: round(value, 3)
        for name in PUBLIC_FIGURES
        if isinstance(value := figures.get(name), int | float)
    }


class _Words:
    """Sentences of a run as template and values, without names that must stay at the desk."""

    def __init__(self, results: Stored, names: Mapping[str, str]) -> None:
        self._templates = cast("Mapping[str, Mapping[str, object]]", results.get("sentences") or {})
        self._names = names

    def all_of(self, texts: object) -> list[JsonValue]:
        """Return sentences as they stand in a snapshot."""
        return [self._said(str(text)) for text in cast("Sequence[object]", texts or ())]

    def safe_of(self, reasons: object) -> list[JsonValue]:
        """Return reasons but those that hold a refused number."""
        told = [str(text) for text in cast("Sequence[object]", reasons or ())]
        return [self._said(text) for text in told if not self._gives_away(text)]

    def _gives_away(self, text: str) -> bool:
        known = self._templates.get(text)
        return known is None or not set(cast(Stored, known["values"])) <= TELLING_NO_NUMBER

    def _said(self, text: str) -> Object:
        known = self._templates.get(text)
        if known is None:
            return {"template": self._renamed(text), "values": {}}
        values = {name: self._renamed(str(value)) for name, value in cast(Stored, known["values"]).items()}
        return {"template": str(known["template"]), "values": values}

    def _renamed(self, text: str) -> str:
        for name, public in self._names.items():
            text = text.replace(name, public)
        return text


def _public_names(run: EstimateRun) -> dict[str, str]:
    """Return the names of lists whose publisher must not be named, with what stands for them."""
    inputs = stored_inputs(run)
    lists = CasualtyList.objects.select_related("publisher").in_bulk(inputs["list_ids"])
    hidden = {}
    for number, (name, pk) in enumerate(zip(inputs["lists"], inputs["list_ids"], strict=True), start=1):
        publisher = lists[pk].publisher
        if publisher.is_protected or publisher.kind in UNNAMED_KINDS:
            hidden[name] = f"List {number}"
    # Longer names first: one may be the beginning of another.
    return dict(sorted(hidden.items(), key=lambda item: -len(item[0])))


def _lists(run: EstimateRun) -> list[JsonValue]:
    """Name the lists, with how many people each has, rounded."""
    inputs, hidden = stored_inputs(run), _public_names(run)
    return [
        {
            "name": hidden.get(name, name),
            "is_named": name not in hidden,
            "people": _rounded(total),
            "built_from": hidden.get(origin, origin) if (origin := inputs["derived"].get(name, "")) else "",
            "cannot_contain": inputs["cannot_contain"].get(name, ""),
        }
        for name, total in zip(inputs["lists"], inputs["totals"], strict=True)
    ]


def _pairs(histories: CaptureHistories) -> list[JsonValue]:
    """Count the people on both of two lists, rounded; None where they are few."""
    overlaps = histories.overlaps
    return [
        {"lists": [one, other], "people": _rounded(int(overlaps[one, other]))}
        for one, other in combinations(range(len(histories.lists)), 2)
    ]


def _rounded(count: int) -> int | None:
    """Round so that differences of numbers find nobody; None for fewer than five.

    >>> [_rounded(count) for count in (0, 4, 5, 7, 8, 1234)]
    [None, None, 5, 5, 10, 1235]
    """
    return ROUNDED_TO * round(count / ROUNDED_TO) if count >= ROUNDED_TO else None


def _strata(run: EstimateRun, words: _Words) -> Iterator[Object]:
    """Return each group of people; of small ones only that they are small."""
    found = cast("Mapping[str, Stored]", run.results.get("strata") or {})
    names = _region_names(found) if run.strata == Strata.REGION else {}
    # Databases keep objects in orders of their own; the digest needs one.
    for name, answer in sorted(found.items()):
        observed = stored_histories(run, name).observed
        is_small = observed < FEWEST_IN_STRATUM
        shown = {**answer, "publishable": bool(answer["publishable"]) and not is_small}
        yield {
            "stratum": name,
            "names": names.get(name, {}),
            "observed": None if is_small else observed,
            **_answer({"lower_bound": False, "method": "", "reasons": (), "estimate": None, **shown}, words),
        }


def _region_names(codes: Iterable[str]) -> dict[str, dict[str, str]]:
    return {place.code: names_of(place) for place in Place.objects.filter(code__in=list(codes))}


def _changed(run: EstimateRun, known_at: datetime) -> Object | None:
    """Say how many people the lists name as the snapshot knows them, if that is not what was estimated."""
    inputs = stored_inputs(run)
    lists = list(CasualtyList.objects.filter(pk__in=inputs["list_ids"]).select_related("publisher"))
    now = estimate_inputs(lists, as_of=run.as_of, known_at=known_at, status=run.status)
    if now["patterns"] == inputs["patterns"]:
        return None
    return {"observed_then": inputs["observed"], "observed_now": now["observed"]}
