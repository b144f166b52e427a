"""Looking at a file before anything is stored."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from kuager.domain.lists.models import CasualtyList
from kuager.domain.lists.queries.answers import DryRun, JsonObject, Preview

MAPPING_FIELDS = (
    "list_id", "name", "family", "given", "patronymic", "alias", "name_other_script", "sex", "age", "birth_date",
    "event_date", "event_place", "region", "home", "occupation", "category", "status", "status_date", "facility",
    "authority", "note", "source_url", "ignore",
)  # fmt: skip
"""Fields that a column can be mapped to."""

Progress = Callable[[int, int | None], None]
"""Called with rows done and rows in all (None while unknown)."""


def preview(
    path: Path, *, file_name: str = "", sheet: str = "", header_row: int | None = None, sample_rows: int = 20
) -> Preview:
    """Look at a file: sheets, row of titles, first rows, and a proposal which column holds which field."""
    raise NotImplementedError


def dry_run(
    path: Path,
    *,
    mapping: JsonObject,
    as_of: date,
    casualty_list: CasualtyList | None = None,
    default_status: str = "",
    stated_total: int | None = None,
    progress: Progress | None = None,
) -> DryRun:
    """Read the whole file and say what importing it would do, row by row; writes nothing.

    ``mapping`` is what ``preview`` proposed, corrected:
    ``{"sheet": "…", "header_row": 3, "columns": {"A": "list_id", "B": "name"}}``.
    """
    raise NotImplementedError
