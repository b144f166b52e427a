"""Tempering and sequential Monte Carlo draw from the same posterior as plain chains, and can be resumed."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from kuager.engines.estimation.latent_class.chains import Plan, walk_chains
from kuager.engines.estimation.latent_class.flagging import (
    FlaggedPlan,
    difference,
    pool,
    sample_flagged,
    share_of_empty_overlaps,
)
from kuager.engines.estimation.latent_class.model import (
    Model,
    coordinates,
    latent_class_model,
    log_likelihood,
    unseen_probability,
    with_counts,
    workspace,
)
from kuager.engines.estimation.latent_class.priors import LatentClassPrior
from kuager.engines.estimation.latent_class.reduction import ladder, reduced_counts, rung_likelihood
from kuager.engines.estimation.latent_class.rungs import TemperingPlan, place_rungs
from kuager.engines.estimation.latent_class.smc import ParticlePlan, ParticleRun, run_particles
from kuager.engines.estimation.latent_class.tempering import Tempered, temper

# Invented: four lists, two kinds of people.
PATTERNS = np.array([[int(bit) for bit in f"{number:04b}"] for number in range(1, 16)], dtype=np.int8)
COUNTS = np.array([30, 34, 11, 41, 9, 12, 7, 28, 8, 13, 6, 10, 5, 7, 9])
LITTLE = TemperingPlan(draws=60, burn_in=20, block=20, rounds=2, round_moves=20)


class KeptInMemory:
    """A checkpoint that lives as long as the test."""

    def __init__(self) -> None:
        self.state: bytes | None = None

    def load(self) -> bytes | None:
        """Give what was kept."""
        return self.state

    def save(self, state: bytes) -> None:
        """Keep it."""
        self.state = state


class StoppedError(Exception):
    """Somebody pulled the plug."""


def table(*, maximum: int | None = None, counts: NDArray[np.int64] = COUNTS) -> Model:
    """Give the model of the invented table."""
    return latent_class_model(PATTERNS, counts, LatentClassPrior(classes=5, maximum=maximum))


def test_a_reduced_table_grows_with_its_share() -> None:
    sizes = [reduced_counts(COUNTS, share) for share in np.linspace(0, 1, 200)]
    assert all((after >= before).all() for before, after in pairwise(sizes))
    assert sizes[0].sum() == 0
    assert (sizes[-1] == COUNTS).all()


def test_patterns_of_one_person_do_not_all_appear_at_once() -> None:
    ones = np.ones(20, dtype=np.int64)
    sizes = [int(reduced_counts(ones, share).sum()) for share in np.linspace(0, 1, 201)]
    assert max(np.diff(sizes)) <= 1


@pytest.mark.parametrize("maximum", [None, 500])
def test_a_rung_has_the_likelihood_of_its_table(maximum: int | None) -> None:
    model = table(maximum=maximum)
    steps, work = ladder(model, np.array([1.0, 0.4, 0.1])), workspace(model)
    unseen_probability(np.random.default_rng(1).normal(size=coordinates(model)), model, work)
    cells = np.concatenate([work.cells[:1], np.log(work.cells[1:])])
    for rung in range(3):
        smaller = with_counts(model, steps.counts[rung][1:])
        assert rung_likelihood(cells, steps, rung) == pytest.approx(log_likelihood(smaller, work))


def test_rungs_fall_from_the_whole_table() -> None:
    shares = place_rungs(table(), LITTLE, seed=1)
    assert shares[0] == 1
    assert (np.diff(shares) < 0).all()
    assert len(shares) >= 3


def test_tempering_draws_what_plain_chains_draw() -> None:
    plain = walk_chains(table(), Plan(draws=4000), seed=1).values["total"]
    tempered = temper(table(), TemperingPlan(draws=800, burn_in=200, rounds=3, round_moves=80), seed=2)
    drawn = tempered.walks.values["total"]
    for probability in (0.1, 0.5, 0.9):
        expected = np.quantile(plain, probability)
        assert (drawn > expected).mean() == pytest.approx(1 - probability, abs=0.06)
    assert tempered.walks.convergence["rhat"] < 1.03
    assert tempered.round_trips > 50
    assert (tempered.swap_rates > 0.2).all()


def test_interrupted_tempering_goes_on_bit_for_bit() -> None:
    checkpoint, whole = KeptInMemory(), temper(table(), LITTLE, seed=3)

    def stop_soon(_what: str, done: float) -> None:
        if done > 0.5:
            raise StoppedError

    with pytest.raises(StoppedError):
        temper(table(), LITTLE, seed=3, progress=stop_soon, checkpoint=checkpoint)
    resumed = temper(table(), LITTLE, seed=3, checkpoint=checkpoint)
    assert same(whole, resumed)


def same(first: Tempered, second: Tempered) -> bool:
    """Compare all that was drawn."""
    return (
        all((first.walks.values[name] == second.walks.values[name]).all() for name in first.walks.values)
        and bool((first.walks.positions == second.walks.positions).all())
        and first.round_trips == second.round_trips
    )


@pytest.mark.parametrize("other", ["seed", "plan", "table", "rubbish"])
def test_a_checkpoint_of_something_else_is_begun_again(other: str) -> None:
    checkpoint = KeptInMemory()
    temper(
        table(counts=COUNTS + (other == "table")),
        replace(LITTLE, draws=40 if other == "plan" else 60),
        seed=9 if other == "seed" else 3,
        checkpoint=checkpoint,
    )
    if other == "rubbish":
        checkpoint.state = b"rubbish"
    assert same(temper(table(), LITTLE, seed=3, checkpoint=checkpoint), temper(table(), LITTLE, seed=3))


def test_particles_draw_what_plain_chains_draw() -> None:
    plain = walk_chains(table(), Plan(draws=4000), seed=1).values["total"]
    runs = [
        run_particles(table(), ParticlePlan(particles=200, moves=2, most_moves=4), seed=4, number=number)
        for number in (0, 1)
    ]
    assert difference(plain, pool(runs)) < 0.15
    assert runs[0].log_evidence == pytest.approx(runs[1].log_evidence, abs=1.0)
    assert all(run.ancestors > 1 for run in runs)
    assert all(run.weights.sum() == pytest.approx(1.0) for run in runs)


def test_the_same_particles_come_from_the_same_seed() -> None:
    plan = ParticlePlan(particles=40, moves=1, most_moves=2)
    first, again, other = (run_particles(table(), plan, seed=5, number=number) for number in (0, 0, 1))
    assert (first.total == again.total).all()
    assert first.log_evidence == again.log_evidence
    assert first.log_evidence != other.log_evidence


def test_the_evidence_is_the_integral_of_the_likelihood() -> None:
    patterns, counts = np.array([[0, 1], [1, 0], [1, 1]], dtype=np.int8), np.array([9, 14, 6])
    model = latent_class_model(patterns, counts, LatentClassPrior(classes=1))
    chance = (np.arange(1000) + 0.5) / 1000
    a, b = chance[:, None], chance[None, :]
    seen = 1 - (1 - a) * (1 - b)
    likelihood = ((1 - a) * b) ** 9 * (a * (1 - b)) ** 14 * (a * b) ** 6 / seen**29
    run = run_particles(model, ParticlePlan(particles=800, moves=1, most_moves=2), seed=6)
    assert run.log_evidence == pytest.approx(math.log(likelihood.mean()), abs=0.15)


def test_particles_heed_a_maximum() -> None:
    run = run_particles(table(maximum=300), ParticlePlan(particles=60, moves=2, most_moves=10), seed=7)
    assert run.total.max() <= 300


def test_chains_that_disagree_hand_over_to_tempering() -> None:
    hopeless = Plan(burn_in=1, first=20, most=20, block=20)
    plan = FlaggedPlan(
        chains=hopeless,
        tempering=replace(LITTLE, draws=400, burn_in=200),
        particles=ParticlePlan(particles=120, moves=2, most_moves=4),
    )
    settled = sample_flagged(table(), plan, seed=8)
    assert settled.diagnostics["sampler"] == "tempering"
    assert settled.diagnostics["flagged_because"] == "chains disagree"
    assert settled.diagnostics["second_sampler_agrees"] == "yes"
    assert settled.walks.values["total"].shape == (4, 400)
    assert float(settled.diagnostics["round_trips"]) > 0


def test_chains_that_agree_answer_themselves() -> None:
    settled = sample_flagged(table(), FlaggedPlan(chains=Plan(first=2000)), seed=9)
    assert settled.diagnostics == {}


def test_a_fixed_number_of_draws_is_taken_as_asked() -> None:
    settled = sample_flagged(table(), FlaggedPlan(chains=Plan(burn_in=1, draws=12)), seed=10)
    assert settled.diagnostics == {}
    assert settled.walks.values["total"].shape == (4, 12)


def test_samplers_that_disagree_are_told_apart() -> None:
    low = ParticleRun(
        total=np.arange(100.0),
        weights=np.full(100, 0.01),
        log_evidence=0.0,
        ancestors=9,
        steps=1,
        acceptance=0.8,
    )
    assert difference(np.arange(100.0), low) < 0.02
    assert difference(np.arange(100.0) + 30, low) == pytest.approx(0.3, abs=0.02)
    assert low.quantile(0.5) == pytest.approx(50, abs=1)


def test_pairs_of_lists_that_share_nobody_are_counted() -> None:
    patterns = np.array([[1, 1, 0], [0, 0, 1]], dtype=np.int8)
    assert share_of_empty_overlaps(patterns, np.array([5, 5])) == pytest.approx(2 / 3)
