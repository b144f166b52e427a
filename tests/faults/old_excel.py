"""Write tiny xls files byte by byte ([MS-CFB], [MS-XLS]); no maintained library writes them any more."""

import struct
from pathlib import Path

_SECTOR = 512
_END, _FAT, _FREE = 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF


def record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def number(row: int, column: int, value: float) -> bytes:
    return record(0x203, struct.pack("<HHHd", row, column, 0, value))


def label(row: int, column: int, text: str) -> bytes:
    return record(0x204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le"))


def workbook(cells: bytes, *, globals_extra: bytes = b"", sheet: str = "Sheet1") -> bytes:
    """Return the stream of a workbook with one sheet."""
    start = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)) + globals_extra
    name = struct.pack("<BB", len(sheet), 0) + sheet.encode("latin-1")
    bound = record(0x85, struct.pack("<IBB", 0, 0, 0) + name)
    end = record(0x0A, b"")
    offset = len(start) + len(bound) + len(end)
    bound = record(0x85, struct.pack("<IBB", offset, 0, 0) + name)
    page = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0)) + cells + end
    return start + bound + end + page


def write_container(path: Path, stream: bytes, *, name: str = "Workbook", loop: bool = False) -> Path:
    """Write a compound file with one stream."""
    stream = stream.ljust(max(4096, -(-len(stream) // _SECTOR) * _SECTOR), b"\x00")
    count = len(stream) // _SECTOR
    chain = [*range(3, 2 + count), 2 if loop else _END]
    table = [_FAT, _END, *chain]
    assert len(table) <= 128
    table += [_FREE] * (128 - len(table))
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<109I", 0, *[_FREE] * 108)
    directory = _entry("Root Entry", 5, _END, 0, child=1) + _entry(name, 2, 2, len(stream))
    directory = directory.ljust(_SECTOR, b"\x00")
    path.write_bytes(header + struct.pack("<128I", *table) + directory + stream)
    return path


def _entry(name: str, kind: int, start: int, size: int, child: int = _FREE) -> bytes:
    encoded = name.encode("utf-16-le")
    entry = encoded.ljust(64, b"\x00") + struct.pack("<HBB", len(encoded) + 2, kind, 1)
    entry += struct.pack("<III", _FREE, _FREE, child) + bytes(36) + struct.pack("<II", start, size) + bytes(4)
    return entry
