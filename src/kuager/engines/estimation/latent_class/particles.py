"""Particles: many positions at once, drawn from the prior and moved on a table that grows."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuager.engines.estimation.compiled import compiled
from kuager.engines.estimation.latent_class.hmc import hmc_move
from kuager.engines.estimation.latent_class.model import (
    Model,
    Workspace,
    unseen_probability,
    workspace,
)
from kuager.engines.estimation.latent_class.reduction import Ladder, rung_likelihood
from kuager.engines.estimation.latent_class.replicas import LONGEST, REACH, SHORTEST, TINY
from kuager.engines.estimation.latent_class.sweep import gibbs_sweep


class Particles(NamedTuple):
    """Where the particles are.

    Parameters
    ----------
    positions : array of shape (n_particles, n_coordinates)
        See ``model``.
    alphas : array of shape (n_particles,)
        Concentrations.
    cells : array of shape (n_particles, n_patterns + 1)
        Probability of being unseen, then the log probability of each pattern.

    """

    positions: NDArray[np.float64]
    alphas: NDArray[np.float64]
    cells: NDArray[np.float64]


def draw_from_prior(model: Model, particles: int, rng: np.random.Generator) -> Particles:
    """Draw particles from the prior."""
    prior, classes = model.prior, model.classes
    alphas = rng.gamma(prior.concentration_shape, 1 / prior.concentration_rate, size=particles)
    alphas = np.maximum(alphas, TINY)
    rates = (particles, model.tree.n_lists * classes)
    yes, no = rng.gamma(prior.rate_a, size=rates), rng.gamma(prior.rate_b, size=rates)
    # A stick is Beta(1, alpha): 1 - V = exp(-e / alpha), e exponential; its log-odds log(exp(e / alpha) - 1).
    with np.errstate(over="ignore"):
        lengths = rng.standard_exponential(size=(particles, classes - 1)) / alphas[:, None]
    lengths = np.minimum(lengths, 1e300)
    sticks = lengths + np.log(-np.expm1(-np.maximum(lengths, TINY)))
    odds = np.log(np.maximum(yes, TINY)) - np.log(np.maximum(no, TINY))
    found = Particles(
        positions=np.concatenate([odds, sticks], axis=1),
        alphas=alphas,
        cells=np.zeros((particles, len(model.counts))),
    )
    _look(found, model, workspace(model))
    return found


def chosen(particles: Particles, places: NDArray[np.int64]) -> Particles:
    """Copy the particles at these places, some of them several times."""
    return Particles(particles.positions[places], particles.alphas[places], particles.cells[places])


def part_of(particles: Particles, start: int, stop: int) -> Particles:
    """Give a part of the particles, over the same memory."""
    part = slice(start, stop)
    return Particles(particles.positions[part], particles.alphas[part], particles.cells[part])


def likelihoods(particles: Particles, model: Model) -> NDArray[np.float64]:
    """Give the log likelihood of each particle, shape (n_particles,)."""
    whole = Ladder(
        counts=model.counts[None, :],
        observed=np.array([model.observed]),
        maximum_unseen=np.array([model.prior.maximum_unseen]),
    )
    found = np.empty(len(particles.alphas))
    _fill_likelihoods(particles.cells, whole, found)
    return found


@compiled
def _fill_likelihoods(cells: NDArray[np.float64], whole: Ladder, found: NDArray[np.float64]) -> None:
    for i in range(found.shape[0]):
        found[i] = rung_likelihood(cells[i], whole, 0)


@compiled
def _look(particles: Particles, model: Model, work: Workspace) -> None:
    """Compute the cells of all particles."""
    for i in range(particles.alphas.shape[0]):
        particles.cells[i, 0] = unseen_probability(particles.positions[i], model, work)
        for m in range(1, particles.cells.shape[1]):
            particles.cells[i, m] = math.log(max(work.cells[m], TINY))


@compiled
def move_particles(
    particles: Particles, step: float, moves: int, model: Model, work: Workspace, rng: np.random.Generator
) -> float:
    """Make some moves with each particle: a sweep and a trajectory; give the sum of their acceptances."""
    length, accepted = int(min(max(REACH / step, SHORTEST), LONGEST)), 0.0
    for i in range(particles.alphas.shape[0]):
        position = particles.positions[i]
        for _ in range(moves):
            alpha, _unseen = gibbs_sweep(position, particles.alphas[i], model, work, rng)
            particles.alphas[i] = alpha
            accepted += hmc_move(position, alpha, step, length, model, work, rng)
    _look(particles, model, work)
    return accepted
