"""Files that a plain form sends: sealed while their bytes arrive, with no script and no temporary file.

Promises: a piece of up to four mebibytes is in memory, everything else is sealed to the vault's public keys
before it touches the disk; a file that breaks off leaves nothing behind; the vault may be locked meanwhile.
"""

import re

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from kuager.engines.vault.parts import Incoming
from kuager.interfaces.desk.access import now

PIECE = 4 << 20
UNKNOWN_TYPE = "application/octet-stream"
_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,60}")
_LONGEST_NAME = 255


def said_type(text: str | None) -> str:
    """Return the media type a sender names, if it looks like one; what a file truly is, is found later."""
    return text.lower() if text and _TYPE.fullmatch(text.lower()) else UNKNOWN_TYPE


def said_name(text: str | None) -> str:
    """Return the name a sender gives a file; it is sealed, and shown as text only."""
    return (text or "")[:_LONGEST_NAME]


class ArrivedFile(UploadedFile):  # type: ignore[type-arg]  # Django takes no type at run time
    """A file that came whole and waits, sealed, under the name of its upload."""

    def __init__(self, *, upload_id: str, name: str, size: int) -> None:
        super().__init__(file=None, name=name, size=size)
        self.upload_id = upload_id


class SealingUploadHandler(FileUploadHandler):
    """Take the only place among Django's handlers: those that write files in plain must not see a byte."""

    chunk_size = 1 << 20

    def __init__(self, incoming: Incoming, sender: str) -> None:
        super().__init__(None)
        self.arrived: list[str] = []
        self.is_accepted = False
        self._incoming = incoming
        self._sender = sender
        self._upload_id = ""
        self._held = bytearray()
        self._offset = self._bound = 0

    def handle_raw_input(
        self,
        input_data: object,
        META: object,  # noqa: N803  # Django's own name
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Note how long the whole request is; Django itself takes it apart."""
        self._bound = content_length

    def new_file(self, *args: object, **kwargs: object) -> None:
        """Begin an upload. How long the file is nobody has said: no longer than the whole request."""
        super().new_file(*args, **kwargs)  # type: ignore[arg-type]  # Django's own signature, passed on
        told = {
            "name": said_name(self.file_name),
            "media_type": said_type(self.content_type),
            "sent_by": self._sender,
        }
        self._upload_id = self._incoming.begin(told, size=self._bound, at=now())
        self._held, self._offset = bytearray(), 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Hold one piece back until it is worth sealing."""
        self._held += raw_data
        if len(self._held) >= PIECE:
            self._seal()

    def _seal(self) -> None:
        self._offset = self._incoming.append(self._upload_id, self._offset, bytes(self._held))
        self._held.clear()

    def file_complete(self, file_size: int) -> ArrivedFile:
        """Make the upload whole."""
        self._seal()
        self._incoming.finish(self._upload_id, self._offset, is_shorter=True)
        self.arrived.append(self._upload_id)
        upload_id, self._upload_id = self._upload_id, ""
        return ArrivedFile(upload_id=upload_id, name=self.file_name or "", size=self._offset)

    def drop_unless_accepted(self) -> None:
        """Leave nothing of a request that was refused: forged, or with too much in it."""
        if not self.is_accepted:
            self.upload_interrupted()
            for upload_id in self.arrived:
                self._incoming.drop(upload_id)

    def upload_interrupted(self) -> None:
        """Leave nothing of a file that broke off."""
        if self._upload_id:
            self._incoming.drop(self._upload_id)
            self._upload_id = ""
