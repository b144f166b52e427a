"""What linkage does not know about its own weights, kept with the links so that draws can carry it.

Promises: plain numbers, one row for each pair that may be a link at all, reported or not. Five doubts: rates
of agreement rest on finitely many links and strangers; so does the number of links; fields are not quite
independent, so that all weights may be off together; what was withheld for caution (agreement that brothers
share, names that are only close) may have been evidence after all; and links whose records share no common
key are never seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kuager.engines.linkage.comparing.comparisons import FieldComparison
from kuager.engines.linkage.exclusivity import Floats, Ints
from kuager.engines.linkage.learning import Evidence, Model, prior_bits

Levels = npt.NDArray[np.int8]

# Chosen on invented lists (benchmarks/linkage_uncertainty.py): intervals cover, and no wider than needed.
COMMON_ERROR_BITS = 0.5
# Doubt about how many links were missed, as a share of their number.
_MISSED_SPREAD = 0.5
# Pairs below are no links in any draw.
MAY_BE_FROM_BITS = -10.0


@dataclass(frozen=True, slots=True, eq=False)
class MayBe:
    """Pairs of records that may be links.

    Attributes
    ----------
    left, right
        Rows of the clusters of the result, shape ``(n_pairs,)``.
    weights
        Bits that each field gives, NaN where it is unknown, shape ``(n_pairs, n_fields)``.
    beyond
        Bits that neither fields nor the share of links give, such as what judgements taught.
    withheld
        Bits by which caution lowered the weights, shape ``(n_pairs, n_fields)``.
    levels
        Level of each field, -1 unknown, same shape.
    measured
        Whether chance agreement at that level was measured as such, and not taken from how common the agreed
        value is, same shape.
    """

    left: Ints
    right: Ints
    weights: Floats
    beyond: Floats
    withheld: Floats
    levels: Levels
    measured: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Doubt:
    """The doubt about the weights of finished links.

    Attributes
    ----------
    pairs
        All pairs that may be links.
    same
        For each field, how often one person's records reach each level, as used in the weights.
    same_before, same_most
        The same before these lists were seen, and the most that is believed of it.
    strangers
        For each field, at how many pairs of strangers each level was counted.
    missed
        Links expected among pairs that were not compared.
    recall
        Share of all links that is expected among the pairs compared.
    common_error_bits
        Standard deviation of an error that all weights share.
    """

    pairs: MayBe
    same: tuple[Floats, ...]
    same_before: tuple[Floats, ...]
    same_most: tuple[Floats, ...]
    strangers: tuple[Floats, ...]
    missed: float
    recall: float
    common_error_bits: float = COMMON_ERROR_BITS

    def missed_links(self, random: np.random.Generator) -> int:
        """Draw how many links join records that were not compared."""
        if self.missed <= 0:
            return 0
        shape = 1 / _MISSED_SPREAD**2
        return int(random.poisson(random.gamma(shape, self.missed / shape)))


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """Pairs as scored: rows of the clusters, bits of each field, log-odds, probability.

    ``known`` says for each field in how many pairs, also those not kept, it was compared.
    """

    left: Ints
    right: Ints
    weights: Floats
    odds: Floats
    probability: Floats
    known: Sequence[float]


def doubt_about(weighed: Weighed, model: Model, evidence: Evidence, missed: float, error: float) -> Doubt:
    """Gather what is not known about finished links.

    Parameters
    ----------
    weighed
        The pairs.
    model, evidence
        With what they were scored.
    missed
        Links expected among pairs that were not compared.
    error
        Standard deviation of the error that all weights share, in bits.
    """
    links = float(weighed.probability.sum())
    return Doubt(
        pairs=_may_be(weighed, model, evidence),
        same=model.m,
        same_before=before_these_lists(model.fields),
        same_most=most_believed(model.fields),
        strangers=tuple(u * (1.0 + count) for u, count in zip(model.u, weighed.known, strict=True)),
        missed=missed,
        recall=links / (links + missed) if links + missed > 0 else 1.0,
        common_error_bits=error,
    )


def before_these_lists(fields: Sequence[FieldComparison]) -> tuple[Floats, ...]:
    """Give what is believed, before lists are seen, of how often one person's records reach each level."""
    rates = [np.array([level.m for level in field.levels], dtype=np.float64) for field in fields]
    return tuple(one / one.sum() for one in rates)


def most_believed(fields: Sequence[FieldComparison]) -> tuple[Floats, ...]:
    """Give the most that is believed of it."""
    return tuple(
        np.array([1.0 if level.m_at_most is None else level.m_at_most for level in field.levels])
        for field in fields
    )


def _may_be(weighed: Weighed, model: Model, evidence: Evidence) -> MayBe:
    hopeful = weighed.odds > 2.0 * MAY_BE_FROM_BITS
    withheld = np.zeros(weighed.weights.shape)
    withheld[hopeful] = _withheld(weighed.weights[hopeful], model, evidence, hopeful)
    likely = np.maximum(weighed.odds, weighed.odds + withheld.sum(axis=1)) > MAY_BE_FROM_BITS
    rows = np.flatnonzero(likely)
    beyond = weighed.odds - weighed.weights.sum(axis=1) - prior_bits(model.share, evidence)[evidence.groups]
    levels = evidence.levels[rows]
    return MayBe(
        left=weighed.left[rows],
        right=weighed.right[rows],
        weights=np.where(levels >= 0, weighed.weights[rows], np.nan),
        beyond=beyond[rows],
        withheld=withheld[rows],
        levels=levels,
        measured=np.isnan(evidence.frequency[rows]),
    )


def _withheld(weights: Floats, model: Model, evidence: Evidence, rows: npt.NDArray[np.bool_]) -> Floats:
    """Give what the fields would say if nothing were held back, less what they were let say."""
    bare = np.zeros(weights.shape)
    for column, field in enumerate(model.fields):
        level = evidence.levels[rows, column]
        known = level >= 0
        exact = np.array([one.is_exact for one in field.levels])
        common = evidence.frequency[rows, column][known]
        measured = np.isnan(common) | ~exact[level[known]]
        chance = np.where(measured, model.u[column][level[known]], common)
        bare[known, column] = np.log2(model.m[column][level[known]] / chance)
    result: Floats = bare - weights
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
