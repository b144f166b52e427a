"""Choose, of all records on file, the few hundred worth scoring against each record asked about.

Promises: the cheapest evidence first: each shared key counts for as much as it is rare (the logarithm of how
few records hold it), a key shared by a slip of the pen a little less; the records with most are kept. Keys
that a large part of the register holds are not read at all. Drawers are read for one record asked about at
a time, so that memory does not grow with the number of records.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
import polars as pl

from kuager.engines.linkage.incremental.keys import KINDS, key_table, variants, within_one_slip
from kuager.engines.linkage.incremental.storage import Storage

SCORED = 400
# Longer drawers than this say too little to be worth reading.
_DRAWER_AT_MOST = 30_000
_SLIP_BITS = 3.0
_NEAR_WORDS = 60
_BOTH_SLIPPED = 12


def likeliest(
    storage: Storage, asked: pl.DataFrame, filed: int, *, without: Sequence[int | None]
) -> list[list[int]]:
    """Return, for each record asked about, the numbers of the records that share most with it.

    Parameters
    ----------
    asked
        Prepared records; ``unique_id`` counts them from 0.
    filed
        How many records are on file.
    without
        For each record asked about, its own number if it is on file itself.
    """
    exactly = _exact_keys(asked)
    words = [[(keys or [])[:2] for keys in asked[part].to_list()] for part in ("given_keys", "family_keys")]
    near = _near(storage, {word for part in words for keys in part for word in keys})
    return [
        _most_shared(storage, [*exactly[place], *_keys_with_slips(given, family, near)], filed, own)
        for place, (given, family, own) in enumerate(zip(*words, without, strict=True))
    ]


def _most_shared(
    storage: Storage, keys: Sequence[tuple[str, float]], filed: int, own: int | None
) -> list[int]:
    drawers = storage.filed_under(dict.fromkeys(key for key, _ in keys), _DRAWER_AT_MOST)
    found = [(drawers[key], lost) for key, lost in keys if key in drawers]
    if not found:
        return []
    bits = [math.log2(max(filed, 2) / len(numbers)) + 1.0 - lost for numbers, lost in found]
    every = np.concatenate([numbers for numbers, _ in found])
    weight = np.repeat(np.maximum(bits, 0.1), [len(numbers) for numbers, _ in found])
    distinct, place = np.unique(every, return_inverse=True)
    total = np.bincount(place, weights=weight)
    order = np.lexsort((distinct, -total))[: SCORED + 1]
    return [number for number in distinct[order].tolist() if number != own][:SCORED]


def _exact_keys(asked: pl.DataFrame) -> list[list[tuple[str, float]]]:
    keys: list[list[tuple[str, float]]] = [[] for _ in range(asked.height)]
    for kind in KINDS:
        for key, place in key_table(asked, kind, years=(-1, 0, 1)).iter_rows():
            keys[place].append((key, 0.0))
    return keys


def _keys_with_slips(
    given: Sequence[str], family: Sequence[str], near: Mapping[str, list[str]]
) -> Iterable[tuple[str, float]]:
    """Return the keys of two names together with a slip in one of them, or in both, and what a slip costs."""
    prefix = str(KINDS.index("both"))
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
    return asked_for.items()


def _near(storage: Storage, words: Collection[str]) -> dict[str, list[str]]:
    """Return for each word the words on file that one slip of the pen turns into it."""
    forms = {word: list(variants(word)) for word in words}
    known = storage.words_like({form for each in forms.values() for form in each})
    return {
        word: within_one_slip(word, set().union(*(known.get(form, ()) for form in each)))[:_NEAR_WORDS]
        for word, each in forms.items()
    }
