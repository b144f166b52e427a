"""The pairs that draws of who is who choose among, between records that are surely together.

Promises: built once; new weights are put in without sorting anything again.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from kuager.engines.linkage.drawing.partition_worth import Floats, Ints, Labels, Units


@dataclass(frozen=True, slots=True, eq=False)
class KnownPairs:
    """Pairs of units, and the components they form.

    Attributes
    ----------
    unit_of
        Unit of each record.
    once
        Of each unit: lists that hold everybody once, as bits.
    start, other, entry
        Compressed rows of units: whom each meets, and by which pair of units.
    pair_of
        Which pair of units each pair of records belongs to; -1 for those inside a unit.
    forbidden
        Of each pair of units: whether it was judged different, or shares a list that holds everybody once.
    members, bounds
        Units by component: component ``c`` holds ``members[bounds[c]:bounds[c + 1]]``.
    """

    unit_of: Ints
    once: Ints
    start: Ints
    other: Ints
    entry: Ints
    pair_of: Ints
    forbidden: np.ndarray[tuple[int], np.dtype[np.bool_]]
    members: Ints
    bounds: Ints

    @classmethod
    def of(
        cls, left: Ints, right: Ints, unit_of: Ints, lists: Ints, different: list[tuple[int, int]]
    ) -> "KnownPairs":
        """Arrange pairs of records.

        Parameters
        ----------
        left, right
            Record numbers of the pairs that may be links, shape ``(n_pairs,)``.
        unit_of
            Unit of each record.
        lists
            Bit of each record's list if that holds everybody once, else 0.
        different
            Records judged different.
        """
        count = int(unit_of.max(initial=-1)) + 1
        once = np.zeros(count, dtype=np.int64)
        np.bitwise_or.at(once, unit_of, lists)
        judged = unit_of[np.array(different, dtype=np.int64).reshape(-1, 2)]
        ends = np.concatenate([np.column_stack([unit_of[left], unit_of[right]]), judged])
        low, high = ends.min(axis=1), ends.max(axis=1)
        keys, place = np.unique(low * count + high, return_inverse=True)
        place = place.reshape(-1)
        apart = low != high
        one, two = keys // max(count, 1), keys % max(count, 1)
        forbidden = (once[one] & once[two]) > 0
        forbidden[place[len(left) :]] = True
        kept = one != two
        number = np.cumsum(kept) - 1
        one, two, forbidden = one[kept], two[kept], forbidden[kept]
        pair_of = np.where(apart, number[place], -1)[: len(left)]
        rows, other = np.concatenate([one, two]), np.concatenate([two, one])
        order = np.lexsort((other, rows))
        start = np.searchsorted(rows[order], np.arange(count + 1)).astype(np.int64)
        component = components(count, np.column_stack([one[~forbidden], two[~forbidden]]))
        members = np.argsort(component, kind="stable").astype(np.int64)
        bounds = np.searchsorted(component[members], np.arange(component.max(initial=-1) + 2))
        entry = np.tile(np.arange(len(one)), 2)[order]
        return cls(
            unit_of, once, start, other[order], entry, pair_of, forbidden, members, bounds.astype(np.int64)
        )

    def units(self, weights: Floats, before: Floats, price: float) -> Units:
        """Put in weights; of several pairs of records between two units the best counts, field by field.

        Parameters
        ----------
        weights
            Bits of each field of each pair of records, NaN where unknown, shape ``(n_pairs, n_fields)``.
        before
            Bits of each pair before any field is looked at, shape ``(n_pairs,)``.
        price
            Bits that a pair of units without a pair of records costs.
        """
        outside = self.pair_of >= 0
        place, bits = self.pair_of[outside], np.log(2.0)
        if len(place) == len(self.forbidden) and (place == np.arange(len(place))).all():
            best, prior = weights[outside] * bits, before[outside] * bits
        else:
            best = np.full((len(self.forbidden), weights.shape[1]), np.nan)
            np.fmax.at(best, place, weights[outside] * bits)
            prior = np.full(len(self.forbidden), -np.inf)
            np.maximum.at(prior, place, before[outside] * bits)
        prior = np.where(self.forbidden, -np.inf, prior)
        return Units(
            once=self.once,
            start=self.start,
            other=self.other,
            weight=np.ascontiguousarray(best[self.entry]),
            before=prior[self.entry],
            price=price * bits,
        )

    def first_of_units(self, cluster: Ints) -> Labels:
        """Give each unit the number of the first unit of its finished person."""
        first = np.full(int(cluster.max(initial=0)) + 1, len(self.once), dtype=np.int64)
        of_unit = np.zeros(len(self.once), dtype=np.int64)
        of_unit[self.unit_of] = cluster
        np.minimum.at(first, of_unit, np.arange(len(self.once)))
        return first[of_unit].astype(np.int32)


def components(count: int, pairs: Ints) -> Ints:
    """Give everything the number of its connected component, in the order of their first members."""
    ones = np.ones(len(pairs), dtype=np.int8)
    graph = coo_array((ones, (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    raw = connected_components(graph, directed=False)[1]
    _, first, place = np.unique(raw, return_index=True, return_inverse=True)
    order = np.empty(len(first), dtype=np.int64)
    order[np.argsort(first)] = np.arange(len(first))
    return np.asarray(order[place.reshape(-1)], dtype=np.int64)
