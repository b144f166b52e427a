"""Chains over their draws: one strip for each, so that they can be told apart without colour."""

from collections.abc import Sequence

import altair
import numpy as np
from numpy.typing import NDArray

from kuager.core.errors import BadInputError
from kuager.engines.charts.colours import BAR, GRID, INK
from kuager.engines.charts.numbers import AXIS_NUMBER, written
from kuager.engines.charts.picture import SMALL_SIZE, TEXT_SIZE, WIDTH, Picture, draw

STRIP = 62
PLOT_WIDTH = WIDTH - 60
MOST_CHAINS = 8
# Draws shown of a chain, evenly chosen: more would be a smear on a phone.
MOST_SHOWN = 200
QUANTILES = (0.025, 0.5, 0.975)


def trace_chart(
    chains: Sequence[Sequence[float]] | NDArray[np.float64],
    *,
    title: str,
    chain_title: str,
    x_title: str,
    alt: str,
    quantile_titles: tuple[str, str, str],
) -> Picture:
    """Draw what each chain drew, in strips of the same scale, with the middle of all draws as a line.

    Chains that agree look alike: a band around the line. One that stays above or below it does not agree.

    Parameters
    ----------
    chains : array of shape (n_chains, n_draws)
        Of more than eight chains the first eight are drawn; the table holds all.
    chain_title : str
        Before the number of a chain, and header of the table.
    x_title : str
        Below the draws.
    quantile_titles : tuple of str
        Headers of the table for the 2.5, 50 and 97.5 % points of each chain.

    """
    values = np.asarray(chains, dtype=np.float64)
    if values.ndim != 2 or not len(values) or values.shape[1] < 2 or not np.isfinite(values).all():
        raise BadInputError("a trace chart needs at least one chain of two finite draws or more")
    strips = [
        _strip(values, place, name=f"{chain_title} {place + 1}", x_title=x_title)
        for place in range(min(len(values), MOST_CHAINS))
    ]
    rows = tuple(
        (str(place), *(_number(end) for end in np.quantile(chain, QUANTILES)))
        for place, chain in enumerate(values, 1)
    )
    return draw(
        altair.vconcat(*strips, spacing=10),
        title=title,
        alt_text=alt,
        table=((chain_title, *quantile_titles), rows),
    )


def _strip(values: NDArray[np.float64], place: int, *, name: str, x_title: str) -> altair.LayerChart:
    shown = np.unique(np.linspace(0, values.shape[1] - 1, MOST_SHOWN).astype(int))
    rows = [{"x": int(at) + 1, "y": float(values[place, at])} for at in shown]
    is_last = place == min(len(values), MOST_CHAINS) - 1
    x = altair.X("x:Q", axis=_level_axis(x_title) if is_last else None, scale=_scale([1, values.shape[1]]))
    y = altair.Y("y:Q", axis=_upright_axis(), scale=_scale(_ends(values)))
    line = altair.Chart(altair.InlineData(values=rows)).mark_line(strokeWidth=1, color=BAR).encode(x=x, y=y)
    middle = altair.Chart(altair.InlineData(values=[{"y": float(np.median(values))}]))
    words = altair.Chart(altair.InlineData(values=[{"t": name}])).mark_text(
        align="left", baseline="bottom", dy=-2, fontSize=SMALL_SIZE, color=INK, fontWeight="bold"
    )
    layers = [
        line,
        middle.mark_rule(strokeWidth=1.5, color=INK, strokeDash=[4, 3]).encode(y=y),
        words.encode(text="t:N", x=altair.value(0), y=altair.value(0)),
    ]
    return altair.LayerChart(layer=layers).properties(width=PLOT_WIDTH, height=STRIP)


def _ends(values: NDArray[np.float64]) -> list[float]:
    """All chains on one scale; a handful of wild draws may leave it."""
    low, high = (float(end) for end in np.quantile(values, (0.001, 0.999)))
    return [low, high] if high > low else [low - 1, high + 1]


def _scale(domain: Sequence[float]) -> altair.Scale:
    return altair.Scale(domain=list(domain), nice=False, zero=False, clamp=True)


def _level_axis(title: str) -> altair.Axis:
    return altair.Axis(
        title=title or None,
        grid=False,
        labelFontSize=SMALL_SIZE,
        titleFontSize=TEXT_SIZE,
        titleFontWeight="normal",
        labelExpr=AXIS_NUMBER,
        labelColor=INK,
        titleColor=INK,
        labelFlush=True,
        tickCount=4,
    )


def _upright_axis() -> altair.Axis:
    return altair.Axis(
        title=None,
        labelFontSize=SMALL_SIZE,
        labelExpr=AXIS_NUMBER,
        labelColor=INK,
        gridColor=GRID,
        domain=False,
        ticks=False,
        tickCount=2,
    )


def _number(value: float) -> str:
    """Whole persons, but a small number with three decimals."""
    return written(round(value)) if abs(value) >= 10 else f"{value:.3f}"
