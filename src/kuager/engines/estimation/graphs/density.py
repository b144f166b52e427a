"""The posterior of the unseen persons as a density that can be asked for quantiles and drawn from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuager.engines.estimation.graphs.grid import Grid

# A bin is cut into at most so many pieces when its mass is computed from the curve through its neighbours.
_PIECES = 16
# Log density, relative to the highest, below which nothing is left.
_NOTHING = -50.0


@dataclass(frozen=True, eq=False)
class Density:
    """Probability of each range of unseen persons.

    Parameters
    ----------
    first, width : array of shape (n_pieces,)
        Smallest number of a piece and how many numbers are in it, all equally likely.
    mass : array of shape (n_pieces,)
        Probability of the piece; they sum to 1.

    """

    first: NDArray[np.int64]
    width: NDArray[np.int64]
    mass: NDArray[np.float64]

    @property
    def _cumulative(self) -> NDArray[np.float64]:
        return np.asarray(np.cumsum(self.mass))

    @property
    def _middle(self) -> NDArray[np.float64]:
        return np.asarray(self.first + (self.width - 1) / 2)

    @property
    def largest(self) -> int:
        """The last number of unseen persons considered."""
        return int(self.first[-1] + self.width[-1] - 1)

    @property
    def mean(self) -> float:
        """Unseen persons on average."""
        return float(self.mass @ self._middle)

    @property
    def mode(self) -> int:
        """The likeliest number of unseen persons."""
        best = int(np.argmax(self.mass / self.width))
        return int(self.first[best] + (self.width[best] - 1) // 2)

    def expect(self, values: NDArray[np.float64]) -> float:
        """Average a function of the unseen, given its values at ``middles``."""
        return float(self.mass @ values)

    @property
    def middles(self) -> NDArray[np.float64]:
        """Numbers of unseen persons at which ``expect`` takes values, shape (n_pieces,)."""
        return self._middle

    def mass_above(self, unseen: float) -> float:
        """Probability of more unseen persons than this."""
        return float(self.mass[self.first > unseen].sum())

    def quantile(self, probabilities: NDArray[np.float64]) -> NDArray[np.int64]:
        """Smallest numbers of unseen persons that are not exceeded with these probabilities."""
        cumulative = self._cumulative
        wanted = np.asarray(probabilities) * cumulative[-1]
        piece = np.minimum(np.searchsorted(cumulative, wanted), len(self.mass) - 1)
        before = cumulative[piece] - self.mass[piece]
        share = (wanted - before) / np.maximum(self.mass[piece], np.finfo(float).tiny)
        place = np.clip(np.ceil(share * self.width[piece]), 1, self.width[piece])
        return np.asarray(self.first[piece] + place.astype(np.int64) - 1)

    def draw(self, shape: tuple[int, int], random: np.random.Generator) -> NDArray[np.int64]:
        """Draw independently."""
        return self.quantile(random.random(shape))


def make_density(grid: Grid, at_middles: NDArray[np.float64]) -> Density:
    """Turn values at the middles of bins into masses.

    Parameters
    ----------
    grid : Grid
        The bins.
    at_middles : array of shape (n_bins,)
        Density at the middle of each bin, up to a constant.

    Notes
    -----
    Inside a wide bin the log density follows the parabola through the bin and its two neighbours, so that
    quantiles do not depend on how the bins were cut.

    """
    pieces = np.minimum(grid.width, _PIECES)
    bins = np.repeat(np.arange(len(pieces)), pieces)
    rank = np.arange(len(bins)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    start = grid.width[bins] * rank // pieces[bins]
    stop = grid.width[bins] * (rank + 1) // pieces[bins]
    first, width = grid.first[bins] + start, stop - start
    with np.errstate(divide="ignore"):
        logs = np.maximum(np.log(at_middles / at_middles.max()), _NOTHING)
    slope, bend = _derivatives(grid.middle, logs)
    away = first + (width - 1) / 2 - grid.middle[bins]
    values = np.exp(logs[bins] + slope[bins] * away + bend[bins] * away**2 / 2)
    mass = np.where(logs[bins] > _NOTHING, values, 0.0) * width
    return Density(first=first, width=width, mass=mass / mass.sum())


def _derivatives(
    middle: NDArray[np.float64], logs: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """First and second derivative of the parabola through each three neighbours; none at the ends."""
    slope, bend = np.zeros_like(logs), np.zeros_like(logs)
    if len(logs) < 3:
        return slope, bend
    left, right = np.diff(middle)[:-1], np.diff(middle)[1:]
    rise_left, rise_right = np.diff(logs)[:-1] / left, np.diff(logs)[1:] / right
    slope[1:-1] = (rise_left * right + rise_right * left) / (left + right)
    bend[1:-1] = 2 * (rise_right - rise_left) / (left + right)
    return slope, bend
