"""What may follow what in the life of an edition."""

from kuager.core.errors import InvalidTransitionError
from kuager.domain.lists.models import ListEdition
from kuager.domain.lists.terms import EditionState

S = EditionState
TRANSITIONS: dict[EditionState, frozenset[EditionState]] = {
    S.STAGING: frozenset({S.STAGED, S.DISCARDED}),
    S.STAGED: frozenset({S.APPLIED, S.DISCARDED}),
    S.APPLIED: frozenset({S.UNDONE}),
    S.UNDONE: frozenset(),
    S.DISCARDED: frozenset(),
}
# Editions that stand: their bytes are not imported a second time.
STANDING = (S.STAGING, S.STAGED, S.APPLIED)


def check_transition(edition: ListEdition, to: EditionState) -> None:
    """Raise InvalidTransitionError unless the edition may come to this state now."""
    state = EditionState(edition.state)
    if to not in TRANSITIONS[state]:
        raise InvalidTransitionError(
            f"edition {edition.pk} is {state.value}; it cannot become {to.value} (possible from here: "
            f"{', '.join(sorted(TRANSITIONS[state])) or 'nothing'})"
        )
