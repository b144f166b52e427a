"""The posterior of the latent class model with class labels and total summed out, and its derivative.

Coordinates ("position"), none bounded: ``u_jk``, log-odds of list ``j`` naming a person of class ``k``
(``J`` rows of ``K``), then ``s_k``, log-odds of stick ``k < K``: class ``k`` takes the share ``V_k`` of what
the classes before it have left. Length ``J K + K - 1``.

Notes
-----
With prior ``1/N`` on the total the likelihood is the multinomial of the observed patterns given that they
are observed, ``prod_x [pi_x / (1 - pi_0)]^n_x``; a maximum total adds the factor ``I_{1-pi_0}(n, M0 + 1)``.

References
----------
Manrique-Vallier (2016), Bayesian population size estimation using Dirichlet process mixtures, Biometrics 72,
1246-1254, equations 3-5.

"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuager.engines.estimation.compiled import compiled, inlined, vectorised
from kuager.engines.estimation.latent_class.logistic import logistic
from kuager.engines.estimation.latent_class.priors import LatentClassPrior, PriorNumbers
from kuager.engines.estimation.latent_class.tree import PatternTree, pattern_tree
from kuager.engines.estimation.latent_class.truncation import log_share_below, slope_of_share

# Classes are padded to whole vector registers (four numbers); padding has weight 0.
LANES = 4
# Where everybody is unseen to the last digit, nothing can be computed.
LEAST_SEEN = 1e-14
IMPOSSIBLE = -1e300


class Model(NamedTuple):
    """Table and prior; made by ``latent_class_model``.

    Parameters
    ----------
    tree : PatternTree
        How patterns are multiplied out.
    counts : array of shape (n_patterns + 1,)
        Persons with each pattern; place 0 is the unseen and holds 0.
    observed : int
        Sum of ``counts``.
    prior : PriorNumbers
        The prior.
    classes : int
        Number of classes ``K``.

    """

    tree: PatternTree
    counts: NDArray[np.int64]
    observed: int
    prior: PriorNumbers
    classes: int


class Workspace(NamedTuple):
    """Room for computing one chain; chains that run at the same time need one each.

    Parameters
    ----------
    values, slopes : arrays of shape (n_rows, padded classes)
        Product of each row of the tree in each class, and the derivative with respect to it.
    cells, pulls : arrays of shape (n_patterns + 1,)
        Probability of each pattern (the unseen first) and the derivative with respect to it.
    yes, no : arrays of shape (n_coordinates,)
        Probabilities that belong to the coordinates.
    bits, powers : arrays of shape (n_coordinates,) over the same memory
        For ``logistic``.
    members : array of shape (n_rows of the tree above the cells, K)
        Persons by part of pattern and class.
    gradient, momentum, proposal : arrays of shape (n_coordinates,)
        For trajectories.

    """

    values: NDArray[np.float64]
    slopes: NDArray[np.float64]
    cells: NDArray[np.float64]
    pulls: NDArray[np.float64]
    yes: NDArray[np.float64]
    no: NDArray[np.float64]
    bits: NDArray[np.int64]
    powers: NDArray[np.float64]
    members: NDArray[np.int64]
    gradient: NDArray[np.float64]
    momentum: NDArray[np.float64]
    proposal: NDArray[np.float64]


def latent_class_model(
    patterns: NDArray[np.int8], counts: NDArray[np.int64], prior: LatentClassPrior
) -> Model:
    """Bring table and prior together.

    Parameters
    ----------
    patterns : array of shape (n_patterns, n_lists)
        1 yes, 0 no, -1 not answered; each pattern holds a yes.
    counts : array of shape (n_patterns,)
        Persons with each pattern.

    """
    observed = int(counts.sum())
    return Model(
        tree=pattern_tree(patterns),
        counts=np.concatenate([[0], counts]).astype(np.int64),
        observed=observed,
        prior=prior.numbers(observed),
        classes=prior.classes,
    )


def with_counts(model: Model, counts: NDArray[np.int64]) -> Model:
    """Give the same patterns other counts, shape (n_patterns,); for a maximum, the unseen share is kept."""
    observed = int(counts.sum())
    maximum = model.prior.maximum_unseen
    if maximum >= 0:
        maximum = math.ceil(maximum * observed / model.observed)
    return model._replace(
        counts=np.concatenate([[0], counts]).astype(np.int64),
        observed=observed,
        prior=model.prior._replace(maximum_unseen=maximum),
    )


def coordinates(model: Model) -> int:
    """Give the length of a position."""
    return model.tree.n_lists * model.classes + model.classes - 1


def workspace(model: Model) -> Workspace:
    """Make room for one chain."""
    rows, length = len(model.tree.left), coordinates(model)
    width = -(-model.classes // LANES) * LANES
    inner, cells = model.tree.first_cell, len(model.counts)
    bits = np.zeros(length, dtype=np.int64)
    values = np.zeros((rows, width))
    values[2 * model.tree.n_lists] = 1.0
    return Workspace(
        values=values,
        slopes=np.zeros((inner, width)),
        cells=np.zeros(cells),
        pulls=np.zeros(cells),
        yes=np.zeros(length),
        no=np.zeros(length),
        bits=bits,
        powers=bits.view(np.float64),
        members=np.zeros((inner, model.classes), dtype=np.int64),
        gradient=np.zeros(length),
        momentum=np.zeros(length),
        proposal=np.zeros(length),
    )


@vectorised
def unseen_probability(position: NDArray[np.float64], model: Model, work: Workspace) -> float:
    """Fill ``work.values`` and ``work.cells`` for a position; give the probability to be on no list."""
    logistic(position, work.yes, work.no, work.bits, work.powers)
    _fill_leaves(model, work)
    _multiply_out(model.tree, work.values, work.cells)
    return float(work.cells[0])


@compiled
def log_likelihood(model: Model, work: Workspace) -> float:
    """Give the log likelihood of the cells as ``unseen_probability`` has just filled them."""
    p = work.cells[0]
    if not p < 1.0 - LEAST_SEEN:
        return IMPOSSIBLE
    value = -model.observed * math.log1p(-p)
    for m in range(1, work.cells.shape[0]):
        if model.counts[m] > 0:
            if not work.cells[m] > 0.0:
                return IMPOSSIBLE
            value += model.counts[m] * math.log(work.cells[m])
    if model.prior.maximum_unseen >= 0:
        value += log_share_below(model.observed, model.prior.maximum_unseen, p)
    return value


@compiled
def log_prior(position: NDArray[np.float64], alpha: float, model: Model, work: Workspace) -> float:
    """Give the log prior density of a position given alpha, constants left out."""
    a, b, classes = model.prior.rate_a, model.prior.rate_b, model.classes
    sticks = model.tree.n_lists * classes
    value = 0.0
    for start in range(0, position.shape[0], classes):
        yes_weight, no_weight = (1.0, alpha) if start == sticks else (a, b)
        product = 1.0
        for i in range(start, min(start + classes, position.shape[0])):
            # log yes = min(u, 0) + log(larger), log no = -max(u, 0) + log(larger), larger = max(yes, no)
            value += yes_weight * min(position[i], 0.0) - no_weight * max(position[i], 0.0)
            product *= max(work.yes[i], work.no[i])
        value += (yes_weight + no_weight) * math.log(product)
    return value


@compiled
def log_posterior(position: NDArray[np.float64], alpha: float, model: Model, work: Workspace) -> float:
    """Give the log posterior density of a position given alpha, up to a constant."""
    unseen_probability(position, model, work)
    return log_likelihood(model, work) + log_prior(position, alpha, model, work)


@vectorised
def fill_gradient(position: NDArray[np.float64], alpha: float, model: Model, work: Workspace) -> bool:
    """Write the derivative of ``log_posterior`` to ``work.gradient``; tell whether it could be computed."""
    p = unseen_probability(position, model, work)
    if not p < 1.0 - LEAST_SEEN:
        return False
    _fill_pulls(model, work)
    _go_back(model.tree, work)
    _gather_rates(model, work)
    _gather_sticks(alpha, model, work)
    return True


@inlined
def _fill_leaves(model: Model, work: Workspace) -> None:
    """Write the chances of each list and the class weights."""
    classes, n_lists = model.classes, model.tree.n_lists
    values = work.values
    for j in range(n_lists):
        for k in range(classes):
            values[2 * j, k] = work.no[j * classes + k]
            values[2 * j + 1, k] = work.yes[j * classes + k]
    rest, sticks, weights = 1.0, n_lists * classes, 2 * n_lists + 1
    for k in range(classes - 1):
        values[weights, k] = rest * work.yes[sticks + k]
        rest *= work.no[sticks + k]
    values[weights, classes - 1] = rest


@inlined
def _multiply_out(tree: PatternTree, values: NDArray[np.float64], cells: NDArray[np.float64]) -> None:
    """Compute all rows from the leaves, and sum the cells over classes."""
    width = values.shape[1]
    for row in range(2 * tree.n_lists + 2, tree.first_cell):
        left, right = tree.left[row], tree.right[row]
        for k in range(width):
            values[row, k] = values[left, k] * values[right, k]
    for m in range(cells.shape[0]):
        left, right = tree.left[tree.first_cell + m], tree.right[tree.first_cell + m]
        total = 0.0
        for k in range(width):
            total += values[left, k] * values[right, k]
        cells[m] = total


@inlined
def _fill_pulls(model: Model, work: Workspace) -> None:
    """Differentiate the log likelihood with respect to each cell's probability."""
    for m in range(1, work.cells.shape[0]):
        work.pulls[m] = model.counts[m] / work.cells[m]
    p, maximum = work.cells[0], model.prior.maximum_unseen
    work.pulls[0] = model.observed / (1.0 - p)
    if maximum >= 0:
        log_share = log_share_below(model.observed, maximum, p)
        work.pulls[0] += slope_of_share(model.observed, maximum, p, log_share)


@inlined
def _go_back(tree: PatternTree, work: Workspace) -> None:
    """Carry the derivatives from the cells to the leaves."""
    values, slopes = work.values, work.slopes
    width = values.shape[1]
    for row in range(tree.first_cell):
        for k in range(width):
            slopes[row, k] = 0.0
    for m in range(work.pulls.shape[0]):
        left, right = tree.left[tree.first_cell + m], tree.right[tree.first_cell + m]
        pull = work.pulls[m]
        for k in range(width):
            slopes[left, k] += pull * values[right, k]
        for k in range(width):
            slopes[right, k] += pull * values[left, k]
    for row in range(tree.first_cell - 1, 2 * tree.n_lists + 1, -1):
        left, right = tree.left[row], tree.right[row]
        for k in range(width):
            slopes[left, k] += slopes[row, k] * values[right, k]
        for k in range(width):
            slopes[right, k] += slopes[row, k] * values[left, k]


@inlined
def _gather_rates(model: Model, work: Workspace) -> None:
    """Turn the derivatives at the leaves into those of the log-odds: ``yes' = yes no``, ``no' = -yes no``."""
    a, b, classes = model.prior.rate_a, model.prior.rate_b, model.classes
    slopes = work.slopes
    for j in range(model.tree.n_lists):
        for k in range(classes):
            i = j * classes + k
            yes, no = work.yes[i], work.no[i]
            work.gradient[i] = yes * no * (slopes[2 * j + 1, k] - slopes[2 * j, k]) + a * no - b * yes


@inlined
def _gather_sticks(alpha: float, model: Model, work: Workspace) -> None:
    """Add up what later classes gain and lose by each stick."""
    classes, n_lists = model.classes, model.tree.n_lists
    weights, sticks = 2 * n_lists + 1, n_lists * classes
    later = work.slopes[weights, classes - 1] * work.values[weights, classes - 1]
    for k in range(classes - 2, -1, -1):
        own = work.slopes[weights, k] * work.values[weights, k]
        yes, no = work.yes[sticks + k], work.no[sticks + k]
        work.gradient[sticks + k] = own * no - yes * later + no - alpha * yes
        later += own
