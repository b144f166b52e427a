"""What linkage does not know about its own weights, kept with the links so that draws can carry it.

Promises: plain numbers, in the order of the reported pairs. Three doubts: rates of agreement rest on finitely
many links and strangers; fields are not quite independent, so that all weights may be off together; and links
whose records share no common key are never seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kuager.engines.linkage.exclusivity import Floats

Levels = npt.NDArray[np.int8]

# On development lists the weights of doubtful pairs were right, as a whole, to about this many bits.
COMMON_ERROR_BITS = 1.0
# Doubt about how many links were missed, as a share of their number.
_MISSED_SPREAD = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Doubt:
    """The doubt about the weights of finished links.

    Attributes
    ----------
    levels
        Level of each field of each reported pair, -1 unknown, shape ``(n_pairs, n_fields)``.
    measured
        Whether chance agreement at that level was measured as such, and not taken from how common the agreed
        value is; same shape.
    same, strangers
        For each field, at how many links and pairs of strangers each level was counted.
    missed
        Links expected among pairs that were not compared.
    recall
        Share of all links that is expected among the pairs compared.
    common_error_bits
        Standard deviation of an error that all weights share.
    """

    levels: Levels
    measured: npt.NDArray[np.bool_]
    same: tuple[Floats, ...]
    strangers: tuple[Floats, ...]
    missed: float
    recall: float
    common_error_bits: float = COMMON_ERROR_BITS

    def other_weights(self, random: np.random.Generator) -> Floats:
        """Draw what to add to the weight of each pair, in bits."""
        change = np.full(len(self.levels), random.normal(0.0, self.common_error_bits))
        for column, (same, strangers) in enumerate(zip(self.same, self.strangers, strict=True)):
            level = self.levels[:, column]
            known = level >= 0
            change[known] += _redrawn_bits(same, random)[level[known]]
            chance = _redrawn_bits(strangers, random)[level[known]]
            change[known] -= np.where(self.measured[known, column], chance, 0.0)
        return change

    def missed_links(self, random: np.random.Generator) -> int:
        """Draw how many links join records that were not compared."""
        if self.missed <= 0:
            return 0
        shape = 1 / _MISSED_SPREAD**2
        return int(random.poisson(random.gamma(shape, self.missed / shape)))


def _redrawn_bits(counts: Floats, random: np.random.Generator) -> Floats:
    """Draw rates given the counts; give the change of their logarithm in bits."""
    drawn = np.maximum(random.standard_gamma(np.maximum(counts, 0.5)), 1e-9)
    result: Floats = np.log2(drawn / drawn.sum()) - np.log2(
        np.maximum(counts, 0.5) / np.maximum(counts, 0.5).sum()
    )
    return result


def missed_by_blocking(ways: Sequence[int] | npt.NDArray[np.int64], linked: Floats) -> float:
    """Estimate how many links no key found, from links that one kind of key found, and two (Chao 1987).

    Parameters
    ----------
    ways
        By how many kinds of key each pair was found; 0 where all pairs are compared.
    linked
        Probability of each pair.
    """
    by_key = np.asarray(ways)
    found = [float(linked[by_key == number].sum()) for number in (1, 2)]
    if not (by_key > 0).any():
        return 0.0
    # Where next to nothing was found twice the estimate is wild: not more than were found once.
    return min(found[0] * max(found[0] - 1.0, 0.0) / (2.0 * (found[1] + 1.0)), found[0])
