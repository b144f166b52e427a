"""Gather linked records into persons.

Promises: a judgement always wins over a score; two records judged different never share a person, nor do two
records of a list that holds everyone once, unless somebody judged them the same; no chain of weak links joins
two groups whose members mostly do not resemble each other. Deterministic: best links first, ties by record
number; links are tried until none joins anything more, so that what is kept apart is kept apart by something
that still holds at the end, and that is told. Work grows with the number of pairs.
"""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from kuager.engines.linkage.gathering.joining import SUPPORT, Groups
from kuager.engines.linkage.gathering.judged import settle_judgements
from kuager.engines.linkage.gathering.kept_apart import Blocked, Pair

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def ordered(left: int, right: int) -> Pair:
    """Return the two record numbers, smaller first."""
    return (left, right) if left < right else (right, left)


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """Scored pairs of record numbers, each pair once; all shapes ``(n_pairs,)``, probabilities 0 to 1."""

    left: Ints
    right: Ints
    probability: Floats

    def probability_of(self) -> Callable[[int, int], float]:
        """Give a function that looks up the probability of two records; 0 for a pair that was not scored."""
        low, high = np.minimum(self.left, self.right), np.maximum(self.left, self.right)
        width = int(high.max(initial=0)) + 1
        order = np.argsort(low * width + high)
        keys, chances = (low * width + high)[order].tolist(), self.probability[order].tolist()

        def look_up(one: int, other: int) -> float:
            left, right = ordered(one, other)
            place = bisect_left(keys, left * width + right)
            known = place < len(keys) and keys[place] == left * width + right
            return float(chances[place]) if known else 0.0

        return look_up


@dataclass(frozen=True, slots=True, eq=False)
class Persons:
    """Who is who.

    Attributes
    ----------
    numbers
        Person of each record, from 1 by first appearance, shape ``(n_records,)``.
    kept_apart
        Pairs judged the same or at or above the threshold that are different persons, with their probability
        and what forbids the join; likeliest first.
    """

    numbers: Ints
    kept_apart: tuple[tuple[Pair, float, Blocked], ...]


def gather_persons(
    list_of: Sequence[str],
    links: Links,
    *,
    threshold: float,
    one_to_one: Collection[str] = (),
    same: Iterable[Pair] = (),
    different: Iterable[Pair] = (),
) -> Persons:
    """Put records together.

    Parameters
    ----------
    list_of
        The list each record comes from.
    links
        Scored pairs; judged pairs need not be among them.
    threshold
        Links below it join nothing; they still count as support.
    one_to_one
        Lists that hold every person at most once.
    same, different
        Judged pairs.
    """
    same, different = [ordered(*pair) for pair in same], [ordered(*pair) for pair in different]
    chosen = links.probability >= threshold
    ends = np.array([*same], dtype=np.int64).reshape(-1, 2)
    component = connected(
        len(list_of),
        np.concatenate([links.left[chosen], ends[:, 0]]),
        np.concatenate([links.right[chosen], ends[:, 1]]),
    )
    hard = _needs_care(list_of, links, component, frozenset(one_to_one), [*same, *different])
    if not hard.any():
        return Persons(numbered(component), ())
    rows = np.flatnonzero(hard[component[links.left]] & (component[links.left] == component[links.right]))
    groups = Groups(list_of, one_to_one, different, links.probability_of())
    groups.add_scores(links.left[rows].tolist(), links.right[rows].tolist(), links.probability[rows].tolist())
    refused = settle_judgements(same, groups)
    judged = frozenset(same)
    tried = [
        (pair, probability)
        for pair, probability in _best_first(links, rows[chosen[rows]])
        if pair not in judged
    ]
    left_over = _join_all(groups, tried)
    apart = [(pair, 1.0, replace(groups.what_blocks(*pair), why="judged-same-conflicts")) for pair in refused]
    apart += [(pair, probability, groups.what_blocks(*pair)) for pair, probability in left_over]
    merged = groups.merge_into(component, hard)
    return Persons(numbered(merged), tuple(apart))


def _needs_care(
    list_of: Sequence[str],
    links: Links,
    component: Ints,
    one_to_one: frozenset[str],
    judged: Sequence[Pair],
) -> npt.NDArray[np.bool_]:
    """Tell which components are not simply one person: all pairs alike, nothing judged, no list twice."""
    count = int(component.max(initial=-1)) + 1
    size = np.bincount(component, minlength=count)
    alike = (component[links.left] == component[links.right]) & (links.probability >= SUPPORT)
    hard = np.bincount(component[links.left[alike]], minlength=count) < size * (size - 1) // 2
    for pair in judged:
        hard[component[list(pair)]] = True
    if one_to_one:
        names, number = np.unique(np.array(list_of), return_inverse=True)
        once = np.isin(names, list(one_to_one))[number]
        seats, taken = np.unique(component[once] * len(names) + number[once], return_counts=True)
        hard[seats[taken > 1] // len(names)] = True
    return np.asarray(hard)


def _best_first(links: Links, rows: Ints) -> list[tuple[Pair, float]]:
    # Sums over pairs depend on their order in the last digits; the order of links must not.
    rounded = np.round(links.probability[rows], 9)
    order = rows[np.lexsort((links.right[rows], links.left[rows], -rounded))]
    pairs = zip(links.left[order].tolist(), links.right[order].tolist(), strict=True)
    return list(zip((ordered(*pair) for pair in pairs), links.probability[order].tolist(), strict=True))


def _join_all(groups: Groups, tried: list[tuple[Pair, float]]) -> list[tuple[Pair, float]]:
    """Try the links, best first, until none joins anything more; give those kept apart."""
    joined = True
    while joined and tried:
        joined = False
        left_over = []
        for link in tried:
            (left, right), _ = link
            one, other = groups.group_of(left), groups.group_of(right)
            if one == other:
                continue
            if groups.may_join(one, other):
                groups.join(one, other)
                joined = True
            else:
                left_over.append(link)
        tried = [link for link in left_over if groups.group_of(link[0][0]) != groups.group_of(link[0][1])]
    return tried


def cluster(
    list_of: Sequence[str],
    scores: Mapping[Pair, float],
    *,
    threshold: float,
    one_to_one: Collection[str] = (),
    same: Iterable[Pair] = (),
    different: Iterable[Pair] = (),
) -> list[int]:
    """Return a cluster number for every record, numbered by first appearance; see :func:`gather_persons`."""
    ends = np.array(list(scores), dtype=np.int64).reshape(-1, 2)
    links = Links(ends[:, 0], ends[:, 1], np.array(list(scores.values()), dtype=np.float64))
    found = gather_persons(
        list_of, links, threshold=threshold, one_to_one=one_to_one, same=same, different=different
    )
    return [int(number) for number in found.numbers]


def connected(count: int, left: Ints, right: Ints) -> Ints:
    """Give each of ``count`` things the number of the component that the pairs connect it to."""
    ones = np.ones(len(left), dtype=np.int8)
    graph = coo_array((ones, (left, right)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def numbered(group_of: Ints) -> Ints:
    """Give groups numbers from 1 by first appearance."""
    _, first, place = np.unique(group_of, return_index=True, return_inverse=True)
    number = np.empty(len(first), dtype=np.int64)
    number[np.argsort(first)] = np.arange(1, len(first) + 1)
    return np.asarray(number[place.reshape(-1)])
