"""Which lists can be reconciled, and who may take the names of people away on paper."""

from collections.abc import Sequence

from kuager.core.errors import BadInputError, PermissionDeniedError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import may
from kuager.domain.accounts.terms import Capability
from kuager.engines.linkage.rival_lists.reconciling import MOST_LISTS

FEWEST_LISTS = 2
# Whoever imports lists or estimates from them talks with those who keep them; others take numbers of rows.
TAKES_NAMES = (Capability.IMPORT_LISTS, Capability.ESTIMATE)


def check_lists(list_ids: Sequence[int]) -> None:
    """Refuse fewer than 2 lists, more than 6, or one of them twice."""
    if not FEWEST_LISTS <= len(list_ids) <= MOST_LISTS or len(set(list_ids)) != len(list_ids):
        raise BadInputError(
            f"choose {FEWEST_LISTS} to {MOST_LISTS} lists, each of them once; got {len(list_ids)}"
        )


def may_take_names(user: User) -> bool:
    """Tell whether a file with names may leave the desk with this user."""
    return any(may(user, capability) for capability in TAKES_NAMES)


def check_may_take_names(user: User) -> None:
    """Raise PermissionDeniedError unless this user may take a file with names."""
    if not may_take_names(user):
        raise PermissionDeniedError(f"{user.username} may not take names away; take the file without names")
