"""Sample coverage and no-highest-interaction against published totals; the JSON file says whose."""

import json
from pathlib import Path
from typing import Any

import pytest

from kuager.engines.estimation import CaptureHistories, Request, estimate

HERE = Path(__file__).parent
PUBLISHED = json.loads((HERE / "simple_estimators_published.json").read_text(encoding="utf-8"))
TABLES = json.loads((HERE / "estimation_published.json").read_text(encoding="utf-8"))["tables"]


def histories_of(case: dict[str, Any]) -> CaptureHistories:
    table = TABLES[case["table"]]
    patterns = [[int(flag) for flag in key] for key in table["counts"]]
    return CaptureHistories.from_counts(table["lists"], patterns, table["counts"].values())


@pytest.mark.parametrize("case", PUBLISHED["sample_coverage"], ids=lambda case: case["diagnostic"])
def test_sample_coverage_gives_the_published_total(case: dict[str, Any]) -> None:
    answer = estimate(histories_of(case), method="sample-coverage")
    assert answer.diagnostics[case["diagnostic"]] == pytest.approx(case["total"], abs=0.0505)


def test_the_error_of_the_one_step_form_is_in_the_published_range() -> None:
    case = PUBLISHED["standard_error"]
    answer = estimate(histories_of(case), method="sample-coverage", request=Request(draws=5_000))
    assert case["low"] <= float(answer.diagnostics["standard_error"]) <= case["high"]
    assert answer.estimate == answer.diagnostics["one_step_estimate"]


@pytest.mark.parametrize("case", PUBLISHED["no_highest_interaction"], ids=lambda case: case["table"])
def test_no_highest_interaction_gives_the_published_total(case: dict[str, Any]) -> None:
    answer = estimate(histories_of(case), method="no-highest-interaction")
    assert answer.estimate == pytest.approx(case["total"], abs=0.505)
    for name in {"xi_low", "xi_high"} & case.keys():
        assert answer.diagnostics[name] == pytest.approx(case[name], abs=0.505)
