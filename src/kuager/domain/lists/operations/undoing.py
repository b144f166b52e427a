"""Taking an edition back as a whole."""

from datetime import datetime

from kuager.domain.accounts.models import User
from kuager.domain.lists.models import ListEdition


def undo_edition(*, edition: ListEdition, reason: str, by: User, at: datetime) -> ListEdition:
    """Take the latest applied edition of a list back; the records of the edition before come back."""
    raise NotImplementedError
