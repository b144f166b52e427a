import math
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from kuager.core.errors import BadInputError
from kuager.engines.charts import (
    IntervalRow,
    IntervalWords,
    Picture,
    density_chart,
    interval_chart,
    line_chart,
    trace_chart,
)

NBSP, DASH = "\N{NO-BREAK SPACE}", "\N{EN DASH}"
QUANTILES = ("2,5 %", "50 %", "97,5 %")
WORDS = IntervalWords(
    observed="В списках:",
    at_least="не меньше",
    refused="не публиковать",
    unbounded="без границы",
    label_title="Способ",
    estimate_title="Оценка",
    interval_title="95 %",
    remark_title="Замечание",
)
ROWS = (
    IntervalRow(label="Нижняя граница", estimate=8803, low=8384, high=9266, is_bound=True),
    IntervalRow(label="Скрытые классы", estimate=10_440, low=9065, high=13_895),
    IntervalRow(label="Модель", estimate=10_357, low=8994, high=1e6, is_refused=True),
    IntervalRow(label="<b>Без верха</b>", estimate=16_942, low=12_000, high=math.inf),
)
CHAINS = np.random.default_rng(3).normal(10_000, 800, (4, 900))


def intervals(**changes: Any) -> Picture:
    wanted: dict[str, Any] = {"observed": 4400, "words": WORDS, "title": "Сколько", "alt": "x"}
    return interval_chart(ROWS, **(wanted | changes))


def traces(chains: Any = CHAINS) -> Picture:
    return trace_chart(
        chains,
        title="Цепи",
        chain_title="Цепь",
        x_title="Шаг",
        alt="Четыре цепи похожи",
        quantile_titles=QUANTILES,
    )


def densities(**changes: Any) -> Picture:
    wanted: dict[str, Any] = {
        "draws": {"до": np.linspace(4400, 90_000, 500), "после": CHAINS},
        "title": "Всего",
        "x_title": "Людей",
        "y_title": "Правдоподобие",
        "alt": "Узкая кривая",
        "label_title": "Кривая",
        "quantile_titles": QUANTILES,
        "lowest": 4400,
        "marks": {"в списках": 4400},
    }
    return density_chart(**(wanted | changes))


def growth(**changes: Any) -> Picture:
    wanted: dict[str, Any] = {
        "lines": {"наш": [(1000, 0.2), (100_000, 2.0)], "R": [(1000, 10), (100_000, 1100)]},
        "title": "Время",
        "x_title": "Людей",
        "y_title": "Секунд",
        "alt": "Растёт",
        "bands": {"наш": [(1000, 0.1, 0.3), (100_000, 1.5, 2.5)]},
        "is_logarithmic": True,
    }
    return line_chart(**(wanted | changes))


PICTURES = (intervals, traces, densities, growth)


@pytest.mark.parametrize("draw", PICTURES)
def test_a_picture_is_well_formed_the_same_each_time_and_fits_a_phone(draw: Callable[[], Picture]) -> None:
    picture = draw()
    assert draw() == picture
    root = ElementTree.fromstring(picture.svg)  # noqa: S314  # our own output
    assert float(root.attrib["viewBox"].split()[2]) <= 420
    assert root.attrib["aria-label"] == picture.alt
    assert all(len(row) == len(picture.table[0]) for row in picture.table[1])


@pytest.mark.parametrize("draw", PICTURES)
def test_every_word_is_the_callers(draw: Callable[[], Picture]) -> None:
    root = ElementTree.fromstring(draw().svg)  # noqa: S314  # our own output
    words = [element.text or "" for element in root.iter() if element.tag.endswith(("text", "tspan"))]
    own = [word for word in words if re.search("[a-z]{2}", word, re.IGNORECASE)]
    assert own == []


def test_estimates_stand_beside_each_other_with_what_may_be_said_of_them() -> None:
    picture = intervals(alt="Четыре способа")
    assert f"не меньше 8{NBSP}384" in picture.svg
    assert f"10{NBSP}440 (9{NBSP}065{DASH}13{NBSP}895)" in picture.svg
    assert "1 000 000".replace(" ", NBSP) not in picture.svg
    assert "не публиковать" in picture.svg
    assert picture.table[1][0] == ("В списках:", f"4{NBSP}400", "", "")
    assert picture.table[1][3][2:] == (f"8{NBSP}994{DASH}1{NBSP}000{NBSP}000", "не публиковать")
    assert picture.table[1][4][2] == f"12{NBSP}000{DASH}без границы"


def test_one_wild_interval_does_not_squeeze_the_others() -> None:
    wide = intervals().svg
    ends = [float(x) for x in re.findall(r"translate\(([\d.]+),", wide)]
    assert len({round(x) for x in ends}) > 8


def test_an_interval_below_those_counted_is_refused() -> None:
    with pytest.raises(BadInputError, match="'Скрытые классы' must hold its estimate"):
        interval_chart([replace(ROWS[1], low=4000)], observed=4400, words=WORDS, title="", alt="")
    with pytest.raises(BadInputError, match="1 to 40 rows, got 0"):
        interval_chart([], observed=4400, words=WORDS, title="", alt="")


def test_nobody_missing_can_be_drawn() -> None:
    row = IntervalRow(label="a", estimate=0, low=0, high=0)
    assert interval_chart([row], observed=0, words=WORDS, title="", alt="").table[1][1][1] == "0"


def test_chains_have_a_strip_each_and_long_ones_are_thinned() -> None:
    picture = traces(np.random.default_rng(3).normal(size=(12, 50_000)))
    assert [f"Цепь {place}" in picture.svg for place in (1, 8, 9)] == [True, True, False]
    assert len(picture.table[1]) == 12
    assert len(picture.svg) < 60_000
    assert traces(np.ones((4, 10))).table[1][0] == ("1", "1.000", "1.000", "1.000")
    with pytest.raises(BadInputError, match="at least one chain"):
        traces(np.zeros((4, 1)))


def test_a_density_stays_within_what_is_possible() -> None:
    shares = np.random.default_rng(1).beta(1, 30, 4000)
    picture = densities(draws={"доля": shares}, lowest=0.0, highest=1.0, marks=None)
    low, middle, high = (float(cell) for cell in picture.table[1][0][1:])
    assert low < middle < high
    assert middle == pytest.approx(float(np.median(shares)), abs=5e-4)
    assert densities(draws={"одно": [5.0, 5.0]}, lowest=None, marks=None).table[1][0][0] == "одно"
    with pytest.raises(BadInputError, match="two finite numbers"):
        densities(draws={"пусто": []})


def test_a_line_shows_its_band_and_its_points_in_the_table() -> None:
    assert growth().table[1][0] == (f"1{NBSP}000", f"0.2 (0.1{DASH}0.3)", "10")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"lines": {}}, "1 to 6 lines"),
        ({"lines": {"наш": [(0, 1.0)], "R": [(1, 1)]}}, "above 0"),
        ({"lines": {"наш": [(1, -1.0)]}}, "none below 0"),
        ({"lines": {"наш": [(1, math.nan)]}}, "finite numbers"),
        ({"lines": {"R": [(1, 1)]}}, "bands without a line"),
        ({"lines": {"наш": [(1, 1.0)] * 2001}}, "2000 points"),
    ],
)
def test_lines_that_cannot_be_drawn_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        growth(**changes)
