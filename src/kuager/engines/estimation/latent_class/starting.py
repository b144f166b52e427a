"""Where chains begin: far apart, so that their meeting means something.

Four kinds of start take turns: chances near those of the lists as a whole; classes around combinations of
lists that people really have; half of the classes hardly ever seen; all classes alike. Each is tried a few
times, making some sweeps with the concentration held fixed; the try that explains the table best goes on. A
class too many dissolves by itself, but one that is missing is found only by luck: without that choice a
chain can sit for ever where nobody else comes.
"""

import numpy as np
from numpy.typing import NDArray

from kuager.engines.estimation.compiled import compiled
from kuager.engines.estimation.latent_class.labels import log_weights, put_in_order
from kuager.engines.estimation.latent_class.model import Model, Workspace, log_likelihood, unseen_probability
from kuager.engines.estimation.latent_class.state import ChainState
from kuager.engines.estimation.latent_class.sweep import gibbs_sweep_at

KINDS = 4
TRIES = 3
SWEEPS = 300
FIRST_ALPHA = 0.3
LEAST_CHANCE = 0.01


def place_chain(state: ChainState, number: int, model: Model, work: Workspace) -> None:
    """Bring a new chain to its start."""
    kind, chain, best = number % KINDS, state.chain, -np.inf
    kept = chain.position.copy()
    for _ in range(TRIES):
        chain.position[:] = _first_position(kind, model, state.generator)
        alpha = (0.3 / model.classes, 1.0, 0.3, 0.03 / model.classes)[kind]
        fit = start_chain(chain.position, alpha, SWEEPS, model, work, state.generator)
        if fit > best:
            best, kept[:] = fit, chain.position
    chain.position[:] = kept
    chain.alpha[0] = FIRST_ALPHA


def _first_position(kind: int, model: Model, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw a position to start from, all classes of the same weight."""
    chances = np.clip(_chances(kind, model, rng), LEAST_CHANCE, 1 - LEAST_CHANCE)
    sticks = -np.log(np.arange(model.classes - 1, 0, -1))
    return np.concatenate([np.log(chances / (1 - chances)).reshape(-1), sticks])


def _chances(kind: int, model: Model, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw chances to start from, shape (n_lists, n_classes)."""
    jitter = rng.random((model.tree.n_lists, model.classes))
    marginal = list_shares(model)[:, None]
    if kind == 1:
        cells = rng.choice(len(model.counts), size=model.classes, p=model.counts / model.observed)
        answers = tree_patterns(model)[cells].T
        return 0.5 * np.where(answers < 0, marginal, answers) + 0.5 * jitter * marginal
    if kind == 2:
        hidden = np.arange(model.classes) % 2 == 1
        return np.where(hidden, 0.2, 1.2) * marginal * (0.5 + jitter)
    return marginal * (0.5 + jitter if kind == 0 else 0.95 + 0.1 * jitter)


def tree_patterns(model: Model) -> NDArray[np.int8]:
    """Read the patterns back from the tree, the unseen first; shape (n_patterns + 1, n_lists)."""
    tree = model.tree
    rows = np.full((len(tree.left), tree.n_lists), -1, dtype=np.int8)
    for row in range(len(tree.left)):
        if row < 2 * tree.n_lists:
            rows[row, row // 2] = row % 2
        elif row >= 2 * tree.n_lists + 2:
            rows[row] = np.maximum(rows[tree.left[row]], rows[tree.right[row]])
    return rows[tree.first_cell :]


def list_shares(model: Model) -> NDArray[np.float64]:
    """Share of the persons whom each list names among those it answered for, shape (n_lists,)."""
    patterns = tree_patterns(model)
    yes, answered = model.counts @ (patterns == 1), model.counts @ (patterns >= 0)
    return np.asarray(yes / np.maximum(answered, 1))


@compiled
def start_chain(
    position: NDArray[np.float64],
    alpha: float,
    sweeps: int,
    model: Model,
    work: Workspace,
    rng: np.random.Generator,
) -> float:
    """Sweep with the concentration held fixed, put the largest class first; give the log likelihood."""
    for _ in range(sweeps):
        gibbs_sweep_at(position, alpha, model, work, rng)
    weights = log_weights(position, model)
    put_in_order(position, weights, np.argsort(-weights, kind="mergesort"), model)
    unseen_probability(position, model, work)
    return float(log_likelihood(model, work))
