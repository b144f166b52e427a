"""Laws of the log-linear family: fast against slow, existence by two roads, order of lists."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuager.engines.estimation import CaptureHistories
from kuager.engines.estimation.loglinear import grouping
from kuager.engines.estimation.loglinear.candidates import Candidates, fit_candidates
from kuager.engines.estimation.loglinear.existence import has_estimate
from kuager.engines.estimation.loglinear.fit_of_model import deviance_of
from kuager.engines.estimation.loglinear.fitting import fit_poisson
from kuager.engines.estimation.loglinear.grouping import group_lists
from kuager.engines.estimation.loglinear.hierarchies import Table, hierarchical_models, holds, make_table
from kuager.engines.estimation.loglinear.likelihood import maximise, share_of_all
from kuager.engines.estimation.loglinear.screening import expected_changes
from kuager.engines.estimation.sparse.selecting import THRESHOLD, select_pairs


def tables(n_lists: int, highest: int) -> st.SearchStrategy[CaptureHistories]:
    patterns = [pattern for pattern in product((0, 1), repeat=n_lists) if any(pattern)]
    # Empty cells are what this is about, so they are common.
    count = st.one_of(st.just(0), st.integers(0, highest))
    counts = st.lists(count, min_size=len(patterns), max_size=len(patterns))
    return counts.map(lambda c: CaptureHistories.from_counts("ABCDE"[:n_lists], patterns, c)).filter(
        lambda histories: bool(histories.observed) and min(histories.list_totals) > 0
    )


def fitted(histories: CaptureHistories, order: int) -> Candidates:
    table = make_table(histories, order=order)
    return fit_candidates(table, hierarchical_models(table))


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([3, 4]).flatmap(lambda n: tables(n, 12)))
def test_newton_and_the_linear_programme_agree_on_existence(histories: CaptureHistories) -> None:
    found = fitted(histories, 2)
    for model in range(len(found.models)):
        assert has_estimate(found.table, found.models[model]) == found.surely_exist[model]


@settings(max_examples=20, deadline=None)
@given(tables(4, 60), st.integers(0, 112))
def test_margins_alone_give_the_fit_of_all_cells(histories: CaptureHistories, model: int) -> None:
    found = fitted(histories, 3)
    if not found.surely_exist[model]:
        return
    cells = np.arange(1, 16)
    kept = cells[~holds(cells, found.table.terms[found.blocked(model)]).any(axis=1)]
    counts = np.array([found.table.counts[found.table.patterns == cell].sum() for cell in kept])
    slow = fit_poisson(holds(kept, found.table.terms[found.models[model] & ~found.blocked(model)]), counts)
    assert found.unseen[model] == pytest.approx(math.exp(slow.coefficients[0]), rel=1e-4)
    assert deviance_of(found, model) == pytest.approx(slow.deviance, abs=1e-5)


def chain_and_star(seed: int) -> tuple[Table, np.ndarray]:
    """Twelve lists: a chain with branches, a triangle and a list alone, so that some lists are peeled."""
    pairs = [(0, 1), (1, 2), (2, 3), (1, 4), (4, 5), (5, 6), (6, 7), (4, 7), (7, 8), (8, 9), (4, 10)]
    rows = (np.random.default_rng(seed).random((2000, 12)) < 0.12).astype(int)
    for first, second in pairs:
        rows[: 60 * (first + 1), second] |= rows[: 60 * (first + 1), first]
    names = [f"list {place:02d}" for place in range(12)]
    table = make_table(CaptureHistories.from_memberships(names, rows[rows.any(axis=1)].tolist()), order=2)
    wanted = {(1 << first) | (1 << second) for first, second in pairs}
    return table, np.array([term.bit_count() <= 1 or term in wanted for term in table.terms.tolist()])


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 1000))
def test_peeled_lists_change_nothing(seed: int) -> None:
    """Against sums over all 4,096 cells with the coefficients found."""
    table, model = chain_and_star(seed)
    terms = table.terms[1:][model[1:]]
    margins = table.margins[1:][model[1:]]
    best = maximise(
        terms, np.zeros(0, np.int64), margins / table.persons, np.zeros(len(terms)), table.persons, False
    )
    coefficients, log_all, _, exists, weights, groups = best
    assert exists
    assert len(groups[3]) >= 4
    cells = np.arange(4096)
    shape = np.exp(holds(cells, terms) @ coefficients)
    assert log_all == pytest.approx(math.log(shape.sum()), rel=1e-9)
    for mask in (0b11, 0b1000_0000_0010, 0b101_0000_1000, 0b11_0000_0000, 0b100_0000_0001):
        exact = shape[(cells & mask) == mask].sum() / shape.sum()
        assert share_of_all(mask, weights, groups) == pytest.approx(exact, rel=1e-9)
    fit = shape[1:] @ holds(cells[1:], terms) / shape[1:].sum()
    assert fit == pytest.approx(margins / table.persons, rel=1e-6)


def test_only_large_groups_are_peeled() -> None:
    chain = np.array([*(1 << place for place in range(grouping.UNPEELED)), 0b11, 0b110], dtype=np.int64)
    assert len(group_lists(chain, np.zeros(0, np.int64))[3]) == 0


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1000))
def test_the_guess_of_a_term_s_worth_is_near_its_gain(seed: int) -> None:
    """Score and Wald statistics against refitted models, for small effects."""
    rows = (np.random.default_rng(seed).random((6000, 4)) < 0.3).astype(int)
    histories = CaptureHistories.from_memberships("ABCD", rows[rows.any(axis=1)].tolist())
    found = fitted(histories, 2)
    table = found.table
    models = found.models.tolist()
    here = 7
    changes = expected_changes(
        table.terms[1:],
        table.margins[1:],
        found.models[here][1:],
        table.persons,
        found.coefficients[here][1:],
    )
    for term in range(5, 11):
        other = models[here].copy()
        other[term] = not other[term]
        gain = found.minus_two_log[here] - found.minus_two_log[models.index(other)]
        assert changes[term - 1] == pytest.approx(gain, abs=0.15 + 0.15 * abs(gain))


@settings(max_examples=20, deadline=None)
@given(tables(4, 30))
def test_pairs_are_chosen_as_the_obvious_way_would(histories: CaptureHistories) -> None:
    """The compiled choice against one that refits and runs the linear programme for every candidate."""
    table = make_table(histories, order=2)
    unseen, model = select_pairs(table.terms[1:], table.margins[1:], table.persons, THRESHOLD)
    if not math.isfinite(unseen):
        assert histories.recaptured == 0
        return
    final = np.concatenate([[True], model])
    found = fit_candidates(table, final[None])
    if has_estimate(table, np.bitwise_count(table.terms) <= 1):
        assert has_estimate(table, final)
        assert found.unseen[0] == pytest.approx(unseen, rel=1e-6)
