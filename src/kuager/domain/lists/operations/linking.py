"""Asking for a link run, stopping it and letting it go on, and accepting what it is sure of."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from kuager import __version__
from kuager.core.errors import BadInputError, PermissionDeniedError, RefusedError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may, may
from kuager.domain.accounts.terms import Capability
from kuager.domain.audit.operations import record_event
from kuager.domain.lists.models import CandidatePair, CasualtyList, LinkRun
from kuager.domain.lists.operations.link_answering import DRAWS, SEED, THRESHOLD
from kuager.domain.lists.operations.link_computing import compute_linkage
from kuager.domain.lists.operations.working import Clock
from kuager.domain.lists.queries.baseline import chunked
from kuager.domain.lists.queries.hidden import without_blind
from kuager.domain.lists.queries.membership import active_rows
from kuager.domain.lists.rules.runs import SILENCE_OF_LINKING, check_transition, is_silent
from kuager.domain.lists.terms import LinkState, PairState
from kuager.domain.people.terms import Method, Verdict
from kuager.domain.register import operations as register

CHUNK = 5000


@transaction.atomic
def ask_linkage(*, lists: Sequence[CasualtyList], is_full: bool = False, by: User, at: datetime) -> LinkRun:
    """Ask for a run over some lists; ``compute_linkage`` does it.

    Parameters
    ----------
    is_full
        Link everything anew and learn the weights anew. Otherwise, where the same lists were linked before,
        only what has changed since is compared, and the run says what that changed.
    """
    _check_may_link(by)
    chosen = list({one.pk: one for one in lists}.values())
    if not chosen:
        raise BadInputError("choose at least one list to link")
    empty = [one.title for one in chosen if not active_rows(one)]
    if empty:
        raise BadInputError(
            f"nobody of {', '.join(empty)} stands in the register; apply an edition of it first"
        )
    once = [one.pk for one in chosen if one.is_clean]
    run = LinkRun.objects.create(
        engine="duckdb",
        version=__version__,
        settings={"threshold": THRESHOLD, "one_to_one": once, "draws": DRAWS, "seed": SEED, "full": is_full},
        known_at=at,
        asked_at=at,
        run_by=by,
        state=LinkState.WAITING,
    )
    run.lists.set(chosen)
    _record("lists.ask_linkage", run, by=by, at=at)
    return run


def run_linkage(
    *,
    lists: Sequence[CasualtyList],
    is_full: bool = False,
    by: User,
    at: datetime,
    clock: Clock | None = None,
) -> LinkRun:
    """Ask, and wait for the answer. ``clock`` tells how long it took; without one that is not known.

    Raises
    ------
    BadInputError
        When the lists cannot be linked; the run says why, too.
    """
    asked = ask_linkage(lists=lists, is_full=is_full, by=by, at=at)
    run = compute_linkage(run=asked, clock=clock or (lambda: at))
    if run.state == LinkState.FAILED:
        raise BadInputError(run.failure)
    return run


@transaction.atomic
def stop_linkage(*, run: LinkRun, by: User, at: datetime) -> LinkRun:
    """Stop a run: at once while it waits or where nobody computes it any more, else at its next step."""
    _check_may_link(by)
    locked = LinkRun.objects.select_for_update(of=("self",), no_key=True).get(pk=run.pk)
    check_transition(locked, LinkState.STOPPED.value, word="link run")
    if locked.state == LinkState.WAITING or is_silent(
        locked, at, asked_at=locked.asked_at, silence=SILENCE_OF_LINKING
    ):
        locked.state, locked.ended_at, locked.claim = LinkState.STOPPED, at, ""
    else:
        locked.is_stop_asked = True
    locked.save(update_fields=["state", "ended_at", "claim", "is_stop_asked"])
    _record("lists.stop_linkage", locked, by=by, at=at)
    return locked


@transaction.atomic
def continue_linkage(*, run: LinkRun, by: User, at: datetime) -> LinkRun:
    """Let a stopped, failed or interrupted run wait for its turn again; it begins anew.

    Raises
    ------
    RefusedError
        While somebody is computing it.
    """
    _check_may_link(by)
    locked = LinkRun.objects.select_for_update(of=("self",), no_key=True).get(pk=run.pk)
    check_transition(locked, LinkState.WAITING.value, word="link run")
    if locked.state == LinkState.RUNNING and not is_silent(
        locked, at, asked_at=locked.asked_at, silence=SILENCE_OF_LINKING
    ):
        raise RefusedError("this link run is being computed right now; stop it first")
    locked.state, locked.ended_at, locked.failure = LinkState.WAITING, None, ""
    locked.claim, locked.is_stop_asked = "", False
    locked.save(update_fields=["state", "ended_at", "failure", "claim", "is_stop_asked"])
    _record("lists.continue_linkage", locked, by=by, at=at)
    return locked


@transaction.atomic
def accept_links(*, run: LinkRun, threshold: float, explanation: str, by: User, at: datetime) -> int:
    """Judge every open pair of a run from a probability (0..1) on to be the same person; return how many.

    One explained act of one person; each link can be undone alone. Pairs that somebody reviewed, and those
    in a blind double review, are left alone.
    """
    check_may(by, Capability.JUDGE)
    if not 0.5 <= threshold <= 1.0:
        raise BadInputError(
            f"the threshold must lie between 0.5 and 1, got {threshold}; below it more are wrong than right"
        )
    if not explanation.strip():
        raise BadInputError("say why these links are accepted, for instance what was checked in a sample")
    pairs = CandidatePair.objects.filter(
        run=run,
        state=PairState.OPEN,
        probability__gte=threshold,
        record_a__assignments__known_until__isnull=True,
        record_b__assignments__known_until__isnull=True,
    ).order_by("id")
    pairs = without_blind(pairs)
    rows = list(pairs.values_list("id", "record_a_id", "record_b_id", "probability"))
    if rows:
        register.judge_many(
            pairs=[(a, b) for _, a, b, _ in rows],
            scores=[probability for *_, probability in rows],
            verdict=Verdict.SAME,
            method=Method.LINK_RUN,
            explanation=explanation,
            by=by,
            at=at,
        )
    for chunk in chunked([row[0] for row in rows], CHUNK):
        CandidatePair.objects.filter(pk__in=chunk).update(state=PairState.DECIDED)
    record_event(
        action="lists.accept_links",
        actor=by,
        target=f"lists.LinkRun:{run.pk}",
        at=at,
        reason=explanation,
        threshold=threshold,
        count=len(rows),
    )
    return len(rows)


def _check_may_link(by: User) -> None:
    if not may(by, Capability.JUDGE) and not may(by, Capability.ESTIMATE):
        raise PermissionDeniedError(f"{by.username} may not link lists")


def _record(action: str, run: LinkRun, *, by: User, at: datetime) -> None:
    record_event(action=action, actor=by, target=f"lists.LinkRun:{run.pk}", at=at)
