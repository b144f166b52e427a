"""Hamiltonian trajectories on the collapsed posterior: they follow its long curved ridge in one move.

References
----------
Neal (2011), MCMC using Hamiltonian dynamics, Handbook of Markov chain Monte Carlo, chapter 5; step size by
dual averaging: Hoffman & Gelman (2014), The No-U-Turn sampler, JMLR 15, section 3.2.

"""

import math

import numpy as np
from numpy.typing import NDArray

from kuager.engines.estimation.compiled import compiled, vectorised
from kuager.engines.estimation.latent_class.model import (
    IMPOSSIBLE,
    Model,
    Workspace,
    fill_gradient,
    log_likelihood,
    log_posterior,
    log_prior,
)

TARGET_ACCEPTANCE = 0.8
JITTER = 0.2
# Places of ``tuning``.
LOG_STEP, MEAN_LOG_STEP, LACK, TRIALS, FIRST_LOG_STEP = range(5)


def first_tuning(step: float) -> NDArray[np.float64]:
    """Begin dual averaging at a step size; shape (5,), see the names of the places above."""
    return np.array([math.log(step), math.log(step), 0.0, 0.0, math.log(step)])


@compiled
def tune(tuning: NDArray[np.float64], acceptance: float) -> None:
    """Take one acceptance into account; during burn-in only, or the posterior would be bent."""
    tuning[TRIALS] += 1.0
    trials = tuning[TRIALS]
    tuning[LACK] += (TARGET_ACCEPTANCE - acceptance - tuning[LACK]) / (trials + 10.0)
    tuning[LOG_STEP] = tuning[FIRST_LOG_STEP] + math.log(10.0) - math.sqrt(trials) / 0.05 * tuning[LACK]
    weight = trials**-0.75
    tuning[MEAN_LOG_STEP] += weight * (tuning[LOG_STEP] - tuning[MEAN_LOG_STEP])


@compiled
def hmc_move(  # noqa: PLR0913, PLR0917 - a compiled inner loop takes its arrays one by one
    position: NDArray[np.float64],
    alpha: float,
    step: float,
    length: int,
    model: Model,
    work: Workspace,
    rng: np.random.Generator,
) -> float:
    """Offer the end of one trajectory as the next position; give the probability it was accepted with.

    The number of steps is uniform on ``1 .. 2 length - 1`` and the step varies by a fifth, so that no
    trajectory can be in tune with the ridge and come back to where it began.
    """
    momentum, proposal = work.momentum, work.proposal
    before = log_posterior(position, alpha, model, work)
    for i in range(position.shape[0]):
        momentum[i] = rng.standard_normal()
        proposal[i] = position[i]
    before -= _energy(momentum)
    step *= 1.0 - JITTER + 2.0 * JITTER * rng.random()
    steps = 1 + int(rng.random() * (2 * length - 1))
    after = IMPOSSIBLE
    if _follow(step, steps, alpha, model, work):
        after = log_likelihood(model, work) + log_prior(proposal, alpha, model, work) - _energy(momentum)
    if not after > IMPOSSIBLE / 2.0:
        return 0.0
    acceptance = math.exp(min(after - before, 0.0))
    if rng.random() < acceptance:
        position[:] = proposal
    return acceptance


@compiled
def _follow(step: float, steps: int, alpha: float, model: Model, work: Workspace) -> bool:
    """Follow the trajectory by leapfrog steps; the work's values are those of its end."""
    if not fill_gradient(work.proposal, alpha, model, work):
        return False
    _push(work.momentum, work.gradient, 0.5 * step)
    for i in range(steps):
        _push(work.proposal, work.momentum, step)
        if not fill_gradient(work.proposal, alpha, model, work):
            return False
        _push(work.momentum, work.gradient, step if i < steps - 1 else 0.5 * step)
    return True


@vectorised
def _push(moved: NDArray[np.float64], direction: NDArray[np.float64], size: float) -> None:
    for i in range(moved.shape[0]):
        moved[i] += size * direction[i]


@vectorised
def _energy(momentum: NDArray[np.float64]) -> float:
    total = 0.0
    for i in range(momentum.shape[0]):
        total += momentum[i] * momentum[i]
    return 0.5 * total
