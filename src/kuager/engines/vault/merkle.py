"""Merkle trees over a growing row of entries: one short digest stands for all of them and their order.

Source: RFC 9162, sections 2.1.1 to 2.1.4 (the hashing of RFC 6962). Promises: whoever holds two heads and a
proof can check, without trusting the keeper, that an entry stands at its place and that the longer row only
added to the shorter. A proof is checked against the size in a signed head; never against a size that came
with the proof itself.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence

from kuager.core.errors import IntegrityError

EMPTY = hashlib.sha256(b"").digest()

Node = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """Return the digest of one entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the digest of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Peaks:
    """The digests of the complete subtrees of a row, largest first: all that adding needs to remember."""

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self._peaks = list(peaks)

    def add(self, leaf: bytes) -> None:
        """Add the digest of one more entry."""
        digest, place = leaf, self.size
        while place & 1:
            digest = node_hash(self._peaks.pop(), digest)
            place >>= 1
        self._peaks.append(digest)
        self.size += 1

    def root(self) -> bytes:
        """Return the digest of the whole row."""
        if not self._peaks:
            return EMPTY
        digest = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            digest = node_hash(peak, digest)
        return digest


def _split(size: int) -> int:
    """Return the largest power of two smaller than ``size``."""
    return 1 << (size - 1).bit_length() - 1


def subtree(node: Node, begin: int, end: int) -> bytes:
    """Return the digest of the entries from ``begin`` to before ``end``.

    ``node(level, place)`` gives the digest of the complete subtree of 2^level entries number ``place``;
    ``begin`` is a multiple of the smallest power of two that is not less than the number of entries.
    """
    size = end - begin
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return node(level, begin >> level)
    middle = begin + _split(size)
    return node_hash(subtree(node, begin, middle), subtree(node, middle, end))


def root_of(node: Node, size: int) -> bytes:
    """Return the digest of the first ``size`` entries."""
    return subtree(node, 0, size) if size else EMPTY


def inclusion_proof(node: Node, index: int, size: int) -> list[bytes]:
    """Return the proof that entry ``index``, from 0, is among the first ``size`` (section 2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError(f"entry {index} is not among the first {size}")
    proof: list[bytes] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            proof.append(subtree(node, middle, end))
            end = middle
        else:
            proof.append(subtree(node, begin, middle))
            begin = middle
    return proof[::-1]


def consistency_proof(node: Node, old: int, new: int) -> list[bytes]:
    """Return the proof that the first ``new`` entries begin with the first ``old`` (section 2.1.4.1)."""
    if not 0 < old <= new:
        raise ValueError(f"expected a smaller size above 0 and not above {new}, got {old}")
    proof: list[bytes] = []
    begin, end, whole = 0, new, True
    while old != end:
        middle = begin + _split(end - begin)
        if old <= middle:
            proof.append(subtree(node, middle, end))
            end = middle
        else:
            proof.append(subtree(node, begin, middle))
            begin, whole = middle, False
    if not whole:
        proof.append(subtree(node, begin, end))
    return proof[::-1]


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raise IntegrityError unless the proof leads from the entry to the root (section 2.1.3.2)."""
    if not 0 <= index < size:
        raise IntegrityError(f"the proof speaks of entry {index}, but the head counts {size} entries")
    place, last, digest = index, size - 1, leaf
    for step in proof:
        if last == 0:
            raise IntegrityError("the proof is longer than the tree is high")
        if place & 1 or place == last:
            digest = node_hash(step, digest)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            digest = node_hash(digest, step)
        place, last = place >> 1, last >> 1
    if last or digest != root:
        raise IntegrityError("the entry is not in the log at this place: its proof leads to another head")


def check_consistency(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Raise IntegrityError unless the longer row begins with the shorter (section 2.1.4.2)."""
    if old > new:
        raise IntegrityError(f"the log was rolled back: it had {old} entries and now has {new}")
    if old in (0, new):
        if proof or (old == new and old_root != new_root):
            raise IntegrityError("the log was forked: two heads of the same size differ")
        return
    steps = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not steps:
        raise IntegrityError("the log was forked: the proof of consistency is empty")
    if _replayed(old, new, steps) != (old_root, new_root):
        raise IntegrityError("the log was forked: the longer row does not begin with the shorter one")


def _replayed(old: int, new: int, steps: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Return the two roots a proof leads to; None when it has the wrong length."""
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return None
        if place & 1 or place == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, step)
        place, last = place >> 1, last >> 1
    return None if last else (before, after)
