"""Sparse overlaps and bootstrapped choice against published figures; the JSON file says whose."""

import json
from pathlib import Path
from typing import Any

import pytest

from kuager.engines.estimation import METHODS, CaptureHistories, Estimate, Request, read_counts

PUBLISHED = json.loads(Path(__file__).with_name("sparse_published.json").read_text(encoding="utf-8"))
TABLES = Path(__file__).parents[2].parent / "shared" / "data" / "mse"


def estimate(histories: CaptureHistories, *, method: str, request: Request | None = None) -> Estimate:
    """Ask the method alone, without the guard and its trials, which have tests of their own."""
    return METHODS[method](histories, request or Request())


def histories_of(case: dict[str, Any]) -> CaptureHistories:
    path = TABLES / case["file"]
    if not path.exists():
        pytest.skip(f"the shared tables are absent ({case['file']})")
    return read_counts(path)


def label(case: dict[str, Any]) -> str:
    return f"{case['file'].removesuffix('.csv')}-{case.get('order', '')}"


@pytest.mark.parametrize("case", PUBLISHED["points"], ids=label)
def test_the_stepwise_estimate_is_the_published_one(case: dict[str, Any]) -> None:
    answer = estimate(histories_of(case), method="sparse", request=Request(draws=100))
    found = answer.diagnostics
    assert answer.estimate == pytest.approx(case["total"], abs=0.0505)
    assert (found["wald_low"], found["wald_high"]) == pytest.approx(case["wald"], abs=1)
    assert found["main_effects_only"] == pytest.approx(case["main_effects"], abs=0.0505)
    assert case.get("pairs") in (None, found["pairs_added"])
    assert case.get("model") in (None, found["model"])


@pytest.mark.parametrize("case", PUBLISHED["bootstraps"], ids=label)
def test_the_bootstrap_interval_is_near_the_published_one(case: dict[str, Any]) -> None:
    answer = estimate(histories_of(case), method="sparse", request=Request(seed=2))
    assert answer.diagnostics["acceleration"] == pytest.approx(case["acceleration"], abs=0.00005)
    low, high = case["interval"]
    assert answer.interval[0] == pytest.approx(low, rel=0.2)
    assert answer.interval[1] == pytest.approx(high, rel=0.1)


@pytest.mark.parametrize("case", PUBLISHED["choices"], ids=label)
def test_choosing_the_model_again_is_as_wide_as_published(case: dict[str, Any]) -> None:
    request = Request(order=case["order"], draws=1000)
    found = estimate(histories_of(case), method="loglinear", request=request).diagnostics
    assert (found["choice_low"], found["choice_high"]) == pytest.approx(case["interval"], rel=0.05)
