"""Asking how many no list has: the question is frozen with its inputs, and answered in the background."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from django.db import transaction

from kuager.core.errors import BadInputError, RefusedError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.audit.operations import record_event
from kuager.domain.lists.models import CasualtyList, EstimateRun, LinkRun
from kuager.domain.lists.operations.computing import compute_estimate
from kuager.domain.lists.queries.estimate_draws import drawn_inputs
from kuager.domain.lists.queries.estimate_inputs import estimate_inputs, input_digest, with_draws
from kuager.domain.lists.rules.estimates import (
    ALL_METHODS,
    check_draws,
    check_question,
    check_transition,
    is_silent,
)
from kuager.domain.lists.rules.reading import check_status
from kuager.domain.lists.terms import EstimateState, Strata
from kuager.domain.register.terms import Status

QUESTION = (
    "as_of",
    "known_at",
    "status",
    "method",
    "strata",
    "with_sensitivity",
    "level",
    "seed",
    "histories",
    "link_run",
)
LEVEL = 0.95
SEED = 1


@transaction.atomic
def ask_estimate(  # noqa: PLR0913  # keyword-only, one for each part of the question
    *,
    lists: Sequence[CasualtyList],
    as_of: date,
    known_at: datetime | None = None,
    status: Status | str = "",
    method: str = ALL_METHODS,
    strata: Strata | str = "",
    with_sensitivity: bool = False,
    seed: int = SEED,
    link_run: LinkRun | None = None,
    by: User,
    at: datetime,
) -> EstimateRun:
    """Freeze a question and the overlap it rests on; ``compute_estimate`` answers it.

    Parameters
    ----------
    known_at
        As it was known at this moment; None means at ``at``.
    status
        Only persons with this status on ``as_of``; empty for everybody on the lists.
    method
        One of the engine's methods, or ``all``: side by side, with where they disagree.
    strata
        Also estimate each group of people alone; empty for none.
    with_sensitivity
        Also change whatever can be changed (lists left out, merged, priors), and see what the number is then.
    link_run
        Rest on its draws of who is who, not on what people judged, and carry the doubt into the interval;
        with one method, and without strata and changes.
    """
    check_may(by, Capability.ESTIMATE)
    check_status(status)
    check_question(list_count=len({one.pk for one in lists}), method=method, strata=strata, seed=seed)
    check_draws(link_run is not None, method=method, is_plain=not strata and not with_sensitivity)
    moment = known_at or at
    inputs = estimate_inputs(lists, as_of=as_of, known_at=moment, status=status, strata=strata)
    if not inputs["observed"]:
        raise BadInputError("nobody stands on these lists on that day; choose a later one, or another status")
    if link_run is not None:
        drawn = drawn_inputs(link_run, lists, as_of=as_of, known_at=moment, status=status)
        inputs = with_draws(inputs, drawn)
    run = EstimateRun(
        link_run=link_run,
        as_of=as_of,
        known_at=moment,
        status=status,
        method=method,
        strata=strata,
        with_sensitivity=with_sensitivity,
        level=LEVEL,
        seed=seed,
        histories=inputs,
    )
    return _begin(run, lists, by=by, at=at)


@transaction.atomic
def repeat_estimate(*, run: EstimateRun, by: User, at: datetime) -> EstimateRun:
    """Ask the same question again with the inputs frozen then, to see whether the same numbers come out."""
    check_may(by, Capability.ESTIMATE)
    if run.state != EstimateState.DONE or not run.input_digest:
        raise RefusedError("only a finished estimate with its inputs can be repeated; ask anew")
    again = EstimateRun(repeats=run.repeats or run, **{name: getattr(run, name) for name in QUESTION})
    return _begin(again, list(run.lists.all()), by=by, at=at)


@transaction.atomic
def stop_estimate(*, run: EstimateRun, by: User, at: datetime) -> EstimateRun:
    """Stop a run: at once while it waits or where nobody computes it any more, else at its next step."""
    check_may(by, Capability.ESTIMATE)
    locked = EstimateRun.objects.select_for_update(of=("self",), no_key=True).get(pk=run.pk)
    check_transition(locked, EstimateState.STOPPED)
    if locked.state == EstimateState.WAITING or is_silent(locked, at):
        locked.state, locked.ended_at, locked.claim = EstimateState.STOPPED, at, ""
    else:
        locked.is_stop_asked = True
    locked.save(update_fields=["state", "ended_at", "claim", "is_stop_asked"])
    _record("lists.stop_estimate", locked, by=by, at=at)
    return locked


@transaction.atomic
def continue_estimate(*, run: EstimateRun, by: User, at: datetime) -> EstimateRun:
    """Let a stopped, failed or interrupted run wait for its turn again; it goes on from its checkpoint.

    Raises
    ------
    RefusedError
        While somebody is computing it, and when it is done.
    """
    check_may(by, Capability.ESTIMATE)
    locked = EstimateRun.objects.select_for_update(of=("self",), no_key=True).get(pk=run.pk)
    check_transition(locked, EstimateState.WAITING)
    if locked.state == EstimateState.RUNNING and not is_silent(locked, at):
        raise RefusedError("this estimate is being computed right now; stop it first")
    locked.state, locked.ended_at, locked.failure = EstimateState.WAITING, None, ""
    locked.claim, locked.is_stop_asked = "", False
    locked.save(update_fields=["state", "ended_at", "failure", "claim", "is_stop_asked"])
    _record("lists.continue_estimate", locked, by=by, at=at)
    return locked


def run_estimate(  # noqa: PLR0913  # keyword-only, one for each part of the question
    *,
    lists: Sequence[CasualtyList],
    as_of: date,
    known_at: datetime | None = None,
    status: Status | str = "",
    method: str = ALL_METHODS,
    strata: Strata | str = "",
    with_sensitivity: bool = False,
    seed: int = SEED,
    link_run: LinkRun | None = None,
    by: User,
    at: datetime,
    clock: Callable[[], datetime] | None = None,
) -> EstimateRun:
    """Ask, and wait for the answer. ``clock`` tells how long it took; without one that is not known."""
    run = ask_estimate(
        lists=lists,
        as_of=as_of,
        known_at=known_at,
        status=status,
        method=method,
        strata=strata,
        with_sensitivity=with_sensitivity,
        seed=seed,
        link_run=link_run,
        by=by,
        at=at,
    )
    return compute_estimate(run=run, clock=clock or (lambda: at))


def _begin(run: EstimateRun, lists: Sequence[CasualtyList], *, by: User, at: datetime) -> EstimateRun:
    run.input_digest = input_digest(run)
    run.state, run.results, run.run_by, run.run_at = EstimateState.WAITING, {}, by, at
    run.save(force_insert=True)
    run.lists.set(lists)
    _record("lists.ask_estimate", run, by=by, at=at)
    return run


def _record(action: str, run: EstimateRun, *, by: User, at: datetime) -> None:
    target = f"lists.EstimateRun:{run.pk}"
    record_event(action=action, actor=by, target=target, at=at, input_digest=run.input_digest)
