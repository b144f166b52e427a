"""Outlines of regions: wound as the drawing expects, with a place for the label.

GeoJSON (RFC 7946) winds the outer ring counterclockwise; d3, which draws, takes the sphere's other side as
the inside then, and would paint the whole world. So rings are wound here, whatever the file did.
"""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import TypeAlias, cast

from kuager.core.errors import BadInputError

Ring: TypeAlias = list[list[float]]
Polygon: TypeAlias = list[Ring]


def outlines(features: Mapping[str, object]) -> dict[str, list[Polygon]]:
    """Read a GeoJSON feature collection: region code to its polygons, outer ring first, wound for d3."""
    found: dict[str, list[Polygon]] = {}
    for feature in cast("list[dict[str, dict[str, object]]]", features.get("features", [])):
        code = str(feature["properties"].get("code", ""))
        geometry = feature["geometry"]
        if not code or geometry["type"] not in ("Polygon", "MultiPolygon"):
            raise BadInputError("each feature of the map needs a property 'code' and polygons")
        raw = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
        found[code] = [_wound(polygon) for polygon in cast("list[Polygon]", raw)]
    if not found:
        raise BadInputError("the map has no regions")
    return found


def label_place(polygons: list[Polygon], is_taken: Callable[[float, float], bool]) -> tuple[float, float]:
    """Find a place for a label: the middle of the largest polygon's widest part that is not taken.

    Scans lines of latitude for long stretches inside; a plain centroid may fall outside, or on a city.
    """
    largest = max(polygons, key=lambda polygon: abs(signed_area(polygon[0])))
    heights = [point[1] for point in largest[0]]
    south, north = min(heights), max(heights)
    best = (0.0, 0.0, 0.0)
    for at in range(3, 14):
        latitude = south + (north - south) * at / 16
        # A stretch near the middle of the region is preferred to a slightly longer one at its edge.
        weight = 1 - abs(at - 8) / 16
        for west, east in _stretches(largest, latitude):
            for share in (0.5, 0.35, 0.65):
                longitude = west + (east - west) * share
                width = (east - west) * weight * (1 - abs(share - 0.5))
                best = max(
                    best, (width * (0.05 if is_taken(longitude, latitude) else 1), longitude, latitude)
                )
    return best[1], best[2]


def signed_area(ring: Ring) -> float:
    """Area in square degrees, positive if counterclockwise."""
    pairs = pairwise(ring)
    return sum(one[0] * two[1] - two[0] * one[1] for one, two in pairs) / 2


def _wound(polygon: Polygon) -> Polygon:
    return [ring if (signed_area(ring) < 0) == (at == 0) else ring[::-1] for at, ring in enumerate(polygon)]


def _stretches(polygon: Polygon, latitude: float) -> list[tuple[float, float]]:
    """Where a line of latitude runs inside the polygon, holes left out."""
    crossings = sorted(
        one[0] + (latitude - one[1]) / (two[1] - one[1]) * (two[0] - one[0])
        for ring in polygon
        for one, two in pairwise(ring)
        if (one[1] > latitude) != (two[1] > latitude)
    )
    return list(zip(crossings[::2], crossings[1::2], strict=False))
