"""New labels for the classes: the mixture stays what it is, only the order of the sticks changes.

Swapping neighbours (``sweep.swap_labels``) cannot bring a large class past another: with thousands of
persons in both the ratio is never taken, and the chain keeps an order that fits badly. Worst is an order with
a large class at the very end, where the concentration is ten or more and every class is in use.

Given the weights ``w`` the density of an order under stick breaking, the concentration integrated out, is
``prod_{k<K} 1/R_k / w_K / (b - log w_K)^(a + K - 1)``, ``R_k`` being what the classes before ``k`` have left.
Two moves: an order drawn by size, of probability ``prod_{k<K} w_k / R_k``, so that the ratio depends on the
last weights alone; and one class put at another place.

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

# Places offered to single classes in each call.
INSERTIONS = 3


@compiled
def reorder_classes(position: NDArray[np.float64], model: Model, rng: np.random.Generator) -> float:
    """Move the order of the classes, then draw the concentration given the sticks and return it."""
    classes, prior = model.classes, model.prior
    weights = log_weights(position, model)
    order = np.arange(classes)
    if classes > 1:
        _draw_order_by_size(weights, order, model, rng)
        for _ in range(INSERTIONS):
            _move_one(weights, order, model, rng)
        put_in_order(position, weights, order, model)
    shape = prior.concentration_shape + classes - 1.0
    rate = prior.concentration_rate - weights[order[classes - 1]]
    return float(max(rng.standard_gamma(shape) / rate, 1e-300))


@compiled
def _draw_order_by_size(
    weights: NDArray[np.float64], order: NDArray[np.int64], model: Model, rng: np.random.Generator
) -> None:
    """Offer a whole new order: the larger a class, the earlier it tends to come."""
    race = np.empty(weights.shape[0])
    for k in range(weights.shape[0]):
        # The class whose exponential time, at a rate of its weight, ends first comes first.
        race[k] = math.log(max(rng.standard_exponential(), 1e-300)) - weights[k]
    offer = np.argsort(race, kind="mergesort")
    # The order's density over the probability to draw it, which is prod_{k<K} w_k / R_k.
    ratio = _log_last(weights[offer[-1]], model) - _log_last(weights[order[-1]], model)
    ratio += weights[offer[-1]] - weights[order[-1]]
    if ratio >= 0.0 or rng.random() < math.exp(ratio):
        order[:] = offer


@compiled
def _move_one(
    weights: NDArray[np.float64], order: NDArray[np.int64], model: Model, rng: np.random.Generator
) -> None:
    """Offer one class another place; the others close up."""
    classes = order.shape[0]
    old, new = int(rng.random() * classes), int(rng.random() * classes)
    offer = order.copy()
    moved, step = order[old], 1 if new > old else -1
    for place in range(old, new, step):
        offer[place] = order[place + step]
    offer[new] = moved
    ratio = _log_order(weights, offer, model) - _log_order(weights, order, model)
    if ratio >= 0.0 or rng.random() < math.exp(ratio):
        order[:] = offer


@compiled
def _log_order(weights: NDArray[np.float64], order: NDArray[np.int64], model: Model) -> float:
    """Give the log density of an order, the concentration integrated out."""
    rest = weights[order[-1]]
    value = _log_last(rest, model)
    for k in range(order.shape[0] - 2, -1, -1):
        rest = _log_sum(weights[order[k]], rest)
        value -= rest
    return float(value)


@compiled
def _log_last(weight: float, model: Model) -> float:
    """Give the part of an order's log density that depends on the log weight of the last class."""
    shape = model.prior.concentration_shape + model.classes - 1.0
    return -weight - shape * math.log(model.prior.concentration_rate - weight)


@compiled
def log_weights(position: NDArray[np.float64], model: Model) -> NDArray[np.float64]:
    """Give the logs of the class weights, shape (n_classes,); even where the weights underflow."""
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
        rest = _log_sum(own, rest)


@compiled
def _log_sum(a: float, b: float) -> float:
    """``log(exp(a) + exp(b))``."""
    return max(a, b) + math.log1p(math.exp(-abs(a - b)))
