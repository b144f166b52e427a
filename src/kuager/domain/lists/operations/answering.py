"""Letting the engine answer a frozen question, as one document and the draws behind it."""

import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version

import numpy as np

from kuager.core.digest import JsonValue, sha256_hex
from kuager.core.errors import KuagerError
from kuager.domain.lists.models import EstimateRun
from kuager.domain.lists.queries.estimate_inputs import stored_draws, stored_histories, stored_inputs
from kuager.domain.lists.rules.estimates import ALL_METHODS, result_digest
from kuager.engines import estimation
from kuager.engines.estimation import Comparison, Estimate, Request, Sentence, Strata
from kuager.engines.estimation.comparison.sharing import checkpoint_of
from kuager.engines.estimation.guard import guarded
from kuager.engines.estimation.headlines import headline, recommended
from kuager.engines.estimation.partitions import estimate_over_partitions
from kuager.engines.estimation.running import Progress
from kuager.engines.estimation.sensitivity import Sensitivity, sensitivity

# Stands in for a method where none of the whole table gave an answer: the one that asks for least.
LEAST_DEMANDING = "chao"
VERSIONS_OF = ("kuager", "numpy", "numba")


@dataclass(frozen=True, kw_only=True)
class StoredDraws:
    """The draws of one method: 64-bit numbers, lowest byte first, chain after chain."""

    method: str
    chains: int
    total: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the draws."""
        return sha256_hex(self.total)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a run stores."""

    results: dict[str, JsonValue]
    is_publishable: bool
    draws: tuple[StoredDraws, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of results and draws: equal digests, equal numbers, bit for bit."""
        return result_digest(self.results, {one.method: one.digest for one in self.draws})


def versions() -> dict[str, str]:
    """Return the versions that the numbers may depend on."""
    found = {name: version(name) for name in VERSIONS_OF}
    return {**found, "python": platform.python_version(), "machine": platform.machine()}


def answer_question(run: EstimateRun, request: Request) -> Answer:
    """Estimate from the frozen inputs of a run.

    A method that cannot answer says why among the results; it is no failure of the run.
    """
    stages = _stages(run, request)
    comparison = _compared(run, stages["methods"])
    first = recommended(comparison) or next(iter(comparison.estimates), None)
    method = first.method if first else LEAST_DEMANDING
    strata = _strata(run, stages["strata"], method)
    changed = _sensitivity(run, stages["changes"], method) if first else None
    sentence = headline(first, observed=comparison.observed)
    results: dict[str, object] = {
        **comparison.to_json(),
        "headline": str(sentence),
        "recommended": first.method if first else None,
        **(strata.to_json() if strata else {}),
        **({"sensitivity": changed.to_json()} if changed else {}),
        "sentences": _templates(
            [sentence, *comparison.sentences, *comparison.not_run.values(), *_said(strata, changed)],
            [*comparison.estimates, *_strata_answers(strata)],
        ),
    }
    return Answer(
        results=_plain(results),
        is_publishable=any(answer.publishable for answer in comparison.estimates),
        draws=tuple(_draws(comparison)),
    )


def _stages(run: EstimateRun, request: Request) -> dict[str, Request]:
    """Share progress and checkpoint among what is to be done; the methods take most of the time."""
    wanted = {"methods": 4, "strata": 2 * bool(run.strata), "changes": 4 * run.with_sensitivity}
    whole, begun, stages = sum(wanted.values()), 0, {}
    for name, share in wanted.items():
        stages[name] = replace(
            request,
            progress=_part_of(request.progress, begun / whole, share / whole),
            checkpoint=checkpoint_of(request.checkpoint, name),
        )
        begun += share
    return stages


def _part_of(whole: Progress, begins: float, share: float) -> Progress:
    def tell(what: str, done: float) -> None:
        whole(what, begins + share * min(max(done, 0.0), 1.0))

    return tell


def _compared(run: EstimateRun, request: Request) -> Comparison:
    histories, inputs = stored_histories(run), stored_inputs(run)
    derived, cannot_contain = inputs["derived"], inputs["cannot_contain"]
    if run.method == ALL_METHODS:
        return estimation.compare(histories, request=request, derived=derived, cannot_contain=cannot_contain)
    answers: tuple[Estimate, ...] = ()
    not_run: dict[str, str] = {}
    try:
        answers = (_answer_of_one(run, request),)
    except KuagerError as error:
        not_run[run.method] = str(error)
    return Comparison(
        n_lists=len(histories.lists),
        observed=histories.observed,
        estimates=answers,
        not_run=not_run,
        sentences=(),
    )


def _answer_of_one(run: EstimateRun, request: Request) -> Estimate:
    """Estimate by one method; over the draws of who is who where the run rests on them."""
    histories, inputs, drawn = stored_histories(run), stored_inputs(run), stored_draws(run)
    derived, cannot_contain = inputs["derived"], inputs["cannot_contain"]
    if drawn is None:
        answer = estimation.estimate(histories, method=run.method, request=request)
        return guarded(histories, answer, derived=derived, cannot_contain=cannot_contain)
    answer = estimate_over_partitions(drawn, method=run.method, request=request, derived=derived)
    judged = guarded(histories, answer, derived=derived, cannot_contain=cannot_contain)
    reasons = tuple(dict.fromkeys([*answer.reasons, *judged.reasons]))
    return replace(judged, reasons=reasons, publishable=not reasons)


def _strata(run: EstimateRun, request: Request, method: str) -> Strata | None:
    if not run.strata:
        return None
    inputs = stored_inputs(run)
    groups = {name: stored_histories(run, name) for name in inputs["strata"]}
    return estimation.estimate_strata(
        groups,
        method=method,
        request=request,
        derived=inputs["derived"],
    )


def _draws(comparison: Comparison) -> Iterator[StoredDraws]:
    for answer in comparison.estimates:
        if answer.draws is not None:
            total = np.ascontiguousarray(answer.draws.total, dtype="<f8")
            yield StoredDraws(method=answer.method, chains=len(total), total=total.tobytes())


def _sensitivity(run: EstimateRun, request: Request, method: str) -> Sensitivity | None:
    if not run.with_sensitivity:
        return None
    derived = stored_inputs(run)["derived"]
    try:
        return sensitivity(stored_histories(run), method=method, request=request, derived=derived)
    except KuagerError:
        # The method has answered before; what cannot be changed is simply not shown.
        return None


def _said(strata: Strata | None, changed: Sensitivity | None) -> list[str]:
    """Return what strata and changes say in words."""
    return [
        *(strata.not_estimated.values() if strata else ()),
        *(changed.sentences if changed else ()),
    ]


def _strata_answers(strata: Strata | None) -> list[Estimate]:
    if strata is None:
        return []
    return [*strata.estimates.values(), *([strata.total] if strata.total else [])]


def _templates(texts: list[str], answers: list[Estimate]) -> dict[str, object]:
    """Return template and values of every sentence, by the finished sentence: pages translate it so."""
    for answer in answers:
        texts += [*answer.reasons, *answer.warnings, *answer.assumptions]
    return {
        str(text): {"template": text.template, "values": dict(text.values)}
        for text in texts
        if isinstance(text, Sentence)
    }


def _plain(results: Mapping[str, object]) -> dict[str, JsonValue]:
    """Leave nothing in the results that a database would give back in another form."""
    found = _plain_value(results)
    if not isinstance(found, dict):
        raise TypeError("results are an object")
    return found


def _plain_value(value: object) -> JsonValue:
    match value:
        case Mapping():
            return {str(key): _plain_value(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain_value(item) for item in value]
        case bool() | int() | None:
            return value
        case float():
            # Databases know no negative nothing, and write what is whole and large without a point.
            return int(value) if value == 0 or abs(value) >= 1e15 else value
    return str(value)
