"""What was believed before the lists were seen, and what after: two curves over the same numbers."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from kuager.core.errors import BadInputError
from kuager.engines.charts.lines import line_chart
from kuager.engines.charts.numbers import written
from kuager.engines.charts.picture import Picture

POINTS = 160
# Share of the draws beyond each end that is not drawn: a long tail would make the rest a needle.
CUT = 0.005
# The end of what is possible is shown if it is no further off than so many widths of the curve.
NEAR = 1.5
QUANTILES = (0.025, 0.5, 0.975)


def density_chart(  # noqa: PLR0913  # every text is the caller's, because the caller translates
    draws: Mapping[str, Sequence[float] | NDArray[np.float64]],
    *,
    title: str,
    x_title: str,
    y_title: str,
    alt: str,
    label_title: str,
    quantile_titles: tuple[str, str, str],
    lowest: float | None = None,
    highest: float | None = None,
    marks: Mapping[str, float] | None = None,
) -> Picture:
    """Draw smoothed densities, all to the same height.

    Heights of different curves cannot be compared, only their places and widths: a prior that is wide and
    flat would else not be seen beside a sharp posterior.

    Parameters
    ----------
    draws : mapping of label to numbers
        At least two of each; at most six curves, such as prior and posterior.
    label_title, quantile_titles : str
        Headers of the table: of the curve, and of its 2.5, 50 and 97.5 % points.
    lowest, highest : float, optional
        Ends of what is possible (persons counted; 0 and 1 for a probability): no curve goes beyond.
    marks : mapping of label to x, optional
        Upright lines with a name.

    """
    values = {label: np.asarray(numbers, dtype=np.float64).ravel() for label, numbers in draws.items()}
    if not values or any(len(one) < 2 or not np.isfinite(one).all() for one in values.values()):
        raise BadInputError("a density chart needs at least two finite numbers for each curve")
    # The last curve (the posterior) sets the frame; a vague prior would stretch it over all numbers.
    frame = _frame(list(values.values())[-1], lowest, highest)
    lines = {label: _curve(one, frame, lowest, highest) for label, one in values.items()}
    points = {label: np.quantile(one, QUANTILES) for label, one in values.items()}
    rows = tuple((label, *(_number(end) for end in ends)) for label, ends in points.items())
    return line_chart(
        lines,
        title=title,
        x_title=x_title,
        y_title=y_title,
        alt=alt,
        marks=marks,
        has_values=False,
        table=((label_title, *quantile_titles), rows),
    )


def _number(value: float) -> str:
    """Whole persons, but a probability with three decimals."""
    return written(round(value)) if abs(value) >= 10 else f"{value:.3f}"


def _frame(values: NDArray[np.float64], lowest: float | None, highest: float | None) -> NDArray[np.float64]:
    low, high = np.quantile(values, (CUT, 1 - CUT))
    room = max((high - low) * 0.1, abs(high) * 1e-6, 1e-9)
    start = low - room
    if lowest is not None and lowest > low - NEAR * (high - low):
        start = lowest
    end = high + room if highest is None else min(high + room, highest)
    return np.linspace(start, max(end, start + room), POINTS)


def _curve(
    values: NDArray[np.float64], frame: NDArray[np.float64], lowest: float | None, highest: float | None
) -> list[tuple[float, float]]:
    """Smooth counts in narrow bins; mass that would leak over an end of what is possible is folded back.

    The width of the smoothing is that of Silverman (1986), Density estimation, eq. 3.31.
    """
    step = float(frame[1] - frame[0])
    quarter, three_quarters = np.quantile(values, (0.25, 0.75))
    spread = min(float(values.std()), float(three_quarters - quarter) / 1.34) or float(values.std())
    width = max(0.9 * spread * len(values) ** -0.2, step)
    reach = int(np.ceil(4 * min(width, step * POINTS) / step))
    edges = frame[0] + step * (np.arange(-reach, POINTS + reach + 1) - 0.5)
    counts = np.histogram(_folded(values, lowest, highest, 4 * width), bins=edges)[0].astype(np.float64)
    kernel = np.exp(-0.5 * (step * np.arange(-reach, reach + 1) / width) ** 2)
    heights = np.convolve(counts, kernel, mode="valid")
    top = float(heights.max()) or 1.0
    return [(float(at), float(height) / top) for at, height in zip(frame, heights, strict=True)]


def _folded(
    values: NDArray[np.float64], lowest: float | None, highest: float | None, reach: float
) -> NDArray[np.float64]:
    """Add mirror images of the values near an end."""
    mirrored = [values]
    if lowest is not None:
        mirrored.append(2 * lowest - values[values < lowest + reach])
    if highest is not None:
        mirrored.append(2 * highest - values[values > highest - reach])
    return np.concatenate(mirrored)
