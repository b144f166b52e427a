"""Names of lines, each beside a piece of its line: told apart by colour and by dashes."""

from collections.abc import Sequence

import altair

from kuager.engines.charts.bars import shortened
from kuager.engines.charts.colours import DASHES, INK, LINES
from kuager.engines.charts.picture import TEXT_SIZE

LEGEND_LETTERS = 42
LEGEND_ROW = 20


def line_colour(labels: Sequence[str]) -> altair.Color:
    """Colour lines by their ``label``."""
    return altair.Color(
        "label:N", scale=altair.Scale(domain=list(labels), range=list(LINES[: len(labels)])), legend=None
    )


def line_dash(labels: Sequence[str]) -> altair.StrokeDash:
    """Dash lines by their ``label``."""
    dashes = [list(dash) for dash in DASHES[: len(labels)]]
    return altair.StrokeDash("label:N", scale=altair.Scale(domain=list(labels), range=dashes), legend=None)


def line_legend(labels: Sequence[str], *, width: float) -> altair.LayerChart:
    """Name the lines above the chart, one below the other, each with a piece of its line."""
    rows: list[dict[str, float | str]] = []
    for at, label in enumerate(labels):
        middle = (at + 0.5) * LEGEND_ROW
        rows += [
            {"label": label, "x": x, "y": middle, "t": shortened(label, LEGEND_LETTERS)} for x in (0, 34)
        ]
    height = LEGEND_ROW * len(labels)
    base = altair.Chart(altair.InlineData(values=rows)).encode(
        x=altair.X("x:Q", axis=None, scale=altair.Scale(domain=[0, width], nice=False)),
        y=altair.Y("y:Q", axis=None, scale=altair.Scale(domain=[height, 0], nice=False)),
    )
    line = base.mark_line(strokeWidth=3).encode(color=line_colour(labels), strokeDash=line_dash(labels))
    words = base.mark_text(align="left", baseline="middle", dx=8, fontSize=TEXT_SIZE, color=INK)
    names = words.transform_filter("datum.x > 0").encode(text="t:N")
    return altair.LayerChart(layer=[line, names]).properties(width=width, height=height)
