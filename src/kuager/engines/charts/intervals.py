"""Estimates side by side: a dot with its interval for each, an arrow where a number is only a bound."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from kuager.core.errors import BadInputError
from kuager.engines.charts.bars import shortened
from kuager.engines.charts.canvas import Canvas
from kuager.engines.charts.colours import BAR, GRID, INK, QUIET, STRIPE
from kuager.engines.charts.numbers import EN_DASH, written
from kuager.engines.charts.picture import SMALL_SIZE, WIDTH, Picture, draw

ROW = 46
HEAD = 24
WORDS = 20
FOOT = 24
LEFT, RIGHT = 6.0, 14.0
DOT = 5.0
ARROW = 5.0
MOST_ROWS = 40
MOST_TICKS = 4
# Pixels of a letter, so that a name leaves room for the numbers on its line.
LETTER_WIDTH = 6.6
FEWEST_LETTERS = 12
# An interval may end beyond the sheet, as an arrow, where it would squeeze the others to nothing: so many
# times the middle one of the estimates.
FURTHEST = 4.0


@dataclass(frozen=True, kw_only=True)
class IntervalRow:
    """One estimate.

    Parameters
    ----------
    label : str
        What it is an estimate of, or by.
    estimate, low, high : float
        ``low <= estimate <= high``; ``high`` may be infinite.
    is_bound : bool
        The true number is expected above: drawn with an arrow to the right.
    is_refused : bool
        Not to be published: drawn as a ring, and said in words.

    """

    label: str
    estimate: float
    low: float
    high: float
    is_bound: bool = False
    is_refused: bool = False


@dataclass(frozen=True, kw_only=True)
class IntervalWords:
    """Words in the reader's language.

    Parameters
    ----------
    observed : str
        Name of the line of persons counted.
    at_least, refused, unbounded : str
        Said of a bound, of a refused estimate, and of an interval without end.
    label_title, estimate_title, interval_title, remark_title : str
        Headers of the table.

    """

    observed: str
    at_least: str
    refused: str
    unbounded: str
    label_title: str
    estimate_title: str
    interval_title: str
    remark_title: str


def interval_chart(
    rows: Sequence[IntervalRow], *, observed: float, words: IntervalWords, title: str, alt: str
) -> Picture:
    """Draw one estimate below the other.

    Parameters
    ----------
    rows : sequence of IntervalRow
        In the order to draw, 40 at most.
    observed : float
        Persons counted: a line that every estimate lies right of.
    title : str
        Above the chart; empty for none.
    alt : str
        What the chart shows, in words.

    Raises
    ------
    BadInputError
        No row or too many, or an interval that does not hold its estimate.

    """
    _check(rows, observed)
    scale = _Scale.of(rows, observed)
    canvas = Canvas(width=WIDTH, height=HEAD + ROW * len(rows) + FOOT)
    _draw_frame(canvas, rows, observed, scale, words)
    for at, row in enumerate(rows):
        _draw_row(canvas, row, HEAD + at * ROW, scale, words)
    return draw(canvas.chart(), title=title, alt_text=alt, table=_table(rows, observed, words))


@dataclass(frozen=True)
class _Scale:
    """Persons to pixels, from the persons counted (a little to the left of them) to ``end``."""

    start: float
    end: float

    @classmethod
    def of(cls, rows: Sequence[IntervalRow], observed: float) -> "_Scale":
        middle = sorted(row.estimate for row in rows)[len(rows) // 2]
        ends = [row.high if math.isfinite(row.high) else row.estimate * 1.3 for row in rows]
        furthest = max(
            FURTHEST * middle,
            max(row.estimate for row in rows if not row.is_refused)
            if any(not row.is_refused for row in rows)
            else 0.0,
        )
        end = max(min(max(ends), furthest), observed * 1.05, observed + 1)
        return cls(start=max(observed - (end - observed) * 0.08, 0.0), end=end)

    def x(self, persons: float) -> float:
        share = (min(persons, self.end) - self.start) / (self.end - self.start)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def ticks(self) -> list[float]:
        step = 10.0 ** math.floor(math.log10((self.end - self.start) / MOST_TICKS))
        step = next(
            step * factor
            for factor in (1, 2, 5, 10, 20)
            if (self.end - self.start) / (step * factor) <= MOST_TICKS
        )
        step = max(step, 1.0)
        first = math.ceil(self.start / step)
        return [step * at for at in range(first, math.floor(self.end / step) + 1)]


def _check(rows: Sequence[IntervalRow], observed: float) -> None:
    if not 1 <= len(rows) <= MOST_ROWS:
        raise BadInputError(f"an interval chart shows 1 to {MOST_ROWS} rows, got {len(rows)}")
    for row in rows:
        known = math.isfinite(row.low) and math.isfinite(row.estimate)
        if not (known and observed <= row.low + 1e-6 and row.low <= row.estimate <= row.high):
            raise BadInputError(
                f"the interval of {row.label!r} must hold its estimate, and lie above those counted"
            )


def _draw_frame(
    canvas: Canvas, rows: Sequence[IntervalRow], observed: float, scale: _Scale, words: IntervalWords
) -> None:
    bottom = HEAD + ROW * len(rows)
    for at in range(0, len(rows), 2):
        canvas.rect(0, HEAD + at * ROW, WIDTH, ROW, STRIPE)
    # Lines run below the words of a row, not through them.
    strips = [HEAD + at * ROW + WORDS for at in range(len(rows))]
    for tick in scale.ticks():
        for top in strips:
            canvas.rect(scale.x(tick), top, 0.8, ROW - WORDS, GRID)
        canvas.text(scale.x(tick), bottom + 12, written(tick), align="center", size=SMALL_SIZE)
    for top in strips:
        canvas.rect(scale.x(observed) - 0.8, top, 1.6, ROW - WORDS, INK)
    canvas.text(
        max(scale.x(observed) - 4, 0), HEAD - 14, f"{words.observed} {written(observed)}", size=SMALL_SIZE
    )


def _draw_row(canvas: Canvas, row: IntervalRow, top: float, scale: _Scale, words: IntervalWords) -> None:
    colour = QUIET if row.is_refused else BAR
    middle = top + 32
    said = _said(row, words)
    room = int((WIDTH - 16) / LETTER_WIDTH - len(said))
    canvas.text(4, top + 10, shortened(row.label, max(room, FEWEST_LETTERS)), size=SMALL_SIZE)
    canvas.text(WIDTH - 2, top + 10, said, align="right", bold=not row.is_refused, size=SMALL_SIZE)
    right = scale.x(row.high)
    canvas.line(scale.x(row.low), middle, right, middle, colour)
    canvas.line(scale.x(row.low), middle - 4, scale.x(row.low), middle + 4, colour)
    if row.is_bound or row.high > scale.end:
        tip = right + (8 if row.is_bound else 4)
        canvas.line(right, middle, tip, middle, colour)
        canvas.line(tip - ARROW, middle - ARROW, tip, middle, colour)
        canvas.line(tip - ARROW, middle + ARROW, tip, middle, colour)
    else:
        canvas.line(right, middle - 4, right, middle + 4, colour)
    canvas.dot(scale.x(row.estimate), middle, DOT, colour)
    if row.is_refused:
        canvas.dot(scale.x(row.estimate), middle, DOT - 2, "#ffffff")


def _said(row: IntervalRow, words: IntervalWords) -> str:
    """Write the numbers as they may be read: a bound by its lower end, a refused one by its refusal."""
    if row.is_refused:
        return words.refused
    if row.is_bound:
        return f"{words.at_least} {written(round(row.low))}"
    return f"{written(round(row.estimate))} ({_interval(row, words)})"


def _interval(row: IntervalRow, words: IntervalWords) -> str:
    end = written(round(row.high)) if math.isfinite(row.high) else words.unbounded
    return f"{written(round(row.low))}{EN_DASH}{end}"


def _table(
    rows: Sequence[IntervalRow], observed: float, words: IntervalWords
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    header = (words.label_title, words.estimate_title, words.interval_title, words.remark_title)
    counted = (words.observed, written(observed), "", "")
    return header, (
        counted,
        *(
            (
                row.label,
                written(round(row.estimate)),
                _interval(row, words),
                ", ".join(
                    word
                    for word, said in ((words.at_least, row.is_bound), (words.refused, row.is_refused))
                    if said
                ),
            )
            for row in rows
        ),
    )
