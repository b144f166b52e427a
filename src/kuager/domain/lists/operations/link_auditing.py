"""Comparing a run that linked only what had changed with linking everything anew; nothing merges by it."""

from datetime import datetime

from django.db import transaction

from kuager.domain.accounts.models import User
from kuager.domain.audit.operations import record_event
from kuager.domain.lists.models import CandidatePair, LinkAudit, LinkRun
from kuager.domain.lists.operations.link_answering import THRESHOLD
from kuager.domain.lists.operations.working import Clock
from kuager.domain.lists.queries.link_inputs import CHUNK, LinkInputs, link_inputs
from kuager.engines import linkage

# So many pairs that differ are kept to be looked at, the surest first.
MOST_SHOWN = 200
Chances = dict[tuple[int, int], float]


def audit_linkage(*, run: LinkRun, by: User, at: datetime, clock: Clock | None = None) -> LinkAudit:
    """Link the lists of a run anew and keep where the links differ, among records that both know.

    Reviewers see the difference on the page of the run; whoever wants the new links starts a full run.
    """
    started = clock() if clock else at
    inputs = link_inputs(list(run.lists.order_by("pk")))
    result = linkage.link(
        inputs.frames,
        one_to_one=inputs.one_to_one,
        threshold=THRESHOLD,
        judgements=inputs.judgements,
    )
    anew: Chances = {}
    for left, right, chance in result.pairs.select("id_l", "id_r", "probability").iter_rows():
        low, high = sorted((int(left), int(right)))
        anew[low, high] = chance
    seconds = (clock() - started).total_seconds() if clock else None
    return _store(run, _kept(run, inputs), anew, by=by, at=at, seconds=seconds)


def unaudited_runs() -> list[LinkRun]:
    """Return the newest runs of their lists that are not full, and that nobody has compared yet."""
    found: dict[frozenset[int], LinkRun] = {}
    done = LinkRun.objects.filter(state="done").order_by("-pk").prefetch_related("lists")
    for run in done.defer("trained", "doubt", "kept_apart"):
        found.setdefault(frozenset(one.pk for one in run.lists.all()), run)
    compared = set(LinkAudit.objects.values_list("run_id", flat=True))
    return [run for run in found.values() if not run.is_full and run.pk not in compared]


def _kept(run: LinkRun, inputs: LinkInputs) -> Chances:
    """Return the pairs of the run whose records are still there."""
    pairs = CandidatePair.objects.filter(run=run).values_list("record_a_id", "record_b_id", "probability")
    rows = pairs.iterator(chunk_size=CHUNK)
    return {(a, b): chance for a, b, chance in rows if a in inputs.list_of and b in inputs.list_of}


@transaction.atomic
def _store(
    run: LinkRun, kept: Chances, anew: Chances, *, by: User, at: datetime, seconds: float | None
) -> LinkAudit:
    linked, linked_anew = (
        {pair for pair, chance in chances.items() if chance >= THRESHOLD} for chances in (kept, anew)
    )
    differing = sorted(
        linked ^ linked_anew, key=lambda pair: (-max(kept.get(pair, 0.0), anew.get(pair, 0.0)), pair)
    )
    shown: list[dict[str, float]] = [
        {"record_a": a, "record_b": b, "kept": kept.get((a, b), 0.0), "anew": anew.get((a, b), 0.0)}
        for a, b in differing[:MOST_SHOWN]
    ]
    audit = LinkAudit.objects.create(
        run=run,
        made_by=by,
        made_at=at,
        only_kept=len(linked - linked_anew),
        only_anew=len(linked_anew - linked),
        in_both=len(linked & linked_anew),
        differing=shown,
        seconds=seconds,
    )
    record_event(
        action="lists.audit_linkage",
        actor=by,
        target=f"lists.LinkRun:{run.pk}",
        at=at,
        only_kept=audit.only_kept,
        only_anew=audit.only_anew,
    )
    return audit
