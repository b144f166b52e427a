"""An UpSet chart: one bar for each combination of lists, one row of dots for each list, as an SVG picture.

The picture has no style sheet and no script, so that the strictest content policy shows it. It always has a
table beside it, which says the same in text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

FONTS = "system-ui, DejaVu Sans, sans-serif"
INK, SOFT, FAINT, BAR = "#1b2530", "#4d5b69", "#d9d5ca", "#0b5c63"
BAR_STEP, BAR_WIDTH, BAR_HEIGHT = 44, 26, 180
ROW_HEIGHT, TOP, GAP = 34, 40, 16
LETTER_WIDTH, TOTAL_WIDTH = 8.2, 90
LONGEST_LABEL = 28


@dataclass(frozen=True, kw_only=True)
class Combination:
    """Persons who stand on exactly these lists, one answer for each list."""

    is_on: tuple[bool, ...]
    count: int


def upset_svg(
    labels: Sequence[str], totals: Sequence[int], combinations: Sequence[Combination], *, title: str
) -> str:
    """Draw the chart; the combinations stand in the order given.

    Parameters
    ----------
    labels, totals
        Title of each list and the persons on it.
    title
        What the picture shows, in a sentence, for those who do not see it.
    """
    names = [_shortened(label) for label in labels]
    left = max((len(name) for name in names), default=0) * LETTER_WIDTH + TOTAL_WIDTH + 2 * GAP
    width = left + max(len(combinations), 1) * BAR_STEP + GAP
    height = TOP + BAR_HEIGHT + GAP + len(names) * ROW_HEIGHT + GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" '
        f'font-family="{FONTS}" font-size="14">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>',
        *_bars(combinations, left),
        *_list_rows(names, totals, left, width),
        *_dots(combinations, left),
        "</svg>",
    ]
    return "".join(parts)


def _bars(combinations: Sequence[Combination], left: float) -> list[str]:
    """Draw one bar for each combination, its number above it."""
    highest = max((combination.count for combination in combinations), default=0) or 1
    base = TOP + BAR_HEIGHT
    parts = []
    for place, combination in enumerate(combinations):
        # A combination that somebody has never looks empty.
        bar = max(combination.count / highest * BAR_HEIGHT, 1.0 if combination.count else 0.0)
        x = left + place * BAR_STEP + (BAR_STEP - BAR_WIDTH) / 2
        parts.append(
            f'<rect x="{x:.1f}" y="{base - bar:.1f}" width="{BAR_WIDTH}" height="{bar:.1f}" fill="{BAR}"/>'
        )
        parts.append(_text(x + BAR_WIDTH / 2, base - bar - 6, f"{combination.count}", anchor="middle"))
    return parts


def _list_rows(names: Sequence[str], totals: Sequence[int], left: float, width: float) -> list[str]:
    """Write each list's title and total; every second row has a ground that leads the eye."""
    parts = []
    for row, (name, total) in enumerate(zip(names, totals, strict=True)):
        middle = _row_middle(row)
        if row % 2 == 0:
            y = middle - ROW_HEIGHT / 2
            parts.append(
                f'<rect x="0" y="{y:.1f}" width="{width:.0f}" height="{ROW_HEIGHT}" fill="#f3f1ea"/>'
            )
        parts.append(_text(GAP, middle + 5, name))
        parts.append(_text(left - GAP, middle + 5, f"{total}", anchor="end", colour=SOFT))
    return parts


def _dots(combinations: Sequence[Combination], left: float) -> list[str]:
    """Draw a filled dot where the combination has the list, and join those of one combination."""
    parts = []
    for place, combination in enumerate(combinations):
        x = left + place * BAR_STEP + BAR_STEP / 2
        rows = [row for row, is_on in enumerate(combination.is_on) if is_on]
        if len(rows) > 1:
            parts.append(
                f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_row_middle(rows[0]):.1f}" '
                f'y2="{_row_middle(rows[-1]):.1f}" stroke="{INK}" stroke-width="3"/>'
            )
        parts.extend(
            f'<circle cx="{x:.1f}" cy="{_row_middle(row):.1f}" r="8" fill="{INK if is_on else FAINT}"/>'
            for row, is_on in enumerate(combination.is_on)
        )
    return parts


def _row_middle(row: int) -> float:
    return TOP + BAR_HEIGHT + GAP + row * ROW_HEIGHT + ROW_HEIGHT / 2


def _text(x: float, y: float, words: str, *, anchor: str = "start", colour: str = INK) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(words)}</text>'


def _shortened(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "…"
