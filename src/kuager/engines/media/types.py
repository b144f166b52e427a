"""What a file is, by its own bytes: names and what senders claim are never trusted.

Only bytes are compared here, nothing is unpacked or parsed, so this may run beside keys and database. A file
can be several things at once (a picture that is also an archive, a PDF that is also a page): all that match
are told, the most probable first. Whoever serves or opens a file by one of these must not let a browser
guess again.

References
----------
The file formats' own specifications; ISO/IEC 14496-12 (file type box, brands); RFC 9559 (EBML document type);
APPNOTE 6.3.10, section 4.3.16 (end of a zip's central directory).
"""

import io
import re
from collections.abc import Iterator
from enum import StrEnum
from typing import BinaryIO

from kuager.engines.media.errors import Reason, UnreadableMediaError

HEAD_BYTES = 4096
_TAIL_BYTES = 22 + 65_535
UNKNOWN = "application/octet-stream"


class Family(StrEnum):
    """What can be done with a file."""

    PICTURE = "picture"
    VIDEO = "video"
    SOUND = "sound"
    DOCUMENT = "document"
    ARCHIVE = "archive"
    CAPTURE = "capture"
    TEXT = "text"
    OTHER = "other"


# Media type, family, where in the file, which bytes (a regular expression anchored there).
_TABLE: tuple[tuple[str, Family, int, bytes], ...] = (
    ("image/jpeg", Family.PICTURE, 0, rb"\xff\xd8\xff"),
    ("image/png", Family.PICTURE, 0, rb"\x89PNG\r\n\x1a\n"),
    ("image/gif", Family.PICTURE, 0, rb"GIF8[79]a"),
    ("image/webp", Family.PICTURE, 0, rb"RIFF....WEBP"),
    ("image/bmp", Family.PICTURE, 0, rb"BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0"),
    ("image/tiff", Family.PICTURE, 0, rb"II[\x2a\x2b]\0|MM\0[\x2a\x2b]"),
    ("image/vnd.adobe.photoshop", Family.OTHER, 0, rb"8BPS"),
    ("image/jp2", Family.PICTURE, 0, rb"\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51"),
    ("image/jxl", Family.OTHER, 0, rb"\xff\x0a|\0\0\0\x0cJXL \r\n\x87\n"),
    ("image/avif", Family.PICTURE, 4, rb"ftypavi[fs]"),
    ("image/heic", Family.PICTURE, 4, rb"ftyp(hei[cxms]|hev[cx]|mif1|msf1)"),
    ("audio/mp4", Family.SOUND, 4, rb"ftypM4[AB] "),
    ("video/quicktime", Family.VIDEO, 4, rb"ftypqt  |moov....mvhd|(mdat|wide|free|skip|pnot)"),
    ("video/3gpp", Family.VIDEO, 4, rb"ftyp3g[gpr2]"),
    ("video/mp4", Family.VIDEO, 4, rb"ftyp(?!avi[fs]|hei[cxms]|hev[cx]|mif1|msf1|M4[AB] |qt  |3g[gpr2])"),
    ("video/webm", Family.VIDEO, 0, rb"\x1a\x45\xdf\xa3.{0,60}\x42\x82.{1,8}webm"),
    ("video/x-matroska", Family.VIDEO, 0, rb"\x1a\x45\xdf\xa3(?!.{0,60}\x42\x82.{1,8}webm)"),
    ("video/x-msvideo", Family.VIDEO, 0, rb"RIFF....AVI "),
    ("video/mp2t", Family.VIDEO, 0, rb"\x47.{187}\x47.{187}\x47"),
    ("video/mpeg", Family.VIDEO, 0, rb"\0\0\x01\xba"),
    ("video/x-flv", Family.VIDEO, 0, rb"FLV\x01"),
    ("video/x-ms-asf", Family.VIDEO, 0, rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c"),
    ("audio/ogg", Family.SOUND, 0, rb"OggS(?!.{24}(\x80theora|.fishead))"),
    ("video/ogg", Family.VIDEO, 0, rb"OggS.{24}(\x80theora|.fishead)"),
    ("audio/mpeg", Family.SOUND, 0, rb"ID3[\x02-\x04]|\xff[\xf2\xf3\xfa\xfb][\x10-\xeb]"),
    ("audio/flac", Family.SOUND, 0, rb"fLaC"),
    ("audio/wav", Family.SOUND, 0, rb"RIFF....WAVE|RF64....WAVE"),
    ("audio/amr", Family.SOUND, 0, rb"#!AMR"),
    ("audio/aac", Family.SOUND, 0, rb"\xff[\xf0\xf1\xf8\xf9][\x40-\xbf]"),
    ("audio/midi", Family.OTHER, 0, rb"MThd"),
    ("application/gzip", Family.ARCHIVE, 0, rb"\x1f\x8b\x08"),
    ("application/x-tar", Family.ARCHIVE, 257, rb"ustar"),
    ("application/x-7z-compressed", Family.OTHER, 0, rb"7z\xbc\xaf\x27\x1c"),
    ("application/vnd.rar", Family.OTHER, 0, rb"Rar!\x1a\x07"),
    ("application/x-xz", Family.OTHER, 0, rb"\xfd7zXZ\0"),
    ("application/x-bzip2", Family.OTHER, 0, rb"BZh[1-9]1AY&SY"),
    ("application/zstd", Family.OTHER, 0, rb"\x28\xb5\x2f\xfd"),
    ("application/warc", Family.CAPTURE, 0, rb"WARC/[01]\."),
    ("application/x-ole-storage", Family.OTHER, 0, rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ("application/vnd.sqlite3", Family.OTHER, 0, rb"SQLite format 3\0"),
    ("application/x-elf", Family.OTHER, 0, rb"\x7fELF"),
    ("application/vnd.microsoft.portable-executable", Family.OTHER, 0, rb"MZ.{58}[\x40-\xff]"),
    ("application/age-encryption", Family.OTHER, 0, rb"age-encryption\.org/"),
    ("message/rfc822", Family.TEXT, 0, rb"(?i:From |Return-Path:|Received:|MIME-Version:|Delivered-To:)"),
)

_PATTERNS = [
    (kind, at, re.compile(pattern, re.DOTALL)) for kind, _, at, pattern in _TABLE
]  # fmt: skip
# Inside a zip the first names decide; the ODF and EPUB specifications put "mimetype" first and unpacked.
_ZIPS: tuple[tuple[str, Family, bytes], ...] = (
    ("application/epub+zip", Family.OTHER, rb"mimetypeapplication/epub\+zip"),
    ("application/vnd.oasis.opendocument.text", Family.OTHER, rb"mimetypeapplication/vnd\.oasis[^P]*\.text"),
    (
        "application/vnd.oasis.opendocument.spreadsheet",
        Family.OTHER,
        rb"mimetypeapplication/vnd\.oasis[^P]*\.spreadsheet",
    ),
    ("application/vnd.oasis.opendocument", Family.OTHER, rb"mimetypeapplication/vnd\.oasis"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", Family.OTHER, rb"word/"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Family.OTHER, rb"xl/"),
    ("application/vnd.openxmlformats-officedocument.presentationml.presentation", Family.OTHER, rb"ppt/"),
    ("application/wacz", Family.CAPTURE, rb"datapackage\.json|archive/[^/]{1,80}\.warc"),
    ("application/vnd.android.package-archive", Family.OTHER, rb"AndroidManifest\.xml"),
    ("application/java-archive", Family.OTHER, rb"META-INF/MANIFEST\.MF"),
)
_MARKUP: tuple[tuple[str, bytes], ...] = (
    ("image/svg+xml", rb"<svg[\s>]"),
    ("text/html", rb"<(!doctype html|html|head|body|script|iframe|meta|title)[\s>]"),
    ("text/xml", rb"\A[\s\xef\xbb\xbf]*<\?xml\s"),
)
_FAMILIES: dict[str, Family] = {
    **{kind: family for kind, family, _, _ in _TABLE},
    **{kind: family for kind, family, _ in _ZIPS},
    **{kind: Family.TEXT for kind, _ in _MARKUP},
    "application/pdf": Family.DOCUMENT,
    "application/zip": Family.ARCHIVE,
    "text/plain": Family.TEXT,
}


def family_of(media_type: str) -> Family:
    """Return what can be done with a media type of our table; OTHER where nothing can."""
    return _FAMILIES.get(media_type, Family.OTHER)


def media_types(source: BinaryIO) -> tuple[str, ...]:
    """Return every media type that the bytes match, the most probable first; at least one.

    Parameters
    ----------
    source : BinaryIO
        Seekable. At most 4 KiB of its beginning and 64 KiB of its end are read.

    Raises
    ------
    UnreadableMediaError
        When the file holds no byte.
    """
    source.seek(0)
    head = _read(source, HEAD_BYTES)
    if not head:
        raise UnreadableMediaError(Reason.EMPTY)
    size = source.seek(0, io.SEEK_END)
    source.seek(max(0, size - _TAIL_BYTES))
    tail = _read(source, _TAIL_BYTES)
    found = tuple(dict.fromkeys(_matches(head, tail)))
    if found:
        return found
    return ("text/plain",) if _is_text(head) else (UNKNOWN,)


def _read(source: BinaryIO, count: int) -> bytes:
    pieces = bytearray()
    while len(pieces) < count and (piece := source.read(count - len(pieces))):
        pieces += piece
    return bytes(pieces)


def _matches(head: bytes, tail: bytes) -> Iterator[str]:
    yield from (kind for kind, at, pattern in _PATTERNS if pattern.match(head, at))
    # Readers of PDF accept its mark anywhere in the first 1,024 bytes (ISO 32000-1, annex H, note 13).
    if b"%PDF-" in head[:1024]:
        yield "application/pdf"
    yield from _zips(head, tail)
    # A browser that guesses looks for markup in the first bytes whatever stands around it.
    yield from (kind for kind, pattern in _MARKUP if re.search(pattern, head[:1024], re.IGNORECASE))


def _zips(head: bytes, tail: bytes) -> Iterator[str]:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")) or b"PK\x05\x06" in tail:
        # The list of names stands at the end of the file; both ends are looked at, neither is unpacked.
        names = head + tail
        yield next((kind for kind, _, pattern in _ZIPS if re.search(pattern, names)), "application/zip")


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        # Cut inside a letter at the end of what was read; anything earlier is not UTF-8.
        if error.start < len(head) - 3:
            return False
        text = head[: error.start].decode("utf-8")
    return not any(letter < " " and letter not in "\t\n\r\f\x1b" for letter in text)
