"""Zip, tar and gzip: list entries, copy one out. By Python's own readers; nothing is extracted to a path."""

import gzip
import io
import json
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Any, BinaryIO, cast

from kuager.engines.media.archive_entries import (
    BOMB_BYTES,
    MAX_ENTRIES,
    MAX_NAME,
    MAX_RATIO,
    EntryKind,
)
from kuager.engines.media.errors import Reason, UnreadableMediaError
from kuager.engines.media.types import media_types

if TYPE_CHECKING:
    from kuager.engines.media.child import Output

_LOOKED_AT = 1000
_LOOK_BYTES = 1024
_PIECE = 256 * 1024
_MAX_DIRECTORY = 64 * 1024 * 1024
# What a packed tar may unpack to while it is listed; more is a bomb.
_MAX_UNPACKED = 8 * 1024**3
_DAMAGE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
    KeyError,
    OverflowError,
)
Told = dict[str, Any]


def prepare() -> None:
    """Load what the readers load on first use."""
    import bz2  # noqa: F401
    import lzma  # noqa: F401


def list_entries(request: Mapping[str, Any], source: BinaryIO, output: "Output") -> None:
    """Give every entry's facts as JSON."""
    told = []
    for one in _listed(str(request["media_type"]), source):
        told.append(one)
        if len(told) > MAX_ENTRIES:
            raise UnreadableMediaError(Reason.TOO_LARGE)
    output.result(json.dumps(told).encode("ascii"))


def take(request: Mapping[str, Any], source: BinaryIO, output: "Output") -> None:
    """Copy the bytes of one file to the sink, up to a bound; a wrong check sum is damage."""
    number, most = int(request["number"]), int(request["most_bytes"])
    total = 0
    try:
        with _opened(str(request["media_type"]), source, number) as entry:
            while piece := entry.read(_PIECE):
                total += len(piece)
                if total > most:
                    raise UnreadableMediaError(Reason.TOO_LARGE)
                output.write(piece)
    except _DAMAGE as error:
        raise UnreadableMediaError(Reason.NOT_UNDERSTOOD, kind=type(error).__name__) from None
    output.result(json.dumps({"size": total}).encode())


def _listed(media_type: str, source: BinaryIO) -> Iterator[Told]:
    if media_type == "application/zip":
        return _zip_entries(source)
    if media_type == "application/x-tar":
        return _tar_entries(_whole_tar(source))
    if _holds_tar(source):
        return _tar_entries(_packed_tar(source))
    return iter([_single(source)])


def _opened(media_type: str, source: BinaryIO, number: int) -> IO[bytes]:
    if media_type == "application/zip":
        archive = zipfile.ZipFile(source)
        infos = archive.infolist()
        if not 0 <= number < len(infos) or _zip_kind(infos[number]) != EntryKind.FILE:
            raise UnreadableMediaError(Reason.NOT_THERE)
        if infos[number].flag_bits & 1:
            raise UnreadableMediaError(Reason.LOCKED)
        return archive.open(infos[number])
    if media_type == "application/gzip" and not _holds_tar(source):
        if number != 0:
            raise UnreadableMediaError(Reason.NOT_THERE)
        source.seek(0)
        return cast("IO[bytes]", gzip.GzipFile(fileobj=source))
    archive_of_tape = _whole_tar(source) if media_type == "application/x-tar" else _packed_tar(source)
    for place, member in enumerate(archive_of_tape):
        if place == number and member.isreg() and (file := archive_of_tape.extractfile(member)) is not None:
            return file
        if place >= number:
            break
    raise UnreadableMediaError(Reason.NOT_THERE)


def _told(name: str, kind: EntryKind, size: int, packed: int, **further: object) -> Told:
    return {
        "name": name[: MAX_NAME + 1],
        "kind": kind.value,
        "size": max(size, 0),
        "packed_size": max(packed, 0),
        "media_type": "",
        "modified": "",
        "is_locked": False,
        "overlaps": False,
        "is_damaged": False,
        **further,
    }


def _zip_entries(source: BinaryIO) -> Iterator[Told]:
    with zipfile.ZipFile(source) as archive:
        infos = archive.infolist()
        if len(infos) > MAX_ENTRIES:
            raise UnreadableMediaError(Reason.TOO_LARGE)
        overlapping = _overlapping(infos)
        for place, info in enumerate(infos):
            kind = _zip_kind(info)
            told = _told(_zip_name(info), kind, info.file_size, info.compress_size)
            told["modified"] = _zip_time(info)
            told["is_locked"] = bool(info.flag_bits & 1)
            told["overlaps"] = place in overlapping
            if place < _LOOKED_AT and kind == EntryKind.FILE and info.file_size and not told["is_locked"]:
                _look(told, archive, info)
            yield told


def _look(told: Told, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    try:
        with archive.open(info) as entry:
            told["media_type"] = media_types(io.BytesIO(entry.read(_LOOK_BYTES)))[0]
    except (*_DAMAGE, UnreadableMediaError):
        told["is_damaged"] = True


def _overlapping(infos: list[zipfile.ZipInfo]) -> set[int]:
    """Return the entries that share bytes with another: the same packed bomb under many names.

    References
    ----------
    Fifield, D.: A better zip bomb. USENIX WOOT 2019.
    """
    order = sorted(range(len(infos)), key=lambda place: infos[place].header_offset)
    found, end, last = set(), -1, -1
    for place in order:
        info = infos[place]
        if info.header_offset < end and last >= 0:
            found |= {place, last}
        # A local header has at least 30 bytes and the name again.
        reach = info.header_offset + 30 + len(info.orig_filename) + info.compress_size
        if reach > end:
            end, last = reach, place
    return found


def _zip_kind(info: zipfile.ZipInfo) -> EntryKind:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return EntryKind.LINK
    if kind in {stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO, stat.S_IFSOCK}:
        return EntryKind.DEVICE
    return EntryKind.FOLDER if info.is_dir() else EntryKind.FILE


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Return the name; where the archive does not say UTF-8, Windows of our region wrote code page 866."""
    name = info.orig_filename
    if info.flag_bits & 0x800 or name.isascii():
        return name
    raw = name.encode("cp437", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp866")


def _zip_time(info: zipfile.ZipInfo) -> str:
    try:
        return datetime(*info.date_time).isoformat()  # noqa: DTZ001  # a zip gives no zone
    except ValueError:
        return ""


class _Unpacked:
    """The unpacked bytes of a gzip; they end in a reason when they grow beyond the bound."""

    def __init__(self, source: BinaryIO) -> None:
        source.seek(0)
        self._source, self._stream, self._given = source, gzip.GzipFile(fileobj=source), 0

    def read(self, size: int = -1) -> bytes:
        """Return at most `size` bytes, and at most 4 MiB."""
        data = self._stream.read(_PIECE if size < 0 else min(size, 16 * _PIECE))
        self._given += len(data)
        is_bomb = self._given > BOMB_BYTES and self._given > MAX_RATIO * self._source.tell()
        if is_bomb or self._given > _MAX_UNPACKED:
            raise UnreadableMediaError(Reason.TOO_LARGE)
        return data


def _whole_tar(source: BinaryIO) -> tarfile.TarFile:
    source.seek(0)
    return tarfile.open(fileobj=source, mode="r:")


def _packed_tar(source: BinaryIO) -> tarfile.TarFile:
    return tarfile.open(fileobj=cast("IO[bytes]", _Unpacked(source)), mode="r|")


def _holds_tar(source: BinaryIO) -> bool:
    source.seek(0)
    head = gzip.GzipFile(fileobj=source).read(512)
    return head[257:262] == b"ustar"


def _tar_entries(archive: tarfile.TarFile) -> Iterator[Told]:
    try:
        for member in archive:
            if len(member.name) > 65_536:
                raise UnreadableMediaError(Reason.TOO_LARGE)
            told = _told(member.name, _tar_kind(member), member.size, member.size)
            told["modified"] = _tar_time(member)
            yield told
    except _DAMAGE as error:
        raise UnreadableMediaError(Reason.NOT_UNDERSTOOD, kind=type(error).__name__) from None


def _tar_kind(member: tarfile.TarInfo) -> EntryKind:
    if member.isreg():
        return EntryKind.FILE
    if member.isdir():
        return EntryKind.FOLDER
    return EntryKind.LINK if member.issym() or member.islnk() else EntryKind.DEVICE


def _tar_time(member: tarfile.TarInfo) -> str:
    try:
        return datetime.fromtimestamp(member.mtime, UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return ""


def _single(source: BinaryIO) -> Told:
    """Return the one file of a gzip: its name from the header (RFC 1952, 2.3.1), its size as counted."""
    source.seek(0)
    head = source.read(10 + 2 + 65_535 + MAX_NAME + 1)
    name = b""
    if len(head) >= 10 and head[3] & 8:
        start = 10 + (2 + int.from_bytes(head[10:12], "little") if head[3] & 4 else 0)
        name = head[start : start + MAX_NAME + 1].split(b"\0", 1)[0]
    stream, size = _Unpacked(source), 0
    first = b""
    try:
        while piece := stream.read(_PIECE):
            first = first or piece[:_LOOK_BYTES]
            size += len(piece)
    except _DAMAGE as error:
        raise UnreadableMediaError(Reason.NOT_UNDERSTOOD, kind=type(error).__name__) from None
    told = _told(name.decode("latin-1"), EntryKind.FILE, size, source.seek(0, io.SEEK_END))
    told["media_type"] = media_types(io.BytesIO(first))[0] if first else ""
    return told
