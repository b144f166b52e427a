"""Latent classes against another implementation of the same posterior; the JSON header says whose."""

import json
from pathlib import Path
from typing import Any

import pytest

from kuager.engines.estimation import Request, read_counts
from kuager.engines.estimation.latent_class.answering import estimate_latent_class
from kuager.engines.estimation.latent_class.priors import LatentClassPrior

HERE = Path(__file__)
PUBLISHED = json.loads(HERE.with_name("latent_class_published.json").read_text(encoding="utf-8"))
SHARED = HERE.parents[2].parent / "shared" / "data" / "mse"
# LCMCR never lets the unseen exceed so many for each person seen.
LIMIT = 20


@pytest.mark.parametrize("case", PUBLISHED["totals"], ids=lambda case: case["file"])
def test_the_posterior_is_the_published_one(case: dict[str, Any]) -> None:
    if not (SHARED / case["file"]).exists():
        pytest.skip(f"the shared tables are absent ({case['file']})")
    histories = read_counts(SHARED / case["file"])
    prior = LatentClassPrior(maximum=(LIMIT + 1) * histories.observed)
    answer = estimate_latent_class(histories, Request(seed=1), prior=prior)
    low, middle, high = case["quantiles"]
    error = 6 * float(answer.diagnostics["mcse_median"])
    assert answer.estimate == pytest.approx(middle, abs=max(0.02 * middle, error))
    assert answer.interval[0] == pytest.approx(low, rel=0.025)
    assert answer.interval[1] == pytest.approx(high, rel=0.06)
    assert float(answer.diagnostics["rhat"]) <= 1.01
    assert float(answer.diagnostics["ess_bulk"]) >= 400
    assert answer.diagnostics["near_maximum"] == 0
