"""Set weights right by what people judged.

Promises: without judgements nothing changes; few judgements change little. Method: logistic regression of the
verdicts on the weights of the fields, drawn towards "as they are" (a normal prior on the common error and on
the factor of each field); what competition between links adds stays as it is. The queue shows pairs by their
probability, not by their answer, so that judged pairs may stand for those of the same weights.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kuager.engines.linkage.exclusivity import Floats

# Before anybody judges: the weights are right to about two bits together, each field to about a quarter.
_COMMON_BITS, _FACTOR_SPREAD = 1.5, 0.25
_STEPS = 50
_MAX_BITS = 30.0


@dataclass(frozen=True, slots=True)
class Correction:
    """How far judged pairs move the weights.

    Attributes
    ----------
    common_bits
        Added to every pair.
    factors
        By which each field's weight is multiplied.
    error_bits
        What remains unknown of ``common_bits``, as a standard deviation.
    """

    common_bits: float
    factors: Floats
    error_bits: float

    def corrected(self, weights: Floats) -> Floats:
        """Return the weights of fields set right; the common part is added to the sum by the caller."""
        result: Floats = weights * self.factors
        return result


def correction(weights: Floats, offset: Floats, verdicts: Mapping[int, bool]) -> Correction | None:
    """Learn from judged pairs; None without any.

    Parameters
    ----------
    weights
        Match weights in bits, shape ``(n_pairs, n_fields)``.
    offset
        What is added to their sum before a probability is formed, in bits.
    verdicts
        By row: whether a person judged the two records the same.
    """
    rows = sorted(verdicts)
    if not rows:
        return None
    bits = np.log(2.0)
    design = np.column_stack([np.ones(len(rows)), weights[rows]]) * bits
    given = np.clip(offset[rows], -_MAX_BITS, _MAX_BITS) * bits
    same = np.array([verdicts[row] for row in rows], dtype=np.float64)
    centre = np.concatenate([[0.0], np.ones(weights.shape[1])])
    precision = np.diag([_COMMON_BITS**-2, *[_FACTOR_SPREAD**-2] * weights.shape[1]])
    at, curve = centre.copy(), precision
    for _ in range(_STEPS):
        chance = 1.0 / (1.0 + np.exp(-np.clip(given + design @ at, -50.0, 50.0)))
        curve = (design * (chance * (1.0 - chance))[:, np.newaxis]).T @ design + precision
        step = np.linalg.solve(curve, design.T @ (same - chance) - precision @ (at - centre))
        at = at + np.clip(step, -0.5, 0.5)
        if float(np.abs(step).max()) < 1e-8:
            break
    factors = np.maximum(at[1:], 0.0)
    return Correction(float(at[0]), factors, float(np.sqrt(np.linalg.inv(curve)[0, 0])))
