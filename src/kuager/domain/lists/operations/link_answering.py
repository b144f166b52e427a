"""Letting the linkage engine answer: pairs, draws of who is who, and what to expect of both."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from kuager.core.digest import JsonValue
from kuager.domain.lists.queries.link_inputs import LinkInputs
from kuager.engines import linkage
from kuager.engines.linkage.drawing.doubt import Doubt
from kuager.engines.linkage.drawing.draws import PartitionDraws, draw_partitions
from kuager.engines.linkage.gathering.quality import StratumErrors, expected_errors
from kuager.engines.linkage.trained import as_json

THRESHOLD = 0.5
DRAWS, SEED = 100, 1
# Of pairs kept apart so many are kept with a run: the likeliest; more nobody reads.
MOST_KEPT_APART = 500
# What is being done, and how far it is when that begins.
STEPS = {
    "reading": 0.0,
    "choosing": 0.1,
    "comparing": 0.25,
    "joining": 0.6,
    "drawing": 0.65,
    "measuring": 0.85,
    "storing": 0.95,
}
Tell = Callable[[str, float], None]


@dataclass(frozen=True, kw_only=True)
class LinkAnswer:
    """What a run stores; ``gone`` are the records of the run before that changed or went."""

    result: linkage.LinkResult
    draws: PartitionDraws
    trained: str
    doubt: dict[str, JsonValue]
    blocking: dict[str, JsonValue]
    expected: dict[str, JsonValue]
    kept_apart: dict[str, JsonValue]
    is_full: bool
    changes: dict[str, JsonValue] = field(default_factory=dict)
    gone: frozenset[int] = frozenset()


def link_anew(inputs: LinkInputs, tell: Tell) -> LinkAnswer:
    """Compare everything with everything that looks alike, and learn the weights anew."""
    steps = iter(["choosing", "comparing", "joining"])

    def say(_: str) -> None:
        step = next(steps, "joining")
        tell(step, STEPS[step])

    result = linkage.link(
        inputs.frames,
        one_to_one=inputs.one_to_one,
        threshold=THRESHOLD,
        judgements=inputs.judgements,
        progress=say,
    )
    return answer_of(result, inputs, tell, is_full=True)


def answer_of(
    result: linkage.LinkResult,
    inputs: LinkInputs,
    tell: Tell,
    *,
    is_full: bool,
) -> LinkAnswer:
    """Draw who is who, and say what to expect of the links."""
    tell("drawing", STEPS["drawing"])
    draws = draw_partitions(
        result, draws=DRAWS, seed=SEED, one_to_one=inputs.one_to_one, judgements=inputs.judgements
    )
    tell("measuring", STEPS["measuring"])
    answer = LinkAnswer(
        result=result,
        draws=draws,
        trained=as_json(result.trained) if result.trained else "",
        doubt=_doubt(result.doubt, len(inputs.verdicts)),
        blocking=_blocking(result),
        expected=_expected(result, draws),
        kept_apart=_kept_apart(result.kept_apart),
        is_full=is_full,
    )
    tell("storing", STEPS["storing"])
    return answer


def _doubt(doubt: Doubt | None, judged: int) -> dict[str, JsonValue]:
    """Keep what is not known of the weights, and from how many judged pairs they learned.

    Levels of agreement stand in the reasons of the pairs.
    """
    if doubt is None:
        return {}
    return {
        "same": [counts.tolist() for counts in doubt.same],
        "strangers": [counts.tolist() for counts in doubt.strangers],
        "missed": doubt.missed,
        "recall": doubt.recall,
        "common_error_bits": doubt.common_error_bits,
        "judged": judged,
    }


def _blocking(result: linkage.LinkResult) -> dict[str, JsonValue]:
    """Keep how the pairs to compare were chosen, and which share of the links is expected among them."""
    if result.doubt is None:
        return {}
    used = result.blocking
    return {
        "recall": result.doubt.recall,
        "missed": result.doubt.missed,
        "records": used.records,
        "pairs": used.pairs,
        "bound": used.bound,
        "sentences": [
            {"template": template, "values": dict(values)} for template, values in used.sentences()
        ],
    }


def _expected(result: linkage.LinkResult, draws: PartitionDraws) -> dict[str, JsonValue]:
    errors = expected_errors(result, draws=draws, stratum_of=_two_lists)
    persons = np.array([len(np.unique(row)) for row in draws.clusters])
    low, high = np.quantile(persons, [0.025, 0.975]).tolist()
    return {
        "strata": [_stratum(one) for one in errors.strata],
        "total": _stratum(errors.total),
        "not_compared": errors.not_compared,
        "persons": {
            "linked": result.cluster_count,
            "mean": float(persons.mean()),
            "low": low,
            "high": high,
            "in_doubt": draws.clusters_in_doubt,
        },
    }


def _two_lists(one: tuple[str, str], other: tuple[str, str]) -> str:
    """Name the stratum of a pair by the numbers of its lists."""
    return " ".join(sorted((one[0], other[0]), key=int))


def _stratum(errors: StratumErrors) -> dict[str, JsonValue]:
    return {
        "lists": [int(number) for number in errors.stratum.split()] if errors.stratum != "all" else [],
        "links": errors.links,
        "false_links": errors.false_links,
        "missed_links": errors.missed_links,
        "false_interval": _plain(errors.false_interval),
        "missed_interval": _plain(errors.missed_interval),
        "precision": errors.precision,
        "recall": errors.recall,
    }


def _plain(interval: Iterable[float] | None) -> list[JsonValue] | None:
    return None if interval is None else [float(end) for end in interval]


def _kept_apart(pairs: pl.DataFrame) -> dict[str, JsonValue]:
    """Keep the likeliest of the pairs kept apart, by numbers of records, with the reason."""
    likeliest = pairs.sort("probability", "id_l", "id_r", descending=[True, False, False])
    rows: list[JsonValue] = [
        {
            "record_a": int(row["id_l"]),
            "record_b": int(row["id_r"]),
            "probability": row["probability"],
            "why": row["why"],
            "values": json.loads(row["values"]) if row["values"] else {},
        }
        for row in likeliest.head(MOST_KEPT_APART).iter_rows(named=True)
    ]
    return {"count": pairs.height, "pairs": rows}
