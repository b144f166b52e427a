"""Overlap of lists after UpSet: bars of shared persons above a matrix that says which lists share them.

References
----------
Lex et al. (2014), UpSet: visualization of intersecting sets, IEEE TVCG 20, 1983-1992.

"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kuager.core.errors import BadInputError
from kuager.engines.charts.bars import shortened
from kuager.engines.charts.canvas import Canvas
from kuager.engines.charts.colours import BAR, GRID, INK, OFF, STRIPE
from kuager.engines.charts.numbers import written
from kuager.engines.charts.picture import SMALL_SIZE, WIDTH, Picture, draw, wrapped

MOST_LISTS = 8
MOST_COMBINATIONS = 20
BARS_HEIGHT = 130
ROW = 26
SECOND_LINE = 13
# Left of the matrix: names of the lists over bars of their totals, in pixels.
NARROWEST_NAMES, WIDEST_NAMES = 128, 190
LETTER_WIDTH = 6.4
TOTAL_ROOM = 44
DOT = 6
WIDEST_COLUMN = 28

Combination = tuple[Sequence[str], int]


def upset_chart(
    lists: Mapping[str, int],
    combos: Sequence[Combination],
    *,
    title: str,
    lists_title: str,
    count_title: str,
    alt: str,
) -> Picture:
    """Draw how many persons each combination of lists shares.

    Parameters
    ----------
    lists : mapping of name to total
        Persons on each list; 1 to 8 lists, drawn in this order.
    combos : sequence of (members, count)
        Persons on exactly these lists and no others. The 20 largest are drawn, all are in the table.
    title : str
        Above the chart; empty for none.
    lists_title, count_title : str
        Header of the table.
    alt : str
        What the chart shows, in words.

    """
    _check(lists, combos)
    order = list(lists)
    ranked = sorted(
        combos, key=lambda combo: (-combo[1], len(combo[0]), [order.index(name) for name in combo[0]])
    )
    shown = [combo for combo in ranked if combo[1] > 0][:MOST_COMBINATIONS]
    layout = _layout(lists, len(shown))
    canvas = Canvas(width=WIDTH, height=BARS_HEIGHT + layout.row * len(lists))
    _draw_lists(canvas, lists, layout)
    _draw_combinations(canvas, order, shown, layout)
    rows = tuple((" + ".join(members), written(count)) for members, count in ranked)
    return draw(canvas.chart(), title=title, alt_text=alt, table=((lists_title, count_title), rows))


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Pixels: width of the names, width of a column, height of a row; names broken into lines."""

    names: float
    column: float
    row: float
    lines: tuple[tuple[str, ...], ...]


def _layout(lists: Mapping[str, int], columns: int) -> Layout:
    names = min(max(WIDTH - WIDEST_COLUMN * columns, NARROWEST_NAMES), WIDEST_NAMES)
    letters = int((names - TOTAL_ROOM) / LETTER_WIDTH)
    lines = tuple(tuple(shortened(line, letters) for line in _two_lines(name, letters)) for name in lists)
    return Layout(
        names=names,
        column=min((WIDTH - names) / max(columns, 1), WIDEST_COLUMN),
        row=ROW + SECOND_LINE * (max(map(len, lines)) - 1),
        lines=lines,
    )


def _two_lines(name: str, letters: int) -> list[str]:
    first, *rest = wrapped(name, letters)
    return [first, " ".join(rest)] if rest else [first]


def _check(lists: Mapping[str, int], combos: Sequence[Combination]) -> None:
    if not 1 <= len(lists) <= MOST_LISTS:
        raise BadInputError(f"an overlap chart shows 1 to {MOST_LISTS} lists, got {len(lists)}")
    for members, count in combos:
        if not members or count < 0 or not set(members) <= set(lists):
            raise BadInputError("a combination names lists of the chart and counts persons, none below 0")


def _draw_lists(canvas: Canvas, lists: Mapping[str, int], layout: Layout) -> None:
    """Names and totals at the left, a stripe behind every other row."""
    largest = max(lists.values()) or 1
    room = layout.names - 8
    for at, total in enumerate(lists.values()):
        top = BARS_HEIGHT + at * layout.row
        if at % 2 == 0:
            canvas.rect(0, top, WIDTH, layout.row, STRIPE)
        for line, words in enumerate(layout.lines[at]):
            canvas.text(2, top + 9 + line * SECOND_LINE, words, size=SMALL_SIZE)
        canvas.text(room, top + 9, written(total), size=SMALL_SIZE, align="right", bold=True)
        canvas.rect(0, top + layout.row - 7, room, 4, GRID)
        canvas.rect(0, top + layout.row - 7, room * total / largest, 4, BAR)


def _draw_combinations(
    canvas: Canvas, names: list[str], shown: Sequence[Combination], layout: Layout
) -> None:
    largest = max((count for _, count in shown), default=1)
    longest = max((len(written(count)) for _, count in shown), default=1) * LETTER_WIDTH
    upright = longest <= layout.column
    for at, (members, count) in enumerate(shown):
        middle = layout.names + layout.column * (at + 0.5)
        height = max((BARS_HEIGHT - 20 - (10 if upright else longest)) * count / largest, 1)
        top = BARS_HEIGHT - 8 - height
        canvas.rect(middle - layout.column * 0.36, top, layout.column * 0.72, height, BAR)
        if upright:
            canvas.text(middle, top - 8, written(count), align="center", size=SMALL_SIZE)
        else:
            canvas.text(middle, top - 4, written(count), size=SMALL_SIZE, angle=270)
        _draw_members(canvas, [name in members for name in names], middle, layout)


def _draw_members(canvas: Canvas, members: Sequence[bool], middle: float, layout: Layout) -> None:
    """Dark dots joined by a line for the lists of a combination, pale dots for the others."""
    centres = [BARS_HEIGHT + (row + 0.5) * layout.row for row in range(len(members))]
    inside = [centre for centre, member in zip(centres, members, strict=True) if member]
    if len(inside) > 1:
        canvas.line(middle, inside[0], middle, inside[-1], INK)
    for centre, member in zip(centres, members, strict=True):
        canvas.dot(middle, centre, min(DOT, layout.column * 0.38), INK if member else OFF)
