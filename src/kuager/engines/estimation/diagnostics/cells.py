"""What a model expects of the people who were seen: for each combination of lists, list, pair and number."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from kuager.core.errors import BadInputError

# Probabilities of all combinations add up to 1 but for this much rounding.
ROUNDING = 1e-6


@dataclass(frozen=True, eq=False, kw_only=True)
class Margins:
    """Probabilities among those seen; one row for each draw.

    Parameters
    ----------
    lists : array of shape (n_draws, n_lists)
        Of being on each list.
    pairs : array of shape (n_draws, n_lists, n_lists)
        Of being on both of two lists; the diagonal is not used.
    numbers : array of shape (n_draws, n_lists)
        Of being on exactly 1, 2, ... lists.

    """

    lists: NDArray[np.float64]
    pairs: NDArray[np.float64]
    numbers: NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class ExpectedCells:
    """What a model says of those seen.

    Parameters
    ----------
    patterns : array of shape (n_patterns, n_lists)
        Combinations of lists, 0 and 1: all that there can be, or only those that somebody has. What is left
        over is then one cell that nobody has.
    probabilities : array of shape (n_draws, n_patterns)
        Of each combination among those seen (on at least one list).
    margins : Margins or None
        Needed only where the combinations are not all there are.

    """

    patterns: NDArray[np.int8]
    probabilities: NDArray[np.float64]
    margins: Margins | None = None

    def __post_init__(self) -> None:
        probabilities = self.probabilities
        if probabilities.ndim != 2 or probabilities.shape[1] != len(self.patterns) or not len(probabilities):
            raise BadInputError(
                f"expected a probability for each draw and each of {len(self.patterns)} combinations, "
                f"got an array of shape {probabilities.shape}"
            )
        above = probabilities.sum(axis=1).max() > 1 + ROUNDING
        if not np.isfinite(probabilities).all() or (probabilities < 0).any() or above:
            raise BadInputError(
                "the probabilities of combinations lie between 0 and 1 and add up to 1 at most"
            )

    @classmethod
    def from_means(cls, means: NDArray[np.float64]) -> Self:
        """Take the fitted means of a model over the full table without the unseen, as if known exactly.

        Parameters
        ----------
        means : array of shape (2**n_lists - 1,)
            Persons expected in cell 1, 2, ...; bit ``j`` of the number of a cell stands for list ``j``.

        """
        n_lists = len(means).bit_length()
        cells = np.arange(1, len(means) + 1)
        patterns = (cells[:, None] >> np.arange(n_lists) & 1).astype(np.int8)
        return cls(patterns=patterns, probabilities=(means / means.sum())[None])

    @classmethod
    def from_classes(
        cls, patterns: NDArray[np.int8], weights: NDArray[np.float64], chances: NDArray[np.float64]
    ) -> Self:
        """Take draws of a latent class model, for any number of lists.

        Parameters
        ----------
        patterns : array of shape (n_patterns, n_lists)
            The combinations that somebody has.
        weights : array of shape (n_draws, n_classes)
            Share of each class among all persons, seen or not.
        chances : array of shape (n_draws, n_classes, n_lists)
            Probability that a person of the class is on the list.

        """
        seen = 1 - (weights * (1 - chances).prod(axis=2)).sum(axis=1)
        probabilities = np.empty((len(weights), len(patterns)))
        for column, pattern in enumerate(patterns):
            each = np.where(pattern > 0, chances, 1 - chances).prod(axis=2)
            probabilities[:, column] = (weights * each).sum(axis=1) / seen
        pairs = np.einsum("dk,dki,dkj->dij", weights, chances, chances, optimize=True)
        margins = Margins(
            lists=(weights[:, :, None] * chances).sum(axis=1) / seen[:, None],
            pairs=pairs / seen[:, None, None],
            numbers=_numbers(weights, chances) / seen[:, None],
        )
        return cls(patterns=patterns, probabilities=probabilities, margins=margins)

    @property
    def rest(self) -> NDArray[np.float64]:
        """Probability of all other combinations together, shape (n_draws,)."""
        return np.asarray(np.maximum(1 - self.probabilities.sum(axis=1), 0.0))

    def known_margins(self) -> Margins | None:
        """Give the margins, added up where all combinations are there; None where they cannot be known."""
        if self.margins is not None:
            return self.margins
        if self.rest.max() > ROUNDING:
            return None
        wide = self.patterns.astype(np.float64)
        n_lists = wide.shape[1]
        both = np.einsum("pi,pj->pij", wide, wide).reshape(len(wide), -1)
        sizes = wide.sum(axis=1)[:, None] == np.arange(1, n_lists + 1)
        return Margins(
            lists=self.probabilities @ wide,
            pairs=(self.probabilities @ both).reshape(-1, n_lists, n_lists),
            numbers=self.probabilities @ sizes,
        )


def _numbers(weights: NDArray[np.float64], chances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probability of being on exactly k lists: lists taken up one after the other, within each class."""
    n_draws, n_classes, n_lists = chances.shape
    exactly = np.zeros((n_draws, n_classes, n_lists + 1))
    exactly[:, :, 0] = 1.0
    for place in range(n_lists):
        chance = chances[:, :, place, None]
        exactly[:, :, 1:] = exactly[:, :, 1:] * (1 - chance) + exactly[:, :, :-1] * chance
        exactly[:, :, 0] *= 1 - chances[:, :, place]
    return np.asarray((weights[:, :, None] * exactly[:, :, 1:]).sum(axis=1))
