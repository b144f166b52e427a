"""New labels for the classes: the mixture stays what it is, only the order in which sticks are broken changes.

Swapping neighbours (``sweep.swap_labels``) can not bring a large class past another: with thousands of
persons in both the ratio is never taken, and the chain keeps the concentration and the number of classes of
an order that fits badly. Given the weights ``w`` the density of an order under stick breaking is
``alpha^(K-1) w_last^(alpha-1) prod_{k<K} 1/R_k`` (``R_k`` what the classes before ``k`` have left), which is
the probability of the order when classes are drawn by size, times ``w_last^alpha``. So an order is drawn by
size, and taken with the ratio of the last weights.

References
----------
Orders by size: Pitman (1996), Random discrete distributions invariant under size-biased permutation,
Advances in Applied Probability 28, 525-539. The need for such moves: Hastie, Liverani & Richardson (2015),
Sampling from Dirichlet process mixture models with unknown concentration parameter, Statistics and Computing
25, 1023-1037, section 3.

"""

import math

import numpy as np
from numpy.typing import NDArray

from kuager.engines.estimation.compiled import compiled
from kuager.engines.estimation.latent_class.model import Model


@compiled
def reorder_classes(
    position: NDArray[np.float64], alpha: float, model: Model, rng: np.random.Generator
) -> bool:
    """Offer the classes another order; tell whether it was taken."""
    classes = model.classes
    weights = log_weights(position, model)
    race = np.empty(classes)
    for k in range(classes):
        # The class whose exponential time, at a rate of its weight, ends first comes first.
        race[k] = math.log(max(rng.standard_exponential(), 1e-300)) - weights[k]
    order = np.argsort(race, kind="mergesort")
    ratio = alpha * (weights[order[classes - 1]] - weights[classes - 1])
    if ratio < 0.0 and rng.random() >= math.exp(ratio):
        return False
    put_in_order(position, weights, order, model)
    return True


@compiled
def log_weights(position: NDArray[np.float64], model: Model) -> NDArray[np.float64]:
    """Give the logs of the class weights, shape (n_classes,); they may be far below what a number can hold."""
    classes, sticks = model.classes, model.tree.n_lists * model.classes
    found, rest = np.empty(classes), 0.0
    for k in range(classes - 1):
        s = position[sticks + k]
        shared = math.log1p(math.exp(-abs(s)))
        found[k] = rest + min(s, 0.0) - shared
        rest += min(-s, 0.0) - shared
    found[classes - 1] = rest
    return found


@compiled
def put_in_order(
    position: NDArray[np.float64], weights: NDArray[np.float64], order: NDArray[np.int64], model: Model
) -> None:
    """Move the classes of a position, whose log weights are given, into an order."""
    classes, n_lists = model.classes, model.tree.n_lists
    for j in range(n_lists):
        moved = position[j * classes : (j + 1) * classes][order]
        position[j * classes : (j + 1) * classes] = moved
    rest = weights[order[classes - 1]]
    for k in range(classes - 2, -1, -1):
        own = weights[order[k]]
        position[n_lists * classes + k] = own - rest
        rest = max(own, rest) + math.log1p(math.exp(-abs(own - rest)))
