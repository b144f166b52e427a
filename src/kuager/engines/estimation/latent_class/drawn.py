"""Draws of the latent class model, with what is needed to check it against the table."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuager.engines.estimation.draws import Draws


@dataclass(frozen=True, eq=False)
class LatentClassDraws(Draws):
    """What the chains drew, and the classes of some of the draws.

    ``values`` holds ``total`` (persons), ``unseen_probability`` (of being on no list, 0..1),
    ``concentration`` and ``classes_used`` (classes with somebody in them).

    Parameters
    ----------
    lists : tuple of str
        Names of the lists, in the order of ``class_chances``.
    class_weights : array of shape (n_kept, n_classes)
        Share of each class among all persons, seen or not, for draws spread evenly over all chains.
    class_chances : array of shape (n_kept, n_classes, n_lists)
        Probability that a person of the class is on the list. The labels of classes mean nothing.

    """

    lists: tuple[str, ...]
    class_weights: NDArray[np.float64]
    class_chances: NDArray[np.float64]

    def predictive_probabilities(self, patterns: NDArray[np.int8]) -> NDArray[np.float64]:
        """Give the probability of patterns among the persons who are on at least one list.

        Parameters
        ----------
        patterns : array of shape (n_patterns, n_lists)
            1 yes, 0 no, -1 not answered (summed over), lists in the order of ``lists``.

        Returns
        -------
        array of shape (n_kept, n_patterns)

        """
        seen = 1 - (self.class_weights * (1 - self.class_chances).prod(axis=2)).sum(axis=1)
        found = np.empty((len(self.class_weights), len(patterns)))
        for column, pattern in enumerate(patterns):
            each = np.where(pattern > 0, self.class_chances, 1 - self.class_chances)[:, :, pattern >= 0]
            found[:, column] = (self.class_weights * each.prod(axis=2)).sum(axis=1) / seen
        return found


def classes_of(
    positions: NDArray[np.float64], *, n_lists: int, classes: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Turn positions into class weights and chances.

    Parameters
    ----------
    positions : array of shape (n_kept, n_coordinates)
        See ``model``.

    Returns
    -------
    weights : array of shape (n_kept, n_classes)
    chances : array of shape (n_kept, n_classes, n_lists)

    """
    odds = np.clip(positions, -700.0, 700.0)
    probabilities = 1 / (1 + np.exp(-odds))
    chances = probabilities[:, : n_lists * classes].reshape(-1, n_lists, classes).transpose(0, 2, 1)
    sticks = probabilities[:, n_lists * classes :]
    left = np.cumprod(1 / (1 + np.exp(odds[:, n_lists * classes :])), axis=1)
    ones = np.ones((len(positions), 1))
    weights = np.concatenate([sticks, ones], axis=1) * np.concatenate([ones, left], axis=1)
    return weights, np.ascontiguousarray(chances)
