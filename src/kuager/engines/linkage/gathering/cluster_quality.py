"""How right the persons are that links make, before anybody signs.

Promises: over draws of who is who, how many persons there are, how many of the finished persons are exactly
right, and which are most in doubt, with the link on which each hangs and the likeliest record left out, so
that a reviewer sees those first. Without draws the doubt is read off these two links alone. As right as the
draws.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from kuager.engines.linkage.drawing.draws import PartitionDraws
from kuager.engines.linkage.drawing.partitions_compared import Clusters, exactly_right
from kuager.engines.linkage.linking import LinkResult

Key = tuple[str, str]
_LARGEST = 10
_ENDS = (0.025, 0.975)


@dataclass(frozen=True, slots=True)
class Link:
    """Two records ``(list, id)`` and the probability that they are one person, 0 to 1."""

    one: Key
    other: Key
    probability: float


@dataclass(frozen=True, slots=True)
class ClusterDoubt:
    """One finished person and the doubt about it.

    Attributes
    ----------
    cluster
        Its number in the result.
    records
        Its records ``(list, id)``.
    right
        Chance that exactly these records are one person, 0 to 1.
    weakest
        The link on which it hangs: without it and all weaker ones it falls apart; None for one record.
    left_out
        The likeliest link to a record outside; None without any.
    """

    cluster: int
    records: tuple[Key, ...]
    right: float
    weakest: Link | None
    left_out: Link | None


@dataclass(frozen=True, slots=True)
class ClusterQuality:
    """What to expect of all finished persons.

    Attributes
    ----------
    persons
        As many as the links make.
    expected_persons, persons_interval
        Mean over the draws, and 95 % interval.
    right, right_interval
        Share of the finished persons that are exactly right, 0 to 1: mean over the draws, 95 % interval.
    largest
        Numbers and sizes of the largest persons.
    """

    persons: int
    expected_persons: float
    persons_interval: tuple[float, float]
    right: float
    right_interval: tuple[float, float]
    largest: tuple[tuple[int, int], ...]


def cluster_quality(result: LinkResult, draws: PartitionDraws) -> ClusterQuality:
    """Say what to expect of the finished persons.

    Parameters
    ----------
    result
        What ``link`` found.
    draws
        Draws of who is who from it.
    """
    linked = _linked(result, draws)
    right = exactly_right(linked, draws.clusters).mean(axis=1)
    persons = np.array([len(np.unique(row)) for row in draws.clusters])
    sizes = result.clusters.group_by("cluster").len().sort(["len", "cluster"], descending=[True, False])
    return ClusterQuality(
        persons=result.cluster_count,
        expected_persons=float(persons.mean()),
        persons_interval=_interval(persons),
        right=float(right.mean()),
        right_interval=_interval(right),
        largest=tuple((int(number), int(size)) for number, size in sizes.head(_LARGEST).iter_rows()),
    )


def cluster_doubts(
    result: LinkResult, draws: PartitionDraws | None = None, limit: int = 100
) -> tuple[ClusterDoubt, ...]:
    """Give the finished persons most in doubt, the most doubtful first.

    Parameters
    ----------
    result
        What ``link`` found.
    draws
        Draws of who is who from it; without them the chance to be right is that of the weakest link inside
        and the strongest to the outside.
    limit
        How many at most.
    """
    weakest, left_out = _links(result)
    numbers = np.unique(result.clusters["cluster"].to_numpy())
    if draws is None:
        right = np.array([_from_links(weakest.get(int(n)), left_out.get(int(n))) for n in numbers])
    else:
        right = exactly_right(_linked(result, draws), draws.clusters).mean(axis=0)
    order = np.lexsort((numbers, right))[:limit]
    chosen = [int(numbers[row]) for row in order if right[row] < 1.0]
    members: dict[int, list[Key]] = defaultdict(list)
    for name, key, number in result.clusters.filter(pl.col("cluster").is_in(chosen)).iter_rows():
        members[number].append((name, key))
    chance = dict(zip((int(numbers[row]) for row in order), right[order].tolist(), strict=True))
    return tuple(
        ClusterDoubt(n, tuple(members[n]), chance[n], weakest.get(n), left_out.get(n)) for n in chosen
    )


def _linked(result: LinkResult, draws: PartitionDraws) -> Clusters:
    """Give the finished persons in the order of the draws' records."""
    found = draws.records.join(result.clusters, on=["list", "id"], how="left", maintain_order="left")
    return found["cluster"].to_numpy()


def _interval(values: np.ndarray[tuple[int], np.dtype[np.number]]) -> tuple[float, float]:
    low, high = np.quantile(values, _ENDS)
    return float(low), float(high)


def _links(result: LinkResult) -> tuple[Mapping[int, Link], Mapping[int, Link]]:
    """Find for each person the link on which it hangs and the likeliest to the outside, best links first."""
    numbered = result.clusters.select("list", "id", "cluster")
    pairs = result.pairs.select("list_l", "id_l", "list_r", "id_r", "probability")
    for side in ("l", "r"):
        pairs = pairs.join(
            numbered.rename({"list": f"list_{side}", "id": f"id_{side}", "cluster": side}),
            on=[f"list_{side}", f"id_{side}"],
            how="left",
        )
    weakest: dict[int, Link] = {}
    left_out: dict[int, Link] = {}
    joined: dict[Key, Key] = {}
    columns = ("list_l", "id_l", "list_r", "id_r", "probability", "l", "r")
    ranked = pairs.sort("probability", "list_l", "id_l", "list_r", "id_r", descending=[True, *[False] * 4])
    for list_l, id_l, list_r, id_r, probability, left, right in ranked.select(columns).iter_rows():
        link = Link((list_l, id_l), (list_r, id_r), probability)
        if left != right:
            left_out.setdefault(left, link)
            left_out.setdefault(right, link)
        elif _join(joined, link.one, link.other):
            weakest[left] = link
    return weakest, left_out


def _join(joined: dict[Key, Key], one: Key, other: Key) -> bool:
    """Join two records; tell whether they were not joined before (Kruskal 1956)."""
    first, second = _root(joined, one), _root(joined, other)
    joined[first] = second
    return first != second


def _root(joined: dict[Key, Key], record: Key) -> Key:
    while (above := joined.get(record, record)) != record:
        joined[record] = joined.get(above, above)
        record = above
    return record


def _from_links(weakest: Link | None, left_out: Link | None) -> float:
    inside = 1.0 if weakest is None else weakest.probability
    outside = 0.0 if left_out is None else left_out.probability
    return inside * (1.0 - outside)
