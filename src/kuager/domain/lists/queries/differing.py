"""What a newer edition of a list changed."""

from kuager.domain.lists.models import ListEdition
from kuager.domain.lists.queries.answers import EditionDifference, RowPage


def edition_difference(
    edition: ListEdition, *, change: str = "", offset: int = 0, limit: int = 100
) -> EditionDifference:
    """Return how an applied edition differs from the one before: added, changed and removed rows, paged."""
    raise NotImplementedError


def list_rows(
    edition: ListEdition, *, change: str = "", only_problems: bool = False, offset: int = 0, limit: int = 100
) -> RowPage:
    """Return the frozen rows of an edition in the order of the file, paged."""
    raise NotImplementedError
