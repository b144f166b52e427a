"""Running the linkage engine over lists, and accepting what it is sure of."""

from collections.abc import Callable, Sequence
from datetime import datetime

from kuager.domain.accounts.models import User
from kuager.domain.lists.models import CasualtyList, LinkRun


def run_linkage(
    *,
    lists: Sequence[CasualtyList],
    by: User,
    at: datetime,
    progress: Callable[[int, int | None], None] | None = None,
) -> LinkRun:
    """Compare the records of some lists and keep every pair that may be one person, with its reasons."""
    raise NotImplementedError


def accept_links(*, run: LinkRun, threshold: float, explanation: str, by: User, at: datetime) -> int:
    """Judge every open pair of a run from a probability (0..1) on to be the same person; return how many.

    One explained act of one person; each link can be undone alone.
    """
    raise NotImplementedError
