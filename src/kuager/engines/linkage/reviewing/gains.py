"""What the answer about a pair is likely to set right: directly, and by teaching about pairs like it.

Promises: every gain is at least 0, in pairs of records; computed from probabilities, groups and levels only.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from kuager.engines.linkage.reviewing.sampling import KEYS

if TYPE_CHECKING:
    from kuager.engines.linkage.linking import LinkResult

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# Weights of pairs with the same levels share an error of about so many bits.
_PATTERN_BITS = 1.0
_NATURAL = float(np.log(2.0))
# Points and weights of Gauss and Hermite for means over a normal error.
_POINTS, _POINT_WEIGHTS = np.polynomial.hermite_e.hermegauss(9)
_SURE = 1e-6
_RIVAL_FROM = 0.02


_Number = TypeVar("_Number", float, Floats)


@dataclass(slots=True, eq=False)
class Gains:
    """The gains of all open pairs, and how much has been asked of each pattern so far."""

    direct: Floats
    pattern: Ints
    chance: Floats
    worth_of_pattern: Floats
    known_of_pattern: Floats
    open_of_pattern: Ints
    clusters: Ints
    linked: npt.NDArray[np.bool_]
    group_size: Ints
    rivals: Ints
    records: Ints = field(default_factory=lambda: np.zeros((0, 2), dtype=np.int64))

    def touches(self, row: int) -> tuple[int, ...]:
        """Give the groups of records that a pair touches."""
        one, other = self.clusters[row].tolist()
        return (one,) if one == other else (one, other)

    def teaching(self, row: int) -> float:
        """Give what an answer about this pair teaches about its pattern, after what was asked before."""
        place = int(self.pattern[row])
        before, chance = float(self.known_of_pattern[place]), float(self.chance[row])
        return float(self.worth_of_pattern[place]) * _share_taught(before, chance * (1.0 - chance))

    def teaching_all(self) -> Floats:
        """Give the same for all pairs."""
        before = self.known_of_pattern[self.pattern]
        result: Floats = self.worth_of_pattern[self.pattern] * _share_taught(
            before, self.chance * (1.0 - self.chance)
        )
        return result

    def note(self, row: int) -> None:
        """Count a pair as asked."""
        self.known_of_pattern[self.pattern[row]] += self.chance[row] * (1.0 - self.chance[row])

    def why(self, row: int, learned: bool) -> tuple[str, int]:
        """Say in a code and a number what the answer is good for."""
        if learned:
            return "teaches", int(self.open_of_pattern[self.pattern[row]])
        if self.rivals[row] > 0:
            return "rivals", int(self.rivals[row])
        if self.group_size[row] > 2:
            return ("splits" if self.linked[row] else "joins"), int(self.group_size[row])
        return "doubtful", round(100 * float(self.chance[row]))


def _share_taught(before: _Number, answer: _Number) -> _Number:
    """Give the share of a pattern's doubt that one more answer takes; all in squared natural log-odds."""
    prior = (_PATTERN_BITS * _NATURAL) ** -2
    return (before + answer) / (prior + before + answer) - before / (prior + before)


def gains_of(result: "LinkResult", pairs: pl.DataFrame, judgements: pl.DataFrame | None) -> Gains:
    """Compute the gains of the open pairs.

    Parameters
    ----------
    result
        The links.
    pairs
        Its open pairs, with ``row``: their place in ``result.pairs``.
    judgements
        What was judged; of pairs that are not reported nothing is learned.
    """
    records, clusters = _records(result, pairs)
    probability = pairs["probability"].to_numpy()
    chance, settled = _doubted(probability)
    linked = clusters[:, 0] == clusters[:, 1]
    sizes = np.bincount(clusters.reshape(-1)[:0], minlength=1) if not len(clusters) else _sizes(result)
    size = sizes[clusters]
    direct, rivals = _direct(pairs, records, probability, linked)
    pattern, known = _patterns(result, pairs, judgements)
    count = int(pattern.max(initial=-1)) + 1
    undecided = np.maximum(np.minimum(chance, 1 - chance) - settled, 0.0)
    return Gains(
        direct=direct,
        pattern=pattern,
        chance=chance,
        worth_of_pattern=np.bincount(pattern, weights=undecided, minlength=count).astype(np.float64),
        known_of_pattern=known,
        open_of_pattern=np.bincount(pattern, minlength=count),
        clusters=clusters,
        linked=linked,
        group_size=np.where(linked, size[:, 0], size.sum(axis=1))
        if len(size)
        else np.zeros(0, dtype=np.int64),
        rivals=rivals,
        records=records,
    )


def _records(result: "LinkResult", pairs: pl.DataFrame) -> tuple[Ints, Ints]:
    """Give the record numbers of each pair and their clusters, both of shape ``(n_pairs, 2)``."""
    table = result.clusters.select("list", "id", "cluster").with_row_index("record")
    sides = []
    for side in "lr":
        keys = [f"list_{side}", f"id_{side}"]
        found = pairs.select(keys).join(
            table, left_on=keys, right_on=["list", "id"], how="left", maintain_order="left"
        )
        sides.append(found.select("record", "cluster").to_numpy().astype(np.int64))
    both = np.stack(sides, axis=1)
    return both[:, :, 0], both[:, :, 1]


def _sizes(result: "LinkResult") -> Ints:
    """Give the records of each cluster, by its number."""
    return np.bincount(result.clusters["cluster"].to_numpy()).astype(np.int64)


def _doubted(probability: Floats) -> tuple[Floats, Floats]:
    """Give each probability in view of the error its pattern shares, and the errors left once it is known."""
    sure = np.clip(probability, _SURE, 1 - _SURE)
    odds = np.log(sure / (1 - sure))[:, np.newaxis] + _POINTS * _PATTERN_BITS * np.log(2.0)
    chances = 1.0 / (1.0 + np.exp(-odds))
    weights = _POINT_WEIGHTS / _POINT_WEIGHTS.sum()
    return chances @ weights, np.minimum(chances, 1 - chances) @ weights


def _direct(
    pairs: pl.DataFrame, records: Ints, chance: Floats, linked: npt.NDArray[np.bool_]
) -> tuple[Floats, Ints]:
    """Give the pairs of records expected to be set right by an answer, and the rivals of each pair."""
    freed, undone = np.zeros(len(chance)), np.zeros(len(chance))
    rivals = np.zeros(len(chance), dtype=np.int64)
    lists = pl.concat([pairs["list_l"], pairs["list_r"]]).cast(pl.Categorical).to_physical().to_numpy()
    half = len(chance)
    for end in (0, 1):
        other_list = lists[half:] if end == 0 else lists[:half]
        slot = np.unique(records[:, end] * (int(lists.max(initial=0)) + 1) + other_list, return_inverse=True)[
            1
        ]
        best = _best_other(slot.reshape(-1), chance)
        count = np.bincount(slot, weights=chance >= _RIVAL_FROM)[slot] - (chance >= _RIVAL_FROM)
        rivals = np.maximum(rivals, count.astype(np.int64))
        # If this pair falls, its rival takes over what it had; only if they competed at all.
        after = np.where(chance + best <= 1.0, best / np.maximum(1.0 - chance, _SURE), best)
        freed += np.maximum(2.0 * np.minimum(after, 1.0) - 1.0, 0.0)
        undone += np.bincount(slot, weights=linked)[slot] - linked
    gain = np.where(linked, (1.0 - chance) * (1.0 + freed), chance * (1.0 + np.minimum(undone, 2.0)))
    return gain, rivals


def _best_other(slot: Ints, chance: Floats) -> Floats:
    """Give the best probability among the other pairs of the same slot; 0 where there is none."""
    table = pl.DataFrame({"slot": slot, "chance": chance})
    found = table.with_columns(
        first=pl.col("chance").max().over("slot"),
        second=pl.col("chance").top_k(2).min().over("slot"),
        count=pl.len().over("slot"),
    )
    best = pl.when(pl.col("chance") < pl.col("first")).then("first").otherwise("second")
    return found.select(pl.when(pl.col("count") > 1).then(best).otherwise(0.0))["first"].to_numpy()


def _patterns(
    result: "LinkResult", pairs: pl.DataFrame, judgements: pl.DataFrame | None
) -> tuple[Ints, Floats]:
    """Give numbers to the patterns of agreement of the pairs; say how much of each is known."""
    table = result.pairs.select(*KEYS, "probability", pattern=_pattern_text(result.pairs)).with_row_index(
        "row"
    )
    number = table["pattern"].rank("dense").to_numpy().astype(np.int64) - 1
    known = np.zeros(int(number.max(initial=-1)) + 1)
    if judgements is not None and judgements.height:
        judged = np.setdiff1d(np.arange(table.height), pairs["row"].to_numpy())
        np.add.at(known, number[judged], 0.25)
    return number[pairs["row"].to_numpy()], known


def _pattern_text(pairs: pl.DataFrame) -> pl.Expr:
    """Read the levels from the reasons; where there are none, pairs of like weight are alike."""
    if "reasons" not in pairs.columns:
        return pl.col("match_weight").round(0).cast(pl.String)
    return pl.col("reasons").str.extract_all(r'"level": "[^"]*"').list.join("|").fill_null("")
