"""What a file or folder of another tool holds and says: the common shape of all readers.

Nothing here is believed. A *claim* is what the file says of itself; a *finding* is what was checked, with its
outcome. Both leave the engine as codes and values; sentences are made by the interfaces.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import BinaryIO

from kuager.core.digest import JsonValue

PIECE = 1 << 20
Claims = Mapping[str, JsonValue]


class Tool(StrEnum):
    """Whose files they are."""

    WARC = "warc"
    WACZ = "wacz"
    AUTO_ARCHIVER = "auto-archiver"
    PROOFMODE = "proofmode"
    TELLA = "tella"
    UNKNOWN = "unknown"


class FileKind(StrEnum):
    """What a file of a bundle is there for."""

    CONTENT = "content"
    PROOF = "proof"
    DESCRIPTION = "description"


class Code(StrEnum):
    """What was found; the meaning in words is in the interfaces (``shell/capture_words.py``)."""

    DIGEST_AGREES = "digest-agrees"
    DIGEST_DISAGREES = "digest-disagrees"
    DIGEST_ABSENT = "digest-absent"
    DIGEST_UNKNOWN = "digest-unknown"
    SIGNATURE_GOOD = "signature-good"
    SIGNATURE_BAD = "signature-bad"
    SIGNATURE_UNCHECKED = "signature-unchecked"
    STAMP_FITS = "stamp-fits"
    STAMP_OTHER = "stamp-other"
    STAMP_UNREADABLE = "stamp-unreadable"
    OTS_PENDING = "ots-pending"
    OTS_COMPLETE = "ots-complete"
    OTS_OTHER = "ots-other"
    OTS_UNREADABLE = "ots-unreadable"
    FILE_MISSING = "file-missing"
    FILE_UNNAMED = "file-unnamed"
    FILE_REFUSED = "file-refused"
    NAME_CHANGED = "name-changed"
    NAME_TWICE = "name-twice"
    NESTED_ARCHIVE = "nested-archive"
    NOT_UNDERSTOOD = "not-understood"
    RECORD_CUT = "record-cut"
    RECORD_LENGTH = "record-length"
    RECORD_DAMAGED = "record-damaged"
    LISTING_CUT = "listing-cut"
    ENCODING_KEPT = "encoding-kept"
    TIME_ZONE_UNSURE = "time-zone-unsure"
    RESULT_FAILED = "result-failed"


FAULTS = frozenset({Code.DIGEST_DISAGREES, Code.SIGNATURE_BAD, Code.STAMP_OTHER, Code.OTS_OTHER})
"""Findings that say that something in the bundle is not what the bundle says it is."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked.

    Attributes
    ----------
    code
        The outcome.
    values
        What the sentence about it needs: names, digests, dates, numbers.
    file
        Number of the file it is about (its place in ``Capture.files``); None for the whole bundle.
    """

    code: Code
    values: Claims = field(default_factory=dict)
    file: int | None = None

    @property
    def is_fault(self) -> bool:
        """Whether something is not what the bundle says it is."""
        return self.code in FAULTS


@dataclass(frozen=True, slots=True, kw_only=True)
class CapturedFile:
    """A file in a bundle, or a record of a web archive.

    Attributes
    ----------
    found
        Its name (or address) as found: for reading only, never for opening or writing.
    name
        A harmless name, unlike that of every other file of the capture.
    media_type
        As told by the bundle or guessed from the name's ending; empty when nobody says.
    size
        Bytes that ``open`` gives.
    sha256
        Of these bytes, hex.
    opener
        Gives the bytes; works as long as the source of the capture is open.
    kind
        Content, proof of content, or description.
    url
        Where it was taken from, as told; empty when unknown.
    taken_at
        When it was taken, as told; None when unknown or told without a time zone.
    claims
        What the bundle says of it, flat, for people.
    """

    found: str
    name: str
    media_type: str
    size: int
    sha256: str
    opener: Callable[[], BinaryIO]
    kind: FileKind = FileKind.CONTENT
    url: str = ""
    taken_at: datetime | None = None
    claims: Claims = field(default_factory=dict)

    def open(self) -> BinaryIO:
        """Open its bytes for reading; the caller closes them."""
        return self.opener()


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """What a bundle holds.

    Attributes
    ----------
    tool
        Whose bundle it is, as recognised.
    made_at
        When it was made, in the bundle's own words; empty when it does not say.
    files
        Everything in it that can be read, in the order found.
    claims
        What it says of itself as a whole.
    findings
        What was checked.
    """

    tool: Tool
    made_at: str
    files: Sequence[CapturedFile]
    claims: Claims
    findings: Sequence[Finding]

    def about(self, file: int | None) -> list[Finding]:
        """Return the findings about one file (by its place in ``files``), or about the whole."""
        return [finding for finding in self.findings if finding.file == file]

    @property
    def has_faults(self) -> bool:
        """Whether anything in it is not what it says it is."""
        return any(finding.is_fault for finding in self.findings)
