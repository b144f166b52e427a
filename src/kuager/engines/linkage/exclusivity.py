"""Let links of one record compete, and support each other, as one person's records must.

Promises: deterministic; of two rival links into a list that holds everybody once at most one stays above one
half. Two records of one list that are surely not the same person cannot both be the person of a third:
links to them compete, and a rival whose own partner is found elsewhere competes less. Two records that are
likely the same person support each other's links. Method: messages between records (belief propagation,
thirty rounds), exact where rivals form no circle. Failure model: in dense circles of rivals the shares are
approximate; ``draws`` gives them exactly.

Reference: Bayati, Shah and Sharma (2008), "Max-product for maximum weight matching", IEEE Trans. Inf. Theory
54, for messages on matchings; the sums are used here instead of the largest terms.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_MAX_BITS = 50.0
# Links below do not compete: together they would take less than a hundredth.
_COMPETES_FROM_BITS = -12.0
# Records of one list support each other's links from even odds on, at most sixty-four-fold.
_SUPPORTS_FROM_BITS, _SUPPORT_AT_MOST_BITS = 0.0, 6.0
_ROUNDS = 30
_KEPT = 0.5


@dataclass(frozen=True, slots=True)
class _Ends:
    """Every competing link seen from both its ends: the second half are the first, turned round."""

    source: Ints
    target: Ints
    slot: Ints
    turned: Ints
    triangles: tuple[Ints, Ints, Floats]


def exclusive_probability(
    odds: Floats, pairs: pl.DataFrame, list_of: Sequence[str], one_to_one: Collection[str]
) -> Floats:
    """Return probabilities in which links of one record compete and support each other.

    Parameters
    ----------
    odds
        Log-odds (base 2) of each pair on its own, shape ``(n_pairs,)``.
    pairs
        Columns ``left`` and ``right``: record numbers.
    list_of
        The list of each record.
    one_to_one
        Lists that hold everybody once.
    """
    clipped = np.clip(odds, -_MAX_BITS, _MAX_BITS)
    rows = np.flatnonzero(clipped > _COMPETES_FROM_BITS)
    probability: Floats = np.exp2(clipped) / (1.0 + np.exp2(clipped))
    if not len(rows):
        return probability
    left, right = (pairs[side].to_numpy()[rows].astype(np.int64) for side in ("left", "right"))
    names, numbers = np.unique(np.array(list_of), return_inverse=True)
    once = np.isin(names, list(one_to_one))
    probability[rows] = _settled(clipped[rows], _ends(clipped[rows], left, right, numbers, once))
    return probability


def _ends(odds: Floats, left: Ints, right: Ints, list_number: Ints, once: npt.NDArray[np.bool_]) -> _Ends:
    count = len(left)
    source, target = np.concatenate([left, right]), np.concatenate([right, left])
    slots = source * len(once) + list_number[target]
    slot = np.unique(slots, return_inverse=True)[1].reshape(-1)
    turned = np.concatenate([np.arange(count, 2 * count), np.arange(count)])
    inside = (list_number[left] == list_number[right]) & ~once[list_number[left]]
    alike = np.flatnonzero(inside & (odds >= _SUPPORTS_FROM_BITS))
    return _Ends(
        source, target, slot, turned, _triangles(source, target, left[alike], right[alike], odds[alike])
    )


def _triangles(
    source: Ints, target: Ints, left: Ints, right: Ints, odds: Floats
) -> tuple[Ints, Ints, Floats]:
    """Find, for each link, the links of the same record to a likely double of its other end."""
    worth = np.exp2(np.minimum(odds, _SUPPORT_AT_MOST_BITS))
    links = pl.DataFrame({"from": source, "to": target, "link": np.arange(len(source))})
    doubles = pl.DataFrame(
        {
            "to": np.concatenate([left, right]),
            "double": np.concatenate([right, left]),
            "worth": np.concatenate([worth, worth]),
        }
    )
    found = links.join(doubles, on="to").join(
        links.rename({"link": "other"}), left_on=["from", "double"], right_on=["from", "to"]
    )
    found = found.sort("link", "other")
    return found["link"].to_numpy(), found["other"].to_numpy(), found["worth"].to_numpy()


def _settled(odds: Floats, ends: _Ends) -> Floats:
    """Pass messages: how free each record is for a link, as far as its other links say."""
    worth = np.exp2(np.concatenate([odds, odds]))
    link, other, support = ends.triangles
    free = np.ones(len(worth))
    for _ in range(_ROUNDS):
        wanted = worth * free[ends.turned]
        rivals = np.maximum(np.bincount(ends.slot, weights=wanted)[ends.slot] - wanted, 0.0)
        supported = np.bincount(link, weights=support * wanted[other], minlength=len(worth))
        free = _KEPT * free + (1.0 - _KEPT) * (1.0 + supported) / (1.0 + rivals)
    half = len(odds)
    both = worth[:half] * free[:half] * free[half:]
    result: Floats = both / (1.0 + both)
    return result
