"""Sequential Monte Carlo: many particles drawn from the prior follow the table as it grows, person by person.

It shares the moves with the chains and nothing else: no burn-in, no starting place, no ladder. On a table
with several peaks it is therefore a second opinion, and it gives the evidence for the model as well.

Invariants: what is drawn depends on the table, the prior, the plan and the seed alone.

Failure model: few surviving ancestors mean that one early accident decided the answer; two runs that differ
show it. A peak that was rare while the table was small is easily missed.

References
----------
Del Moral, Doucet & Jasra (2006), Sequential Monte Carlo samplers, JRSS B 68, 411-436; growth by whole
persons: Chopin (2002), A sequential particle filter method for static models, Biometrika 89, 539-552;
steps of equal conditional effective size: Zhou, Johansen & Aston (2016), Toward automatic model comparison,
JCGS 25, 701-726, section 3.3.

"""

import math
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuager.engines.estimation.latent_class.model import Model, with_counts, workspace
from kuager.engines.estimation.latent_class.particles import (
    chosen,
    draw_from_prior,
    likelihoods,
    move_particles,
    part_of,
)
from kuager.engines.estimation.latent_class.reduction import reduced_counts
from kuager.engines.estimation.latent_class.truncation import draw_unseen
from kuager.engines.estimation.running import Progress, silent

# Particles are moved in so many parts, each with its own random numbers, whatever the number of processors.
PARTS = 8
FIRST_STREAM = 2000
TARGET_ACCEPTANCE = 0.8
FIRST_STEP = 0.5
HALVINGS = 40
_DOING = "drawing latent classes with particles"


@dataclass(frozen=True, kw_only=True)
class ParticlePlan:
    """How much work sequential Monte Carlo does.

    Parameters
    ----------
    particles : int
        Particles of a run.
    moves, most_moves : int
        Moves of each particle after each step of the table, at least and at most.
    memory : float
        Moves go on until no cell's log probability correlates more than this, 0..1, with what it was before.
        Too few moves are the way to miss a peak: on Ned_5, two moves a step find 3 % below 90,000 persons,
        as many as are needed find 30 %, and so does tempering.
    conditional : float
        Effective share of the particles that a step may leave, 0..1; larger means smaller steps.
    resample : float
        Effective share below which particles are drawn anew by their weights, 0..1.

    """

    particles: int = 1000
    moves: int = 5
    most_moves: int = 100
    memory: float = 0.15
    conditional: float = 0.9
    resample: float = 0.5


@dataclass(frozen=True, eq=False, kw_only=True)
class ParticleRun:
    """What one run drew.

    Parameters
    ----------
    total : array of shape (n_particles,)
        Persons in all.
    weights : array of shape (n_particles,)
        Weight of each particle; they add up to 1.
    log_evidence : float
        Log of the mean likelihood under the prior (conditional on the number observed).
    ancestors : int
        Particles of the prior that have descendants among those of the end.
    steps : int
        Steps by which the table grew.
    acceptance : float
        Mean probability that the last trajectories were accepted with, 0..1.

    """

    total: NDArray[np.float64]
    weights: NDArray[np.float64]
    log_evidence: float
    ancestors: int
    steps: int
    acceptance: float

    def quantile(self, probability: float) -> float:
        """Give a weighted quantile of the total, persons."""
        order = np.argsort(self.total, kind="stable")
        place = int(np.searchsorted(np.cumsum(self.weights[order]), probability))
        return float(self.total[order][min(place, len(order) - 1)])

    def share_above(self, total: float) -> float:
        """Give the probability of more than so many persons."""
        return float(self.weights[self.total > total].sum())


def run_particles(
    model: Model, plan: ParticlePlan, *, seed: int, number: int = 0, progress: Progress = silent
) -> ParticleRun:
    """Draw from the posterior with particles.

    Parameters
    ----------
    model : Model
        Table and prior.
    plan : ParticlePlan
        How much work.
    seed, number : int
        Same seed and number, same draws; other numbers of the same seed are independent runs.
    progress : callable
        Told the share of the table that has been taken in.

    """
    swarm = _Swarm(model, plan, seed, number)
    while not swarm.is_whole:
        swarm.take_in()
        swarm.resample_if_uneven()
        swarm.move()
        progress(_DOING, swarm.observed / model.observed)
    return swarm.answer()


class _Swarm:
    """The particles of one run and the part of the table that they have seen."""

    def __init__(self, model: Model, plan: ParticlePlan, seed: int, number: int) -> None:
        self.model, self.plan = model, plan
        streams = np.random.SeedSequence([seed, FIRST_STREAM + number]).spawn(PARTS + 1)
        generators = [np.random.Generator(np.random.SFC64(stream)) for stream in streams]
        self.rng, self.generators = generators[0], generators[1:]
        self.works = [workspace(model) for _ in range(PARTS)]
        self.particles = draw_from_prior(model, plan.particles, self.rng)
        self.counts = np.zeros_like(model.counts[1:])
        self.log_weights = np.zeros(plan.particles)
        self.ancestors = np.arange(plan.particles)
        self.log_evidence, self.steps, self.acceptance = 0.0, 0, 0.0
        self.log_step = math.log(FIRST_STEP)
        self.share = 0.0

    @property
    def observed(self) -> int:
        """Persons taken in so far."""
        return int(self.counts.sum())

    @property
    def is_whole(self) -> bool:
        """Whether the whole table has been taken in."""
        return self.observed == self.model.observed

    def weights(self) -> NDArray[np.float64]:
        """Weights that add up to 1."""
        weights = np.exp(self.log_weights - self.log_weights.max())
        return np.asarray(weights / weights.sum())

    def take_in(self) -> None:
        """Take in as many persons as the particles can bear, at least one."""
        low, high = max(self.share, 1e-3 / self.model.observed), 1.0
        if self._bears(1.0):
            low = 1.0
        else:
            for _ in range(HALVINGS):
                middle = math.sqrt(low * high)
                low, high = (middle, high) if self._bears(middle) else (low, middle)
        if (reduced_counts(self.model.counts[1:], low) == self.counts).all():
            low = high
        gain, self.share = self._gain(low), low
        self.counts = reduced_counts(self.model.counts[1:], low)
        self.log_evidence += gain.max() + math.log(self.weights() @ np.exp(gain - gain.max()))
        self.log_weights += gain
        self.steps += 1

    def _bears(self, share: float) -> bool:
        gain = self._gain(share)
        factor, weights = np.exp(gain - gain.max()), self.weights()
        return bool((weights @ factor) ** 2 / (weights @ factor**2) >= self.plan.conditional)

    def _gain(self, share: float) -> NDArray[np.float64]:
        """Log likelihood of a larger part of the table less that of the present part, by particle."""
        larger = with_counts(self.model, reduced_counts(self.model.counts[1:], share))
        return likelihoods(self.particles, larger) - likelihoods(self.particles, self._now())

    def _now(self) -> Model:
        return with_counts(self.model, self.counts)

    def resample_if_uneven(self) -> None:
        """Draw the particles anew by their weights if too few carry too much (systematic resampling)."""
        weights = self.weights()
        if 1.0 / (weights @ weights) >= self.plan.resample * self.plan.particles:
            return
        places = (self.rng.random() + np.arange(self.plan.particles)) / self.plan.particles
        drawn = np.minimum(np.searchsorted(np.cumsum(weights), places), self.plan.particles - 1)
        self.particles = chosen(self.particles, drawn)
        self.ancestors = self.ancestors[drawn]
        self.log_weights = np.zeros(self.plan.particles)

    def move(self) -> None:
        """Move the particles until they have forgotten where they were, or have moved enough."""
        before, made = self.particles.cells.copy(), 0
        while made < self.plan.most_moves:
            self._move_once()
            made += self.plan.moves
            if _memory(before, self.particles.cells) <= self.plan.memory:
                return

    def _move_once(self) -> None:
        """Move every particle by the least number of moves, and tune the step for the next time."""
        now, step = self._now(), math.exp(self.log_step)
        bounds = np.linspace(0, self.plan.particles, PARTS + 1).astype(int).tolist()

        def work(part: int) -> float:
            mine = part_of(self.particles, bounds[part], bounds[part + 1])
            rng = self.generators[part]
            return move_particles(mine, step, self.plan.moves, now, self.works[part], rng)

        with ThreadPoolExecutor(max_workers=min(PARTS, os.cpu_count() or 1)) as pool:
            accepted = sum(pool.map(work, range(PARTS)))
        self.acceptance = accepted / (self.plan.particles * self.plan.moves)
        self.log_step += 0.5 * (self.acceptance - TARGET_ACCEPTANCE)

    def answer(self) -> ParticleRun:
        """Draw the total for each particle."""
        observed, maximum = self.model.observed, self.model.prior.maximum_unseen
        unseen = [draw_unseen(observed, maximum, p, self.rng) for p in self.particles.cells[:, 0].tolist()]
        return ParticleRun(
            total=observed + np.array(unseen, dtype=np.float64),
            weights=self.weights(),
            log_evidence=float(self.log_evidence),
            ancestors=len(np.unique(self.ancestors)),
            steps=self.steps,
            acceptance=self.acceptance,
        )


def _memory(before: NDArray[np.float64], after: NDArray[np.float64]) -> float:
    """Give the largest correlation, over cells, between particles before and after; shapes as ``cells``."""
    centred = before - before.mean(axis=0), after - after.mean(axis=0)
    spread = np.sqrt((centred[0] ** 2).sum(axis=0) * (centred[1] ** 2).sum(axis=0))
    return float(np.max((centred[0] * centred[1]).sum(axis=0) / np.maximum(spread, 1e-300)))
