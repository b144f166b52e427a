"""What becomes of a candidate pair once people have judged its records."""

from collections.abc import Collection

from kuager.domain.lists.terms import PairState
from kuager.domain.people.rules import PairVerdict, pair_verdict

# The reason that is noted where a reviewer corrects their own last answer.
TAKEN_BACK_BY_REVIEWER = "taken back by the reviewer"
_STATES = {
    PairVerdict.NONE: PairState.OPEN,
    PairVerdict.SAME: PairState.DECIDED,
    PairVerdict.DIFFERENT: PairState.DECIDED,
    PairVerdict.DISPUTED: PairState.DISPUTED,
}


def state_of(verdicts: Collection[str]) -> PairState:
    """Return the state of a pair with these judgements in force, one per author.

    One reviewer who is unsure asks for a second; when two are unsure nobody can tell, and the pair rests.
    """
    verdict = pair_verdict(verdicts)
    if verdict is PairVerdict.UNSURE:
        return PairState.SECOND if len(verdicts) == 1 else PairState.DECIDED
    return _STATES[verdict]
