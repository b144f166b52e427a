"""What may be asked of an estimate, and what may follow what in its life."""

from collections.abc import Mapping
from datetime import datetime

from kuager.core.digest import JsonValue, canonical_json, sha256_hex
from kuager.core.errors import BadInputError
from kuager.domain.lists.models import EstimateRun
from kuager.domain.lists.rules import runs
from kuager.domain.lists.terms import EstimateState, Strata
from kuager.engines.estimation import METHODS

ALL_METHODS = "all"
MOST_SEED = 2**31 - 1


def check_transition(run: EstimateRun, to: EstimateState) -> None:
    """Raise InvalidTransitionError unless the run may come to this state now."""
    runs.check_transition(run, to.value, word="estimate")


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


def check_draws(is_drawn: bool, *, method: str, is_plain: bool) -> None:
    """Raise BadInputError for a question that cannot rest on draws of who is who."""
    if is_drawn and (method == ALL_METHODS or not is_plain):
        raise BadInputError(
            "with draws of who is who choose one method, no groups of people and no changes of the lists: "
            "each draw is estimated by itself"
        )


def is_silent(run: EstimateRun, at: datetime) -> bool:
    """Whether whoever computes a run has not been heard of for so long that it must have been interrupted."""
    return runs.is_silent(run, at, asked_at=run.run_at)


def result_digest(results: JsonValue, draws: Mapping[str, str]) -> str:
    """Return the SHA-256 of results together with the digests of the draws by method."""
    return sha256_hex(canonical_json({"results": results, "draws": dict(draws)}))
