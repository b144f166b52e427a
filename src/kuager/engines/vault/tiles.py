"""Digests of subtrees kept in files of 256, so that proofs need no reading of the whole log.

Source: C2SP ``tlog-tiles.md``: tile N of level L holds the digests of 256 subtrees of 256^L entries each.
Promises: only a memory of what the entries say: a tile that is missing is computed anew, and ``forget``
drops them all. Nobody's word rests on a tile.
"""

import os
from collections import OrderedDict
from collections.abc import Callable, Iterator

from kuager.engines.vault.files import Files
from kuager.engines.vault.merkle import leaf_hash, node_hash

FOLDER = "log/tiles"
WIDTH, _HEIGHT = 256, 8
_DIGEST = 32
_KEPT = 64

# Gives the digests of entries from a number to before another, joined.
LeafHashes = Callable[[int, int], bytes]
_Rows = list[list[bytes]]


def _rows_above(digests: list[bytes]) -> _Rows:
    """Return the complete subtrees above some neighbours: as many rows as there are whole pairs."""
    rows = [digests]
    while len(rows[-1]) > 1:
        below = rows[-1]
        rows.append([node_hash(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)])
    return rows


def _cut(data: bytes) -> list[bytes]:
    return [data[start : start + _DIGEST] for start in range(0, len(data), _DIGEST)]


class Tiles:
    """The digests of one log's complete subtrees."""

    def __init__(self, files: Files, leaf_hashes: LeafHashes) -> None:
        self._files = files
        self._leaf_hashes = leaf_hashes
        self._open: list[list[bytes]] = [[]]
        self._cache: OrderedDict[tuple[int, int], _Rows] = OrderedDict()

    def copy(self, leaf_hashes: LeafHashes) -> "Tiles":
        """Return another that may grow while this one is read."""
        other = Tiles(self._files, leaf_hashes)
        other._open = [list(row) for row in self._open]
        other._cache = OrderedDict(self._cache)
        return other

    def open(self, size: int) -> None:
        """Get ready for a log of ``size`` entries."""
        self._cache.clear()
        first = size - size % WIDTH
        self._open = [_cut(self._leaf_hashes(first, size))]
        level, count = 1, size // WIDTH
        while count:
            begin = count - count % WIDTH
            self._open.append([self._root(level - 1, number) for number in range(begin, count)])
            level, count = level + 1, count // WIDTH

    def damaged(self) -> list[str]:
        """Return the paths of tiles that do not hold what the entries say."""
        found = []
        for folder in self._files.names(FOLDER):
            for name in self._files.names(f"{FOLDER}/{folder}"):
                path = f"{FOLDER}/{folder}/{name}"
                if (
                    folder.isdecimal()
                    and name.isdecimal()
                    and self._files.read(path) != self._right(int(folder), int(name))
                ):
                    found.append(path)
        return found

    def _right(self, level: int, number: int) -> bytes:
        """Return what a tile must hold, from the entries alone."""
        each = WIDTH**level
        begin = number * WIDTH * each
        leaves = _cut(self._leaf_hashes(begin, begin + WIDTH * each))
        parts = [leaves[start : start + each] for start in range(0, len(leaves), each)]
        return b"".join(_rows_above(part)[-1][0] for part in parts)

    def forget(self) -> None:
        """Drop every tile; what is asked for next is computed from the entries."""
        self._cache.clear()
        for level in self._files.names(FOLDER):
            for name in self._files.names(f"{FOLDER}/{level}"):
                self._files.remove(f"{FOLDER}/{level}/{name}")

    def add(self, leaves: Iterator[bytes]) -> None:
        """Take in the digests of new entries."""
        for leaf in leaves:
            self._push(0, leaf)

    def _push(self, level: int, digest: bytes) -> None:
        if level == len(self._open):
            self._open.append([])
        row = self._open[level]
        row.append(digest)
        if len(row) == WIDTH:
            self._open[level] = []
            number = self._counted(level)
            rows = self._keep(level, number, row)
            self._push(level + 1, rows[_HEIGHT][0])

    def _counted(self, level: int) -> int:
        """Return how many tiles of a level were whole before the one just filled."""
        above = self._open[level + 1 :]
        return sum(len(row) * WIDTH**place for place, row in enumerate(above))

    def node(self, level: int, place: int) -> bytes:
        """Return the digest of the complete subtree of 2^level entries number ``place``."""
        height, inside = divmod(level, _HEIGHT)
        number, offset = divmod(place, WIDTH >> inside)
        if number == self._counted(height):
            begin = offset << inside
            return _rows_above(self._open[height][begin : begin + (1 << inside)])[inside][0]
        return self._tile(height, number)[inside][offset]

    def _root(self, level: int, number: int) -> bytes:
        return self._tile(level, number)[_HEIGHT][0]

    def _tile(self, level: int, number: int) -> _Rows:
        key = (level, number)
        if (held := self._cache.get(key)) is not None:
            return held
        path = _path(level, number)
        data = self._files.read(path) if self._files.exists(path) else b""
        if len(data) == WIDTH * _DIGEST:
            return self._remember(key, _rows_above(_cut(data)))
        begin = number * WIDTH
        if level == 0:
            return self._keep(0, number, _cut(self._leaf_hashes(begin, begin + WIDTH)))
        return self._keep(level, number, [self._root(level - 1, one) for one in range(begin, begin + WIDTH)])

    def _keep(self, level: int, number: int, digests: list[bytes]) -> _Rows:
        """Write a tile. It need not survive a power cut; a torn one is shorter or leads to a wrong root."""
        self._files.make_folder(f"{FOLDER}/{level}")
        # A name of its own: other processes may compute the same tile at the same time.
        path, part = _path(level, number), f"{_path(level, number)}.{os.urandom(4).hex()}"
        writer = self._files.create(part)
        try:
            writer.write(b"".join(digests))
        finally:
            writer.close()
        self._files.rename(part, path)
        return self._remember((level, number), _rows_above(digests))

    def _remember(self, key: tuple[int, int], rows: _Rows) -> _Rows:
        self._cache[key] = rows
        if len(self._cache) > _KEPT:
            self._cache = OrderedDict(list(self._cache.items())[_KEPT // 2 :])
        return rows


def digests(entries: Iterator[bytes]) -> Iterator[bytes]:
    """Return the digests of entries."""
    return (leaf_hash(entry) for entry in entries)


def _path(level: int, number: int) -> str:
    return f"{FOLDER}/{level}/{number:012d}"
