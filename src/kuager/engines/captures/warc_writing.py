"""Web archives out (WARC 1.1): every record packed by itself, with SHA-256 digests, without files between.

Not written with warcio, whose writer keeps large bodies in a temporary file in plain; its reader is the test.
Reference: ISO 28500:2017, 4 (record), 5 (fields), annex D (packing).
"""

import base64
import gzip
import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import BinaryIO, Protocol
from uuid import UUID

from kuager.core.errors import BadInputError
from kuager.engines.captures.windows import pieces

_END = b"\r\n\r\n"


class Sink(Protocol):
    """Where bytes go."""

    def write(self, data: bytes, /) -> object: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CapturedPage:
    """Something that was taken from an address.

    Attributes
    ----------
    url
        The address.
    at
        When it was taken, with time zone.
    opener
        Opens its bytes; called twice, and they must be the same both times.
    media_type
        Of the bytes.
    status
        Status line of the answer, such as ``200 OK``; empty for a resource that no server answered with.
    headers
        Fields of the answer as they came, without those that told how it was packed on its way.
    claims
        Written as further fields of the record; names begin with ``WARC-``.
    """

    url: str
    at: datetime
    opener: Callable[[], BinaryIO]
    media_type: str = ""
    status: str = ""
    headers: Sequence[tuple[str, str]] = ()
    claims: Mapping[str, str] = field(default_factory=dict)


def write_warc(
    sink: Sink, pages: Iterable[CapturedPage], *, at: datetime, software: str, name: str = "capture.warc.gz"
) -> int:
    """Write a web archive; return how many bytes were written.

    Parameters
    ----------
    sink
        Takes the packed bytes in order.
    pages
        What is to be written.
    at
        When the archive is made, with time zone.
    software
        Name and version of the program, for the first record.
    """
    written = 0
    fields = f"software: {_line(software)}\r\nformat: WARC File Format 1.1\r\n".encode()
    first = [("WARC-Filename", name), ("Content-Type", "application/warc-fields")]
    for piece in _packed(_record("warcinfo", "", at, first, _Known.of(b"", [fields]), b"", iter([fields]))):
        written += len(piece)
        sink.write(piece)
    for page in pages:
        for piece in _packed(_page(page)):
            written += len(piece)
            sink.write(piece)
    return written


@dataclass(frozen=True, slots=True)
class _Known:
    """Length and digests of a block, found before it is written."""

    length: int
    block: str
    payload: str

    @classmethod
    def of(cls, head: bytes, body: Iterable[bytes]) -> "_Known":
        block, payload, length = hashlib.sha256(head), hashlib.sha256(), len(head)
        for piece in body:
            block.update(piece)
            payload.update(piece)
            length += len(piece)
        return cls(length, _told(block.digest()), _told(payload.digest()))


def _told(digest: bytes) -> str:
    return "sha256:" + base64.b32encode(digest).decode("ascii")


def _page(page: CapturedPage) -> Iterator[bytes]:
    head = _http(page) if page.status else b""
    with page.opener() as body:
        known = _Known.of(head, pieces(body))
    kind = "response" if page.status else "resource"
    told = (
        "application/http; msgtype=response" if page.status else page.media_type or "application/octet-stream"
    )
    fields = [("Content-Type", told), *((name, value) for name, value in page.claims.items())]
    with page.opener() as body:
        yield from _record(kind, page.url, page.at, fields, known, head, pieces(body))


def _http(page: CapturedPage) -> bytes:
    lines = [f"HTTP/1.1 {_line(page.status)}"]
    lines += [f"{_line(name)}: {_line(value)}" for name, value in page.headers]
    if page.media_type and not any(name.lower() == "content-type" for name, _ in page.headers):
        lines.append(f"Content-Type: {_line(page.media_type)}")
    return "\r\n".join(lines).encode() + _END


def _record(  # noqa: PLR0913, PLR0917  # the parts of a record, used here only
    kind: str,
    url: str,
    at: datetime,
    fields: Sequence[tuple[str, str]],
    known: _Known,
    head: bytes,
    body: Iterator[bytes],
) -> Iterator[bytes]:
    when = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    lines = [
        "WARC/1.1",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: <urn:uuid:{_identity(kind, url, when, known)}>",
        f"WARC-Date: {when}",
        *([f"WARC-Target-URI: {_line(url)}"] if url else []),
        *(f"{_line(name)}: {_line(value)}" for name, value in fields),
        f"WARC-Block-Digest: {known.block}",
        *([f"WARC-Payload-Digest: {known.payload}"] if kind in {"response", "resource"} else []),
        f"Content-Length: {known.length}",
    ]
    yield "\r\n".join(lines).encode() + _END + head
    count = len(head)
    for piece in body:
        count += len(piece)
        yield piece
    if count != known.length:
        raise BadInputError("a file changed while it was written into the web archive")
    yield _END


def _identity(kind: str, url: str, when: str, known: _Known) -> UUID:
    """Return a number of its own for a record; the same content at the same time gives the same number."""
    found = hashlib.sha256("\0".join((kind, url, when, known.block)).encode()).digest()
    return UUID(bytes=found[:16], version=4)


def _line(text: str) -> str:
    """Return a text that cannot begin a new field."""
    return "".join(one if one.isprintable() else " " for one in text)


def _packed(found: Iterable[bytes]) -> Iterator[bytes]:
    """Pack a record as one gzip member without name and time."""
    packer = zlib.compressobj(6, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    for piece in found:
        if part := packer.compress(piece):
            yield part
    yield packer.flush()


def packed(data: bytes) -> bytes:
    """Return bytes packed with gzip, the same bytes every time."""
    return gzip.compress(data, mtime=0)
