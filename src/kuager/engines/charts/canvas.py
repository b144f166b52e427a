"""A sheet of pixels to put bars, dots, lines and words on, where axes would only be in the way."""

from dataclasses import dataclass, field
from typing import Literal

import altair

from kuager.engines.charts.colours import INK
from kuager.engines.charts.picture import TEXT_SIZE

Align = Literal["left", "center", "right"]
Mark = dict[str, float | str]


@dataclass
class Canvas:
    """Collects marks in pixels from the top left corner; later groups of marks lie on earlier ones."""

    width: float
    height: float
    _rects: list[Mark] = field(default_factory=list)
    _lines: list[Mark] = field(default_factory=list)
    _dots: list[Mark] = field(default_factory=list)
    _texts: dict[tuple[float, Align, bool, int], list[Mark]] = field(default_factory=dict)

    def rect(self, x: float, y: float, width: float, height: float, colour: str, edge: str = "") -> None:
        """Fill a rectangle."""
        self._rects.append(
            {"x": x, "y": y, "x2": x + width, "y2": y + height, "c": colour, "e": edge or colour}
        )

    def line(self, x: float, y: float, x2: float, y2: float, colour: str) -> None:
        """Draw a straight line."""
        self._lines.append({"x": x, "y": y, "x2": x2, "y2": y2, "c": colour})

    def dot(self, x: float, y: float, radius: float, colour: str) -> None:
        """Fill a circle."""
        self._dots.append({"x": x, "y": y, "s": 3.14159 * radius**2, "c": colour})

    def text(  # noqa: PLR0913  # one parameter for each property of a word on a sheet
        self,
        x: float,
        y: float,
        words: str,
        *,
        align: Align = "left",
        size: float = TEXT_SIZE,
        colour: str = INK,
        bold: bool = False,
        angle: int = 0,
    ) -> None:
        """Write words, centred on ``y``; ``angle`` turns them clockwise, in degrees."""
        self._texts.setdefault((size, align, bold, angle), []).append(
            {"x": x, "y": y, "t": words, "c": colour}
        )

    def chart(self) -> altair.LayerChart:
        """Lay the marks on top of each other."""
        layers: list[altair.Chart] = []
        if self._rects:
            base = self._base(self._rects, x2=True)
            layers.append(base.mark_rect(strokeWidth=0.7).encode(stroke=altair.Stroke("e:N", scale=None)))
        if self._lines:
            layers.append(self._base(self._lines, x2=True).mark_rule(strokeWidth=2.5))
        if self._dots:
            base = self._base(self._dots)
            layers.append(base.mark_circle(opacity=1).encode(size=altair.Size("s:Q", scale=None)))
        for (size, align, bold, angle), marks in self._texts.items():
            mark = self._base(marks).mark_text(
                align=align,
                baseline="middle",
                fontSize=size,
                fontWeight="bold" if bold else "normal",
                angle=angle,
            )
            layers.append(mark.encode(text="t:N"))
        return altair.LayerChart(layer=layers).properties(width=self.width, height=self.height)

    def _base(self, marks: list[Mark], *, x2: bool = False) -> altair.Chart:
        across = altair.Scale(domain=[0, self.width], nice=False, zero=False)
        down = altair.Scale(domain=[self.height, 0], nice=False, zero=False)
        chart = altair.Chart(altair.InlineData(values=marks)).encode(
            x=altair.X("x:Q", scale=across, axis=None),
            y=altair.Y("y:Q", scale=down, axis=None),
            color=altair.Color("c:N", scale=None),
        )
        return chart.encode(x2="x2:Q", y2="y2:Q") if x2 else chart
