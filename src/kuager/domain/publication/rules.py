"""Who may publish, and what may follow what."""

from datetime import UTC, date, datetime
from typing import Any

from kuager.core.errors import BadInputError, InvalidTransitionError, RefusedError
from kuager.domain.lists.models import EstimateRun
from kuager.domain.lists.rules.estimates import ALL_METHODS
from kuager.domain.lists.terms import EstimateState
from kuager.domain.publication.models import Snapshot
from kuager.domain.publication.terms import SnapshotState

# Part of every digest: when a counting rule changes, so does this, and old snapshots stay what they were.
RULES_VERSION = "2026-11"

TRANSITIONS: dict[SnapshotState, frozenset[SnapshotState]] = {
    SnapshotState.BUILT: frozenset({SnapshotState.PUBLISHED}),
    SnapshotState.PUBLISHED: frozenset({SnapshotState.WITHDRAWN}),
    SnapshotState.WITHDRAWN: frozenset(),
}


def check_transition(snapshot: Snapshot, to: SnapshotState) -> None:
    """Raise InvalidTransitionError unless the snapshot may move to that state."""
    state = SnapshotState(snapshot.state)
    if to not in TRANSITIONS[state]:
        raise InvalidTransitionError(
            f"snapshot {snapshot.number} is {state.label}; it cannot become {to.label}. Build a new one"
        )


def check_times(as_of: date, known_at: datetime, at: datetime) -> None:
    """Refuse a question about a future that nobody can know."""
    if known_at.tzinfo is None:
        raise BadInputError(
            "expected a moment with a time zone for known-at, such as 2022-01-23T12:00:00+06:00"
        )
    if known_at > at:
        raise BadInputError(
            f"known-at {known_at.isoformat()} lies in the future; name a moment that has passed"
        )
    # A day can begin up to 14 hours earlier somewhere on Earth than in UTC.
    if as_of.toordinal() > known_at.astimezone(UTC).toordinal() + 1:
        raise BadInputError(
            f"as-of {as_of} lies after known-at {known_at.isoformat()}: nobody could know it then"
        )


def check_follows(snapshot: Snapshot, latest: Snapshot | None) -> None:
    """Refuse to publish over a newer snapshot, or with a difference reckoned from another one."""
    latest_number = None if latest is None else latest.number
    expected = None if snapshot.previous is None else snapshot.previous.number
    if latest_number != expected:
        now_shown = "none" if latest_number is None else f"number {latest_number}"
        raise RefusedError(
            f"snapshot {snapshot.number} was built when another one was public (now {now_shown}); "
            "its list of changes would be wrong. Build it again"
        )


def check_reason(reason: str) -> None:
    """Ask for a reason: the public page shows it."""
    if not reason.strip():
        raise BadInputError("expected a reason; readers of the public page are told it")


def check_publishable(run: EstimateRun, method: str) -> None:
    """Obey the guard: raise RefusedError unless the answer of a method may be published.

    One method alone cannot show whether another contradicts it; so only where all ran is it known.
    """
    if run.state != EstimateState.DONE or not run.result_digest:
        raise RefusedError("only an estimate that was computed to its end can be published; compute it anew")
    if run.method != ALL_METHODS:
        raise RefusedError(
            "only an estimate by all methods can be published: one method alone cannot show whether another "
            "contradicts it"
        )
    answer = next((one for one in answers_about_all(run) if one["method"] == method), None)
    if answer is None:
        raise RefusedError(f"the estimate holds no answer by {method!r} from all lists")
    if not answer["publishable"] or answer["reasons"]:
        reasons = " ".join(str(reason) for reason in answer["reasons"]) or "The guard refuses it."
        raise RefusedError(f"this number must not be published. {reasons}")


def answers_about_all(run: EstimateRun) -> list[dict[str, Any]]:
    """Return the stored answers that used every list; those of two lists at a time name their lists."""
    answers: list[dict[str, Any]] = run.results.get("methods", [])
    if len(run.histories["lists"]) == 2:
        return answers
    return [answer for answer in answers if not answer["diagnostics"].get("lists")]
