"""Records of a web archive, one after the other, whatever is wrong with them (ISO 28500:2017, WARC 1.1).

A record that is cut off, has a wrong length or is damaged is told as such, and reading goes on at the next
one. Headers are parsed by warcio, from bytes whose number is bounded here.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO, Generic, TypeVar

from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser

from kuager.engines.captures.capture import Code
from kuager.engines.captures.limits import MAX_ENTRIES, MAX_HEADER, Budget
from kuager.engines.captures.warc_flow import Member, Place, is_packed, next_member, size_of
from kuager.engines.captures.windows import read_exactly

T = TypeVar("T")
_VERSION = re.compile(rb"WARC/\d\.\d{1,2}\r?\n")
_NEXT = re.compile(rb"\n(WARC/\d\.\d{1,2}\r?\nWARC-|WARC/\d\.\d{1,2}\r?\nContent-)", re.IGNORECASE)
_STEP = 1 << 18


@dataclass(frozen=True, slots=True)
class Block:
    """What stands behind the header of a record.

    Attributes
    ----------
    place
        Where it begins.
    length
        How many bytes it has: as told, or fewer when it was cut off or the told length was wrong.
    """

    place: Place
    length: int


class Limited:
    """A stream that ends after some bytes."""

    def __init__(self, member: Member, length: int) -> None:
        self._member, self.left, self.given = member, length, 0

    def read(self, size: int = -1, /) -> bytes:
        """Return up to ``size`` bytes."""
        wanted = self.left if size < 0 else min(size, self.left)
        piece = self._member.read(min(wanted, _STEP)) if wanted else b""
        self.left -= len(piece)
        self.given += len(piece)
        return piece


@dataclass(frozen=True, slots=True)
class Record(Generic[T]):
    """A record as found.

    Attributes
    ----------
    begin
        Where its first line begins.
    headers
        Its header fields.
    block
        Its content.
    faults
        What is wrong with it.
    seen
        What the caller's look at the content gave.
    """

    begin: Place
    headers: StatusAndHeaders
    block: Block
    faults: frozenset[Code]
    seen: T


@dataclass(frozen=True, slots=True)
class Gap:
    """Bytes between records that are no record."""

    code: Code
    at: int


Look = Callable[[StatusAndHeaders, Limited], T]


def read_records(source: BinaryIO, look: Look[T], budget: Budget) -> Iterator[Record[T] | Gap]:
    """Give every record and every gap of a web archive.

    Parameters
    ----------
    source
        The archive, open for reading and seeking.
    look
        Reads a record's content once, in order; called again when the told length proves wrong.
    budget
        How much work it may cost.
    """
    reader = _Reader(source, look, budget)
    for count, found in enumerate(reader.everything()):
        if count == MAX_ENTRIES:
            yield Gap(Code.LISTING_CUT, count)
            return
        yield found
    if budget.is_spent:
        yield Gap(Code.LISTING_CUT, reader.count)


class _Reader(Generic[T]):
    def __init__(self, source: BinaryIO, look: Look[T], budget: Budget) -> None:
        self._source, self._look, self._budget = source, look, budget
        self._size = size_of(source)
        self.count = 0

    def everything(self) -> Iterator[Record[T] | Gap]:
        at = 0
        while at < self._size and not self._budget.is_spent:
            member = self._member(Place(at, 0))
            yield from self._of_member(member)
            if not is_packed(self._source, at):
                return
            while member.read(_STEP):
                pass
            if member.is_damaged:
                yield Gap(Code.RECORD_DAMAGED, at)
                again = next_member(self._source, at + 1, self._size)
                at = self._size if again is None else again
            else:
                at = max(member.end(), at + 1)

    def _member(self, place: Place) -> Member:
        return Member(self._source, place.member, self._size, self._budget, place.skip)

    def _of_member(self, member: Member) -> Iterator[Record[T] | Gap]:
        current: Member | None = member
        while current is not None:
            line = _first_line(current)
            if not line:
                return
            begin = current.here()
            headers = _header(current, line) if _VERSION.fullmatch(line) else None
            length = -1 if headers is None else _length(headers)
            if headers is None or length < 0:
                yield Gap(Code.RECORD_DAMAGED, begin.skip)
                current = self._resume(begin)
                continue
            first = Place(begin.member, begin.skip - len(line))
            record, current = self._record(current, first, headers, length)
            self.count += 1
            yield record

    def _record(
        self, member: Member, first: Place, headers: StatusAndHeaders, length: int
    ) -> tuple[Record[T], Member]:
        """Read one record's content; return it and the reader that stands behind it."""
        place, rest = member.here(), member.rest()
        if rest is None or length <= rest:
            given, seen = self._content(member, headers, length)
            if given == length and _is_closed(member):
                return Record(first, headers, Block(place, length), frozenset(), seen), member
        # The told length was wrong: too long (over the next record), too short, or the archive was cut off.
        true = _distance_to_next(self._member(place))
        again = self._member(place)
        given, seen = self._content(again, headers, true.length)
        fault = Code.RECORD_LENGTH if true.is_followed else Code.RECORD_CUT
        return Record(first, headers, Block(place, given), frozenset({fault}), seen), again

    def _content(self, member: Member, headers: StatusAndHeaders, length: int) -> tuple[int, T]:
        content = Limited(member, length)
        seen = self._look(headers, content)
        while content.read(_STEP):
            pass
        return content.given, seen

    def _resume(self, begin: Place) -> Member | None:
        """Return a reader that stands at the next record after a gap; None when there is none."""
        ahead = _distance_to_next(self._member(begin))
        return self._member(Place(begin.member, begin.skip + ahead.length)) if ahead.is_followed else None


def _first_line(member: Member) -> bytes:
    """Return the first line that is not empty; records are divided by two empty ones."""
    for _ in range(64):
        line = member.readline(256)
        if line.strip(b"\r\n") or not line:
            return line
    return b"\n"


def _header(member: Member, line: bytes) -> StatusAndHeaders | None:
    """Return the header fields behind a first line; None when they do not end."""
    found = bytearray(line)
    while len(found) < MAX_HEADER:
        part = member.readline(MAX_HEADER)
        found += part
        if not part.strip(b"\r\n"):
            break
    else:
        return None
    if not found.endswith(b"\n"):
        return None
    return StatusAndHeadersParser(["WARC/"], verify=False).parse(BytesIO(bytes(found)))


def _length(headers: StatusAndHeaders) -> int:
    told = str(headers.get_header("Content-Length") or "").strip()
    return int(told) if told.isascii() and told.isdigit() and len(told) < 19 else -1


def _is_closed(member: Member) -> bool:
    """Return whether a record ends as it must; some writers forget one or both ends of line at the end."""
    end = read_exactly(member, 4)
    return end in {b"\r\n\r\n", b"\r\n", b""}


@dataclass(frozen=True, slots=True)
class _Distance:
    length: int
    is_followed: bool


def _distance_to_next(member: Member) -> _Distance:
    """Return how many bytes lie before the next record, without the empty lines that divide them."""
    held, passed = b"\n", -1
    while piece := member.read(_STEP):
        held += piece
        found = _NEXT.search(held)
        if found:
            before = held[: found.start() + 1]
            return _Distance(max(0, passed + len(before.removesuffix(b"\r\n\r\n"))), is_followed=True)
        passed += max(0, len(held) - 64)
        held = held[-64:]
    return _Distance(max(0, passed + len(held)), is_followed=False)
