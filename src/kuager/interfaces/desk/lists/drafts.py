"""What somebody has said about an upload so far, kept in their session until its edition begins.

The address of a step holds the file's digest only; no name ever stands in an address.
"""

from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Self, cast

from kuager.core.errors import NotFoundError

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kuager.core.digest import JsonValue

KEY = "imports"
REMEMBERED = 10


@dataclass(frozen=True, kw_only=True)
class ImportDraft:
    """One upload on its way: the file, whose list it is, and how its columns are to be read.

    ``columns`` maps the letters of a column to the field it holds; None until somebody looked at the preview.
    """

    digest: str
    file_name: str
    as_of: str
    list_id: int | None = None
    title: str = ""
    publisher_id: int | None = None
    publisher_name: str = ""
    publisher_kind: str = ""
    stated_total: int | None = None
    default_status: str = ""
    is_clean: bool = False
    is_public: bool = False
    built_from: int | None = None
    sheet: str | None = None
    header_row: int | None = None
    columns: dict[str, str] | None = field(default=None)
    day_first: bool | None = None
    keep_removed: bool = False

    @property
    def day(self) -> date:
        """The day the list is as of."""
        return date.fromisoformat(self.as_of)

    @property
    def mapping(self) -> "dict[str, JsonValue]":
        """How the file is read, in the form that the lists room takes."""
        mapping: dict[str, JsonValue] = {
            "sheet": self.sheet or "",
            "header_row": self.header_row,
            "columns": self.columns or {},
        }
        return mapping if self.day_first is None else mapping | {"day_first": self.day_first}

    def changed(self, **changes: object) -> Self:
        """Return the draft with some answers changed."""
        return replace(self, **changes)  # type: ignore[arg-type]  # the caller names fields of this class


def remember_draft(request: "HttpRequest", draft: ImportDraft) -> None:
    """Keep the draft for the next step; the oldest of many is forgotten."""
    kept = cast("dict[str, object]", request.session.get(KEY, {}))
    kept.pop(draft.digest, None)
    kept[draft.digest] = asdict(draft)
    request.session[KEY] = dict(list(kept.items())[-REMEMBERED:])


def recall_draft(request: "HttpRequest", digest: str) -> ImportDraft:
    """Return what was said about the upload so far; raises NotFoundError."""
    kept = cast("dict[str, dict[str, object]]", request.session.get(KEY, {}))
    if digest not in kept:
        msg = "this import is not open any more; begin it again with the same file, nothing was stored twice"
        raise NotFoundError(msg)
    return ImportDraft(**kept[digest])  # type: ignore[arg-type]  # written by remember_draft


def forget_draft(request: "HttpRequest", digest: str) -> None:
    """Drop the draft: its edition has begun."""
    kept = cast("dict[str, object]", request.session.get(KEY, {}))
    kept.pop(digest, None)
    request.session[KEY] = kept
