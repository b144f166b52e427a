"""Lines over numbers: an estimate as records come in, work as tables grow, a density over persons."""

import math
from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

import altair

from kuager.core.errors import BadInputError
from kuager.engines.charts.colours import GRID, INK, LINES
from kuager.engines.charts.legends import line_colour, line_dash, line_legend
from kuager.engines.charts.numbers import AXIS_NUMBER, EN_DASH, written
from kuager.engines.charts.picture import SMALL_SIZE, TEXT_SIZE, WIDTH, Picture, Table, draw

Line: TypeAlias = Sequence[tuple[float, float]]
Lines: TypeAlias = Mapping[str, Line]
NumberBands: TypeAlias = Mapping[str, Sequence[tuple[float, float, float]]]

HEIGHT = 220
PLOT_WIDTH = WIDTH - 46
MOST_POINTS = 2_000
FEW_POWERS = 3


def line_chart(  # noqa: PLR0913  # every text is the caller's, because the caller translates
    lines: Lines,
    *,
    title: str,
    x_title: str,
    y_title: str,
    alt: str,
    bands: NumberBands | None = None,
    marks: Mapping[str, float] | None = None,
    is_logarithmic: bool = False,
    has_values: bool = True,
    table: Table | None = None,
) -> Picture:
    """Draw numbers over numbers.

    Parameters
    ----------
    lines : mapping of label to (x, y)
        At most six lines, each in the order of ``x``; no ``y`` below 0.
    bands : mapping of label to (x, low, high), optional
        Uncertainty around the line of the same label.
    marks : mapping of label to x, optional
        Upright lines with a name, such as the persons counted.
    is_logarithmic : bool
        Both axes by powers; every number is then above 0.
    has_values : bool
        Write values at the upright axis; a density has none worth reading.
    table : table, optional
        In place of one with every point.

    """
    _check(lines, bands or {}, is_logarithmic=is_logarithmic)
    x = _axis("x", x_title, lines, marks or {}, is_logarithmic=is_logarithmic)
    y = _upright(y_title, lines, bands or {}, is_logarithmic=is_logarithmic, has_values=has_values)
    layers = [*_bands(lines, bands or {}, x, y), _drawn(lines, x, y), *_marks(marks or {}, x)]
    plot = altair.LayerChart(layer=layers).properties(width=PLOT_WIDTH, height=HEIGHT)
    chart = (
        altair.vconcat(line_legend(list(lines), width=PLOT_WIDTH), plot, spacing=16)
        if len(lines) > 1
        else plot
    )
    return draw(chart, title=title, alt_text=alt, table=table or _table(lines, bands or {}, x_title))


def _check(lines: Lines, bands: NumberBands, *, is_logarithmic: bool) -> None:
    if not lines or not all(lines.values()) or len(lines) > len(LINES):
        raise BadInputError(f"a line chart needs 1 to {len(LINES)} lines, each with at least one point")
    if sum(map(len, lines.values())) > MOST_POINTS:
        raise BadInputError(f"a line chart takes {MOST_POINTS} points at most; leave some out")
    if unknown := set(bands) - set(lines):
        raise BadInputError(f"bands without a line: {', '.join(sorted(unknown))}")
    points = [value for line in lines.values() for value in line]
    numbers = [number for point in points for number in point]
    numbers += [number for band in bands.values() for point in band for number in point]
    if not all(map(math.isfinite, numbers)) or min(y for _, y in points) < 0:
        raise BadInputError("a line chart takes finite numbers, none below 0")
    if is_logarithmic and min(numbers) <= 0:
        raise BadInputError("axes by powers take numbers above 0 only")


def _axis(
    channel: str, title: str, lines: Lines, marks: Mapping[str, float], *, is_logarithmic: bool
) -> altair.X:
    values = [x for line in lines.values() for x, _ in line] + list(marks.values())
    axis = altair.Axis(
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
        values=_powers(_domain(values)) if is_logarithmic else altair.Undefined,
    )
    kind: Literal["log", "linear"] = "log" if is_logarithmic else "linear"
    scale = altair.Scale(type=kind, domain=_domain(values), nice=False, zero=False)
    return altair.X(f"{channel}:Q", axis=axis, scale=scale)


def _upright(
    title: str, lines: Lines, bands: NumberBands, *, is_logarithmic: bool, has_values: bool
) -> altair.Y:
    """Put the title above the axis, level, where a reader begins."""
    values = [y for line in lines.values() for _, y in line]
    values += [high for band in bands.values() for _, _, high in band]
    lows = [low for band in bands.values() for _, low, _ in band]
    domain = _domain([*values, *lows]) if is_logarithmic else [0.0, max(*values, 1e-300) * 1.1]
    axis = altair.Axis(
        title=title or None,
        titleAngle=0,
        titleAlign="left",
        titleAnchor="end",
        titleX=-36,
        titleY=-10,
        titleBaseline="bottom",
        titleFontSize=TEXT_SIZE,
        titleFontWeight="normal",
        labelFontSize=SMALL_SIZE,
        labelExpr=AXIS_NUMBER,
        labelColor=INK,
        titleColor=INK,
        gridColor=GRID,
        domain=False,
        ticks=False,
        labels=has_values,
        grid=has_values,
        tickCount=5,
        values=_powers(domain) if is_logarithmic else altair.Undefined,
    )
    kind: Literal["log", "linear"] = "log" if is_logarithmic else "linear"
    return altair.Y("y:Q", axis=axis, scale=altair.Scale(type=kind, domain=domain, nice=False))


def _domain(values: Sequence[float]) -> list[float]:
    low, high = min(values), max(values)
    return [low, high] if high > low else [low * 0.9, high * 1.1 or 1.0]


def _powers(domain: Sequence[float]) -> list[float]:
    """Give the marks of an axis by powers one by one, or every digit would be named."""
    powers = range(math.floor(math.log10(domain[0])), math.ceil(math.log10(domain[1])) + 1)
    factors = (1, 2, 5) if len(powers) <= FEW_POWERS else (1,)
    places = [factor * 10.0**power for power in powers for factor in factors]
    return [at for at in places if domain[0] <= at <= domain[1]]


def _drawn(lines: Lines, x: altair.X, y: altair.Y) -> altair.Chart:
    rows = [
        {"label": label, "x": at, "y": value, "order": order}
        for label, line in lines.items()
        for order, (at, value) in enumerate(line)
    ]
    mark = altair.Chart(altair.InlineData(values=rows)).mark_line(strokeWidth=2.5)
    drawn: altair.Chart = mark.encode(
        x=x, y=y, color=line_colour(list(lines)), strokeDash=line_dash(list(lines)), order="order:Q"
    )
    return drawn


def _bands(lines: Lines, bands: NumberBands, x: altair.X, y: altair.Y) -> list[altair.Chart]:
    rows = [
        {"label": label, "x": at, "y": low, "high": high}
        for label, band in bands.items()
        for at, low, high in band
    ]
    if not rows:
        return []
    mark = altair.Chart(altair.InlineData(values=rows)).mark_area(opacity=0.18)
    return [mark.encode(x=x, y=y, y2="high:Q", color=line_colour(list(lines)))]


def _marks(marks: Mapping[str, float], x: altair.X) -> list[altair.Chart]:
    """Draw upright lines, their names turned beside them."""
    rows = [{"x": at, "t": f"{name} {written(at)}"} for name, at in marks.items()]
    if not rows:
        return []
    base = altair.Chart(altair.InlineData(values=rows)).encode(x=x)
    words = base.mark_text(
        angle=270, align="right", baseline="top", dx=-4, dy=4, fontSize=SMALL_SIZE, color=INK
    ).encode(text="t:N", y=altair.value(0))
    return [base.mark_rule(color=INK, strokeWidth=1.5, strokeDash=[1, 0]), words]


def _table(lines: Lines, bands: NumberBands, x_title: str) -> Table:
    places = sorted({at for line in lines.values() for at, _ in line})
    cells = {label: {at: written(value) for at, value in line} for label, line in lines.items()}
    for label, band in bands.items():
        for at, low, high in band:
            if at in cells[label]:
                cells[label][at] += f" ({written(low)}{EN_DASH}{written(high)})"
    rows = tuple((written(at), *(cells[label].get(at, "") for label in lines)) for at in places)
    return (x_title, *lines), rows
