"""Copies of a chain that walk on tables of different size and change places with each other.

On a small table the posterior is wide and has one peak, so that a copy forgets where it came from; step by
step it brings what it has found down to the whole table. Places are changed between neighbours by turns,
first the even, then the odd pairs: copies then travel rather than diffuse.

References
----------
Geyer (1991), Markov chain Monte Carlo maximum likelihood, Computing Science and Statistics 23, 156-163;
Okabe, Kawata, Okamoto & Mikami (2001) and Syed, Bouchard-Cote, Deligiannidis & Doucet (2022), Non-reversible
parallel tempering, JRSS B 84, 321-350, section 3, for the turns.

"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuager.engines.estimation.compiled import compiled
from kuager.engines.estimation.latent_class.hmc import LOG_STEP, MEAN_LOG_STEP, hmc_move, tune
from kuager.engines.estimation.latent_class.model import Model, Workspace, unseen_probability
from kuager.engines.estimation.latent_class.reduction import Ladder, at_rung, rung_likelihood
from kuager.engines.estimation.latent_class.sweep import gibbs_sweep
from kuager.engines.estimation.latent_class.truncation import draw_unseen
from kuager.engines.estimation.latent_class.walking import (
    CLASSES_USED,
    CONCENTRATION,
    TOTAL,
    UNSEEN_PROBABILITY,
    Block,
)

# Mean length of a trajectory in the coordinates' own units. Shorter than in a lone chain: a copy is carried
# far by changing places, not by one long trajectory (twice as many round trips per second on Ned_5).
REACH = 1.5
SHORTEST, LONGEST = 5, 400
# Where a copy has last been.
NOWHERE, FROM_WHOLE, FROM_SMALLEST = -1, 0, 1
TINY = 1e-300


class Replicas(NamedTuple):
    """Where the copies are. Rung 0 is the whole table.

    Parameters
    ----------
    positions : array of shape (n_rungs, n_coordinates)
        One row for each copy; see ``model``.
    alphas : array of shape (n_rungs,)
        Concentration of each copy.
    tunings : array of shape (n_rungs, 5)
        Step sizes, one row for each rung (not copy); see ``hmc``.
    copies : array of shape (n_rungs,)
        Which copy is on each rung.
    heading : array of shape (n_rungs,)
        End of the ladder that each copy was at last.
    accepted, offered : arrays of shape (n_rungs - 1,)
        Changes of place between a rung and the next: sum of probabilities, and number.
    counters : array of shape (2,)
        Moves made, and round trips: copies that came to the whole table from the smallest.

    """

    positions: NDArray[np.float64]
    alphas: NDArray[np.float64]
    tunings: NDArray[np.float64]
    copies: NDArray[np.int64]
    heading: NDArray[np.int64]
    accepted: NDArray[np.float64]
    offered: NDArray[np.float64]
    counters: NDArray[np.int64]


@compiled
def settle_replicas(
    replicas: Replicas, moves: int, steps: Ladder, model: Model, work: Workspace, rng: np.random.Generator
) -> None:
    """Burn in: move, change places and tune the step of each rung."""
    cells = np.zeros((steps.counts.shape[0], steps.counts.shape[1]))
    unused = np.zeros(4)
    for _ in range(moves):
        for rung in range(steps.counts.shape[0]):
            log_step = replicas.tunings[rung, LOG_STEP]
            acceptance = _move(replicas, rung, log_step, cells, unused, steps, model, work, rng)
            tune(replicas.tunings[rung], acceptance)
        _change_places(replicas, steps, cells, rng)


@compiled
def walk_replicas(
    replicas: Replicas, block: Block, steps: Ladder, model: Model, work: Workspace, rng: np.random.Generator
) -> float:
    """Move and write down what rung 0 draws; give the mean acceptance of its trajectories."""
    cells, accepted = np.zeros((steps.counts.shape[0], steps.counts.shape[1])), 0.0
    for i in range(block.draws.shape[0]):
        for rung in range(steps.counts.shape[0]):
            log_step = replicas.tunings[rung, MEAN_LOG_STEP]
            acceptance = _move(replicas, rung, log_step, cells, block.draws[i], steps, model, work, rng)
            if rung == 0:
                accepted += acceptance
        if i % block.every == block.every - 1:
            block.kept[i // block.every, :] = replicas.positions[replicas.copies[0]]
        _change_places(replicas, steps, cells, rng)
    return float(accepted / block.draws.shape[0])


@compiled
def _move(  # noqa: PLR0913, PLR0917 - a compiled inner loop takes its arrays one by one
    replicas: Replicas,
    rung: int,
    log_step: float,
    cells: NDArray[np.float64],
    draw: NDArray[np.float64],
    steps: Ladder,
    model: Model,
    work: Workspace,
    rng: np.random.Generator,
) -> float:
    """Move the copy on a rung; on rung 0 write ``walking.VARIABLES`` to ``draw``."""
    copy, step, here = replicas.copies[rung], math.exp(log_step), at_rung(model, steps, rung)
    position = replicas.positions[copy]
    alpha, _unseen = gibbs_sweep(position, replicas.alphas[copy], here, work, rng)
    replicas.alphas[copy] = alpha
    length = int(min(max(REACH / step, SHORTEST), LONGEST))
    acceptance = hmc_move(position, alpha, step, length, here, work, rng)
    p = unseen_probability(position, here, work)
    cells[copy, 0] = p
    for m in range(1, cells.shape[1]):
        cells[copy, m] = math.log(max(work.cells[m], TINY))
    if rung == 0:
        unseen = draw_unseen(here.observed, here.prior.maximum_unseen, p, rng)
        draw[TOTAL] = here.observed + unseen
        draw[UNSEEN_PROBABILITY] = p
        draw[CONCENTRATION] = alpha
        draw[CLASSES_USED] = np.count_nonzero(work.members[2 * model.tree.n_lists + 1])
    return acceptance


@compiled
def _change_places(
    replicas: Replicas, steps: Ladder, cells: NDArray[np.float64], rng: np.random.Generator
) -> None:
    """Offer every second pair of neighbours to change places, and count what came of it."""
    copies, rungs = replicas.copies, replicas.copies.shape[0]
    for rung in range(replicas.counters[0] % 2, rungs - 1, 2):
        above, below = cells[copies[rung]], cells[copies[rung + 1]]
        gain = rung_likelihood(below, steps, rung) + rung_likelihood(above, steps, rung + 1)
        gain -= rung_likelihood(above, steps, rung) + rung_likelihood(below, steps, rung + 1)
        probability = math.exp(min(gain, 0.0))
        replicas.offered[rung] += 1.0
        replicas.accepted[rung] += probability
        if rng.random() < probability:
            kept = copies[rung]
            copies[rung] = copies[rung + 1]
            copies[rung + 1] = kept
    replicas.counters[0] += 1
    if replicas.heading[copies[0]] == FROM_SMALLEST:
        replicas.counters[1] += 1
    replicas.heading[copies[0]] = FROM_WHOLE
    replicas.heading[copies[rungs - 1]] = FROM_SMALLEST
