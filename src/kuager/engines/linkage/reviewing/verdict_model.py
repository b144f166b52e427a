"""Learn from many judged pairs how far the log-odds are off, as a smooth function of what a pair looks like.

Promises: deterministic; the order of pairs and of judgements does not matter; where nothing like a pair
was judged its odds stay. Method: Gaussian-process logistic regression with Laplace's approximation. Its mean
is 0 ("the odds are right"), its covariance a sum of a common error, errors of the fields' weights, errors of
levels of agreement, and a smooth part over likeness, odds and company, which lets fields interact. Seven
settings of the standard deviations, among them "nothing is wrong", are averaged by their marginal
likelihoods, so that labels themselves say how flexible the model may be. Pairs may be chosen for review by
anything that the model sees: given that, the choice says nothing about the answer (ignorable, Rubin 1976).

References: Rasmussen and Williams (2006), "Gaussian processes for machine learning", algorithms 3.1 and 5.1;
Rubin (1976), "Inference and missing data", Biometrika 63.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Levels = npt.NDArray[np.int8]

# Standard deviations in bits, each row one setting: common error; error per bit of a field's weight; error of
# a level of a field; smooth part.
_SETTINGS = np.array(
    [
        (0.05, 0.0, 0.0, 0.0),
        (1.0, 0.1, 0.0, 0.0),
        (1.0, 0.1, 0.5, 0.0),
        (1.0, 0.25, 1.0, 0.0),
        (1.0, 0.1, 0.0, 1.0),
        (1.0, 0.1, 0.0, 3.0),
        (1.0, 0.25, 1.0, 4.0),
    ]
)
# Over how many standard deviations of its inputs, all taken together, the smooth part hardly changes.
_REACH = 6.0
_BITS = float(np.log(2.0))
_STEPS, _SETTLED = 60, 1e-5
_CHUNK = 4_096


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """What pairs look like.

    Attributes
    ----------
    weights
        Match weights of the fields in bits, shape ``(n_pairs, n_fields)``.
    levels
        Their levels of agreement, -1 unknown, same shape.
    smooth
        Inputs of the smooth part, in standard deviations, shape ``(n_pairs, n_inputs)``.
    """

    weights: Floats
    levels: Levels
    smooth: Floats

    def rows(self, rows: npt.NDArray[np.int64] | slice) -> "Looks":
        """Return some of the pairs."""
        return Looks(self.weights[rows], self.levels[rows], self.smooth[rows])


def errors_of_odds(looks: Looks, odds: Floats, rows: npt.NDArray[np.int64], same: Floats) -> Floats:
    """Learn from judged pairs; return what to add to the log-odds of every pair, in bits.

    Parameters
    ----------
    looks
        All pairs.
    odds
        Their log-odds in bits, as far as known without labels, rivals included; shape ``(n_pairs,)``.
    rows
        Which pairs were judged.
    same
        1 where a judged pair is one person, else 0, or a probability taken for right; as long as ``rows``.
    """
    judged = looks.rows(rows)
    parts = _covariances(judged, judged)
    given = odds[rows] * _BITS
    fitted = [_fit(np.tensordot((setting * _BITS) ** 2, parts, 1), given, same) for setting in _SETTINGS]
    evidence = np.array([likelihood for _, likelihood in fitted])
    share = np.exp(evidence - evidence.max())
    share /= share.sum()
    pull = np.array([weights for weights, _ in fitted])
    # Covariances are sums of the same parts, so that the mean over settings needs each part but once.
    pulls = (share[:, np.newaxis] * _SETTINGS**2).T @ pull * _BITS
    result = np.empty(len(odds))
    for start in range(0, len(odds), _CHUNK):
        some = slice(start, start + _CHUNK)
        result[some] = np.einsum("pij,pj->i", _covariances(looks.rows(some), judged), pulls)
    return result


def _covariances(one: Looks, other: Looks) -> Floats:
    """Give the four parts of the covariance between pairs, for standard deviations of one bit each."""
    agreeing = [
        column[:, np.newaxis] == others[np.newaxis, :]
        for column, others in zip(one.levels.T, other.levels.T, strict=True)
    ]
    apart = (
        (one.smooth**2).sum(axis=1)[:, np.newaxis]
        + (other.smooth**2).sum(axis=1)[np.newaxis, :]
        - 2.0 * one.smooth @ other.smooth.T
    )
    shape = (len(one.weights), len(other.weights))
    return np.stack(
        [
            np.ones(shape),
            one.weights @ other.weights.T,
            np.sum(agreeing, axis=0, dtype=np.float64) if agreeing else np.zeros(shape),
            np.exp(-np.maximum(apart, 0.0) / (2.0 * _REACH**2)),
        ]
    )


def _fit(covariance: Floats, given: Floats, same: Floats) -> tuple[Floats, float]:
    """Find the most probable errors of the odds; give the weights of the pairs and the log evidence."""
    count = len(given)
    error = np.zeros(count)
    weights = np.zeros(count)
    for _ in range(_STEPS):
        chance = 1.0 / (1.0 + np.exp(-(given + error)))
        root = np.sqrt(np.maximum(chance * (1.0 - chance), 1e-9))
        target = root**2 * error + (same - chance)
        inner = np.eye(count) + root[:, np.newaxis] * covariance * root[np.newaxis, :]
        weights = target - root * np.linalg.solve(inner, root * (covariance @ target))
        step = covariance @ weights - error
        largest = float(np.abs(step).max())
        # Newton's steps are kept short, so that they cannot leap over the maximum.
        error = error + step * min(1.0, 3.0 / max(largest, 1e-12))
        if largest < _SETTLED:
            break
    total = given + error
    likelihood = -(same * np.logaddexp(0.0, -total) + (1.0 - same) * np.logaddexp(0.0, total)).sum()
    evidence = likelihood - 0.5 * weights @ error - 0.5 * np.linalg.slogdet(inner)[1]
    return weights, float(evidence)
