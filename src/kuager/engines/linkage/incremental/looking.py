"""Choose, of all records on file, the few hundred worth scoring against one record.

Promises: the cheapest evidence first: each shared key counts for as much as it is rare (the logarithm of how
few records hold it), a key shared by a slip of the pen a little less; the records with most are kept. Keys
that a large part of the register holds are not read at all.
"""

import math
from collections.abc import Iterator

import numpy as np
import polars as pl

from kuager.engines.linkage.incremental.keys import KINDS, key_table, variants, within_one_slip
from kuager.engines.linkage.incremental.storage import Numbers, Storage

SCORED = 400
# Longer drawers than this say too little to be worth reading.
_DRAWER_AT_MOST = 30_000
_SLIP_BITS = 3.0
_NEAR_WORDS = 60
_BOTH_SLIPPED = 12


def likeliest(storage: Storage, asked: pl.DataFrame, filed: int, *, without: int | None) -> list[int]:
    """Return the numbers of the records that share most with the record asked about."""
    found = [*_exactly(storage, asked), *_with_slips(storage, asked)]
    found = [(numbers, lost) for numbers, lost in found if 0 < len(numbers) <= _DRAWER_AT_MOST]
    if not found:
        return []
    bits = [math.log2(max(filed, 2) / len(numbers)) + 1.0 - lost for numbers, lost in found]
    every = np.concatenate([numbers for numbers, _ in found])
    weight = np.repeat(np.maximum(bits, 0.1), [len(numbers) for numbers, _ in found])
    distinct, place = np.unique(every, return_inverse=True)
    total = np.bincount(place, weights=weight)
    order = np.lexsort((distinct, -total))[: SCORED + 1]
    return [number for number in distinct[order].tolist() if number != without][:SCORED]


def _exactly(storage: Storage, asked: pl.DataFrame) -> Iterator[tuple[Numbers, float]]:
    for kind in KINDS:
        for key in key_table(asked, kind, years=(-1, 0, 1))["key"].unique(maintain_order=True):
            yield storage.filed_under(key), 0.0


def _with_slips(storage: Storage, asked: pl.DataFrame) -> Iterator[tuple[Numbers, float]]:
    """Look up the two names together with a slip in one of them, or in both."""
    prefix = str(KINDS.index("both"))
    given, family = (asked[part][0].to_list()[:2] for part in ("given_keys", "family_keys"))
    near = {word: _near(storage, word) for word in {*given, *family}}
    asked_for: dict[str, float] = {}
    for one in given:
        for other in family:
            pairs = [(slip, other, _SLIP_BITS) for slip in near[one]]
            pairs += [(one, slip, _SLIP_BITS) for slip in near[other]]
            pairs += [
                (a, b, 2 * _SLIP_BITS) for a in near[one][:_BOTH_SLIPPED] for b in near[other][:_BOTH_SLIPPED]
            ]
            for a, b, lost in pairs:
                asked_for.setdefault(f"{prefix}{min(a, b)}|{max(a, b)}", lost)
    for key, lost in asked_for.items():
        yield storage.filed_under(key), lost


def _near(storage: Storage, word: str) -> list[str]:
    return within_one_slip(word, storage.words_like(variants(word)))[:_NEAR_WORDS]
