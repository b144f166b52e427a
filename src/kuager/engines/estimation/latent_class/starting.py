"""Where chains begin: far apart, so that their meeting means something.

Four kinds of start take turns: chances near those of the lists as a whole, with few classes; any chances at
all, with many; half of the classes hardly ever seen; all classes alike. From there each chain makes some
sweeps with its concentration held fixed, and then puts its classes in the order of their weights: without
that a chain can sit for very long with everybody in the last class.
"""

import numpy as np
from numpy.typing import NDArray

from kuager.engines.estimation.compiled import compiled
from kuager.engines.estimation.latent_class.labels import log_weights, put_in_order
from kuager.engines.estimation.latent_class.model import Model, Workspace
from kuager.engines.estimation.latent_class.state import Chain, ChainState
from kuager.engines.estimation.latent_class.sweep import gibbs_sweep_at

KINDS = 4
SWEEPS = 500
LEAST_CHANCE = 0.01


def place_chain(state: ChainState, number: int, model: Model, work: Workspace) -> None:
    """Bring a new chain to its start."""
    kind, rng = number % KINDS, state.generator
    chances = np.clip(_chances(kind, model, rng), LEAST_CHANCE, 1 - LEAST_CHANCE)
    rates = chances.size
    state.chain.position[:rates] = np.log(chances / (1 - chances)).reshape(-1)
    # Sticks that give all classes the same weight.
    state.chain.position[rates:] = -np.log(np.arange(model.classes - 1, 0, -1))
    state.chain.alpha[0] = (0.3 / model.classes, 1.0, 0.3, 0.03 / model.classes)[kind]
    start_chain(state.chain, SWEEPS, model, work, rng)
    state.chain.alpha[0] = max(state.chain.alpha[0], 0.3)


def _chances(kind: int, model: Model, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw chances to start from, shape (n_lists, n_classes)."""
    shape = (model.tree.n_lists, model.classes)
    if kind == 1:
        return rng.random(shape)
    jitter = rng.random(shape)
    marginal = list_shares(model)[:, None]
    if kind == 2:
        hidden = np.arange(model.classes) % 2 == 1
        return np.where(hidden, 0.2, 1.2) * marginal * (0.5 + jitter)
    return marginal * (0.5 + jitter if kind == 0 else 0.95 + 0.1 * jitter)


def list_shares(model: Model) -> NDArray[np.float64]:
    """Share of the persons seen whom each list names, shape (n_lists,)."""
    tree, shares = model.tree, np.zeros(model.tree.n_lists)
    weight = np.zeros(len(tree.left))
    weight[tree.first_cell :] = model.counts
    for row in range(len(tree.left) - 1, 2 * tree.n_lists + 1, -1):
        weight[tree.left[row]] += weight[row]
        weight[tree.right[row]] += weight[row]
    no, yes = weight[: 2 * tree.n_lists : 2], weight[1 : 2 * tree.n_lists : 2]
    np.divide(yes, yes + no, out=shares, where=yes + no > 0)
    return shares


@compiled
def start_chain(chain: Chain, sweeps: int, model: Model, work: Workspace, rng: np.random.Generator) -> None:
    """Sweep with the concentration held fixed, then sort the classes."""
    for _ in range(sweeps):
        gibbs_sweep_at(chain.position, chain.alpha[0], model, work, rng)
    weights = log_weights(chain.position, model)
    put_in_order(chain.position, weights, np.argsort(-weights, kind="mergesort"), model)
