"""Making records and assertions of staged rows, in one transaction."""

from collections.abc import Callable
from datetime import datetime

from kuager.domain.accounts.models import User
from kuager.domain.lists.models import ListEdition
from kuager.domain.lists.queries.answers import RowCounts


def apply_edition(
    *, edition: ListEdition, by: User, at: datetime, progress: Callable[[int, int | None], None] | None = None
) -> RowCounts:
    """Bring a staged edition into the register, or leave everything as it was.

    *Dead* and *released* wait for a second person (``approve_edition``).
    """
    raise NotImplementedError


def approve_edition(*, edition: ListEdition, by: User, at: datetime) -> int:
    """Approve, as the second person, everything in an edition that waits; return how many assertions."""
    raise NotImplementedError
