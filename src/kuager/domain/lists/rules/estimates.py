"""What may be asked of an estimate, and what may follow what in its life."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from kuager.core.digest import JsonValue, canonical_json, sha256_hex
from kuager.core.errors import BadInputError, InvalidTransitionError
from kuager.domain.lists.models import EstimateRun
from kuager.domain.lists.terms import EstimateState, Strata
from kuager.engines.estimation import METHODS

ALL_METHODS = "all"
MOST_SEED = 2**31 - 1
# Whoever computes tells how far it is at least so often; silence for longer means that it was interrupted.
SILENCE = timedelta(minutes=5)

S = EstimateState
TRANSITIONS: dict[EstimateState, frozenset[EstimateState]] = {
    S.WAITING: frozenset({S.RUNNING, S.STOPPED}),
    S.RUNNING: frozenset({S.DONE, S.STOPPED, S.FAILED, S.WAITING}),
    S.STOPPED: frozenset({S.WAITING}),
    S.FAILED: frozenset({S.WAITING}),
    S.DONE: frozenset(),
}


def check_transition(run: EstimateRun, to: EstimateState) -> None:
    """Raise InvalidTransitionError unless the run may come to this state now."""
    state = EstimateState(run.state)
    if to not in TRANSITIONS[state]:
        raise InvalidTransitionError(
            f"estimate {run.pk} is {state.value}; it cannot become {to.value} (possible from here: "
            f"{', '.join(sorted(TRANSITIONS[state])) or 'nothing'})"
        )


def check_question(*, list_count: int, method: str, strata: str, seed: int) -> None:
    """Raise BadInputError for a question that no method can answer."""
    if list_count < 2:
        raise BadInputError("an estimate needs at least two lists: it rests on the people they share")
    if method != ALL_METHODS and method not in METHODS:
        raise BadInputError(f"there is no method {method!r}; use {', '.join(METHODS)} or {ALL_METHODS}")
    if strata and strata not in Strata.values:
        raise BadInputError(f"there are no strata {strata!r}; use {', '.join(Strata.values)} or none")
    if not 0 <= seed <= MOST_SEED:
        raise BadInputError(f"a seed is a whole number from 0 to {MOST_SEED:,}, got {seed}")


def is_silent(run: EstimateRun, at: datetime) -> bool:
    """Whether whoever computes a run has not been heard of for so long that it must have been interrupted."""
    last = run.progress_at or run.run_at
    return run.state == EstimateState.RUNNING and at - last > SILENCE


def result_digest(results: JsonValue, draws: Mapping[str, str]) -> str:
    """Return the SHA-256 of results together with the digests of the draws by method."""
    return sha256_hex(canonical_json({"results": results, "draws": dict(draws)}))
