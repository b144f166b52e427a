"""The pictures of a snapshot in three languages, drawn once when it is built."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from kuager.core.ages import AGE_GROUPS
from kuager.core.digest import JsonValue
from kuager.domain.places.models import Place, PlaceParent
from kuager.domain.places.queries import list_regions
from kuager.domain.publication.definitions import age_group_label, day_in_words, status_label
from kuager.domain.publication.queries.content import Collected
from kuager.domain.publication.queries.register_reading import Reading, names_of
from kuager.domain.publication.queries.series import counts_over_time
from kuager.domain.publication.terms import PictureKey
from kuager.engines.charts import Picture, bar_chart, region_map, step_chart

# One chart shows the statuses that most people have; more lines than this nobody can follow.
MAX_LINES = 5
# The outlines are older than some regions: a region that took over an outline, under the outline's code.
_OUTLINES = {"almaty": "almaty_city", "turkistan": "south_kazakhstan"}


_SIZE = re.compile(r'width="([\d.]+)" height="([\d.]+)"')


@dataclass(frozen=True, kw_only=True)
class DrawnPicture:
    """A picture with its place in the snapshot."""

    key: str
    language: str
    svg: str
    alt: str
    table: dict[str, JsonValue]


@dataclass(frozen=True, kw_only=True)
class _Numbers:
    """What the pictures show, counted once for all languages."""

    as_of: date
    lines: dict[str, list[tuple[date, int]]]
    regions: dict[str, int]
    unplaced: int
    ages: dict[str, int]
    places: dict[str, Place]
    centres: dict[str, tuple[float, float]]


def draw_pictures(collected: Collected) -> Iterator[DrawnPicture]:
    """Draw what there are numbers for; a snapshot without people has no pictures."""
    if not collected.reading.standings:
        return
    numbers = _count(collected)
    draws: dict[str, Callable[[_Numbers, str], Picture | None]] = {
        PictureKey.TIME: _over_time,
        PictureKey.MAP: _map,
        PictureKey.REGIONS: _by_region,
        PictureKey.AGES: _by_age,
    }
    for language, _ in settings.LANGUAGES:
        with translation.override(language):
            for key, draw in draws.items():
                picture = draw(numbers, language)
                if picture is not None:
                    yield stored_picture(key, language, picture)


def stored_picture(key: str, language: str, picture: Picture) -> DrawnPicture:
    """Return a picture with its table and size, as a snapshot keeps it."""
    header, rows = picture.table
    size = _SIZE.search(picture.svg)
    table: dict[str, JsonValue] = {
        "header": list(header),
        "rows": [list(row) for row in rows],
        # So that a page keeps the room while the picture is on its way.
        "size": [round(float(length)) for length in size.groups()] if size else [360, 240],
    }
    return DrawnPicture(key=str(key), language=language, svg=picture.svg, alt=picture.alt, table=table)


def _count(collected: Collected) -> _Numbers:
    reading = collected.reading
    values = {figure.key: figure.value for figure in collected.figures}
    totals = {key: value for key, value in values.items() if "." not in key and key != "all"}
    valid = {place.code: place for place in list_regions(on=reading.as_of)}
    regions = {code: 0 for code in valid}
    ages = dict.fromkeys(AGE_GROUPS, 0)
    for standing in reading.standings:
        ages[standing.age_group] += 1
        if standing.region_id is not None:
            code = reading.places[standing.region_id].code
            regions[code] = regions.get(code, 0) + 1
    placed = {code: count for code, count in regions.items() if code in valid}
    return _Numbers(
        as_of=reading.as_of,
        lines=counts_over_time(
            as_of=reading.as_of,
            known_at=reading.known_at,
            statuses=sorted(totals, key=lambda key: (-totals[key], key))[:MAX_LINES],
        ),
        regions=placed,
        unplaced=len(reading.standings) - sum(placed.values()),
        ages=ages,
        places=valid,
        centres=_centres(reading, valid),
    )


def _over_time(numbers: _Numbers, language: str) -> Picture | None:
    del language
    if not numbers.lines:
        return None
    lines = {str(status_label(status)).capitalize(): points for status, points in numbers.lines.items()}
    last = [
        gettext("%(status)s: %(count)d") % {"status": label, "count": points[-1][1]}
        for label, points in lines.items()
    ]
    first = min(points[0][0] for points in lines.values())
    alt = gettext(
        "Number of people by status, day by day from %(first)s to %(last)s. At the end: %(counts)s."
    ) % {
        "first": day_in_words(first),
        "last": day_in_words(numbers.as_of),
        "counts": ", ".join(last),
    }
    return step_chart(
        {label: [(day, float(count)) for day, count in points] for label, points in lines.items()},
        title="",
        x_title=gettext("Day"),
        y_title=gettext("People"),
        alt=alt,
        write_date=_short_day,
    )


def _map(numbers: _Numbers, language: str) -> Picture | None:
    outlines = _outlines(numbers.places)
    drawn = {feature["properties"]["code"] for feature in outlines["features"]}
    points = [
        (code, _name(place, language), longitude, latitude, float(numbers.regions[code]))
        for code, place in numbers.places.items()
        if (code not in drawn or place.kind == "city_region") and code in numbers.centres
        for longitude, latitude in [numbers.centres[code]]
    ]
    circles = {code for code, *_ in points}
    values = {
        code: float(count) for code, count in numbers.regions.items() if code in drawn and code not in circles
    }
    if not values and not points:
        return None
    alt = " ".join(
        [
            gettext("Map of Kazakhstan: number of people in the register by region."),
            _most(numbers, language),
            gettext("Cities, and regions younger than the outlines, are circles."),
            _unplaced(numbers),
        ]
    )
    return region_map(
        outlines,
        values,
        points=points,
        names={code: _name(place, language) for code, place in numbers.places.items()},
        title="",
        region_title=gettext("Region"),
        value_title=gettext("People"),
        no_data=gettext("not known"),
        alt=alt.strip(),
    )


def _by_region(numbers: _Numbers, language: str) -> Picture | None:
    rows = [
        (_name(numbers.places[code], language), float(count))
        for code, count in numbers.regions.items()
        if count
    ]
    rows.sort(key=lambda row: (-row[1], row[0]))
    if numbers.unplaced:
        rows.append((gettext("region not known"), float(numbers.unplaced)))
    if not rows:
        return None
    return bar_chart(
        rows,
        title="",
        label_title=gettext("Region"),
        value_title=gettext("People"),
        alt=" ".join(
            [gettext("Number of people by region."), _most(numbers, language), _unplaced(numbers)]
        ).strip(),
    )


def _by_age(numbers: _Numbers, language: str) -> Picture | None:
    del language
    rows = [
        (str(age_group_label(code)) if code != "unknown" else gettext("age not known"), float(count))
        for code, count in numbers.ages.items()
        if count or code != "unknown"
    ]
    return bar_chart(
        rows,
        title="",
        label_title=gettext("Age group"),
        value_title=gettext("People"),
        alt=gettext("Number of people by age group: %(counts)s.")
        % {"counts": ", ".join(f"{label} – {count:.0f}" for label, count in rows)},
    )


def _most(numbers: _Numbers, language: str) -> str:
    code, count = max(numbers.regions.items(), key=lambda item: item[1], default=("", 0))
    if not count:
        return ""
    return gettext("Most are in %(region)s: %(count)d.") % {
        "region": _name(numbers.places[code], language),
        "count": count,
    }


def _unplaced(numbers: _Numbers) -> str:
    if not numbers.unplaced:
        return ""
    return gettext("Without a known region: %(count)d.") % {"count": numbers.unplaced}


def _name(place: Place, language: str) -> str:
    return names_of(place).get(language, place.name_en)


def _short_day(day: date) -> str:
    return f"{day.day:02d}.{day.month:02d}."


def _centres(reading: Reading, valid: Mapping[str, Place]) -> dict[str, tuple[float, float]]:
    """Return longitude and latitude of each region: its own, or the middle of the towns in it on the day."""
    children: dict[int, list[Place]] = {}
    for parent_id, place_id, since, until in PlaceParent.objects.values_list(
        "parent_id", "place_id", "since", "until"
    ):
        if (since is None or since <= reading.as_of) and (until is None or reading.as_of < until):
            children.setdefault(parent_id, []).append(reading.places[place_id])
    centres = {}
    for code, region in valid.items():
        towns = [region] if region.latitude is not None else children.get(region.pk, [])
        spots = [
            (town.longitude, town.latitude)
            for town in towns
            if town.longitude is not None and town.latitude is not None
        ]
        if spots:
            centres[code] = (sum(x for x, _ in spots) / len(spots), sum(y for _, y in spots) / len(spots))
    return centres


@lru_cache(maxsize=1)
def _features() -> str:
    return files("kuager.domain.places").joinpath("data/regions.geojson").read_text(encoding="utf-8")


def _outlines(valid: Mapping[str, Place]) -> dict[str, list[dict[str, dict[str, str]]]]:
    """Return the outlines under the codes of the regions of the day."""
    codes = {_OUTLINES.get(code, code): code for code in valid}
    collection = json.loads(_features())
    features = []
    for feature in collection["features"]:
        code = codes.get(feature["properties"]["code"])
        if code is not None:
            features.append({**feature, "properties": {"code": code}})
    return {**collection, "features": features}
