"""Web archives in (WARC): every record listed with its address, date, status and type, its digests checked.

Attack model: lengths that lie, records cut off, members and bodies that unpack to gigabytes, headers without
end, digests over other bytes. What a web archive proves by itself: nothing about the site. Whoever writes the
file can write any address, date and answer into it.
Reference: ISO 28500:2017 (WARC 1.1), 5.8, 5.9 and 6 (digests; kinds of record).
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from mimetypes import guess_extension
from typing import BinaryIO, cast
from urllib.parse import unquote

from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser

from kuager.core.digest import JsonValue
from kuager.core.errors import BadInputError
from kuager.engines.captures.bodies import unpacked, ways
from kuager.engines.captures.capture import Capture, CapturedFile, Code, FileKind, Finding, Tool
from kuager.engines.captures.digests import Told, read_digest
from kuager.engines.captures.file_names import Names, shown
from kuager.engines.captures.limits import MAX_HEADER, Budget
from kuager.engines.captures.told import flat, moment, web_address
from kuager.engines.captures.warc_flow import Member, is_packed, size_of
from kuager.engines.captures.warc_records import Gap, Limited, Record, read_records
from kuager.engines.captures.windows import Streamed, pieces

_CONTENT = {"response", "resource", "conversion"}
_TYPES = _CONTENT | {"request", "metadata", "revisit", "warcinfo"}
_TOLD = (
    "WARC-Type",
    "WARC-Record-ID",
    "WARC-Date",
    "WARC-Target-URI",
    "WARC-IP-Address",
    "WARC-Refers-To-Date",
)
_MEMBERS = 20


@dataclass(frozen=True, slots=True)
class Look:
    """What reading a record's content once gave.

    Attributes
    ----------
    http
        The header of the HTTP message; None when there is none.
    before
        Bytes of the block before the payload (the HTTP header).
    size, sha256
        Of the payload as it stands in the archive.
    digests
        Which digests were told, and whether each is that of the bytes: (what, told, agrees).
    """

    http: StatusAndHeaders | None
    before: int
    size: int
    sha256: str
    digests: tuple[tuple[str, Told, bool], ...]


def look_at(headers: StatusAndHeaders, content: Limited) -> Look:
    """Read a record's content once, with every digest it tells."""
    told = {
        name: read_digest(str(headers.get_header(f"WARC-{name}-Digest") or ""))
        for name in ("Block", "Payload")
    }
    running = {name: one.new() for name, one in told.items() if one is not None}
    own, size = hashlib.sha256(), 0
    http, head, rest = _http(headers, content)
    if "Block" in running:
        running["Block"].update(head)
    for piece in _after(rest, content):
        for hashing in (own, *running.values()):
            hashing.update(piece)
        size += len(piece)
    checked = tuple(
        (name.lower(), one, one.agrees(running[name].digest()))
        for name, one in told.items()
        if one is not None
    )
    return Look(http, len(head), size, own.hexdigest(), checked)


def _after(rest: bytes, content: Limited) -> Iterator[bytes]:
    if rest:
        yield rest
    yield from pieces(content)


def _http(headers: StatusAndHeaders, content: Limited) -> tuple[StatusAndHeaders | None, bytes, bytes]:
    """Read the HTTP header of a block; return it, its bytes, and what was read behind it."""
    if not str(headers.get_header("Content-Type") or "").lower().startswith("application/http"):
        return None, b"", b""
    held = b""
    while len(held) < MAX_HEADER and (piece := content.read(16_384)):
        held += piece
        for mark in (b"\r\n\r\n", b"\n\n"):
            end = held.find(mark)
            if end >= 0:
                cut = end + len(mark)
                return _parsed(held[:cut]), held[:cut], held[cut:]
    # A message without a body (an answer cut off in its header, a revisit) is all header, or no HTTP at all.
    return (_parsed(held), held, b"") if content.left == 0 else (None, b"", held)


def _parsed(head: bytes) -> StatusAndHeaders | None:
    try:
        return StatusAndHeadersParser(["HTTP/"], verify=False).parse(BytesIO(head))
    except EOFError:
        return None


class _Listing:
    """Gathers the records of one or several archives of one capture."""

    def __init__(self, names: Names | None = None) -> None:
        self.files: list[CapturedFile] = []
        self.findings: list[Finding] = []
        self.info: dict[str, JsonValue] = {}
        self.dates: list[str] = []
        self._names = names or Names()

    def read(self, source: BinaryIO, archive: str = "") -> None:
        budget = Budget(size_of(source), is_packed=is_packed(source))
        for found in read_records(source, look_at, budget):
            if isinstance(found, Gap):
                self.findings.append(Finding(found.code, {"at": found.at, "archive": shown(archive)}))
            else:
                self._add(source, found, archive, budget)

    def _add(self, source: BinaryIO, record: Record[Look], archive: str, budget: Budget) -> None:
        kind = str(record.headers.get_header("WARC-Type") or "").strip().lower()
        place, notes = len(self.files), list(_notes(record, kind))
        body = _Body(source, record, budget)
        if body.note is not None:
            notes.append(body.note)
        self.findings += [Finding(code, values, place) for code, values in notes]
        date = str(record.headers.get_header("WARC-Date") or "")
        self.dates.append(date)
        address = address_of(record.headers)
        self.files.append(
            CapturedFile(
                found=shown(address or kind or "record", 2_000),
                name=self._names.give(_file_name(address, kind, body.media_type)),
                media_type=body.media_type,
                size=body.size,
                sha256=body.sha256,
                opener=body.open,
                kind=FileKind.CONTENT if kind in _CONTENT else FileKind.DESCRIPTION,
                url=web_address(address),
                taken_at=moment(date),
                claims=_claims(record, kind, archive),
            )
        )
        if kind == "warcinfo" and not self.info:
            self.info = _info(body)


class _Body:
    """A record's payload as people want it: unpacked where its header says so and it is true."""

    def __init__(self, source: BinaryIO, record: Record[Look], budget: Budget) -> None:
        self._source, self._record = source, record
        seen = record.seen
        self.size, self.sha256 = seen.size, seen.sha256
        self.media_type = media_type_of(record)
        self.note: tuple[Code, dict[str, JsonValue]] | None = None
        self._way: tuple[str, ...] = ()
        packing = _field(seen.http, "Content-Encoding")
        choices = ways(_field(seen.http, "Transfer-Encoding"), packing) if seen.size else [()]
        for way in choices[:-1]:
            if self._fits(way, budget):
                break
        if packing and packing.lower() not in {"identity", *self._way}:
            self.note = (Code.ENCODING_KEPT, {"packing": shown(packing, 40)})

    def _fits(self, way: tuple[str, ...], budget: Budget) -> bool:
        digest, size = hashlib.sha256(), 0
        try:
            for piece in unpacked(self._raw(budget), way):
                digest.update(piece)
                size += len(piece)
        except BadInputError:
            return False
        self._way, self.size, self.sha256 = way, size, digest.hexdigest()
        return True

    def _raw(self, budget: Budget) -> Limited:
        block, before = self._record.block, self._record.seen.before
        total, skip = size_of(self._source), block.place.skip + before
        return Limited(Member(self._source, block.place.member, total, budget, skip), block.length - before)

    def open(self) -> BinaryIO:
        """Open the payload for reading from its beginning."""
        # A budget of its own: what one file costs must not depend on what was read before.
        budget = Budget(size_of(self._source), is_packed=is_packed(self._source))
        return cast(BinaryIO, Streamed(unpacked(self._raw(budget), self._way)))


def _field(http: StatusAndHeaders | None, name: str) -> str:
    return str(http.get_header(name) or "") if http is not None else ""


def media_type_of(record: Record[Look]) -> str:
    """Return the media type that a record tells of its payload."""
    told = _field(record.seen.http, "Content-Type") if record.seen.http is not None else ""
    if record.seen.http is None:
        told = str(record.headers.get_header("Content-Type") or "")
    return shown(told.partition(";")[0].strip().lower(), 100)


def address_of(headers: StatusAndHeaders) -> str:
    """Return the address a record is about; empty when it is about none."""
    # Wget 1.19 wrote addresses in angle brackets.
    return str(headers.get_header("WARC-Target-URI") or "").strip().removeprefix("<").removesuffix(">")


def _file_name(address: str, kind: str, media_type: str) -> str:
    path = address.partition("?")[0].partition("#")[0].partition("://")[2]
    last = unquote(path.rstrip("/").rpartition("/")[2]) or path.partition("/")[0] or "record"
    if kind not in _CONTENT:
        return f"{last}.{kind or 'record'}"
    return last if "." in last and "/" in path else last + (guess_extension(media_type) or "")


def _notes(record: Record[Look], kind: str) -> Iterator[tuple[Code, dict[str, JsonValue]]]:
    """Give what was found about one record."""
    for fault in sorted(record.faults):
        yield (
            fault,
            {"told": shown(str(record.headers.get_header("Content-Length"))), "there": record.block.length},
        )
    compared: dict[tuple[Code, str], list[str]] = {}
    for what, told, agrees in record.seen.digests:
        # The payload of a revisit is elsewhere: its digest is that of the earlier answer (WARC 1.1, 6.7.2).
        if what == "payload" and kind == "revisit":
            continue
        code = Code.DIGEST_AGREES if agrees else Code.DIGEST_DISAGREES
        compared.setdefault((code, told.algorithm), []).append(what)
    for (code, algorithm), parts in compared.items():
        yield code, {"what": ", ".join(parts), "algorithm": algorithm}
    if kind in _CONTENT and not record.seen.digests:
        unread = any(record.headers.get_header(f"WARC-{name}-Digest") for name in ("Block", "Payload"))
        yield (Code.DIGEST_UNKNOWN if unread else Code.DIGEST_ABSENT), {}


def _claims(record: Record[Look], kind: str, archive: str) -> dict[str, JsonValue]:
    said: dict[str, object] = {"archive": archive} if archive else {}
    said |= {name: record.headers.get_header(name) for name in _TOLD}
    for name in ("Block", "Payload"):
        said[f"WARC-{name}-Digest"] = record.headers.get_header(f"WARC-{name}-Digest")
    said["payload-sha256"] = record.seen.sha256
    http = record.seen.http
    if http is not None:
        said["http-status"] = http.statusline if kind != "request" else f"{http.protocol} {http.statusline}"
        said["http"] = {name: value for name, value in http.headers[:60]}
    return flat(said)


def _info(body: _Body) -> dict[str, JsonValue]:
    """Return what the first record says of the program that wrote the archive."""
    with body.open() as stream:
        text = stream.read(MAX_HEADER).decode("utf-8", "replace")
    lines = [line.partition(":") for line in text.splitlines()[:100]]
    return flat({name.strip(): value.strip() for name, colon, value in lines if colon})


def read_warc(source: BinaryIO, archive: str = "") -> Capture:
    """Read a web archive, plain or packed.

    Raises
    ------
    BadInputError
        When not a single record can be found in it.
    """
    return read_warcs([(archive, lambda: source)])


def read_warcs(sources: list[tuple[str, Callable[[], BinaryIO]]]) -> Capture:
    """Read several web archives (their names and how to open them) as one capture."""
    listing = _Listing()
    for name, opener in sources:
        listing.read(opener(), name)
    if not listing.files:
        raise BadInputError("no record of a web archive was found; expected a .warc or .warc.gz file")
    dates = sorted(date for date in listing.dates if date)
    claims = {**listing.info, "records": len(listing.files)}
    return Capture(
        tool=Tool.WARC,
        made_at=shown(dates[0], 40) if dates else "",
        files=listing.files,
        claims=claims,
        findings=listing.findings,
    )
