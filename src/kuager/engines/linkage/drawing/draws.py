"""Draws of who is who: many partitions of the records into persons, each as likely as the links make it.

Promises: a partition is drawn in proportion to the odds of its persons (``partition_worth``); a list that
holds everybody once gives each person one record at most; judgements hold in every draw; draws differ only
where there is doubt; same seed, same draws. Weights are drawn anew for every few draws, from who is who as
drawn last (``weight_draws``). Links between records that were never compared are drawn in their expected
number between records taken at random: right for counts, not for persons. Assumptions: fields are independent
of each other given who is who, but for an error that all share; see ``doubt``.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from kuager.core.errors import BadInputError
from kuager.engines.linkage.drawing.doubt import MAY_BE_FROM_BITS
from kuager.engines.linkage.drawing.known_pairs import KnownPairs, components
from kuager.engines.linkage.drawing.partition_sampling import draw_components
from kuager.engines.linkage.drawing.partition_walking import Length
from kuager.engines.linkage.drawing.partition_worth import Ints, Labels
from kuager.engines.linkage.drawing.weight_draws import draw_errors, draw_weights
from kuager.engines.linkage.gathering.judged import without_contradictions
from kuager.engines.linkage.linking import LinkResult

MOST_DRAWS = 10_000
# Weights are drawn anew so many times at most.
MOST_BATCHES = 50
# Times that weights are drawn from partitions and partitions from weights before a draw counts: at the start
# of a walk, and for each new common error.
_STEPS_AT_FIRST, _STEPS = 8, 2
# Odds, in bits, of a pair inside a person that was not worth keeping: at most those of the least kept.
_PRICE_BITS = MAY_BE_FROM_BITS
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


def draw_partitions(  # noqa: PLR0913  # each is an option of its own
    result: LinkResult,
    *,
    draws: int = 100,
    seed: int = 1,
    one_to_one: Collection[str] = (),
    judgements: pl.DataFrame | None = None,
    length: Length | None = None,
    progress: Callable[[int], None] | None = None,
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
    progress
        Told how many draws are done.

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
    same = without_contradictions(same, different)
    unit_of = _together(records.height, same)
    random = np.random.default_rng(seed)
    pairs = KnownPairs.of(*_ends(result, place), unit_of, lists, different)
    labels = np.empty((draws, len(pairs.once)), dtype=np.int32)
    _fill(labels, pairs, result, length or Length(), random, progress or _say_nothing)
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


def _say_nothing(done: int) -> None:
    del done


def _fill(
    labels: Labels,
    pairs: KnownPairs,
    result: LinkResult,
    length: Length,
    random: np.random.Generator,
    say: Callable[[int], None],
) -> None:
    """Draw from several walks; where no weights are drawn every second one starts with everybody alone."""
    linked = pairs.first_of_units(result.clusters["cluster"].to_numpy())
    done = 0
    for number, part in enumerate(np.array_split(labels, min(length.restarts, len(labels)))):
        # Nobody linked would teach that nobody is ever on two lists.
        is_linked = number % 2 == 0 or result.doubt is not None
        start = linked if is_linked else np.arange(len(pairs.once), dtype=np.int32)
        for drawn in _walk(part, pairs, result, start, length, random):
            done += drawn
            say(done)


def _walk(
    part: Labels,
    pairs: KnownPairs,
    result: LinkResult,
    start: Labels,
    length: Length,
    random: np.random.Generator,
) -> Iterator[int]:
    """Fill some draws, a few at a time; tell how many each time."""
    if result.doubt is None:
        part[-1] = start
        weights = result.pairs["match_weight"].to_numpy().astype(np.float64)[:, np.newaxis]
        units = pairs.units(weights, np.zeros(len(weights)), _PRICE_BITS)
        draw_components(units, pairs.members, pairs.bounds, part, (length.burn_in, length.thin), random)
        yield len(part)
        return
    list_of = np.unique(result.clusters["list"].to_numpy(), return_inverse=True)[1].reshape(-1)
    batches = np.array_split(part, max(1, min(len(part), MOST_BATCHES // length.restarts)))
    latest = start[np.newaxis]
    for number, batch in enumerate(batches):
        errors = draw_errors(result.doubt, random)
        steps = _STEPS if number else _STEPS_AT_FIRST
        for step in range(steps):
            person_of = latest[-1][pairs.unit_of].astype(np.int64)
            weights, before = draw_weights(result.doubt, errors, person_of, list_of, random)
            filled = batch if step == steps - 1 else np.empty((1, len(start)), dtype=np.int32)
            filled[-1] = latest[-1]
            units = pairs.units(weights, before, _PRICE_BITS)
            sweeps = (length.burn_in if number == step == 0 else length.thin, length.thin)
            draw_components(units, pairs.members, pairs.bounds, filled, sweeps, random)
            latest = filled
        yield len(batch)


def _ends(result: LinkResult, place: Mapping[Key, int]) -> tuple[Ints, Ints]:
    """Give the rows of the pairs that may be links: those known to be, otherwise those reported."""
    if result.doubt is not None:
        return result.doubt.pairs.left, result.doubt.pairs.right
    keys = result.pairs.select("list_l", "id_l", "list_r", "id_r").iter_rows()
    ends = [(place[list_l, id_l], place[list_r, id_r]) for list_l, id_l, list_r, id_r in keys]
    rows = np.array(ends, dtype=np.int64).reshape(-1, 2)
    return rows[:, 0], rows[:, 1]


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
    return components(records, np.array(list(same), dtype=np.int64).reshape(-1, 2))


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
    component = components(height, np.column_stack([met // height, met % height]))
    touched = np.zeros(int(component.max()) + 1, dtype=np.bool_)
    touched[component[moves]] = True
    return np.asarray(touched[component])
