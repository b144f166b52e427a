import json
import re
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import kuager.domain.places
from kuager.core.errors import BadInputError
from kuager.engines.charts import Picture, bar_chart, region_map, step_chart, upset_chart
from kuager.engines.charts.colours import LINES, STEPS
from kuager.engines.charts.numbers import classes, written
from kuager.engines.charts.shapes import label_place, outlines, signed_area

REGIONS = Path(kuager.domain.places.__file__).parent / "data" / "regions.geojson"
DAYS = [date(2022, 1, 5), date(2022, 1, 9), date(2022, 1, 24)]


def square(code: str, west: float, south: float, *, clockwise: bool = False) -> dict[str, Any]:
    ring = [[west, south], [west + 4, south], [west + 4, south + 4], [west, south + 4], [west, south]]
    ring = ring[::-1] if clockwise else ring
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"code": code}, "geometry": geometry}


LAND = {
    "type": "FeatureCollection",
    "features": [square("west", 60, 45), square("east", 64, 45, clockwise=True)],
}


def steps(label: str = "Dead & missing") -> Picture:
    series = {label: [(DAYS[0], 0), (DAYS[1], 164), (DAYS[2], 1238)], "State's list": [(DAYS[1], 225)]}
    return step_chart(
        series,
        title="Counted <so far>",
        x_title="Day",
        y_title="Persons",
        alt='Rises to "1238"',
        bands={label: [(DAYS[1], 150, 180)]},
        write_date=lambda day: f"{day.day}.{day.month}",
    )


def bars() -> Picture:
    return bar_chart(
        [("Алматы", 149), ("Қызылорда облысы", 0)],
        title="",
        label_title="Region",
        value_title="Dead",
        alt="Bars",
    )


def upset() -> Picture:
    combos = [(("web",), 5), (("web", "court"), 12), (("court", "clinic", "web"), 1234), (("clinic",), 0)]
    return upset_chart(
        {"web": 1251, "court": 1246, "clinic": 1234},
        combos,
        title="Overlap",
        lists_title="Lists",
        count_title="Persons",
        alt="Overlap",
    )


def land(**changes: Any) -> Picture:
    wanted: dict[str, Any] = {
        "points": [("city", "Қала", 66.0, 46.0, 149)],
        "names": {"west": "Батыс"},
        "title": "Map",
        "region_title": "Region",
        "value_title": "Dead",
        "no_data": "мәлімет жоқ",
        "alt": "Map",
    }
    return region_map(LAND, {"west": 0}, **(wanted | changes))


PICTURES = (steps, bars, upset, land)


@pytest.mark.parametrize("draw", PICTURES)
def test_the_same_input_gives_the_same_bytes(draw: Callable[[], Picture]) -> None:
    first = draw()
    steps("Another picture in between")
    assert draw() == first


@pytest.mark.parametrize("draw", PICTURES)
def test_a_picture_is_well_formed_scales_and_says_what_it_shows(draw: Callable[[], Picture]) -> None:
    picture = draw()
    root = ElementTree.fromstring(picture.svg)  # noqa: S314  # our own output
    width = float(root.attrib["viewBox"].split()[2])
    assert width <= 420
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == picture.alt
    assert root[0].text == picture.alt


@pytest.mark.parametrize("draw", PICTURES)
def test_a_picture_holds_nothing_a_strict_page_refuses(draw: Callable[[], Picture]) -> None:
    svg = draw().svg
    for word in ("<script", "<style", "style=", "href", "url(", "<image", "<foreignObject", " on"):
        assert word not in svg.replace(" of ", "")
    assert set(re.findall(r"https?://[^\"' ]+", svg)) == {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("draw", PICTURES)
def test_fonts_are_generic(draw: Callable[[], Picture]) -> None:
    assert set(re.findall(r'font-family="([^"]+)"', draw().svg)) == {"sans-serif"}


@pytest.mark.parametrize("draw", PICTURES)
def test_no_english_roles_of_the_renderer_are_left_for_a_screen_reader(draw: Callable[[], Picture]) -> None:
    root = ElementTree.fromstring(draw().svg)  # noqa: S314  # our own output
    inner = [name for element in root.iter() if element is not root for name in element.attrib]
    assert not {"role", "class", "aria-label", "aria-roledescription"} & set(inner)


def test_names_from_lists_cannot_break_out_of_the_drawing() -> None:
    svg = steps("</text><script>alert(1)</script>' + datum.x + '").svg
    assert "<script" not in svg
    ElementTree.fromstring(svg)  # noqa: S314  # our own output


def test_a_name_that_looks_like_markup_is_shown_as_it_is() -> None:
    root = ElementTree.fromstring(steps('a role="x" <b d="1.2345">').svg)  # noqa: S314  # our own output
    assert 'a role="x" <b d="1.2345">' in [element.text for element in root.iter()]


def test_dates_are_written_by_the_caller() -> None:
    assert ">5.1<" in steps().svg
    hostile = step_chart(
        {"a": [(DAYS[0], 1)]}, title="", x_title="", y_title="", alt="x", write_date=lambda _: "5' \\ \n jan"
    )
    assert "5' \\" in hostile.svg


def test_tables_hold_the_same_numbers() -> None:
    assert steps().table == (
        ("Day", "Dead & missing", "State's list"),
        (
            ("2022-01-05", "0", ""),
            ("2022-01-09", "164 (150\N{EN DASH}180)", "225"),
            ("2022-01-24", "1\N{NO-BREAK SPACE}238", ""),
        ),
    )
    assert bars().table == (("Region", "Dead"), (("Алматы", "149"), ("Қызылорда облысы", "0")))
    assert upset().table[1][0] == ("court + clinic + web", "1\N{NO-BREAK SPACE}234")
    assert land().table == (("Region", "Dead"), (("Қала", "149"), ("Батыс", "0")))


def test_the_overlap_chart_draws_the_twenty_largest() -> None:
    names = [f"list {number}" for number in range(8)]
    combos = [([names[at % 8], names[(at * 3 + 1) % 8]], 1000 + at) for at in range(40)]
    picture = upset_chart(
        dict.fromkeys(names, 9), combos, title="", lists_title="", count_title="", alt="Overlap"
    )
    drawn = set(re.findall(r">1\N{NO-BREAK SPACE}0(\d\d)<", picture.svg))
    assert drawn == {f"{number:02}" for number in range(20, 40)}
    assert len(picture.table[1]) == 40


def test_the_map_says_where_nothing_is_known() -> None:
    assert "мәлімет жоқ" in land().svg
    assert (
        "мәлімет жоқ"
        not in region_map(
            LAND,
            {"west": 1, "east": 2},
            names={},
            title="",
            region_title="",
            value_title="",
            no_data="мәлімет жоқ",
            alt="",
        ).svg
    )


@pytest.mark.parametrize("at", [0, 1])
def test_any_winding_of_the_file_is_drawn_inside_out_for_nobody(at: int) -> None:
    """One square is wound each way; a ring wound wrongly would be painted over the whole world."""
    code = ("west", "east")[at]
    (polygon,) = outlines(LAND)[code]
    assert signed_area(polygon[0]) < 0


def test_a_label_lies_in_its_region_and_off_the_city() -> None:
    polygons = outlines(LAND)["west"]
    east, north = label_place(polygons, lambda east, north: False)
    assert (round(east, 6), round(north, 6)) == (62, 47)
    _, moved = label_place(polygons, lambda east, north: abs(north - 47) < 1)
    assert 45 < moved < 49
    assert abs(moved - 47) >= 1


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: land(points=[("city", "Қала", 66.0, 46.0, -1)]), "no value below 0"),
        (
            lambda: region_map(
                LAND, {"north": 1}, names={}, title="", region_title="", value_title="", no_data="", alt=""
            ),
            "neither outline nor point for: north",
        ),
        (lambda: outlines({"features": []}), "no regions"),
        (
            lambda: outlines({"features": [{"properties": {}, "geometry": {"type": "Point"}}]}),
            "property 'code'",
        ),
        (lambda: bar_chart([], title="", label_title="", value_title="", alt=""), "at least one row"),
        (lambda: step_chart({}, title="", x_title="", y_title="", alt=""), "1 to 6 series"),
        (
            lambda: step_chart({"a": [(DAYS[0], -1)]}, title="", x_title="", y_title="", alt=""),
            "no value below 0",
        ),
        (
            lambda: step_chart(
                {"a": [(DAYS[0], 1)]}, title="", x_title="", y_title="", alt="", bands={"b": []}
            ),
            "bands without a series: b",
        ),
        (lambda: upset_chart({}, [], title="", lists_title="", count_title="", alt=""), "1 to 8 lists"),
        (
            lambda: upset_chart({"a": 1}, [(("b",), 1)], title="", lists_title="", count_title="", alt=""),
            "names lists of the chart",
        ),
    ],
)
def test_what_cannot_be_drawn_is_explained(draw: Callable[[], object], message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        draw()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], [(1, None)]),
        ([0, 3], [(1, None)]),
        ([2, 7], [(1, 4), (5, None)]),
        ([3, 12345], [(1, 9), (10, 99), (100, 499), (500, 4999), (5000, None)]),
    ],
)
def test_classes_meet_and_are_few(values: list[float], expected: list[tuple[int, int | None]]) -> None:
    found = classes(values)
    assert len(found) <= 5
    assert all(one[1] is not None and one[1] + 1 == two[0] for one, two in pairwise(found))
    if len(values) < 2 or max(values) < 1000:
        assert found == expected


def test_numbers_are_written_for_any_language() -> None:
    assert written(1234567) == "1\N{NO-BREAK SPACE}234\N{NO-BREAK SPACE}567"
    assert written(-3.25) == "\N{MINUS SIGN}3.2"


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_colours_are_read_in_greyscale_and_on_white() -> None:
    shades = [luminance(colour) for colour in STEPS]
    assert all(one > 1.5 * two for one, two in pairwise(shades))
    assert all(1.05 / (luminance(colour) + 0.05) >= 3 for colour in LINES)


def test_the_stored_map_is_small_whole_and_tells_almaty_from_almaty() -> None:
    text = REGIONS.read_text(encoding="utf-8")
    stored = json.loads(text)
    assert len(text) < 45_000
    assert "Natural Earth" in stored["attribution"]
    shapes = outlines(stored)
    assert len(shapes) == len(stored["features"]) == 16
    assert all(set(feature["properties"]) == {"code"} for feature in stored["features"])
    size = {code: sum(-signed_area(polygon[0]) for polygon in polygons) for code, polygons in shapes.items()}
    assert size["almaty_region"] > 100 * size["almaty_city"] > 0


@pytest.mark.parametrize(
    ("code", "longitude", "latitude"),
    [
        ("almaty_city", 76.92, 43.25),
        ("almaty_region", 78.37, 45.01),
        ("astana", 71.43, 51.15),
        ("akmola", 68.36, 51.82),
        ("south_kazakhstan", 69.6, 42.32),
        ("mangystau", 52.86, 43.34),
        ("kyzylorda", 63.3, 45.9),
        ("east_kazakhstan", 80.25, 50.41),
    ],
)
def test_places_lie_in_their_region(code: str, longitude: float, latitude: float) -> None:
    """Almaty, Taldykorgan, Astana, Atbasar, Shymkent, Zhanaozen, Baikonur, Semey."""
    shapes = outlines(json.loads(REGIONS.read_text(encoding="utf-8")))
    assert [name for name, polygons in shapes.items() if inside(polygons, longitude, latitude)] == [code]


def inside(polygons: list[list[list[list[float]]]], longitude: float, latitude: float) -> bool:
    crossings = 0
    for polygon in polygons:
        for ring in polygon:
            for one, two in pairwise(ring):
                if (one[1] > latitude) != (two[1] > latitude):
                    share = (latitude - one[1]) / (two[1] - one[1])
                    crossings += longitude < one[0] + share * (two[0] - one[0])
    return crossings % 2 == 1
