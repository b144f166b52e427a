"""The item a page is about: there for this reader, and its vault open."""

from dataclasses import dataclass
from io import BufferedReader
from typing import TYPE_CHECKING, BinaryIO

from kuager.domain.evidence import queries
from kuager.domain.evidence.rules.kinds import kind_of
from kuager.domain.evidence.terms import MediaKind
from kuager.interfaces.desk.access import acting_user
from kuager.interfaces.shell.vaults import open_vault

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kuager.domain.evidence.models import DigitalItem
    from kuager.engines.sealing import Decrypted
    from kuager.engines.vault.vault import Vault


@dataclass(frozen=True, kw_only=True)
class AskedItem:
    """An item and the open vault that holds it."""

    item: "DigitalItem"
    vault: "Vault"

    @property
    def number(self) -> int:
        """By which people name it."""
        return self.item.number

    @property
    def kind(self) -> MediaKind:
        """What it is to the eye and the ear."""
        return kind_of(self.item.media_type)

    @property
    def is_pdf(self) -> bool:
        """Whether its pages can be drawn."""
        return self.item.media_type.split(";")[0].strip().lower() == "application/pdf"

    @property
    def is_timed(self) -> bool:
        """Whether places in it are moments."""
        return self.kind in (MediaKind.VIDEO, MediaKind.SOUND)

    @property
    def has_picture(self) -> bool:
        """Whether something of it can be drawn."""
        return self.kind in (MediaKind.VIDEO, MediaKind.PICTURE) or self.is_pdf

    def open(self) -> "Decrypted":
        """Open its plain bytes, to be read from any place."""
        return queries.open_item(self.vault, self.item)

    def source(self) -> BinaryIO:
        """Open them for the reading process, which asks for larger pieces than chunks."""
        return BufferedReader(self.open(), 1 << 18)


def asked_item(request: "HttpRequest", number: int) -> AskedItem:
    """Return the item of this number.

    Raises
    ------
    NotFoundError
        When there is none, and just so when it is not for this reader.
    VaultLockedError
        When the vault must be unlocked first.
    """
    item = queries.get_item(number, user=acting_user(request))
    return AskedItem(item=item, vault=open_vault(request))
