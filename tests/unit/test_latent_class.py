"""The latent class model against slow obvious versions of its parts, and what its answer says."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit, logsumexp
from scipy.stats import beta, nbinom

from kuager.core.errors import BadInputError, RefusedError
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.latent_class.answering import (
    estimate_latent_class,
    estimate_partial,
    sample_latent_classes,
)
from kuager.engines.estimation.latent_class.chains import Plan, Walks, walk_chains
from kuager.engines.estimation.latent_class.drawn import classes_of
from kuager.engines.estimation.latent_class.hmc import hmc_move
from kuager.engines.estimation.latent_class.labels import log_weights, reorder_classes
from kuager.engines.estimation.latent_class.logistic import logistic
from kuager.engines.estimation.latent_class.many_lists import prior_for_many_lists
from kuager.engines.estimation.latent_class.model import (
    Model,
    coordinates,
    fill_gradient,
    latent_class_model,
    log_posterior,
    unseen_probability,
    with_counts,
    workspace,
)
from kuager.engines.estimation.latent_class.priors import LatentClassPrior
from kuager.engines.estimation.latent_class.starting import list_shares, tree_patterns
from kuager.engines.estimation.latent_class.state import ChainState, from_bytes, to_bytes
from kuager.engines.estimation.latent_class.sweep import gibbs_sweep, gibbs_sweep_at
from kuager.engines.estimation.latent_class.truncation import draw_unseen, log_share_below, slope_of_share
from kuager.engines.estimation.partial import PartialHistories
from kuager.engines.estimation.request import Request

LISTS = ("Ashyq", "Bureau", "Camp", "Dala")
COUNTS = {
    (1, 0, 0, 0): 40,
    (0, 1, 0, 0): 31,
    (0, 0, 1, 0): 22,
    (0, 0, 0, 1): 17,
    (1, 1, 0, 0): 14,
    (0, 1, 1, 0): 9,
    (0, 1, 1, 1): 4,
    (1, 1, 1, 1): 3,
}
TABLE = CaptureHistories.from_counts(LISTS, COUNTS, COUNTS.values())
GAPS = PartialHistories.from_rows(
    LISTS,
    [(1, 0, -1, 0), (1, 1, 0, -1), (-1, 0, 1, -1), (0, 1, 1, 0), (0, 0, 0, 1), (-1, -1, 1, 1)],
    [7, 5, 4, 3, 6, 2],
)
SHORT = Plan(burn_in=60, block=50, draws=100, positions=40)


class Memory:
    """A checkpoint that remembers everything that was saved."""

    def __init__(self, first: bytes | None = None) -> None:
        self.saved = [first] if first else []

    def load(self) -> bytes | None:
        return self.saved[-1] if self.saved else None

    def save(self, state: bytes) -> None:
        self.saved.append(state)


class KeyPressedError(Exception):
    """Somebody pressed a key."""


def slow_cells(
    position: NDArray[np.float64], patterns: NDArray[np.int8], classes: int
) -> NDArray[np.float64]:
    """Probability of no list, then of each pattern, straight from the definition."""
    n_lists = patterns.shape[1]
    chances = expit(position[: n_lists * classes]).reshape(n_lists, classes)
    weights, rest = [], 1.0
    for stick in [*expit(position[n_lists * classes :]), 1.0]:
        weights.append(rest * stick)
        rest *= 1 - stick
    found = []
    for pattern in [np.zeros(n_lists, dtype=np.int8), *patterns]:
        products = np.array(weights)
        for answer, chance in zip(pattern, chances, strict=True):
            products = products * {1: chance, 0: 1 - chance, -1: 1.0}[int(answer)]
        found.append(products.sum())
    return np.array(found)


def slow_log_posterior(
    position: NDArray[np.float64], alpha: float, model: Model, patterns: NDArray[np.int8]
) -> float:
    cells, n_lists, prior = slow_cells(position, patterns, model.classes), patterns.shape[1], model.prior
    p = cells[0]
    value = float((model.counts[1:] * np.log(cells[1:])).sum()) - model.observed * math.log(1 - p)
    if prior.maximum_unseen >= 0:
        value += float(nbinom.logcdf(prior.maximum_unseen, model.observed, 1 - p))
    x = expit(position)
    rates, sticks = x[: n_lists * model.classes], x[n_lists * model.classes :]
    value += float(beta.logpdf(rates, prior.rate_a, prior.rate_b).sum() + np.log(rates * (1 - rates)).sum())
    return value + float(beta.logpdf(sticks, 1, alpha).sum() + np.log(sticks * (1 - sticks)).sum())


def some_position(model: Model, seed: int = 3) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(size=coordinates(model)) * 1.5


def generator(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.SFC64(seed))


def test_the_logistic_function_is_exact_to_the_last_digits() -> None:
    numbers = np.concatenate([np.linspace(-40, 40, 2001), [-699.0, 699.0, 0.0, 1e-12]])
    yes, no, bits = np.zeros_like(numbers), np.zeros_like(numbers), np.zeros(len(numbers), dtype=np.int64)
    logistic(numbers, yes, no, bits, bits.view(np.float64))
    tolerance = 2e-15 + 3e-16 * np.abs(numbers)
    assert (np.abs(yes / expit(numbers) - 1) < tolerance).all()
    assert (np.abs(no / expit(-numbers) - 1) < tolerance).all()


@pytest.mark.parametrize("patterns", [TABLE.patterns, GAPS.patterns, np.eye(2, dtype=np.int8)])
def test_cells_are_sums_over_classes_of_products_over_lists(patterns: NDArray[np.int8]) -> None:
    model = latent_class_model(patterns, np.arange(1, len(patterns) + 1), LatentClassPrior(classes=5))
    work, position = workspace(model), some_position(model)
    p = unseen_probability(position, model, work)
    slow = slow_cells(position, patterns, 5)
    assert p == pytest.approx(slow[0], rel=1e-13)
    np.testing.assert_allclose(work.cells, slow, rtol=1e-13)
    assert (tree_patterns(model)[1:] == patterns).all()


def test_a_list_that_did_not_answer_is_summed_over() -> None:
    both = np.array([[1, 0, 1], [1, 1, 1]], dtype=np.int8)
    open_question = np.array([[1, -1, 1]], dtype=np.int8)
    prior = LatentClassPrior(classes=3)
    known, unknown = (
        latent_class_model(patterns, np.ones(len(patterns), dtype=np.int64), prior)
        for patterns in (both, open_question)
    )
    works, position = (workspace(known), workspace(unknown)), some_position(known)
    for model, work in zip((known, unknown), works, strict=True):
        unseen_probability(position, model, work)
    assert works[1].cells[1] == pytest.approx(works[0].cells[1:].sum(), rel=1e-13)


MODELS = [
    (TABLE.patterns, TABLE.counts, LatentClassPrior(classes=4)),
    (TABLE.patterns, TABLE.counts, LatentClassPrior(classes=4, rate_a=0.4, rate_b=2.5, maximum=160)),
    (TABLE.patterns, TABLE.counts, LatentClassPrior(classes=1)),
    (GAPS.patterns, GAPS.counts, LatentClassPrior(classes=3, rate_a=2.0)),
]


@pytest.mark.parametrize(("patterns", "counts", "prior"), MODELS)
def test_the_posterior_is_that_of_the_definition(
    patterns: NDArray[np.int8], counts: NDArray[np.int64], prior: LatentClassPrior
) -> None:
    model = latent_class_model(patterns, counts, prior)
    work, first, second = workspace(model), some_position(model), some_position(model, seed=4)
    fast = log_posterior(first, 0.7, model, work) - log_posterior(second, 0.7, model, work)
    slow = slow_log_posterior(first, 0.7, model, patterns) - slow_log_posterior(second, 0.7, model, patterns)
    assert fast == pytest.approx(slow, rel=1e-10)


@pytest.mark.parametrize(("patterns", "counts", "prior"), MODELS)
def test_the_derivative_is_the_slope(
    patterns: NDArray[np.int8], counts: NDArray[np.int64], prior: LatentClassPrior
) -> None:
    model = latent_class_model(patterns, counts, prior)
    work, position, width = workspace(model), some_position(model), 1e-5
    assert fill_gradient(position, 0.7, model, work)
    slopes = work.gradient.copy()
    for i in range(len(position)):
        ends = []
        for side in (-width, width):
            moved = position.copy()
            moved[i] += side
            ends.append(log_posterior(moved, 0.7, model, work))
        assert slopes[i] == pytest.approx((ends[1] - ends[0]) / (2 * width), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(
    ("n", "maximum", "p"), [(30, 10, 0.4), (300, 40, 0.6), (5, 900, 0.2), (4400, 1, 0.5)]
)
def test_the_share_below_a_maximum_is_the_negative_binomials(n: int, maximum: int, p: float) -> None:
    share = log_share_below(n, maximum, p)
    slow = float(logsumexp(nbinom.logpmf(np.arange(maximum + 1), n, 1 - p)))
    assert share == pytest.approx(slow, rel=1e-9, abs=1e-12)
    width = 1e-6
    slope = (log_share_below(n, maximum, p + width) - log_share_below(n, maximum, p - width)) / (2 * width)
    assert slope_of_share(n, maximum, p, share) == pytest.approx(slope, rel=1e-5, abs=1e-9)


@pytest.mark.parametrize(("maximum", "p"), [(-1, 0.4), (12, 0.4), (12, 0.9)])
def test_the_unseen_are_drawn_from_the_cut_distribution(maximum: int, p: float) -> None:
    rng, n, size = generator(1), 20, 4000
    drawn = np.array([draw_unseen(n, maximum, p, rng) for _ in range(size)])
    places = np.arange(400 if maximum < 0 else maximum + 1)
    weights = nbinom.pmf(places, n, 1 - p)
    mean = (places * weights).sum() / weights.sum()
    spread = math.sqrt(((places - mean) ** 2 * weights).sum() / weights.sum())
    assert abs(drawn.mean() - mean) < 4.5 * spread / math.sqrt(size)
    assert maximum < 0 or drawn.max() <= maximum


def test_another_order_of_classes_is_the_same_mixture() -> None:
    model = latent_class_model(TABLE.patterns, TABLE.counts, LatentClassPrior(classes=6))
    work, position, rng = workspace(model), some_position(model), generator(5)
    before = unseen_probability(position, model, work), work.cells.copy(), log_weights(position, model)
    orders = set()
    for _ in range(50):
        assert reorder_classes(position, model, rng) > 0
        orders.add(tuple(log_weights(position, model).argsort()))
    assert unseen_probability(position, model, work) == pytest.approx(before[0], rel=1e-9)
    np.testing.assert_allclose(work.cells, before[1], rtol=1e-9)
    np.testing.assert_allclose(np.sort(log_weights(position, model)), np.sort(before[2]), rtol=1e-7)
    assert len(orders) > 10


def test_moves_keep_the_prior_when_the_table_is_drawn_from_the_model() -> None:
    """Geweke (2004): parameters given a table and a table given parameters, in turn, must leave the prior."""
    prior = LatentClassPrior(classes=3, concentration_shape=3, concentration_rate=2, rate_a=1.5, rate_b=2.5)
    every = np.array([[i >> j & 1 for j in range(3)] for i in range(1, 8)], dtype=np.int8)
    rng, size = generator(11), 6000
    model = latent_class_model(every, np.array([2, 1, 1, 1, 1, 1, 1]), prior)
    work, position, alpha = workspace(model), np.zeros(coordinates(model)), 1.0
    found = np.empty((size, 4))
    for i in range(size):
        alpha, _unseen = gibbs_sweep(position, alpha, model, work, rng)
        hmc_move(position, alpha, 0.5, 4, model, work, rng)
        p = unseen_probability(position, model, work)
        model.counts[1:] = rng.multinomial(model.observed, work.cells[1:] / (1 - p))
        chances, sticks = expit(position[:9]), expit(position[9:])
        found[i] = chances.mean(), (chances**2).mean(), alpha, ((1 - sticks) ** alpha).mean()
    # (1 - V)^alpha is uniform for V ~ Beta(1, alpha).
    wanted = 1.5 / 4, 1.5 * 2.5 / (4 * 5), 1.5, 0.5
    for values, expected in zip(found.T, wanted, strict=True):
        error = values.reshape(30, -1).mean(axis=1).std(ddof=1) / math.sqrt(30)
        assert abs(values.mean() - expected) < 4 * error


def test_sweeps_alone_and_trajectories_alone_agree() -> None:
    model = latent_class_model(*_three(), LatentClassPrior(classes=2, rate_b=2.0))
    work, means = workspace(model), []
    for kind in range(2):
        rng, position = generator(kind + 1), np.zeros(coordinates(model))
        values = np.empty(6000)
        for i in range(len(values)):
            if kind == 0:
                for _ in range(4):
                    gibbs_sweep_at(position, 0.8, model, work, rng)
            else:
                hmc_move(position, 0.8, 0.25, 12, model, work, rng)
            values[i] = math.log(unseen_probability(position, model, work))
        blocks = values[600:].reshape(20, -1).mean(axis=1)
        means.append((blocks.mean(), blocks.std(ddof=1) / math.sqrt(20)))
    (first, first_error), (second, second_error) = means
    assert abs(first - second) < 4 * math.hypot(first_error, second_error)
    assert math.hypot(first_error, second_error) < 0.05


def _three() -> tuple[NDArray[np.int8], NDArray[np.int64]]:
    three = TABLE.select(LISTS[:3])
    return three.patterns, three.counts


def test_a_chain_goes_on_from_its_bytes_as_if_it_had_never_stopped() -> None:
    model = latent_class_model(TABLE.patterns, TABLE.counts, LatentClassPrior(classes=3))
    state, work = ChainState.first(model, seed=9, number=2), workspace(model)
    gibbs_sweep(state.chain.position, 0.5, model, work, state.generator)
    again = ChainState.from_arrays(from_bytes(to_bytes(state.to_arrays())))
    for one in (state, again):
        gibbs_sweep(one.chain.position, 0.5, model, work, one.generator)
    assert (state.chain.position == again.chain.position).all()
    assert state.generator.random() == again.generator.random()


def walked(checkpoint: Memory | None = None, *, seed: int = 1, stop_at: int = 99) -> Walks:
    seen: list[float] = []

    def progress(_what: str, done: float) -> None:
        seen.append(done)
        if len(seen) == stop_at:
            raise KeyPressedError

    model = latent_class_model(TABLE.patterns, TABLE.counts, LatentClassPrior(classes=4))
    found = walk_chains(model, SHORT, seed=seed, progress=progress, checkpoint=checkpoint)
    assert seen == sorted(seen)
    assert seen[-1] == 1
    return found


@pytest.mark.parametrize("stop_at", [1, 2])
def test_interrupted_work_gives_the_same_numbers(stop_at: int) -> None:
    memory = Memory()
    with pytest.raises(KeyPressedError):
        walked(memory, stop_at=stop_at)
    resumed, whole = walked(memory), walked()
    assert len(memory.saved) == 3
    for name, values in whole.values.items():
        assert (values == resumed.values[name]).all()
    assert (whole.positions == resumed.positions).all()
    assert whole.acceptance == resumed.acceptance


@pytest.mark.parametrize("other", [b"no archive", b"PK\x03\x04 broken", None])
def test_a_checkpoint_of_something_else_is_begun_again(other: bytes | None) -> None:
    memory = Memory(other)
    if other is None:
        walked(memory, seed=2)
    assert (walked(memory).values["total"] == walked().values["total"]).all()


def test_an_answer_carries_its_draws_and_how_they_were_made() -> None:
    request = Request(seed=4, draws=150)
    answer = estimate_latent_class(TABLE, request, prior=LatentClassPrior(classes=5))
    assert answer.draws is not None
    assert answer.draws.total.shape == (4, 150)
    assert answer.interval[0] <= answer.estimate <= answer.interval[1]
    assert answer.observed <= answer.draws.total.min()
    assert set(answer.draws.values) == {"total", "unseen_probability", "concentration", "classes_used"}
    wanted = {"rhat", "ess_bulk", "ess_tail", "mcse_median", "chains", "draws", "classes", "classes_used"}
    assert wanted | {"acceptance", "sampler"} <= set(answer.diagnostics)
    assert "maximum" not in answer.diagnostics
    assert not answer.is_lower_bound


def test_classes_of_draws_give_the_probabilities_of_patterns() -> None:
    sampled = sample_latent_classes(
        TABLE.patterns, TABLE.counts, prior=LatentClassPrior(classes=4), seed=1, plan=SHORT
    )
    draws, positions = sampled.draws, sampled.walks.positions.reshape(-1, 19)
    assert len(positions) == len(draws.class_weights) == 40
    np.testing.assert_allclose(draws.class_weights.sum(axis=1), 1)
    slow = np.array([slow_cells(position, TABLE.patterns, 4) for position in positions])
    np.testing.assert_allclose(
        draws.predictive_probabilities(TABLE.patterns), slow[:, 1:] / (1 - slow[:, :1]), rtol=1e-9
    )
    every = np.array([[i >> j & 1 for j in range(4)] for i in range(1, 16)], dtype=np.int8)
    np.testing.assert_allclose(draws.predictive_probabilities(every).sum(axis=1), 1)
    weights, chances = classes_of(positions[:1], n_lists=4, classes=4)
    assert (weights[0] == draws.class_weights[0]).all()
    assert (chances[0] == draws.class_chances[0]).all()


def test_three_lists_are_a_lower_bound() -> None:
    answer = estimate_latent_class(TABLE.select(LISTS[:3]), Request(draws=100))
    assert answer.is_lower_bound
    assert any("LOWER BOUND" in warning for warning in answer.warnings)


def test_too_few_lists_are_refused_in_words() -> None:
    with pytest.raises(RefusedError, match="find a third list"):
        estimate_latent_class(TABLE.select(LISTS[:2]), Request())
    with pytest.raises(BadInputError, match="there is one"):
        estimate_latent_class(TABLE.select(LISTS[:1]), Request())


def test_a_list_that_names_nobody_is_refused() -> None:
    empty = CaptureHistories.from_counts(("A", "B", "C"), [(1, 1, 0), (0, 1, 0)], [5, 6])
    with pytest.raises(BadInputError, match="'C' names nobody"):
        estimate_latent_class(empty, Request())


def test_chains_that_did_not_meet_say_so() -> None:
    answer = estimate_latent_class(TABLE, Request(draws=100), plan=Plan(burn_in=1))
    assert any("not come to agree" in warning for warning in answer.warnings)


def test_a_maximum_holds_and_is_reported() -> None:
    prior = LatentClassPrior(classes=5, maximum=230)
    answer = estimate_latent_class(TABLE, Request(draws=200), prior=prior)
    assert answer.draws is not None
    assert answer.draws.total.max() <= 230
    assert answer.diagnostics["maximum"] == 230
    assert float(answer.diagnostics["near_maximum"]) > 0.005
    assert any("maximum of 230" in warning for warning in answer.warnings)


def test_all_classes_in_use_is_said() -> None:
    answer = estimate_latent_class(TABLE, Request(draws=100), prior=LatentClassPrior(classes=1))
    assert any("allow more" in warning for warning in answer.warnings)


@pytest.mark.parametrize("wrong", [{"classes": 0}, {"classes": 65}, {"rate_a": 0.0}, {"rate_b": math.inf}])
def test_impossible_priors_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(BadInputError):
        LatentClassPrior(**wrong)  # type: ignore[arg-type]  # numbers of both kinds


def test_a_maximum_below_the_persons_seen_is_refused() -> None:
    with pytest.raises(BadInputError, match="above the 140 persons"):
        estimate_latent_class(TABLE, Request(), prior=LatentClassPrior(maximum=140))


def test_lists_that_did_not_answer_are_estimated_too() -> None:
    answer = estimate_partial(GAPS, Request(draws=100), prior=LatentClassPrior(classes=3))
    assert answer.observed == 27
    assert answer.estimate >= 27


def test_shares_of_lists_leave_out_those_that_did_not_answer() -> None:
    model = latent_class_model(GAPS.patterns, GAPS.counts, LatentClassPrior())
    yes, answered = GAPS.counts @ (GAPS.patterns == 1), GAPS.counts @ (GAPS.patterns >= 0)
    np.testing.assert_allclose(list_shares(model), yes / answered)


def test_fewer_persons_keep_patterns_and_the_share_of_the_maximum() -> None:
    model = latent_class_model(TABLE.patterns, TABLE.counts, LatentClassPrior(maximum=420))
    half = with_counts(model, TABLE.counts // 2)
    assert half.observed == half.counts.sum() == (TABLE.counts // 2).sum()
    assert half.prior.maximum_unseen == pytest.approx(280 * half.observed / 140, abs=1)
    assert (
        with_counts(latent_class_model(*_three(), LatentClassPrior()), _three()[1]).prior.maximum_unseen == -1
    )


@pytest.mark.parametrize("n_lists", [3, 10, 20])
def test_the_prior_for_many_lists_spreads_the_expansion_as_asked(n_lists: int) -> None:
    prior = prior_for_many_lists(n_lists, low=1.2, high=4.0, probability=0.9)
    chances = np.random.default_rng(1).beta(prior.rate_a, prior.rate_b, size=(100_000, n_lists))
    expansion = 1 / (1 - (1 - chances).prod(axis=1))
    np.testing.assert_allclose(np.quantile(expansion, [0.05, 0.95]), [1.2, 4.0], rtol=0.03)


def test_a_spread_that_cannot_be_is_refused() -> None:
    with pytest.raises(BadInputError, match="1 < low < high"):
        prior_for_many_lists(5, low=0.9)
