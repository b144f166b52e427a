"""Many moves of one chain in one call: sweeps over the classes and a trajectory in turn."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuager.engines.estimation.compiled import compiled
from kuager.engines.estimation.latent_class.hmc import LOG_STEP, MEAN_LOG_STEP, hmc_move, tune
from kuager.engines.estimation.latent_class.model import Model, Workspace, unseen_probability
from kuager.engines.estimation.latent_class.state import Chain
from kuager.engines.estimation.latent_class.sweep import gibbs_sweep
from kuager.engines.estimation.latent_class.truncation import draw_unseen

# Mean length of a trajectory in the coordinates' own units: the best for tables of 137 to 440,000 persons
# between 2 and 6 (see docs/benchmarks.md). The ridge is as long for all of them and only the step shrinks
# with the number of persons, so that its steps grow as the square root of it.
REACH = 3.0
SHORTEST, LONGEST = 8, 1000
SWEEPS = 2
TOTAL, UNSEEN_PROBABILITY, CONCENTRATION, CLASSES_USED = range(4)
VARIABLES = ("total", "unseen_probability", "concentration", "classes_used")


class Block(NamedTuple):
    """What some moves leave behind.

    Parameters
    ----------
    draws : array of shape (n_moves, 4)
        ``VARIABLES`` after each move.
    kept : array of shape (n_moves // every, n_coordinates)
        Position after each ``every``-th move.
    every : int
        See ``kept``.

    """

    draws: NDArray[np.float64]
    kept: NDArray[np.float64]
    every: int


@compiled
def settle_chain(chain: Chain, moves: int, model: Model, work: Workspace, rng: np.random.Generator) -> None:
    """Burn in: move and tune the step size."""
    for _ in range(moves):
        acceptance = _move(chain, math.exp(chain.tuning[LOG_STEP]), model, work, rng)
        tune(chain.tuning, acceptance)


@compiled
def walk_chain(chain: Chain, block: Block, model: Model, work: Workspace, rng: np.random.Generator) -> float:
    """Move and write down; give the mean probability that a trajectory was accepted with."""
    accepted, moves = 0.0, block.draws.shape[0]
    step = math.exp(chain.tuning[MEAN_LOG_STEP])
    weights, maximum = 2 * model.tree.n_lists + 1, model.prior.maximum_unseen
    for i in range(moves):
        accepted += _move(chain, step, model, work, rng)
        p = unseen_probability(chain.position, model, work)
        block.draws[i, TOTAL] = model.observed + draw_unseen(model.observed, maximum, p, rng)
        block.draws[i, UNSEEN_PROBABILITY] = p
        block.draws[i, CONCENTRATION] = chain.alpha[0]
        block.draws[i, CLASSES_USED] = np.count_nonzero(work.members[weights])
        if i % block.every == block.every - 1:
            block.kept[i // block.every] = chain.position
    return float(accepted / moves)


@compiled
def _move(chain: Chain, step: float, model: Model, work: Workspace, rng: np.random.Generator) -> float:
    for _ in range(SWEEPS):
        alpha, _unseen = gibbs_sweep(chain.position, chain.alpha[0], model, work, rng)
        chain.alpha[0] = alpha
    length = int(min(max(REACH / step, SHORTEST), LONGEST))
    return float(hmc_move(chain.position, chain.alpha[0], step, length, model, work, rng))
