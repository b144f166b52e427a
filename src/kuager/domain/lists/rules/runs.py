"""What may follow what in the life of work that goes on in the background: link runs and estimates."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from kuager.core.errors import InvalidTransitionError

# Whoever computes tells how far it is at least so often; silence for longer means that it was interrupted.
SILENCE = timedelta(minutes=5)
# One step of linking a million records can take longer than that.
SILENCE_OF_LINKING = timedelta(minutes=30)
RUNNING = "running"
TRANSITIONS: Mapping[str, frozenset[str]] = {
    "waiting": frozenset({"running", "stopped"}),
    "running": frozenset({"done", "stopped", "failed", "waiting"}),
    "stopped": frozenset({"waiting"}),
    "failed": frozenset({"waiting"}),
    "done": frozenset(),
}


class BackgroundRun(Protocol):
    """What link runs and estimates have in common."""

    pk: int
    state: str
    progress_at: datetime | None


def check_transition(run: BackgroundRun, to: str, *, word: str) -> None:
    """Raise InvalidTransitionError unless the run, called by ``word``, may come to this state now."""
    if to not in TRANSITIONS[run.state]:
        raise InvalidTransitionError(
            f"{word} {run.pk} is {run.state}; it cannot become {to} (possible from here: "
            f"{', '.join(sorted(TRANSITIONS[run.state])) or 'nothing'})"
        )


def is_silent(run: BackgroundRun, at: datetime, *, asked_at: datetime, silence: timedelta = SILENCE) -> bool:
    """Whether whoever computes a run has not been heard of for so long that it must have been interrupted."""
    return run.state == RUNNING and at - (run.progress_at or asked_at) > silence
