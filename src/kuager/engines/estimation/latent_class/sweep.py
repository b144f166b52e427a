"""One Gibbs sweep over capture patterns: persons are drawn into classes by pattern, never one by one.

Order (each step draws from its conditional distribution, so that the posterior stays): classes of the
observed and the unseen; labels of neighbouring classes swapped; chances; concentration with the sticks
summed out, at once followed by the sticks; order of the classes with the concentration summed out, at once
followed by the concentration.

References
----------
Manrique-Vallier (2016), appendix; label moves: Papaspiliopoulos & Roberts (2008), Retrospective Markov chain
Monte Carlo methods for Dirichlet process hierarchical models, Biometrika 95, 169-186, section 3.4.

"""

import math

import numpy as np
from numpy.typing import NDArray

from kuager.engines.estimation.compiled import compiled
from kuager.engines.estimation.latent_class.labels import reorder_classes
from kuager.engines.estimation.latent_class.model import Model, Workspace, unseen_probability
from kuager.engines.estimation.latent_class.truncation import draw_unseen

# Up to here persons are cheaper drawn one by one than class by class.
FEW = 40
TINY = 1e-300
STEPS = (1.0, 1.0, 4.0, 4.0)
LOWEST_LOG_ALPHA, HIGHEST_LOG_ALPHA = -600.0, 20.0


@compiled
def gibbs_sweep(
    position: NDArray[np.float64], alpha: float, model: Model, work: Workspace, rng: np.random.Generator
) -> tuple[float, int]:
    """Move a position by one sweep; give the new concentration and the number unseen that was drawn.

    Afterwards row ``2 J + 1`` of ``work.members`` holds the persons in each class, in an order of its own.
    """
    unseen = draw_classes(position, model, work, rng)
    swap_labels(position, model, work, rng)
    draw_rates(position, model, work, rng)
    alpha = draw_alpha_without_sticks(alpha, model, work, rng)
    draw_sticks(position, alpha, model, work, rng)
    return reorder_classes(position, model, rng), unseen


@compiled
def gibbs_sweep_at(
    position: NDArray[np.float64], alpha: float, model: Model, work: Workspace, rng: np.random.Generator
) -> int:
    """Sweep with the concentration held fixed, as at a chain's start; give the number unseen."""
    unseen = draw_classes(position, model, work, rng)
    swap_labels(position, model, work, rng)
    draw_rates(position, model, work, rng)
    draw_sticks(position, alpha, model, work, rng)
    return unseen


@compiled
def draw_classes(
    position: NDArray[np.float64], model: Model, work: Workspace, rng: np.random.Generator
) -> int:
    """Draw how many persons of each pattern are in each class, into ``work.members``; give the unseen."""
    p = unseen_probability(position, model, work)
    tree, members = model.tree, work.members
    members[:] = 0
    unseen = draw_unseen(model.observed, model.prior.maximum_unseen, p, rng)
    for m in range(model.counts.shape[0]):
        _draw_cell(m, unseen if m == 0 else model.counts[m], model, work, rng)
    for row in range(tree.first_cell - 1, 2 * tree.n_lists + 1, -1):
        left, right = tree.left[row], tree.right[row]
        for k in range(model.classes):
            members[left, k] += members[row, k]
            members[right, k] += members[row, k]
    return unseen


@compiled
def _draw_cell(m: int, count: int, model: Model, work: Workspace, rng: np.random.Generator) -> None:
    """Share out the persons of one pattern among the classes (multinomial, by successive binomials)."""
    tree, values, members, last = model.tree, work.values, work.members, model.classes - 1
    left, right = tree.left[tree.first_cell + m], tree.right[tree.first_cell + m]
    if count <= FEW:
        for _ in range(count):
            drawn, k = rng.random() * work.cells[m], 0
            drawn -= values[left, 0] * values[right, 0]
            while drawn > 0.0 and k < last:
                k += 1
                drawn -= values[left, k] * values[right, k]
            members[left, k] += 1
            members[right, k] += 1
        return
    rest = work.cells[m]
    for k in range(last + 1):
        if count <= 0:
            return
        share = values[left, k] * values[right, k]
        here = count
        if k < last and share < rest:
            here = rng.binomial(count, share / rest)
        rest -= share
        count -= here
        members[left, k] += here
        members[right, k] += here


@compiled
def swap_labels(
    position: NDArray[np.float64], model: Model, work: Workspace, rng: np.random.Generator
) -> None:
    """Offer neighbouring classes to swap contents, sticks kept: ratio ``(nu_b/nu_a)^(m_a - m_b)``."""
    weights, sticks = 2 * model.tree.n_lists + 1, model.tree.n_lists * model.classes
    members = work.members
    for k in range(model.classes - 1):
        # log(nu_{k+1}/nu_k) = log V_{k+1} + log(1 - V_k) - log V_k, V = 1 for the last class
        ratio = -position[sticks + k]
        if k < model.classes - 2:
            ratio += _log_logistic(position[sticks + k + 1])
        ratio *= members[weights, k] - members[weights, k + 1]
        if ratio >= 0.0 or rng.random() < math.exp(ratio):
            for row in range(weights + 1):
                kept = members[row, k]
                members[row, k] = members[row, k + 1]
                members[row, k + 1] = kept


@compiled
def draw_rates(
    position: NDArray[np.float64], model: Model, work: Workspace, rng: np.random.Generator
) -> None:
    """Draw the chances given the classes, as log-odds of two gamma numbers."""
    a, b, classes = model.prior.rate_a, model.prior.rate_b, model.classes
    for j in range(model.tree.n_lists):
        for k in range(classes):
            yes = rng.standard_gamma(a + work.members[2 * j + 1, k])
            no = rng.standard_gamma(b + work.members[2 * j, k])
            position[j * classes + k] = math.log(max(yes, TINY) / max(no, TINY))


@compiled
def draw_alpha_without_sticks(alpha: float, model: Model, work: Workspace, rng: np.random.Generator) -> float:
    """Move the concentration given the classes, sticks summed out: random walks on its logarithm."""
    counts = work.members[2 * model.tree.n_lists + 1]
    place = math.log(max(alpha, TINY))
    current = _log_alpha_density(place, counts, model)
    for step in STEPS:
        offer = place + step * rng.standard_normal()
        value = _log_alpha_density(offer, counts, model)
        if value >= current or rng.random() < math.exp(value - current):
            place, current = offer, value
    return math.exp(place)


@compiled
def _log_alpha_density(log_alpha: float, counts: NDArray[np.int64], model: Model) -> float:
    """``sum_k [log alpha + lnG(alpha + T_k) - lnG(alpha + T_k + 1 + m_k)]``, ``T_k`` persons after ``k``."""
    if log_alpha < LOWEST_LOG_ALPHA or log_alpha > HIGHEST_LOG_ALPHA:
        return -1e300
    alpha = math.exp(log_alpha)
    value = model.prior.concentration_shape * log_alpha - model.prior.concentration_rate * alpha
    later = 0
    for k in range(model.classes - 1, 0, -1):
        later += counts[k]
        here = counts[k - 1]
        if later > 0:
            value += log_alpha + math.lgamma(alpha + later) - math.lgamma(alpha + later + 1.0 + here)
        elif here > 0:
            value += math.lgamma(1.0 + alpha) - math.lgamma(alpha + 1.0 + here)
    return value


@compiled
def draw_sticks(
    position: NDArray[np.float64], alpha: float, model: Model, work: Workspace, rng: np.random.Generator
) -> None:
    """Draw the sticks given classes and concentration."""
    counts, sticks = work.members[2 * model.tree.n_lists + 1], model.tree.n_lists * model.classes
    later = 0
    for k in range(model.classes - 1):
        later += counts[k + 1]
    for k in range(model.classes - 1):
        here = math.log(rng.standard_gamma(1.0 + counts[k]))
        # Gamma(s) is Gamma(s + 1) U^(1/s); on the log scale a tiny s does no harm.
        rest = math.log(rng.standard_gamma(alpha + later + 1.0))
        rest -= rng.standard_exponential() / (alpha + later)
        position[sticks + k] = here - rest
        later -= counts[k + 1]


@compiled
def _log_logistic(x: float) -> float:
    """``log(1 / (1 + exp(-x)))``."""
    return min(x, 0.0) - math.log1p(math.exp(-abs(x)))
