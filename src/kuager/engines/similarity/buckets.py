"""Find like points among millions: by a few of their bits, then by all of them.

Four times, 20 of the 128 bits are drawn once and for all; points that agree on all 20 of a draw stand in
one bucket. A point that came through an edit with 8 bits changed meets its original in one of four buckets
with probability .72, with 20 bits changed with .13; a picture has hundreds of points and needs a dozen to
meet.

References
----------
Indyk and Motwani 1998, "Approximate nearest neighbors: towards removing the curse of dimensionality".
"""

import numpy as np
import numpy.typing as npt

TABLES, BITS = 4, 20
# A bucket with more points than this holds what is everywhere (a black edge, a letter) and says nothing.
FULLEST = 2000
Keys = npt.NDArray[np.uint32]
Codes = npt.NDArray[np.uint8]
# The draws are part of the method: written once, the same on every machine.
DRAWS = np.stack([np.random.default_rng(seed).permutation(128)[:BITS] for seed in range(TABLES)])


def keys_of(codes: Codes) -> Keys:
    """Give the bucket of each point in each table, shape ``(4, n)``, for codes ``(n, 16)``."""
    keys = np.zeros((TABLES, len(codes)), dtype=np.uint32)
    powers = np.uint32(1) << np.arange(BITS, dtype=np.uint32)
    # Piece by piece: all bits at once would take 32 times the room of the codes.
    for at in range(0, len(codes), 50_000):
        bits = np.unpackbits(codes[at : at + 50_000], axis=1)
        for table, draw in enumerate(DRAWS):
            keys[table, at : at + 50_000] = (bits[:, draw] * powers).sum(axis=1, dtype=np.uint32)
    return keys


def distances(first: Codes, second: Codes) -> npt.NDArray[np.int64]:
    """Count the bits that differ, row by row."""
    return np.asarray(np.bitwise_count(first ^ second).sum(axis=1, dtype=np.int64))


class Buckets:
    """Sorted tables over codes that only grow."""

    def __init__(self, codes: Codes) -> None:
        self.codes = codes
        keys = keys_of(codes)
        self.orders = [np.argsort(row, kind="stable").astype(np.uint32) for row in keys]
        self.sorted = [row[order] for row, order in zip(keys, self.orders, strict=True)]

    def near(self, codes: Codes, farthest: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Give pairs (row asked, row held) of one bucket, at most ``farthest`` bits apart, once each."""
        asked, held = [], []
        for keys, row, order in zip(keys_of(codes), self.sorted, self.orders, strict=True):
            start, stop = np.searchsorted(row, keys, "left"), np.searchsorted(row, keys, "right")
            many = np.where(stop - start > FULLEST, 0, stop - start)
            places = np.repeat(start - np.cumsum(many) + many, many) + np.arange(many.sum())
            asked.append(np.repeat(np.arange(len(keys)), many))
            held.append(order[places].astype(np.int64))
        ours, theirs = np.concatenate(asked), np.concatenate(held)
        close = distances(codes[ours], self.codes[theirs]) <= farthest
        both = np.unique(ours[close] * np.int64(len(self.codes) + 1) + theirs[close])
        return both // (len(self.codes) + 1), both % (len(self.codes) + 1)
