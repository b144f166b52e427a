"""A picture for a page: the drawing, its description in words, and the same numbers as a table."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias
from xml.sax.saxutils import escape, quoteattr

import altair
import vl_convert

FONT = "sans-serif"
# Pixels of the drawing; a small phone shows it at about its natural size.
WIDTH = 360
TEXT_SIZE = 13
SMALL_SIZE = 11.5
TITLE_SIZE = 15
# Letters of the title that fit on a line of WIDTH.
TITLE_LETTERS = 44

# Header and rows of texts, ready to print.
Table: TypeAlias = tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A drawing and its two equivalents for those who do not see it.

    Parameters
    ----------
    svg : str
        One ``<svg>`` element without script, style sheet or outside reference, to be put into a page.
    alt : str
        What the drawing shows, in words.
    table : tuple of (header, rows)
        The same numbers.

    """

    svg: str
    alt: str
    table: Table


def draw(
    chart: altair.LayerChart | altair.VConcatChart,
    *,
    title: str,
    alt_text: str,
    table: Table,
    data: Mapping[str, list[dict[str, object]]] | None = None,
) -> Picture:
    """Turn a chart into a picture. The same chart gives the same bytes.

    ``data`` are large tables that the chart calls by name; Altair would copy them many times.
    """
    finished = chart.configure(
        font=FONT, background="white", aria=False, padding={"left": 4, "right": 6, "top": 4, "bottom": 4}
    ).configure_view(stroke=None)
    if title:
        finished = finished.properties(title=_title(title))
    # Checking our own marks against the schema would cost more than drawing them.
    specification = finished.to_dict(validate=False)
    specification["datasets"] = {**specification.get("datasets", {}), **(data or {})}
    return Picture(
        svg=_described(vl_convert.vegalite_to_svg(specification), alt_text),
        alt=alt_text,
        table=table,
    )


def _title(text: str) -> altair.TitleParams:
    return altair.TitleParams(
        text=wrapped(text, TITLE_LETTERS),
        anchor="start",
        frame="group",
        fontSize=TITLE_SIZE,
        fontWeight="bold",
        color="#111111",
        offset=10,
    )


def wrapped(text: str, letters: int) -> list[str]:
    """Break a text into lines of at most so many letters, at spaces."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) <= letters or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _slimmed(svg: str) -> str:
    """Drop what only a live chart needs, and write outlines to a tenth of a pixel: a map halves.

    The renderer's own English roles inside go too; the picture as a whole has a name.
    """

    def outline(found: re.Match[str]) -> str:
        return re.sub(r"-?\d+\.\d{2,}", lambda number: f"{float(number[0]):.1f}", found[0])

    def tag(found: re.Match[str]) -> str:
        bare = re.sub(r' (?:role|aria-[a-z]+|class|pointer-events)="[^"]*"', "", found[0])
        return re.sub(r' d="[^"]*"', outline, bare)

    return re.sub(r"<[a-z][^>]*>", tag, svg)


def _described(svg: str, alt_text: str) -> str:
    """Give the root element a role, a name and nothing that a strict page would refuse."""
    size = re.match(r'<svg [^>]*?width="([\d.]+)" height="([\d.]+)" viewBox="([^"]+)"[^>]*>', svg)
    if size is None:
        raise RuntimeError("the drawing does not begin as an SVG with a size")
    width, height, box = size.groups()
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="{box}" '
        f'role="img" aria-label={quoteattr(alt_text)}><title>{escape(alt_text)}</title>'
    )
    return head + _slimmed(svg[size.end() :])
