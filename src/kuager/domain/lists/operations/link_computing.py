"""Computing a link run that was asked for: claimed, told how far it is, stopped, stored as a whole.

Nothing is linked by a run: a person judges, one by one or with ``accept_links``. A run that is interrupted
has stored nothing, and begins again.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import polars as pl
from django.db import transaction
from django.db.models import Q

from kuager.core.digest import sha256_hex
from kuager.core.errors import KuagerError
from kuager.domain.audit.operations import record_event
from kuager.domain.lists.models import CandidatePair, LinkDraws, LinkRun
from kuager.domain.lists.operations.asking import store_review_order
from kuager.domain.lists.operations.link_answering import DRAWS, SEED, STEPS, LinkAnswer, Tell, link_anew
from kuager.domain.lists.operations.relinking import changed_since, changes_between, link_changes
from kuager.domain.lists.operations.working import Clock, LostClaimError, StopAskedError, Watch
from kuager.domain.lists.queries.baseline import chunked
from kuager.domain.lists.queries.finding import previous_run
from kuager.domain.lists.queries.link_inputs import CHUNK, LinkInputs, Pair, link_inputs
from kuager.domain.lists.queries.link_quality import has_draws
from kuager.domain.lists.queries.overlapping import WAITING
from kuager.domain.lists.rules.pairs import state_of
from kuager.domain.lists.terms import LinkState, PairState
from kuager.domain.people.operations import insert_rows, refresh_statistics, reserve_ids
from kuager.engines.linkage.drawing.packed_draws import pack

COLUMNS = ("id", "run", "record_a", "record_b", "probability", "match_weight", "reasons", "state")


def compute_linkage(
    *, run: LinkRun, clock: Clock, index_folder: Path | None = None, is_taken_over: bool = False
) -> LinkRun:
    """Compare the records of a waiting run and return it as it stands then; leave any other alone.

    Judgements in force go in, so that the engine contradicts nobody; their pairs are marked decided.

    Parameters
    ----------
    clock
        Tells the time: how long it took, and when it was last heard of.
    index_folder
        Where the match index of the register lies; it saves time where only what changed is linked.
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
        previous = previous_run(run)
        answer = _answer(run, previous, inputs, watch.tell, index_folder)
    except StopAskedError:
        return _end(watch, {"state": LinkState.STOPPED}, action="lists.linkage_stopped")
    except LostClaimError:
        return LinkRun.objects.get(pk=run.pk)
    except KuagerError as error:
        failed = {"state": LinkState.FAILED, "failure": str(error)}
        return _end(watch, failed, action="lists.linkage_failed")
    values = _finished(answer, inputs) | {
        "previous": previous,
        "known_at": started,
        "seconds": (clock() - started).total_seconds() or None,
    }
    return _end(watch, values, action="lists.run_linkage", found=(answer, inputs))


def _answer(
    run: LinkRun, previous: LinkRun | None, inputs: LinkInputs, tell: Tell, index_folder: Path | None
) -> LinkAnswer:
    """Link what changed since the run before where that is enough and nobody asked for more."""
    if previous is None or not has_draws(previous):
        return link_anew(inputs, tell)
    answer = None
    if not run.settings.get("full"):
        answer = link_changes(run, previous, inputs, tell, folder=index_folder)
    if answer is None:
        answer = link_anew(inputs, tell)
    changed = changed_since(previous, inputs)
    said = changes_between(previous, changed, inputs, answer.result.pairs)
    return replace(answer, changes=said, gone=changed.gone)


@transaction.atomic
def fail_linkage(*, run_id: int, words: str, at: datetime) -> None:
    """Say of a run that a fault of ours ended it; the words name no person."""
    run = LinkRun.objects.select_for_update(of=("self",), no_key=True).select_related("run_by").get(pk=run_id)
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
            _withdraw_pairs(run, answer.gone)
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


def _withdraw_pairs(run: LinkRun, gone: Collection[int]) -> None:
    """Take what nobody decided out of the queue where one of the records changed or went."""
    waiting = CandidatePair.objects.filter(run=run.previous, state__in=WAITING)
    for chunk in chunked(sorted(gone), CHUNK):
        waiting.filter(Q(record_a__in=chunk) | Q(record_b__in=chunk)).update(state=PairState.WITHDRAWN)


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
