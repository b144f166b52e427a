"""Choose, from the data, which shared keys are worth comparing.

Promises: deterministic; the order of records does not matter beyond their numbers; the planned number of
pairs stays within the bound. Method: groups of records that share a key are sorted into classes by kind of
key and size; a spread sample of the pairs of each class is judged roughly (a Fellegi-Sunter sum over equal
and unequal fields with frozen rates); then, greedily, the next class is added that brings most new links for
each new pair (Bilenko, Kamath and Mooney 2006, "Adaptive blocking: learning to scale up record linkage",
section 4, with estimated links in place of labelled ones). Failure model: the rough judgement sees no close
spellings, so that kinds which find badly misspelt names look a little worse than they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from kuager.engines.linkage.choosing.keys import Numbers, Shared, years_of

Floats = npt.NDArray[np.float64]

# Classes of group sizes: 2 to 3, 4 to 7, 8 to 15, and so on.
LARGEST_GROUP = 2**11 - 1
_SAMPLED_PER_CLASS = 250
# A class is not worth comparing when it brings fewer new links for each new pair.
_LEAST_YIELD = 1 / 50_000
_ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Step:
    """One kind of key in the order of choice, with the largest groups to compare and the links expected."""

    shared: Shared
    largest: int
    expected_links: float


@dataclass(frozen=True, slots=True)
class _Sample:
    """Sampled pairs: for how many pairs, and for how many links, each stands, and its class per kind."""

    pairs: Floats
    links: Floats
    classes: npt.NDArray[np.int8]


def class_of(size: Numbers) -> npt.NDArray[np.int8]:
    """Return the class of each group size; -1 for none."""
    return np.where(size > 1, np.log2(np.maximum(size, 1)).astype(np.int64) - 1, -1).astype(np.int8)


def _spread_pairs(shared: Shared, groups: Numbers, wanted: int) -> tuple[Numbers, Numbers, float]:
    """Return pairs spread evenly over all pairs of the groups, and how many pairs there are for each."""
    size = shared.size[groups]
    ends = np.cumsum(size * (size - 1) // 2)
    total = int(ends[-1])
    taken = min(wanted, total)
    place = ((np.arange(taken) + 0.5) * (total / taken)).astype(np.int64)
    group = np.searchsorted(ends, place, side="right")
    within = place - np.where(group > 0, ends[group - 1], 0)
    # The pairs of a group in the order (0, 1), (0, 2), (1, 2), (0, 3), …
    higher = ((1 + np.sqrt(1 + 8 * within)) / 2).astype(np.int64)
    higher -= higher * (higher - 1) // 2 > within
    lower = within - higher * (higher - 1) // 2
    start = shared.start[groups[group]]
    return (
        shared.members[start + lower].astype(np.int64),
        shared.members[start + higher].astype(np.int64),
        total / taken,
    )


def _sampled(kinds: Sequence[Shared]) -> tuple[Numbers, Numbers, Floats, npt.NDArray[np.int8]]:
    """Sample each class; return both records, for how many pairs each stands, and the classes."""
    lefts, rights, chance_of = [], [], np.zeros((len(kinds), 16))
    for number, shared in enumerate(kinds):
        classes = class_of(shared.size)
        for one in np.unique(classes):
            left, right, stands_for = _spread_pairs(
                shared, np.flatnonzero(classes == one), _SAMPLED_PER_CLASS
            )
            lefts.append(left)
            rights.append(right)
            chance_of[number, one] = 1.0 / stands_for
    left, right = np.concatenate(lefts), np.concatenate(rights)
    found = np.column_stack([class_of(shared.smallest_common(left, right)) for shared in kinds])
    # A pair can be drawn through each of its keys (Hansen and Hurwitz 1943 for several frames).
    drawn = np.where(found >= 0, chance_of[np.arange(len(kinds)), found], 0.0).sum(axis=1)
    return left, right, 1.0 / np.maximum(drawn, 1e-12), found


# How often records of one person agree, roughly, by column; beginnings of names halve a disagreement.
_NAMES = (("given", 0.85), ("family", 0.85), ("father", 0.85))
_OWN = (("birth_day", 0.8), ("number", 0.95), ("contact", 0.85), ("occupation", 0.6))
_SHARED = (("event_day", 0.75), ("where", 0.75), ("birth_place", 0.7), ("residence", 0.6), ("postcode", 0.65))
_SEX_AGREES, _YEARS_AGREE = 0.98, 0.9
_BROTHERS_BITS = 2.0
_MOST_BITS = 30.0


def rough_bits(records: pl.DataFrame, left: Numbers, right: Numbers) -> Floats:
    """Return roughly how much the fields of each pair speak for one person, in bits, without the prior."""
    table = records.with_columns(where=pl.coalesce("place", "region"))
    bits = {name: _field_bits(table[f"{name}_consonants"], left, right, m) for name, m in _NAMES}
    for name, found in bits.items():
        begins = table[name].str.slice(0, 2)
        near = (begins.gather(left) == begins.gather(right)).fill_null(value=False).to_numpy()
        bits[name] = np.where(near & (found < 0), found / 2, found)
    own = _years_bits(years_of(records), left, right) + _sum_of(table, _OWN, left, right)
    shared = bits["family"] + bits["father"] + _sum_of(table, _SHARED, left, right)
    brothers = (bits["given"] < 0) & (bits["family"] > 0) & (own <= 0)
    shared = np.where(brothers, np.minimum(shared, _BROTHERS_BITS), shared)
    sex = _field_bits(table["sex"], left, right, _SEX_AGREES)
    result: Floats = np.clip(bits["given"] + shared + own + sex, -_MOST_BITS, _MOST_BITS)
    return result


def _sum_of(
    table: pl.DataFrame, fields: Sequence[tuple[str, float]], left: Numbers, right: Numbers
) -> Floats:
    """Add up the fields that any record fills."""
    filled = [(table[name], agrees) for name, agrees in fields if table[name].null_count() < table.height]
    total = np.zeros(len(left))
    for column, agrees in filled:
        total += _field_bits(column, left, right, agrees)
    return total


def _field_bits(column: pl.Series, left: Numbers, right: Numbers, agrees: float) -> Floats:
    """Weigh equality by how common the value is, and inequality by how rare chance agreement is."""
    counts = column.to_frame().select(pl.len().over(column.name))["len"].to_numpy().astype(np.float64)
    known = column.is_not_null().to_numpy()
    total = max(int(known.sum()), 1)
    by_chance = float(counts[known].mean() / total) if known.any() else 1.0
    common = (counts[left] + 1.0) / (total + 1.0)
    same = (column.gather(left) == column.gather(right)).fill_null(value=False).to_numpy()
    weight = np.where(same, np.log2(agrees / common), np.log2((1 - agrees) / max(1 - by_chance, 0.01)))
    return np.where(known[left] & known[right], weight, 0.0)


def _years_bits(years: Numbers, left: Numbers, right: Numbers) -> Floats:
    known = (years[left, 0] >= 0) & (years[right, 0] >= 0)
    apart = np.maximum(years[left, 0], years[right, 0]) - np.minimum(years[left, 1], years[right, 1])
    near = apart <= 0
    by_chance = min(max(float(near[known].mean()), 0.01), 0.2) if known.any() else 0.1
    weight = np.where(near, np.log2(_YEARS_AGREE / by_chance), np.log2((1 - _YEARS_AGREE) / (1 - by_chance)))
    return np.where(known, weight, 0.0)


def _linked(bits: Floats, stands_for: Floats, expected: float, possible: float) -> Floats:
    """Return the probability of each sampled pair; the share of links is learned from the sample."""
    share = min(max(expected / max(possible, 1.0), 1e-12), 0.5)
    chance = np.zeros(len(bits))
    for _ in range(_ROUNDS):
        chance = 1.0 / (1.0 + np.exp2(-(bits + np.log2(share / (1.0 - share)))))
        found = float((stands_for * chance).sum())
        share = min(max((found + 0.1 * expected) / 1.1 / max(possible, 1.0), 1e-12), 0.5)
    return chance


def plan(
    records: pl.DataFrame, kinds: Sequence[Shared], once: npt.NDArray[np.bool_], most_pairs: float
) -> list[Step]:
    """Choose kinds of keys and sizes of groups.

    Parameters
    ----------
    records
        Prepared records.
    kinds
        Who shares which keys.
    once
        Shape ``(n_records,)``: whether the record stands in a list that names everybody once.
    most_pairs
        How many pairs may be compared.
    """
    left, right, stands_for, classes = _sampled(kinds)
    lists = records["list"].rank("dense").to_numpy()
    impossible = (lists[left] == lists[right]) & once[left]
    stands_for = np.where(impossible, 0.0, stands_for)
    count = records.height
    chance = _linked(rough_bits(records, left, right), stands_for, 0.2 * count, count * (count - 1) / 2)
    sample = _Sample(stands_for, stands_for * chance, classes)
    return _greedy(kinds, sample, most_pairs)


def _greedy(kinds: Sequence[Shared], sample: _Sample, most_pairs: float) -> list[Step]:
    """Add the class with most new links for each new pair, kind by kind from small groups to large."""
    chosen: dict[int, int] = {}
    gained: dict[int, float] = {}
    is_new = np.ones(len(sample.pairs), dtype=np.bool_)
    pairs = 0.0
    while True:
        best = _best_class(kinds, sample, is_new, chosen, most_pairs - pairs)
        if best is None:
            break
        kind, upto, new_pairs, new_links = best
        pairs += new_pairs
        gained[kind] = gained.get(kind, 0.0) + new_links
        chosen[kind] = upto
        is_new &= ~((sample.classes[:, kind] >= 0) & (sample.classes[:, kind] <= upto))
    return [
        Step(kinds[kind], min(2 ** (upto + 2) - 1, int(kinds[kind].size.max())), gained[kind])
        for kind, upto in chosen.items()
    ]


def _best_class(
    kinds: Sequence[Shared],
    sample: _Sample,
    is_new: npt.NDArray[np.bool_],
    chosen: dict[int, int],
    room: float,
) -> tuple[int, int, float, float] | None:
    best: tuple[float, int, int, float, float] | None = None
    for kind in range(len(kinds)):
        mine = np.where(is_new, sample.classes[:, kind], -1)
        open_classes = mine > chosen.get(kind, -1)
        length = int(sample.classes[:, kind].max()) + 1
        pairs = np.cumsum(np.bincount(mine[open_classes], sample.pairs[open_classes], length))
        links = np.cumsum(np.bincount(mine[open_classes], sample.links[open_classes], length))
        usable = (pairs > 0) & (pairs <= room)
        if not usable.any():
            continue
        gain = np.where(usable, links / np.maximum(pairs, 1e-9), 0.0)
        upto = int(gain.argmax())
        if gain[upto] >= _LEAST_YIELD and (best is None or gain[upto] > best[0]):
            best = (float(gain[upto]), kind, upto, float(pairs[upto]), float(links[upto]))
    return None if best is None else best[1:]
