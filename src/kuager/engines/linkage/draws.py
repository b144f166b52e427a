"""Draws of who is who: many partitions of the records into persons, each as likely as the links make it.

Promises: a partition is drawn in proportion to the product of the odds of all record pairs that it puts
together; a list that holds everybody once gives each person one record at most; judgements hold in every
draw; draws differ only where there is doubt; same seed, same draws. Weights are drawn anew for every few
draws, as far as links and strangers counted leave them open (``doubt``). Links between records that were
never compared are drawn in their expected number between records taken at random: right for counts, not for
persons. Assumptions: as for the links, which are taken for independent of each other given the weights.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from kuager.core.errors import BadInputError
from kuager.engines.linkage.doubt import Doubt
from kuager.engines.linkage.linking import REPORTED_FROM, LinkResult
from kuager.engines.linkage.partition_sampling import draw_components
from kuager.engines.linkage.partition_walking import Floats, Ints, Labels, Length, Units

# Log-odds of a pair that was not reported: as likely as the least likely of those reported.
FLOOR = float(np.log(REPORTED_FROM / (1 - REPORTED_FROM)))
MOST_DRAWS = 10_000
# Weights are drawn anew so many times at most.
MOST_BATCHES = 50
_MOST_ONCE = 62

Key = tuple[str, str]


@dataclass(frozen=True, eq=False)
class PartitionDraws:
    """Partitions of the records into persons.

    Attributes
    ----------
    records
        ``list, id``: every record once.
    clusters
        Person of each record, shape ``(n_draws, n_records)``: the number (from 1) of the person's first
        record, so that persons without doubt keep their number in all draws.
    clusters_in_doubt, records_in_doubt
        Persons of the linkage, and records, that are not the same in all draws.
    """

    records: pl.DataFrame
    clusters: npt.NDArray[np.int32]
    clusters_in_doubt: int
    records_in_doubt: int

    def to_dataframe(self) -> pl.DataFrame:
        """Give columns ``draw`` (from 1), ``list``, ``id``, ``cluster``; all records of a draw together."""
        return self._lazily().collect()

    def write_parquet(self, path: Path) -> None:
        """Write ``to_dataframe`` without ever holding it."""
        self._lazily().sink_parquet(path)

    def _lazily(self) -> pl.LazyFrame:
        columns = ("draw", "list", "id", "cluster")
        draws = [
            self.records.with_columns(
                pl.lit(number, dtype=pl.Int32).alias("draw"), pl.Series("cluster", row, dtype=pl.Int32)
            ).lazy()
            for number, row in enumerate(self.clusters, 1)
        ]
        return pl.concat(draws).select(columns)


def draw_partitions(
    result: LinkResult,
    *,
    draws: int = 100,
    seed: int = 1,
    one_to_one: Collection[str] = (),
    judgements: pl.DataFrame | None = None,
    length: Length | None = None,
) -> PartitionDraws:
    """Draw who is who from finished links.

    Parameters
    ----------
    result
        What ``link`` found.
    draws
        How many, 1 to 10,000.
    seed
        Start of the random numbers.
    one_to_one
        Lists that hold every person at most once, as given to ``link``.
    judgements
        As given to ``link``: "same" and "different" hold in every draw.
    length
        Restarts, burn-in and thinning where many records hang together.

    Raises
    ------
    BadInputError
        The number of draws is out of range, or a list is not known.
    """
    if not 1 <= draws <= MOST_DRAWS:
        raise BadInputError(f"there are 1 to {MOST_DRAWS:,} draws, got {draws}")
    records = result.clusters.select("list", "id")
    lists = _bits(records, one_to_one)
    place = {key: row for row, key in enumerate(records.iter_rows())}
    same, different = _judged(judgements, place)
    unit_of = _together(records.height, same)
    random = np.random.default_rng(seed)
    reported = _rows(result.pairs, place)
    labels = np.empty((draws, int(unit_of.max(initial=-1)) + 1), dtype=np.int32)
    for part in _batches(labels, result.doubt):
        pairs, odds = reported
        if result.doubt is not None:
            odds = odds + result.doubt.other_weights(random) * np.log(2.0)
        units, members, bounds = _prepare((pairs, odds), unit_of, lists, different)
        draw_components(units, members, bounds, part, length or Length(), random)
    clusters = _numbered(labels, unit_of)
    doubtful = _doubtful(clusters)
    if result.doubt is not None:
        names = records["list"].to_numpy()
        for row in clusters:
            missed = result.doubt.missed_links(random)
            _join_unseen(row, missed, names, lists, different, random)
    return PartitionDraws(
        records=records,
        clusters=clusters,
        clusters_in_doubt=result.clusters.filter(pl.Series(doubtful))["cluster"].n_unique(),
        records_in_doubt=int(doubtful.sum()),
    )


def _batches(labels: Labels, doubt: Doubt | None) -> list[Labels]:
    """Cut the draws into parts, each of which has weights of its own; without doubt there is one."""
    return [labels] if doubt is None else np.array_split(labels, min(len(labels), MOST_BATCHES))


def _join_unseen(
    row: npt.NDArray[np.int32],
    missed: int,
    names: npt.NDArray[np.str_],
    lists: Ints,
    different: list[tuple[int, int]],
    random: np.random.Generator,
) -> None:
    """Join records without a partner at random, to stand for links between records that were not compared."""
    if not missed:
        return
    several = len(set(names.tolist())) > 1
    apart = set(different) | {(two, one) for one, two in different}
    alone = random.permutation(np.flatnonzero(np.bincount(row, minlength=len(row) + 1)[row] == 1))
    for one, two in zip(alone[::2].tolist(), alone[1::2].tolist(), strict=False):
        if not missed:
            return
        if (several and names[one] == names[two]) or lists[one] & lists[two] or (one, two) in apart:
            continue
        row[max(one, two)] = row[min(one, two)]
        missed -= 1


def _bits(records: pl.DataFrame, one_to_one: Collection[str]) -> Ints:
    """Give each record the bit of its list if that holds everybody once, else 0."""
    names = sorted(set(one_to_one))
    unknown = sorted(set(names) - set(records["list"]))
    if unknown and records.height:
        raise BadInputError(f"one-to-one names an unknown list: {unknown[0]}")
    if len(names) > _MOST_ONCE:
        raise BadInputError(f"at most {_MOST_ONCE} lists can be one-to-one, got {len(names)}")
    bit = {name: 1 << number for number, name in enumerate(names)}
    return np.array([bit.get(name, 0) for name in records["list"]], dtype=np.int64)


def _judged(
    judgements: pl.DataFrame | None, place: Mapping[Key, int]
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Give the pairs judged the same and those judged different; what names no record is left out."""
    found: dict[str, list[tuple[int, int]]] = {"same": [], "different": []}
    if judgements is None:
        return [], []
    columns = ("list_l", "id_l", "list_r", "id_r", "verdict")
    for list_l, id_l, list_r, id_r, verdict in judgements.select(columns).iter_rows():
        left, right = place.get((list_l, str(id_l))), place.get((list_r, str(id_r)))
        if verdict in found and left is not None and right is not None and left != right:
            found[verdict].append((left, right))
    return found["same"], found["different"]


def _together(records: int, same: Iterable[tuple[int, int]]) -> Ints:
    """Give every record the number of its unit: records judged the same are one."""
    return _components(records, np.array(list(same), dtype=np.int64).reshape(-1, 2))


def _components(count: int, pairs: Ints) -> Ints:
    """Give everything the number of its connected component, in the order of their first members."""
    ones = np.ones(len(pairs), dtype=np.int8)
    graph = coo_array((ones, (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    raw = connected_components(graph, directed=False)[1]
    _, first, place = np.unique(raw, return_index=True, return_inverse=True)
    order = np.empty(len(first), dtype=np.int64)
    order[np.argsort(first)] = np.arange(len(first))
    return np.asarray(order[place], dtype=np.int64)


def _rows(pairs: pl.DataFrame, place: Mapping[Key, int]) -> tuple[Ints, Floats]:
    """Give the reported pairs as record numbers, shape ``(n_pairs, 2)``, and their natural log-odds."""
    keys = pairs.select("list_l", "id_l", "list_r", "id_r").iter_rows()
    numbers = [(place[list_l, id_l], place[list_r, id_r]) for list_l, id_l, list_r, id_r in keys]
    odds = pairs["match_weight"].to_numpy().astype(np.float64) * np.log(2.0)
    return np.array(numbers, dtype=np.int64).reshape(-1, 2), odds


def _prepare(
    reported: tuple[Ints, Floats], unit_of: Ints, lists: Ints, different: list[tuple[int, int]]
) -> tuple[Units, Ints, Ints]:
    """Add up record pairs to pairs of units; find the components."""
    count = int(unit_of.max(initial=-1)) + 1
    size = np.bincount(unit_of, minlength=count)
    once = np.zeros(count, dtype=np.int64)
    np.bitwise_or.at(once, unit_of, lists)
    pairs, odds = unit_of[reported[0]], reported[1] - FLOOR
    forbidden = unit_of[np.array(different, dtype=np.int64).reshape(-1, 2)]
    pairs = np.concatenate([pairs, forbidden])
    odds = np.concatenate([odds, np.full(len(forbidden), -np.inf)])
    apart = pairs[:, 0] != pairs[:, 1]
    pairs, odds = pairs[apart], odds[apart]
    # What shares a list that holds everybody once is no link.
    odds[(once[pairs[:, 0]] & once[pairs[:, 1]]) > 0] = -np.inf
    both = np.concatenate([pairs, pairs[:, ::-1]])
    keys, place = np.unique(both[:, 0] * count + both[:, 1], return_inverse=True)
    gain = np.zeros(len(keys))
    np.add.at(gain, place.reshape(-1), np.concatenate([odds, odds]))
    rows, other = keys // max(count, 1), keys % max(count, 1)
    start = np.searchsorted(rows, np.arange(count + 1)).astype(np.int64)
    units = Units(size=size, once=once, start=start, other=other, gain=gain, floor=FLOOR)
    linked = gain > -np.inf
    component = _components(count, np.column_stack([rows[linked], other[linked]]))
    members = np.argsort(component, kind="stable")
    bounds = np.searchsorted(component[members], np.arange(component.max(initial=-1) + 2))
    return units, members.astype(np.int64), bounds.astype(np.int64)


def _numbered(labels: npt.NDArray[np.int32], unit_of: Ints) -> npt.NDArray[np.int32]:
    """Name persons by their first records, from 1."""
    clusters = np.empty((len(labels), len(unit_of)), dtype=np.int32)
    rows = np.arange(len(unit_of))
    for draw, label in enumerate(labels):
        slots = label[unit_of]
        first = np.full(labels.shape[1], len(unit_of), dtype=np.int64)
        np.minimum.at(first, slots, rows)
        clusters[draw] = first[slots] + 1
    return clusters


def _doubtful(clusters: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """Tell for each record whether it, or one ever put together with it, is not the same in all draws."""
    height = clusters.shape[1]
    if not height:
        return np.zeros(0, dtype=np.bool_)
    moves = (clusters != clusters[:1]).any(axis=0)
    rows = np.arange(height, dtype=np.int64) * height
    met = np.unique(np.concatenate([np.unique(rows + draw - 1) for draw in clusters]))
    component = _components(height, np.column_stack([met // height, met % height]))
    touched = np.zeros(int(component.max()) + 1, dtype=np.bool_)
    touched[component[moves]] = True
    return np.asarray(touched[component])
