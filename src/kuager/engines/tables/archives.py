"""Parts of a zip archive that nobody trusts: sizes are checked as declared, then again as unpacked.

Attack model: a small file that unpacks to gigabytes, that declares sizes it does not keep, that holds two
parts of one name (so that two readers see two files), or XML that defines entities which grow when read.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from kuager.core.errors import BadInputError
from kuager.engines.tables.limits import MIB, Limits

_CHUNK = 256 * 1024
_LOCAL_HEADER = struct.Struct("<4s22xHH")
DAMAGED = "the file is cut off or damaged; expected a whole xlsx or ods file. Download or export it again"


def open_archive(path: Path, limits: Limits) -> dict[str, zipfile.ZipInfo]:
    """Return the parts that hold XML by name, having checked what the archive says of itself.

    Raises
    ------
    BadInputError
        When it is damaged, locked, or too large in any way.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError) as error:
        raise BadInputError(DAMAGED) from error
    if len(entries) > limits.max_entries:
        msg = (
            f"the archive holds {len(entries)} files; expected a spreadsheet with at most "
            f"{limits.max_entries}"
        )
        raise BadInputError(msg)
    parts = {entry.filename: entry for entry in entries}
    if len(parts) != len(entries):
        msg = "the archive holds two files of one name; expected a spreadsheet. Save it again as xlsx"
        raise BadInputError(msg)
    # Pictures, macros (xl/vbaProject.bin) and embedded files are never read.
    readable = {
        name: entry for name, entry in parts.items() if name.endswith((".xml", ".rels")) or name == "mimetype"
    }
    _check_declared(readable, limits)
    size = path.stat().st_size
    # A wrong offset in the archive's last record moves all parts, even before the beginning of the file.
    if any(not 0 <= entry.header_offset < size for entry in readable.values()):
        raise BadInputError(DAMAGED)
    return readable


def _check_declared(parts: dict[str, zipfile.ZipInfo], limits: Limits) -> None:
    total = sum(entry.file_size for entry in parts.values())
    if total > limits.max_unpacked_bytes:
        _refuse_size(total, limits)
    for entry in parts.values():
        if entry.flag_bits & 1:
            msg = (
                "the file is locked with a password; remove the password in the spreadsheet program "
                "and try again"
            )
            raise BadInputError(msg)
        if entry.file_size > MIB and entry.file_size > limits.max_ratio * max(entry.compress_size, 1):
            msg = (
                f"a part of the file unpacks to {entry.file_size // max(entry.compress_size, 1)} "
                f"times its size; "
                f"expected at most {limits.max_ratio} times. It is a zip bomb, or holds vast repeated content"
            )
            raise BadInputError(msg)


def _refuse_size(size: int, limits: Limits) -> NoReturn:
    msg = (
        f"the file unpacks to {size // MIB} MiB or more; expected at most "
        f"{limits.max_unpacked_bytes // MIB} MiB. "
        "Split the list, or save it as CSV"
    )
    raise BadInputError(msg)


def stream_part(path: Path, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Unpack one part piece by piece; refuse it when it is longer or shorter than it declares.

    Python's own reader stops at the declared size and says nothing of what follows; the next reader might
    not.
    """
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise BadInputError(DAMAGED)
    unpacked = 0
    checksum = 0
    for piece in _unpack(path, entry):
        unpacked += len(piece)
        checksum = zlib.crc32(piece, checksum)
        if unpacked > entry.file_size:
            msg = (
                f"a part of the file unpacks to more than the {entry.file_size} bytes it declares; not "
                f"trusted"
            )
            raise BadInputError(msg)
        yield piece
    if unpacked != entry.file_size or checksum != entry.CRC:
        raise BadInputError(DAMAGED)


def _unpack(path: Path, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(entry.header_offset)
        header = file.read(_LOCAL_HEADER.size)
        if len(header) < _LOCAL_HEADER.size or not header.startswith(b"PK\x03\x04"):
            raise BadInputError(DAMAGED)
        _, name_length, extra_length = _LOCAL_HEADER.unpack(header)
        file.seek(name_length + extra_length, 1)
        left = entry.compress_size
        inflater = zlib.decompressobj(-zlib.MAX_WBITS) if entry.compress_type else None
        while left > 0:
            packed = file.read(min(_CHUNK, left))
            if not packed:
                raise BadInputError(DAMAGED)
            left -= len(packed)
            if inflater is None:
                yield packed
            else:
                yield from _inflate(inflater, packed)
        if inflater is not None and not inflater.eof:
            raise BadInputError(DAMAGED)


def _inflate(inflater: "zlib._Decompress", packed: bytes) -> Iterator[bytes]:
    while packed:
        try:
            piece = inflater.decompress(packed, _CHUNK)
        except zlib.error as error:
            raise BadInputError(DAMAGED) from error
        if piece:
            yield piece
        packed = inflater.unconsumed_tail
        if inflater.eof:
            return


def stream_xml(path: Path, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Unpack an XML part, refusing definitions of entities and encodings that could hide them."""
    tail = b""
    for number, piece in enumerate(stream_part(path, entry)):
        if number == 0 and (b"\x00" in piece[:4] or piece[:2] in {b"\xff\xfe", b"\xfe\xff"}):
            msg = "the file holds XML that is not UTF-8; expected a spreadsheet. Save it again as xlsx"
            raise BadInputError(msg)
        if b"<!DOCTYPE" in tail + piece or b"<!ENTITY" in tail + piece:
            msg = (
                "the file defines XML entities, as attacks do; no spreadsheet needs them. Save it "
                "again as xlsx"
            )
            raise BadInputError(msg)
        tail = piece[-16:]
        yield piece


def read_part(path: Path, parts: dict[str, zipfile.ZipInfo], name: str, *, max_bytes: int = 8 * MIB) -> bytes:
    """Return a whole small XML part; empty when the archive has none of that name."""
    entry = parts.get(name)
    if entry is None:
        return b""
    if entry.file_size > max_bytes:
        msg = f"the part {name} has {entry.file_size // MIB} MiB; expected at most {max_bytes // MIB} MiB"
        raise BadInputError(msg)
    return b"".join(stream_xml(path, entry))
