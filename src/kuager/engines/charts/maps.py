"""A map of regions: darker means more, with the number on each region and circles for cities."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import altair

from kuager.core.errors import BadInputError
from kuager.engines.charts.canvas import Canvas, Mark
from kuager.engines.charts.colours import INK, NO_DATA, QUIET, STEPS, ZERO, text_on
from kuager.engines.charts.numbers import EN_DASH, classes, written
from kuager.engines.charts.picture import SMALL_SIZE, TEXT_SIZE, WIDTH, Picture, draw
from kuager.engines.charts.shapes import label_place, outlines

HEIGHT = 225
# A box and its words in the legend.
LEGEND_ROW = 24
# Pixels of one degree of longitude and of latitude in the middle of the country.
DEGREE = (8.8, 13.0)
# Half of a label and half of a city's name, in pixels.
LABEL_ROOM, NAME_ROOM = 12.0, 44.0

Point = tuple[str, str, float, float, float]


@dataclass(frozen=True)
class Scale:
    """Colours of the map's classes."""

    classes: list[tuple[int, int | None]]

    def colour(self, value: float | None) -> str:
        """Colour of a value; unknown is nearly white, 0 is white."""
        if value is None:
            return NO_DATA
        rank = sum(value >= low for low, _ in self.classes)
        return ZERO if rank == 0 else self._steps()[rank - 1]

    def legend(self) -> list[tuple[str, str]]:
        """List colour and words of each class."""
        words = [_range(low, high) for low, high in self.classes]
        return list(zip(self._steps(), words, strict=True))

    def _steps(self) -> list[str]:
        count = len(self.classes)
        return [STEPS[round(at * (len(STEPS) - 1) / max(count - 1, 1))] for at in range(count)]


def region_map(  # noqa: PLR0913  # every text is the caller's, because the caller translates
    features: Mapping[str, object],
    values: Mapping[str, float],
    *,
    points: Sequence[Point] = (),
    names: Mapping[str, str],
    title: str,
    region_title: str,
    value_title: str,
    no_data: str,
    alt: str,
) -> Picture:
    """Draw counts by region.

    Parameters
    ----------
    features : mapping
        GeoJSON feature collection; each feature has polygons and a property ``code``.
    values : mapping of region code to number
        Regions without a value are drawn as ``no_data``.
    points : sequence of (code, name, longitude, latitude, value)
        Cities, and regions that have no outline: drawn as circles over the map.
    names : mapping of region code to name
        For the table; a code without a name stands for itself.
    title, region_title, value_title, no_data, alt : str
        Texts in the reader's language; ``no_data`` is the legend for unknown.

    """
    shapes = outlines(features)
    circles = {code: value for code, _, _, _, value in points}
    if unknown := set(values) - set(shapes) - set(circles):
        raise BadInputError(f"the map has neither outline nor point for: {', '.join(sorted(unknown))}")
    known = {**values, **circles}
    if any(value < 0 for value in known.values()):
        raise BadInputError("a map of counts takes no value below 0")
    scale = Scale(classes(list(known.values())))
    land = altair.Chart(altair.NamedData(name="regions")).mark_geoshape(stroke=QUIET, strokeWidth=0.8)
    picture = altair.layer(
        land.encode(color=altair.Color("properties.c:N", scale=None)),
        *_region_labels(shapes, known, points, scale),
        *_circles(points, scale),
    ).project(type="conicEqualArea", parallels=[42, 54], rotate=[-67, 0, 0])
    gaps = any(code not in known for code in shapes)
    legend = _legend(scale, no_data if gaps else "", has_zero=0 in known.values())
    sheet = altair.vconcat(picture.properties(width=WIDTH, height=HEIGHT), legend, spacing=6)
    labels = {**names, **{code: name for code, name, _, _, _ in points}}
    ranked = sorted(known.items(), key=lambda item: (-item[1], labels.get(item[0], item[0])))
    table = (
        (region_title, value_title),
        tuple((labels.get(code, code), written(value)) for code, value in ranked),
    )
    data = {"regions": _regions(shapes, known, scale)}
    return draw(sheet, title=title, alt_text=alt, table=table, data=data)


def _range(low: int, high: int | None) -> str:
    if high is None:
        return f"{written(low)}+"
    return written(low) if low == high else f"{written(low)}{EN_DASH}{written(high)}"


def _regions(
    shapes: Mapping[str, object], known: Mapping[str, float], scale: Scale
) -> list[dict[str, object]]:
    return [
        {
            "type": "Feature",
            "properties": {"c": scale.colour(known.get(code))},
            "geometry": {"type": "MultiPolygon", "coordinates": polygons},
        }
        for code, polygons in shapes.items()
    ]


def _region_labels(
    shapes: Mapping[str, list[list[list[list[float]]]]],
    known: Mapping[str, float],
    points: Sequence[Point],
    scale: Scale,
) -> list[altair.Chart]:
    """Write the number on each region that has one and is not drawn as a circle."""
    cities = {code for code, *_ in points}
    rows: list[Mark] = []
    for code, polygons in shapes.items():
        if code in known and code not in cities:
            longitude, latitude = label_place(polygons, lambda east, north: _is_taken(east, north, points))
            value = known[code]
            rows.append(
                {"x": longitude, "y": latitude, "t": written(value), "c": text_on(scale.colour(value))}
            )
    return [_words(rows, size=TEXT_SIZE)] if rows else []


def _is_taken(longitude: float, latitude: float, points: Sequence[Point]) -> bool:
    """Tell whether a label here would touch a city's circle or its name."""
    for _, _, east, north, value in points:
        aside, above = abs(east - longitude) * DEGREE[0], (latitude - north) * DEGREE[1]
        radius = _radius(value)
        on_circle = aside < radius + LABEL_ROOM and abs(above) < radius + LABEL_ROOM - 2
        if on_circle or (aside < NAME_ROOM and -(radius + 2 * LABEL_ROOM) < above < 0):
            return True
    return False


def _radius(value: float) -> float:
    """Radius of the circle that holds a number, in pixels."""
    return 6 + 3.0 * len(written(value))


def _circles(points: Sequence[Point], scale: Scale) -> list[altair.Chart]:
    """Draw a circle with the number in it and the name under it."""
    rows: list[Mark] = [
        {
            "x": longitude,
            "y": latitude,
            "n": name,
            "t": written(value),
            "f": scale.colour(value),
            "c": text_on(scale.colour(value)),
            "r": _radius(value),
            "s": 3.14159 * _radius(value) ** 2,
        }
        for _, name, longitude, latitude, value in points
    ]
    if not rows:
        return []
    base = altair.Chart(altair.InlineData(values=rows)).encode(longitude="x:Q", latitude="y:Q")
    disc = base.mark_circle(opacity=1, stroke=INK, strokeWidth=1.5).encode(
        size=altair.Size("s:Q", scale=None), color=altair.Color("f:N", scale=None)
    )
    names = base.encode(text="n:N")
    return [disc, _words(rows, size=SMALL_SIZE), _name(names, "white", halo=3), _name(names, INK, halo=0)]


def _name(base: altair.Chart, colour: str, *, halo: float) -> altair.Chart:
    """Write names below circles, or the white edge behind them."""
    text: altair.Chart = base.mark_text(
        dy=altair.expr("datum.r + 8"),
        fontSize=SMALL_SIZE,
        baseline="middle",
        color=colour,
        stroke=colour,
        strokeWidth=halo,
        strokeJoin="round",
    )
    return text


def _words(rows: list[Mark], *, size: float) -> altair.Chart:
    base = altair.Chart(altair.InlineData(values=rows))
    chart: altair.Chart = base.mark_text(fontSize=size, fontWeight="bold", baseline="middle").encode(
        longitude="x:Q", latitude="y:Q", text="t:N", color=altair.Color("c:N", scale=None)
    )
    return chart


def _legend(scale: Scale, no_data: str, *, has_zero: bool) -> altair.LayerChart:
    entries = ([(ZERO, "0")] if has_zero else []) + scale.legend() + ([(NO_DATA, no_data)] if no_data else [])
    columns = 3
    canvas = Canvas(width=WIDTH, height=LEGEND_ROW * -(-len(entries) // columns))
    for at, (colour, words) in enumerate(entries):
        left, top = WIDTH / columns * (at % columns), LEGEND_ROW * (at // columns)
        canvas.rect(left + 1, top + 4, 22, 16, colour, QUIET)
        canvas.text(left + 29, top + 12, words)
    return canvas.chart()
