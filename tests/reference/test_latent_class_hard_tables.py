"""Tempering and particles against another implementation of the same model; the JSON header says how."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kuager.engines.estimation import CaptureHistories, read_counts
from kuager.engines.estimation.latent_class.flagging import difference
from kuager.engines.estimation.latent_class.model import latent_class_model
from kuager.engines.estimation.latent_class.priors import LatentClassPrior
from kuager.engines.estimation.latent_class.rungs import TemperingPlan
from kuager.engines.estimation.latent_class.smc import ParticlePlan, run_particles
from kuager.engines.estimation.latent_class.tempering import temper

HERE = Path(__file__)
PUBLISHED = json.loads(HERE.with_name("latent_class_hard_published.json").read_text(encoding="utf-8"))
SHARED = HERE.parents[2].parent / "shared" / "data" / "mse"


def histories_of(case: dict[str, Any]) -> CaptureHistories:
    if not (SHARED / case["file"]).exists():
        pytest.skip(f"the shared tables are absent ({case['file']})")
    return read_counts(SHARED / case["file"])


@pytest.mark.slow
@pytest.mark.parametrize("case", PUBLISHED["totals"], ids=lambda case: case["file"])
def test_tempering_draws_the_published_posterior(case: dict[str, Any]) -> None:
    histories = histories_of(case)
    model = latent_class_model(histories.patterns, histories.counts, LatentClassPrior())
    tempered = temper(model, TemperingPlan(draws=1000, burn_in=300, rounds=3, round_moves=80), seed=1)
    low, middle, high = np.quantile(tempered.walks.values["total"], [0.025, 0.5, 0.975])
    expected_low, expected, expected_high = case["quantiles"]
    assert [low, middle] == pytest.approx([expected_low, expected], rel=0.03)
    assert high == pytest.approx(expected_high, rel=0.08)
    assert tempered.walks.convergence["rhat"] < 1.03


@pytest.mark.slow
@pytest.mark.parametrize("case", PUBLISHED["evidence"], ids=lambda case: case["file"])
def test_particles_give_the_evidence(case: dict[str, Any]) -> None:
    histories = histories_of(case)
    prior = LatentClassPrior(maximum=(case["limit"] + 1) * histories.observed)
    model = latent_class_model(histories.patterns, histories.counts, prior)
    run = run_particles(model, ParticlePlan(particles=250, moves=2, most_moves=2), seed=1)
    assert run.log_evidence == pytest.approx(case["log_evidence"], abs=1.0)


@pytest.mark.slow
def test_particles_agree_with_tempering_on_new_orleans() -> None:
    histories = histories_of(PUBLISHED["totals"][0])
    model = latent_class_model(histories.patterns, histories.counts, LatentClassPrior())
    tempered = temper(model, TemperingPlan(draws=800, burn_in=300, rounds=3, round_moves=100), seed=2)
    run = run_particles(model, ParticlePlan(particles=200, moves=2, most_moves=4), seed=2)
    assert difference(tempered.walks.values["total"], run) < 0.15
