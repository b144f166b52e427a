"""Diagnostics of drawing against their definitions, written out slowly, and against a known answer.

Source: Vehtari, Gelman, Simpson, Carpenter & Burkner (2021), Rank-normalization, folding, and localization:
an improved R-hat for assessing convergence of MCMC, Bayesian Analysis 16, 667-718, section 3 (R-hat and the
effective sample size) and section 4 (ranks to normal scores, folding, bulk and tail). Effective size of an
autoregressive chain of order one with coefficient r: n (1 - r) / (1 + r) (any text on time series).
Tolerance: rounding for the definitions; 15 % for the simulated chain, some four standard errors.
"""

from collections.abc import Callable

import numpy as np
import pytest
from arviz_stats.base.array import array_stats
from numpy.typing import NDArray
from scipy.signal import lfilter
from scipy.stats import norm, rankdata

from kuager.engines.estimation.diagnostics import convergence, convergence_by_variable
from kuager.engines.estimation.draws import Draws

Chains = NDArray[np.float64]

# ArviZ has no types.
arviz_rhat: Callable[..., float] = array_stats.rhat
arviz_ess: Callable[..., float] = array_stats.ess
arviz_mcse: Callable[..., float] = array_stats.mcse


def split(chains: Chains) -> Chains:
    half = chains.shape[1] // 2
    return np.concatenate([chains[:, :half], chains[:, -half:]])


def normal_scores(chains: Chains) -> Chains:
    ranks = rankdata(chains.ravel(), method="average").reshape(chains.shape)
    return np.asarray(norm.ppf((ranks - 3 / 8) / (chains.size + 1 / 4)))


def rhat_of(scores: Chains) -> float:
    n = scores.shape[1]
    between = n * scores.mean(axis=1).var(ddof=1)
    within = scores.var(axis=1, ddof=1).mean()
    return float(np.sqrt(((n - 1) / n * within + between / n) / within))


def rhat(chains: Chains) -> float:
    halves = split(chains)
    return max(rhat_of(normal_scores(halves)), rhat_of(normal_scores(np.abs(halves - np.median(halves)))))


def effective_size(scores: Chains) -> float:
    """Section 3, with autocovariances by their sum and Geyer's initial monotone sequence."""
    m, n = scores.shape
    centred = scores - scores.mean(axis=1, keepdims=True)
    covariance = np.array([(centred[:, : n - t] * centred[:, t:]).sum(axis=1) / n for t in range(n - 1)])
    within = (covariance[0] * n / (n - 1)).mean()
    total = within * (n - 1) / n + scores.mean(axis=1).var(ddof=1)
    rho = 1 - (within - (covariance.mean(axis=1))) / total
    rho[0] = 1.0
    pairs: list[float] = []
    for t in range(0, n - 4, 2):
        pair = float(rho[t] + rho[t + 1])
        if pair < 0:
            break
        pairs.append(min(pair, pairs[-1]) if pairs else pair)
    return float(m * n / (-1 + 2 * sum(pairs)))


def chains_of(kind: str) -> Chains:
    random = np.random.default_rng(5)
    noise = random.standard_normal((4, 1001))
    match kind:
        case "slow":
            return np.asarray(lfilter([1], [1, -0.8], noise, axis=1))
        case "shifted":
            return np.asarray(noise + np.array([[0.0], [0.0], [0.0], [0.8]]))
        case "wider":
            return np.asarray(noise * np.array([[1.0], [1.0], [1.0], [3.0]]))
        case "counts":
            return np.asarray(np.floor(np.exp(noise) * 5))
    return noise


@pytest.mark.parametrize("kind", ["plain", "slow", "shifted", "wider", "counts"])
def test_rhat_follows_its_definition(kind: str) -> None:
    chains = chains_of(kind)
    (found,) = convergence_by_variable(Draws(values={"total": chains}))
    assert found.rhat == pytest.approx(rhat(chains), rel=1e-9)


@pytest.mark.parametrize("kind", ["plain", "slow", "shifted", "counts"])
def test_effective_sizes_follow_their_definition(kind: str) -> None:
    """The definition leaves open how the last odd lag counts: that is worth two per cent at most."""
    chains = chains_of(kind)
    (found,) = convergence_by_variable(Draws(values={"total": chains}))
    assert found.ess_bulk == pytest.approx(effective_size(normal_scores(split(chains))), rel=0.02)
    low, high = np.quantile(chains, (0.05, 0.95))
    ends = [effective_size(split((chains <= end).astype(float))) for end in (low, high)]
    assert found.ess_tail == pytest.approx(min(ends), rel=0.05)


def test_a_chain_with_memory_is_worth_what_theory_says() -> None:
    chains = np.asarray(
        lfilter([1], [1, -0.9], np.random.default_rng(2).standard_normal((4, 20_000)), axis=1)
    )
    found = convergence(Draws(values={"total": chains}))
    assert found["ess_bulk"] == pytest.approx(chains.size * 0.1 / 1.9, rel=0.15)


def test_only_folding_sees_chains_that_differ_in_width() -> None:
    """Section 4: the plain R-hat is 1 for chains with one mean and several widths."""
    chains = chains_of("wider")
    assert rhat_of(normal_scores(split(chains))) < 1.01
    assert convergence(Draws(values={"total": chains}))["rhat"] > 1.1


@pytest.mark.parametrize("coefficient", [-0.4, 0.0, 0.3, 0.9, 0.99])
@pytest.mark.parametrize("whole_numbers", [False, True])
def test_the_figures_are_those_of_arviz(coefficient: float, whole_numbers: bool) -> None:
    """ArviZ (arviz-stats 0.8) computes the same from the same paper.

    Tolerance: 2 %, since the two end the sum of autocorrelations at slightly different lags.
    """
    noise = np.random.default_rng(11).normal(size=(4, 2000))
    chains = lfilter([1.0], [1.0, -coefficient], noise, axis=1) + np.array([[0.3], [0], [0], [0]])
    chains = np.round(5 * chains) if whole_numbers else chains
    ours = convergence_by_variable(Draws(values={"total": chains}))[0]
    assert ours.rhat == pytest.approx(float(arviz_rhat(chains, method="rank")), rel=1e-6)
    assert ours.ess_bulk == pytest.approx(float(arviz_ess(chains, method="bulk")), rel=0.02)
    tail = float(arviz_ess(chains, method="tail", prob=(0.05, 0.95)))
    assert ours.ess_tail == pytest.approx(tail, rel=0.02)
    for error, prob in ((ours.mcse_low, 0.025), (ours.mcse_median, 0.5), (ours.mcse_high, 0.975)):
        theirs = float(arviz_mcse(chains, method="quantile", prob=prob))
        assert error == pytest.approx(theirs, rel=0.02)
