"""Taking a list in: a list, an edition of it, its frozen rows."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from kuager.domain.accounts.models import User
from kuager.domain.lists.models import CasualtyList, ListEdition
from kuager.domain.lists.queries.answers import JsonObject
from kuager.domain.register.terms import Status
from kuager.domain.sources.models import Publisher

Progress = Callable[[int, int | None], None]
"""Called with rows done and rows in all (None while unknown)."""


def create_list(  # noqa: PLR0913  # keyword-only, one for each field
    *,
    publisher: Publisher,
    title: str,
    scope: str = "",
    default_status: Status | str = "",
    is_clean: bool = False,
    built_from: CasualtyList | None = None,
    by: User,
    at: datetime,
) -> CasualtyList:
    """Write down a list that somebody publishes."""
    raise NotImplementedError


def begin_edition(  # noqa: PLR0913  # keyword-only, one for each field
    *,
    casualty_list: CasualtyList,
    as_of: date,
    path: Path,
    file_name: str,
    mapping: JsonObject,
    stated_total: int | None = None,
    keep_removed: bool = False,
    url: str = "",
    language: str = "",
    by: User,
    at: datetime,
) -> ListEdition:
    """Begin a dated edition of a list from a file; its rows come with ``stage_edition``.

    Raises
    ------
    RefusedError
        When the same file is an edition of this list already, or a newer edition has been applied.
    """
    raise NotImplementedError


def stage_edition(  # keyword-only
    *,
    edition: ListEdition,
    path: Path,
    by: User,
    at: datetime,
    progress: Progress | None = None,
    max_rows: int | None = None,
) -> ListEdition:
    """Freeze the rows of the file, chunk by chunk; called again it goes on exactly where it stopped.

    Parameters
    ----------
    max_rows
        Stop after this many rows of the file; None reads it all. The state is ``staged`` only once it is whole.
    """
    raise NotImplementedError


def discard_edition(*, edition: ListEdition, reason: str = "", by: User, at: datetime) -> ListEdition:
    """Give up an edition that was not applied; its rows stay on record, and the file may be imported again."""
    raise NotImplementedError
