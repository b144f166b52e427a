"""A zip archive that nobody trusts: a file is bounded by what it declares, which itself is bounded.

Attack model: bombs (one file, many files, or files that share their packed bytes), lists of contents that lie
about number or size, links and devices in disguise, names that lead out, two files of one name.
References: PKWARE APPNOTE 6.3.10, sections 4.3.14 to 4.3.16 (end of the list of contents), 4.4.2 and 4.4.15
(kind of file in the upper half of the external attributes on Unix).
"""

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from io import SEEK_END
from itertools import pairwise
from typing import BinaryIO, cast

from kuager.core.errors import BadInputError
from kuager.engines.captures.entries import Entry, Refusal, Refused
from kuager.engines.captures.limits import MAX_ENTRIES, MAX_LISTING, MAX_RATIO, MAX_SMALL, MIB, allowed
from kuager.engines.captures.windows import Streamed, Window, pieces, read_exactly

_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_LOCAL = struct.Struct("<4s22xHH")
_DAMAGED = "the archive is cut off or damaged; ask for it again, or unpack it with another program first"
_PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


def is_zip(source: BinaryIO) -> bool:
    """Return whether a file begins like a zip archive."""
    source.seek(0)
    return read_exactly(source, 4) in {b"PK\x03\x04", b"PK\x05\x06"}


def read_zip(source: BinaryIO) -> tuple[list[Entry], list[Refused]]:
    """Return the files of an archive in its order, and what was refused.

    Raises
    ------
    BadInputError
        When it is damaged as a whole, lists too much, or its files share their bytes (a bomb).
    """
    size = source.seek(0, SEEK_END)
    _check_end(source, size)
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError, struct.error) as error:
        raise BadInputError(_DAMAGED) from error
    files = [info for info in archive.infolist() if not info.is_dir()]
    _check_sizes(files, size)
    listed: list[Entry] = []
    refused: list[Refused] = []
    for info in files:
        why = _refusal(info, size)
        if why is None:
            listed.append(_entry(source, archive, info))
        else:
            refused.append((_name(info), why))
    return listed, refused


def _check_end(source: BinaryIO, size: int) -> None:
    """Look at what the end of the archive says of its list before a library loads the list as a whole."""
    source.seek(max(0, size - _END.size - 0xFFFF))
    tail = read_exactly(source, _END.size + 0xFFFF)
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) - place < _END.size:
        raise BadInputError(_DAMAGED)
    _, _, _, _, count, listing, _, _ = _END.unpack_from(tail, place)
    if place >= _LOCATOR.size and tail[place - _LOCATOR.size :].startswith(b"PK\x06\x07"):
        _, _, offset, _ = _LOCATOR.unpack_from(tail, place - _LOCATOR.size)
        source.seek(min(offset, size))
        found = read_exactly(source, _END64.size)
        if len(found) == _END64.size and found.startswith(b"PK\x06\x06"):
            _, _, _, _, _, _, _, count, listing, _ = _END64.unpack(found)
    if count > MAX_ENTRIES or listing > MAX_LISTING:
        raise BadInputError(f"the archive lists {count} files; expected at most {MAX_ENTRIES}")


def _check_sizes(files: Sequence[zipfile.ZipInfo], size: int) -> None:
    """Refuse an archive that lists too much, unpacks to too much, or whose files overlap."""
    # The list may hold more than its end declares.
    if len(files) > MAX_ENTRIES:
        raise BadInputError(f"the archive lists {len(files)} files; expected at most {MAX_ENTRIES}")
    total = sum(info.file_size for info in files if _refusal(info, size) is None)
    if total > MAX_SMALL * 16 + size * MAX_RATIO:
        raise BadInputError(f"the archive unpacks to {total // MIB} MiB; it is a zip bomb")
    ends = sorted((info.header_offset, info.compress_size) for info in files)
    if any(start + packed > after for (start, packed), (after, _) in pairwise(ends)):
        raise BadInputError("files of the archive share their packed bytes; it is a zip bomb")


def _refusal(info: zipfile.ZipInfo, size: int) -> Refusal | None:
    """Return why a file is not read; None when it is."""
    mode = info.external_attr >> 16
    kind = stat.S_IFMT(mode) if info.create_system == 3 else 0
    reasons = (
        (kind == stat.S_IFLNK, Refusal.LINK),
        (kind not in {0, stat.S_IFREG, stat.S_IFLNK}, Refusal.DEVICE),
        (bool(info.flag_bits & 0x41), Refusal.LOCKED),
        (info.compress_type not in _PACKINGS, Refusal.PACKING),
        (info.file_size > allowed(info.compress_size), Refusal.BOMB),
        (info.header_offset + info.compress_size > size, Refusal.DAMAGED),
        (info.compress_type == zipfile.ZIP_STORED and info.file_size != info.compress_size, Refusal.DAMAGED),
    )
    return next((why for holds, why in reasons if holds), None)


def _name(info: zipfile.ZipInfo) -> str:
    """Return a file's name; old programs wrote it in UTF-8 or in the code page of DOS without saying so."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        raw = info.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp866")


def _entry(source: BinaryIO, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Entry:
    def opener() -> BinaryIO:
        if info.compress_type == zipfile.ZIP_STORED:
            return _stored(source, archive, info)
        return cast(BinaryIO, Streamed(_unpacked(archive, info)))

    return Entry(_name(info), info.file_size, opener, lambda: _unpacked(archive, info))


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """Give the bytes of a packed file; never more than it declares, and an error when they are others."""
    try:
        with archive.open(info) as stream:
            yield from pieces(stream)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError) as error:
        raise BadInputError("a file of the archive is damaged: its bytes are not those listed") from error


def _stored(source: BinaryIO, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> BinaryIO:
    """Open a file that is not packed so that it can be read from any place."""
    with Streamed(_unpacked(archive, info)) as checked:
        # Opening compares the two headers; its first byte is enough.
        checked.read(1)
    source.seek(info.header_offset)
    header = read_exactly(source, _LOCAL.size)
    if len(header) < _LOCAL.size:
        raise BadInputError(_DAMAGED)
    _, name, extra = _LOCAL.unpack(header)
    return cast(BinaryIO, Window(source, info.header_offset + _LOCAL.size + name + extra, info.file_size))
