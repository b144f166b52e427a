"""Uploads that wait: what can be told of them while the vault is locked, and making items of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kuager.core.errors import NotFoundError
from kuager.domain.evidence import operations
from kuager.domain.evidence.terms import AcquisitionMethod
from kuager.domain.sources import queries as sources
from kuager.engines.vault import parts
from kuager.engines.vault.sidecars import Sidecars
from kuager.interfaces.desk.access import acting_user, now
from kuager.interfaces.desk.evidence.details import KIND, found_beside
from kuager.interfaces.desk.evidence.receiving import incoming_uploads
from kuager.interfaces.shell import background
from kuager.interfaces.shell.vault_places import vault_files, vault_public

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kuager.domain.evidence.models import DigitalItem
    from kuager.engines.vault.parts import Waiting
    from kuager.engines.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """An upload that waits.

    Attributes
    ----------
    name, sender
        Empty while the vault is locked; the name also when somebody else sent it.
    has_details
        Whether it was said already where the file is from.
    """

    upload: "Waiting"
    name: str
    sender: str
    has_details: bool

    @property
    def percent(self) -> int:
        """How much has come; 100 only when all has."""
        size = self.upload.size
        return 100 if self.upload.is_finished else int(99 * self.upload.offset / size) if size else 0


def sealing_sidecars() -> Sidecars:
    """Return what is sealed beside uploads, to write it and to see whether it is there; it reads nothing."""
    return Sidecars(vault_files(), vault_public())


def waiting_lines(request: "HttpRequest", vault: "Vault | None") -> list[WaitingLine]:
    """Return the uploads that wait, the oldest first."""
    sidecars = sealing_sidecars()
    return [
        _line(request, vault, one, has_details=sidecars.has(KIND, one.upload_id))
        for one in incoming_uploads().list()
    ]


def _line(
    request: "HttpRequest", vault: "Vault | None", upload: "Waiting", *, has_details: bool
) -> WaitingLine:
    if vault is None:
        return WaitingLine(upload, "", "", has_details)
    told = parts.told(vault, upload.upload_id)
    sender = str(told.get("sent_by", ""))
    name = str(told.get("name", "")) if sender == acting_user(request).username else ""
    return WaitingLine(upload, name, sender, has_details)


def keep_upload(request: "HttpRequest", vault: "Vault", upload_id: str) -> "DigitalItem":
    """Make an item of a whole upload.

    Raises
    ------
    NotFoundError
        When nobody has said where it is from.
    """
    details = found_beside(vault.sidecars, upload_id)
    if details is None:
        raise NotFoundError("nobody has said yet where this file is from")
    item = operations.keep_upload(
        vault=vault,
        upload_id=upload_id,
        method=AcquisitionMethod.UPLOAD,
        told=details.told(),
        source=None if details.source_id is None else sources.get_source(details.source_id),
        is_restricted=details.is_restricted,
        by=acting_user(request),
        at=now(),
    )
    vault.sidecars.drop(KIND, upload_id)
    return item


def keep_uploads(request: "HttpRequest", vault: "Vault", upload_ids: Sequence[str]) -> "list[DigitalItem]":
    """Make items of uploads, one after the other, and have them read in the background."""
    kept = [keep_upload(request, vault, upload_id) for upload_id in upload_ids]
    background.start("read")
    return kept
