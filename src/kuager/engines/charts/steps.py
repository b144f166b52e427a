"""Counts over time as steps: a count holds until the next one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

import altair

from kuager.core.errors import BadInputError
from kuager.engines.charts.colours import GRID, INK, LINES
from kuager.engines.charts.legends import line_colour, line_dash, line_legend
from kuager.engines.charts.numbers import AXIS_NUMBER, EN_DASH, written
from kuager.engines.charts.picture import SMALL_SIZE, TEXT_SIZE, WIDTH, Picture, Table, draw

Series: TypeAlias = Mapping[str, Sequence[tuple[date, float]]]
Bands: TypeAlias = Mapping[str, Sequence[tuple[date, float, float]]]

HEIGHT = 220
MOST_DATES = 4


def step_chart(  # noqa: PLR0913  # every text is the caller's, because the caller translates
    series: Series,
    *,
    title: str,
    x_title: str,
    y_title: str,
    alt: str,
    bands: Bands | None = None,
    write_date: Callable[[date], str] = date.isoformat,
) -> Picture:
    """Draw counts over time.

    Parameters
    ----------
    series : mapping of label to (date, value)
        At most six, each in the order of time.
    bands : mapping of label to (date, low, high), optional
        Uncertainty around the series of the same label.
    write_date : callable
        Writes a date for the axis, short; the default is 2022-01-05.

    """
    if not series or not all(series.values()) or len(series) > len(LINES):
        raise BadInputError(f"a step chart needs 1 to {len(LINES)} series, each with at least one date")
    if unknown := set(bands or {}) - set(series):
        raise BadInputError(f"bands without a series: {', '.join(sorted(unknown))}")
    days = sorted({day for points in series.values() for day, _ in points})
    frame = _frame(series, bands or {}, days)
    x = _days_axis(days, frame, x_title, write_date)
    y = _count_axis(frame, y_title)
    layers = [*_band_layers(series, bands or {}, frame, x, y), _lines(series, frame, x, y)]
    plot = altair.LayerChart(layer=[*layers, *_ends(series, frame, x)]).properties(
        width=WIDTH - 46, height=HEIGHT
    )
    chart = (
        altair.vconcat(line_legend(list(series), width=WIDTH - 46), plot, spacing=16)
        if len(series) > 1
        else plot
    )
    return draw(chart, title=title, alt_text=alt, table=_table(series, bands or {}, days, x_title))


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Ends of the axes: days as numbers, the last with room for its own count, and the highest count."""

    first: int
    last: int
    highest: float


def _frame(series: Series, bands: Bands, days: list[date]) -> Frame:
    values = [value for points in series.values() for _, value in points]
    values += [high for points in bands.values() for _, _, high in points]
    if min(values) < 0:
        raise BadInputError("a chart of counts takes no value below 0")
    first, last = days[0].toordinal(), days[-1].toordinal()
    return Frame(first=first, last=last + max(1, round((last - first) * 0.04)), highest=max(*values, 1) * 1.1)


def _days_axis(days: list[date], frame: Frame, title: str, write_date: Callable[[date], str]) -> altair.X:
    """Put a few dates on the axis, written by the caller, so that no clock or locale is asked."""
    first, last = frame.first, days[-1].toordinal()
    count = min(MOST_DATES, last - first + 1)
    ticks = sorted({first + round(at * (last - first) / max(count - 1, 1)) for at in range(count)})
    names = {str(tick): write_date(date.fromordinal(tick)) for tick in ticks}
    expression = " : ".join(f"datum.value == {tick} ? {_quoted(name)}" for tick, name in names.items())
    axis = altair.Axis(
        values=ticks,
        labelExpr=f"{expression} : ''",
        title=title or None,
        grid=False,
        labelFontSize=SMALL_SIZE,
        titleFontSize=TEXT_SIZE,
        titleFontWeight="normal",
        labelColor=INK,
        titleColor=INK,
        labelFlush=True,
        labelOverlap=False,
    )
    return altair.X(
        "d:Q", axis=axis, scale=altair.Scale(domain=[frame.first, frame.last], nice=False, zero=False)
    )


def _count_axis(frame: Frame, title: str) -> altair.Y:
    """Put the title above the axis, level, where a reader begins."""
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
        tickCount=5,
        tickMinStep=1,
    )
    return altair.Y("v:Q", axis=axis, scale=altair.Scale(domain=[0, frame.highest], nice=False))


def _quoted(text: str) -> str:
    """Write a text as a literal of Vega's expression language."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", " ") + "'"


def _lines(series: Series, frame: Frame, x: altair.X, y: altair.Y) -> altair.Chart:
    """Draw each count until the next; the last one to the end of the chart."""
    rows = [
        {"label": label, "d": day, "v": value, "order": at}
        for label, points in series.items()
        for at, (day, value) in enumerate(
            [*((day.toordinal(), value) for day, value in points), (frame.last, points[-1][1])]
        )
    ]
    mark = altair.Chart(altair.InlineData(values=rows)).mark_line(interpolate="step-after", strokeWidth=2.5)
    lines: altair.Chart = mark.encode(
        x=x, y=y, color=line_colour(list(series)), strokeDash=line_dash(list(series)), order="order:Q"
    )
    return lines


def _ends(series: Series, frame: Frame, x: altair.X) -> list[altair.Chart]:
    """Write the last value at the end of each line, one above the other where lines are close."""
    rows: list[dict[str, float | str]] = []
    apart = frame.highest * (TEXT_SIZE + 2) / HEIGHT
    free = 0.0
    for label, points in sorted(series.items(), key=lambda item: item[1][-1][1]):
        value = points[-1][1]
        place = max(value, free)
        free = place + apart
        rows.append({"label": label, "d": frame.last, "v": place, "t": written(value)})
    base = altair.Chart(altair.InlineData(values=rows)).encode(x=x, y="v:Q", text="t:N")
    return [_end_words(base, halo=4), _end_words(base, halo=0).encode(color=line_colour(list(series)))]


def _end_words(base: altair.Chart, *, halo: float) -> altair.Chart:
    """Write values above their lines, or the white edge behind them."""
    text: altair.Chart = base.mark_text(
        align="right",
        baseline="bottom",
        dy=-4,
        fontSize=TEXT_SIZE,
        fontWeight="bold",
        color="white",
        stroke="white",
        strokeWidth=halo,
    )
    return text


def _band_layers(series: Series, bands: Bands, frame: Frame, x: altair.X, y: altair.Y) -> list[altair.Chart]:
    rows = [
        {"label": label, "d": day, "v": low, "high": high}
        for label, points in bands.items()
        for day, low, high in [
            *((day.toordinal(), low, high) for day, low, high in points),
            (frame.last, *points[-1][1:]),
        ]
    ]
    if not rows:
        return []
    mark = altair.Chart(altair.InlineData(values=rows)).mark_area(interpolate="step-after", opacity=0.18)
    return [mark.encode(x=x, y=y, y2="high:Q", color=line_colour(list(series)))]


def _table(series: Series, bands: Bands, days: list[date], x_title: str) -> Table:
    cells = {label: {day: written(value) for day, value in points} for label, points in series.items()}
    for label, points in bands.items():
        for day, low, high in points:
            if day in cells[label]:
                cells[label][day] += f" ({written(low)}{EN_DASH}{written(high)})"
    rows = tuple((day.isoformat(), *(cells[label].get(day, "") for label in series)) for day in days)
    return (x_title, *series), rows
