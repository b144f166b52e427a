"""Horizontal bars: each label stands above its bar, so that long names fit a phone."""

from collections.abc import Sequence

from kuager.core.errors import BadInputError
from kuager.engines.charts.canvas import Canvas
from kuager.engines.charts.colours import BAR, GRID, INK
from kuager.engines.charts.numbers import written
from kuager.engines.charts.picture import WIDTH, Picture, draw

ROW = 40
BAR_HEIGHT = 16
LABEL_LETTERS = 44
# Room for a value such as "1 234 567" at the end of the longest bar.
VALUE_ROOM = 70


def bar_chart(
    rows: Sequence[tuple[str, float]],
    *,
    title: str,
    label_title: str,
    value_title: str,
    alt: str,
    colour: str = BAR,
) -> Picture:
    """Draw one bar for each row, with its value.

    Parameters
    ----------
    rows : sequence of (label, value)
        In the order to draw; values not negative.
    title : str
        Above the chart; empty for none.
    label_title, value_title : str
        Header of the table.
    alt : str
        What the chart shows, in words.

    """
    if not rows or any(value < 0 for _, value in rows):
        raise BadInputError("a bar chart needs at least one row, and no value below 0")
    canvas = Canvas(width=WIDTH, height=ROW * len(rows))
    largest = max(value for _, value in rows) or 1.0
    for at, (label, value) in enumerate(rows):
        top = at * ROW
        length = value / largest * (WIDTH - VALUE_ROOM)
        canvas.text(0, top + 9, shortened(label), colour=INK)
        canvas.rect(0, top + 18, max(length, 1), BAR_HEIGHT, colour if value else GRID)
        canvas.text(max(length, 1) + 6, top + 18 + BAR_HEIGHT / 2, written(value), bold=True)
    table = ((label_title, value_title), tuple((label, written(value)) for label, value in rows))
    return draw(canvas.chart(), title=title, alt_text=alt, table=table)


def shortened(label: str, letters: int = LABEL_LETTERS) -> str:
    """Cut a label that does not fit its line."""
    return label if len(label) <= letters else label[: letters - 1].rstrip(" ,") + "\N{HORIZONTAL ELLIPSIS}"
