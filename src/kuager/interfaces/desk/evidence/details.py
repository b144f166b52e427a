"""What a member says of a file's origin; sealed with the file, before that sealed beside the upload."""

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kuager.core.digest import canonical_json
from kuager.core.errors import NotFoundError

if TYPE_CHECKING:
    from kuager.core.digest import JsonValue
    from kuager.engines.vault.sidecars import Sidecars

# Beside an upload: under this kind of sidecar lies what was said of it while the vault was locked.
KIND = "arrived"
CAME = (
    ("handed_over", _("handed over to us in person")),
    ("sent", _("sent by messenger or e-mail")),
    ("found", _("found on the web")),
    ("passed_on", _("passed on by another organisation")),
    ("recorded", _("recorded by one of us")),
    ("other", _("in another way; say how below")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """Where a file is from, as a member says it.

    Attributes
    ----------
    came
        One of :data:`CAME`.
    found_at
        The address on the web where it was found.
    recorded
        When it is said to have been recorded, in EDTF; empty when nobody says.
    source_id
        The source of the register it belongs to; None when there is none yet.
    """

    came: str
    from_whom: str = ""
    found_at: str = ""
    recorded: str = ""
    place: str = ""
    note: str = ""
    source_id: int | None = None
    is_restricted: bool = False

    def told(self) -> "dict[str, JsonValue]":
        """Return what is to be sealed with the file: only what was said."""
        said = {
            name: value
            for name, value in asdict(self).items()
            if name not in ("source_id", "is_restricted") and value
        }
        return dict(said)


def lay_beside(sidecars: "Sidecars", upload_id: str, details: Details) -> None:
    """Seal what was said beside an upload that waits; needs no open vault."""
    sidecars.put(KIND, upload_id, canonical_json(asdict(details)))


def found_beside(sidecars: "Sidecars", upload_id: str) -> Details | None:
    """Return what was said of an upload; None when nothing was. Needs the open vault."""
    try:
        return Details(**json.loads(sidecars.get(KIND, upload_id)))
    except NotFoundError:
        return None
