"""Measure the charts engine; prints JSON. Run: ``python benchmarks/charts.py``.

Milliseconds of wall time for each chart; the first call also starts the renderer.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

import kuager.domain.places

started = time.perf_counter()
from kuager.engines.charts import Picture, bar_chart, region_map, step_chart, upset_chart  # noqa: E402  # timed

RUNS = 5
REGIONS = Path(kuager.domain.places.__file__).parent / "data" / "regions.geojson"
imported = time.perf_counter() - started


def steps() -> Picture:
    """Draw three series of 21 days."""
    days = [date(2022, 1, 5) + timedelta(days=at) for at in range(21)]
    series = {f"Status {k}": [(day, k * 10.0 * at) for at, day in enumerate(days)] for k in (1, 2, 3)}
    return step_chart(series, title="Counts", x_title="Day", y_title="Persons", alt="Counts")


def bars() -> Picture:
    """Draw 17 bars."""
    rows = [(f"Region {at}", 3.0 * at) for at in range(17)]
    return bar_chart(rows, title="Regions", label_title="Region", value_title="Persons", alt="Regions")


def upset() -> Picture:
    """Draw 5 lists and their 20 largest combinations."""
    names = [f"List {at}" for at in range(5)]
    combos = [(members, 10 * len(members)) for size in range(1, 6) for members in combinations(names, size)]
    totals = dict.fromkeys(names, 300)
    return upset_chart(totals, combos, title="Lists", lists_title="Lists", count_title="Persons", alt="Lists")


def regions() -> Picture:
    """Draw 14 regions and 2 cities."""
    land = json.loads(REGIONS.read_text(encoding="utf-8"))
    cities = [
        ("almaty_city", "A", 76.9, 43.2, 149),
        ("astana", "B", 71.4, 51.1, 2),
        ("s", "C", 69.6, 42.3, 8),
    ]
    codes = [feature["properties"]["code"] for feature in land["features"]]
    values = {code: float(at) for at, code in enumerate(codes) if code not in ("almaty_city", "astana")}
    return region_map(
        land,
        values,
        points=cities,
        names={},
        title="Map",
        region_title="Region",
        value_title="Persons",
        no_data="none",
        alt="Map",
    )


def milliseconds(work: Callable[[], Picture]) -> float:
    """Return the time of one call."""
    begun = time.perf_counter()
    work()
    return round((time.perf_counter() - begun) * 1000, 1)


def main() -> None:
    """Measure and print."""
    figures: dict[str, object] = {"import_ms": round(imported * 1000), "first_call_ms": milliseconds(bars)}
    for work in (steps, bars, upset, regions):
        size = len(work().svg)
        figures[work.__name__] = {"best_ms": min(milliseconds(work) for _ in range(RUNS)), "svg_bytes": size}
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
