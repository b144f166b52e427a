"""Laws of the latent class model: what the order of lists and rows, and more persons, must not or must do."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.latent_class.answering import estimate_latent_class, estimate_partial
from kuager.engines.estimation.latent_class.chains import Plan
from kuager.engines.estimation.latent_class.model import (
    coordinates,
    latent_class_model,
    log_posterior,
    unseen_probability,
    workspace,
)
from kuager.engines.estimation.latent_class.priors import LatentClassPrior
from kuager.engines.estimation.latent_class.tree import pattern_tree
from kuager.engines.estimation.partial import PartialHistories
from kuager.engines.estimation.request import Request

FEW = settings(max_examples=8, deadline=None)
SOME = settings(max_examples=40, deadline=None)
SHORT = Plan(burn_in=20, block=50, draws=100)
PRIOR = LatentClassPrior(classes=3)


@st.composite
def tables(draw: st.DrawFn, *, answers: tuple[int, ...] = (0, 1)) -> PartialHistories:
    """Draw a table of three to five lists in which every list names somebody."""
    n_lists = draw(st.integers(3, 5))
    rows = draw(
        st.lists(
            st.tuples(*[st.sampled_from(answers)] * n_lists).filter(lambda row: 1 in row),
            min_size=1,
            max_size=12,
            unique=True,
        )
    )
    everybody = (1,) * n_lists
    rows = rows if everybody in rows else [*rows, everybody]
    counts = draw(st.lists(st.integers(1, 40), min_size=len(rows), max_size=len(rows)))
    return PartialHistories.from_rows([f"list {j}" for j in range(n_lists)], rows, counts)


@FEW
@given(table=tables(), seed=st.integers(0, 9), data=st.data())
def test_the_order_of_lists_and_rows_changes_no_digit(
    table: PartialHistories, seed: int, data: st.DataObject
) -> None:
    names = data.draw(st.permutations(table.lists))
    rows = data.draw(st.permutations(range(len(table.counts))))
    columns = [table.lists.index(name) for name in names]
    first = CaptureHistories.from_counts(table.lists, table.patterns.tolist(), table.counts.tolist())
    shuffled = table.patterns[np.ix_(rows, columns)].tolist()
    second = CaptureHistories.from_counts(names, shuffled, table.counts[rows].tolist())
    answers = [
        estimate_latent_class(one, Request(seed=seed, draws=100), prior=PRIOR, plan=SHORT)
        for one in (first, second)
    ]
    assert answers[0].draws is not None
    assert answers[1].draws is not None
    assert (answers[0].draws.total == answers[1].draws.total).all()
    assert answers[0].interval == answers[1].interval


@FEW
@given(table=tables(answers=(-1, 0, 1)))
def test_nobody_who_was_seen_is_forgotten(table: PartialHistories) -> None:
    answer = estimate_partial(table, Request(draws=100), prior=PRIOR, plan=SHORT)
    assert answer.draws is not None
    assert answer.draws.total.min() >= table.observed == answer.observed
    assert answer.interval[0] <= answer.estimate <= answer.interval[1]


@SOME
@given(table=tables(answers=(-1, 0, 1)), seed=st.integers(0, 99))
def test_all_patterns_together_are_certain(table: PartialHistories, seed: int) -> None:
    n_lists = len(table.lists)
    every = np.array([[i >> j & 1 for j in range(n_lists)] for i in range(1, 2**n_lists)], dtype=np.int8)
    model = latent_class_model(every, np.ones(len(every), dtype=np.int64), PRIOR)
    work = workspace(model)
    position = np.random.default_rng(seed).normal(size=coordinates(model)) * 3
    unseen_probability(position, model, work)
    np.testing.assert_allclose(work.cells.sum(), 1, rtol=1e-12)


@SOME
@given(table=tables(answers=(-1, 0, 1)), seed=st.integers(0, 99))
def test_a_maximum_far_away_changes_nothing(table: PartialHistories, seed: int) -> None:
    far = LatentClassPrior(classes=3, maximum=10**9)
    values = []
    for prior in (PRIOR, far):
        model = latent_class_model(table.patterns, table.counts, prior)
        position = np.random.default_rng(seed).normal(size=coordinates(model))
        values.append(log_posterior(position, 0.5, model, workspace(model)))
    np.testing.assert_allclose(values[0], values[1], rtol=1e-12)


@SOME
@given(table=tables(answers=(-1, 0, 1)))
def test_the_tree_shares_and_never_repeats(table: PartialHistories) -> None:
    tree = pattern_tree(table.patterns)
    rows = np.arange(2 * tree.n_lists + 2, len(tree.left))
    assert (tree.left[rows] < rows).all()
    assert (tree.right[rows] < rows).all()
    assert len(tree.left) - tree.first_cell == len(table.counts) + 1
    inner = slice(2 * tree.n_lists + 2, tree.first_cell)
    pairs = list(zip(tree.left[inner].tolist(), tree.right[inner].tolist(), strict=True))
    assert len(set(pairs)) == len(pairs)
