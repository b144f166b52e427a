"""Computing a link run that was asked for: claimed, told how far it is, stopped, stored as a whole.

Nothing is linked by a run: a person judges, one by one or with ``accept_links``. A run that is interrupted
has stored nothing, and begins again.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import polars as pl
from django.db import transaction

from kuager.core.digest import sha256_hex
from kuager.core.errors import KuagerError
from kuager.domain.audit.operations import record_event
from kuager.domain.lists.models import CandidatePair, LinkDraws, LinkRun
from kuager.domain.lists.operations.asking import store_review_order
from kuager.domain.lists.operations.link_answering import DRAWS, SEED, STEPS, LinkAnswer, link_anew
from kuager.domain.lists.operations.working import Clock, LostClaimError, StopAskedError, Watch
from kuager.domain.lists.queries.link_inputs import LinkInputs, Pair, link_inputs
from kuager.domain.lists.rules.pairs import state_of
from kuager.domain.lists.terms import LinkState
from kuager.domain.people.operations import insert_rows, refresh_statistics, reserve_ids
from kuager.engines.linkage.packed_draws import pack

COLUMNS = ("id", "run", "record_a", "record_b", "probability", "match_weight", "reasons", "state")


def compute_linkage(*, run: LinkRun, clock: Clock, is_taken_over: bool = False) -> LinkRun:
    """Compare the records of a waiting run and return it as it stands then; leave any other alone.

    Judgements in force go in, so that the engine contradicts nobody; their pairs are marked decided.

    Parameters
    ----------
    clock
        Tells the time: how long it took, and when it was last heard of.
    is_taken_over
        Also take a run that says it is being computed: its worker is known to have died.
    """
    started = clock()
    watch = Watch(LinkRun, run.pk, clock)
    if not watch.claim(is_taken_over=is_taken_over):
        return LinkRun.objects.get(pk=run.pk)
    run.refresh_from_db()
    try:
        watch.tell("reading", STEPS["reading"])
        inputs = link_inputs(list(run.lists.order_by("pk")))
        answer = link_anew(inputs, watch.tell)
    except StopAskedError:
        return _end(watch, {"state": LinkState.STOPPED}, action="lists.linkage_stopped")
    except LostClaimError:
        return LinkRun.objects.get(pk=run.pk)
    except KuagerError as error:
        failed = {"state": LinkState.FAILED, "failure": str(error)}
        return _end(watch, failed, action="lists.linkage_failed")
    values = _finished(answer, inputs) | {
        "known_at": started,
        "seconds": (clock() - started).total_seconds() or None,
    }
    return _end(watch, values, action="lists.run_linkage", found=(answer, inputs))


@transaction.atomic
def fail_linkage(*, run_id: int, words: str, at: datetime) -> None:
    """Say of a run that a fault of ours ended it; the words name no person."""
    run = LinkRun.objects.select_for_update(of=("self",)).select_related("run_by").get(pk=run_id)
    if run.state != LinkState.RUNNING:
        return
    run.state, run.failure, run.ended_at, run.claim = LinkState.FAILED, words, at, ""
    run.save(update_fields=["state", "failure", "ended_at", "claim"])
    record_event(action="lists.linkage_failed", actor=run.run_by, target=f"lists.LinkRun:{run.pk}", at=at)


def _finished(answer: LinkAnswer, inputs: LinkInputs) -> dict[str, object]:
    return {
        "state": LinkState.DONE,
        "is_full": answer.is_full,
        "record_count": len(inputs.list_of),
        "pair_count": answer.result.pairs.height,
        "trained": answer.trained,
        "doubt": answer.doubt,
        "blocking": answer.blocking,
        "expected": answer.expected,
        "kept_apart": answer.kept_apart,
        "changes": answer.changes,
        "progress": 1.0,
        "progress_of": "",
    }


def _end(
    watch: Watch[LinkRun],
    values: Mapping[str, object],
    *,
    action: str,
    found: tuple[LinkAnswer, LinkInputs] | None = None,
) -> LinkRun:
    """Store how the run ended, with its pairs and draws: all of it or nothing."""

    def store(run: LinkRun) -> None:
        if found is not None:
            answer, inputs = found
            _store_pairs(run, answer.result.pairs, inputs.verdicts)
            store_review_order(run, answer.result, judged=inputs.verdicts)
            _store_draws(run, answer)
        record_event(
            action=action,
            actor=run.run_by,
            target=f"lists.LinkRun:{run.pk}",
            at=run.ended_at or run.asked_at,
            records=run.record_count,
            pairs=run.pair_count,
        )

    return watch.end(values, store)


def _store_draws(run: LinkRun, answer: LinkAnswer) -> None:
    packed = pack(answer.draws)
    LinkDraws.objects.create(run=run, draws=DRAWS, seed=SEED, packed=packed, digest=sha256_hex(packed))


def _store_pairs(run: LinkRun, pairs: pl.DataFrame, verdicts: Mapping[Pair, Sequence[str]]) -> None:
    numbers = reserve_ids(CandidatePair, pairs.height)
    rows = zip(numbers, _pair_rows(pairs, verdicts), strict=True)
    insert_rows(CandidatePair, COLUMNS, ((number, run.pk, *pair) for number, pair in rows))
    refresh_statistics(pairs.height, CandidatePair)


def _pair_rows(
    pairs: pl.DataFrame, verdicts: Mapping[Pair, Sequence[str]]
) -> Iterator[tuple[int, int, float, float, str, str]]:
    columns = ("id_l", "id_r", "probability", "match_weight", "reasons")
    for left, right, probability, weight, reasons in pairs.select(columns).iter_rows():
        a, b = int(left), int(right)
        if a > b:
            a, b = b, a
            reasons = _swapped(reasons)  # noqa: PLW2901  # the sides of the pair were swapped too
        yield a, b, probability, weight, reasons, state_of(verdicts.get((a, b), [])).value


def _swapped(reasons: str) -> str:
    turned = [{**item, "left": item.get("right"), "right": item.get("left")} for item in json.loads(reasons)]
    return json.dumps(turned, ensure_ascii=False)
