import math
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from kuager.core.errors import RefusedError
from kuager.engines.estimation import CaptureHistories, estimate, estimate_strata
from kuager.engines.estimation.loglinear.candidates import fit_candidates
from kuager.engines.estimation.loglinear.hierarchies import hierarchical_models, holds, make_table


def table_of(n_lists: int, lowest: int = 0, highest: int = 200) -> st.SearchStrategy[CaptureHistories]:
    patterns = [pattern for pattern in product((0, 1), repeat=n_lists) if any(pattern)]
    size = len(patterns)
    counts = st.lists(st.integers(lowest, highest), min_size=size, max_size=size)
    return counts.map(lambda c: CaptureHistories.from_counts("ABCDE"[:n_lists], patterns, c)).filter(
        lambda histories: min(histories.list_totals) > 0
    )


def answer_or_none(histories: CaptureHistories, method: str) -> float | None:
    try:
        return estimate(histories, method=method).estimate
    except RefusedError:
        return None


@settings(max_examples=40, deadline=None)
@given(table_of(3), st.permutations("ABC"), st.sampled_from(["chao", "loglinear"]))
def test_order_of_lists_does_not_matter(histories: CaptureHistories, order: list[str], method: str) -> None:
    first, second = (answer_or_none(table, method) for table in (histories, histories.select(order)))
    assert (first is None) == (second is None)
    if first is not None and second is not None:
        found = fit_candidates(table := make_table(histories, order=2), hierarchical_models(table))
        best = np.sort(found.bic)
        assume(method == "chao" or best[1] - best[0] > 1e-6)
        assert first == pytest.approx(second, rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from([3, 4]).flatmap(lambda n: table_of(n, lowest=1)), st.sampled_from(["chao", "loglinear"])
)
def test_interval_holds_the_estimate_and_what_was_seen(histories: CaptureHistories, method: str) -> None:
    answer = estimate(histories, method=method)
    low, high = answer.interval
    assert histories.observed <= low <= answer.estimate <= high


@settings(max_examples=30, deadline=None)
@given(table_of(3))
def test_sparse_tables_are_refused_or_finite(histories: CaptureHistories) -> None:
    value = answer_or_none(histories, "loglinear")
    assert value is None or (math.isfinite(value) and value >= histories.observed)


@settings(max_examples=20, deadline=None)
@given(table_of(3, lowest=1), st.integers(2, 20))
def test_every_model_grows_with_the_table(histories: CaptureHistories, times: int) -> None:
    larger = CaptureHistories.from_counts(
        histories.lists, histories.patterns.tolist(), histories.counts * times
    )
    one, many = (
        fit_candidates(table := make_table(h, order=2), hierarchical_models(table))
        for h in (histories, larger)
    )
    assert many.unseen == pytest.approx(times * one.unseen, rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 400), st.integers(1, 100))
def test_two_equal_lists_make_the_bound_an_estimate(once: int, both: int) -> None:
    histories = CaptureHistories.from_counts("AB", [(1, 0), (0, 1), (1, 1)], [once, once, both])
    ratio = estimate(histories, method="lincoln-petersen").estimate
    assert estimate(histories, method="chao").estimate == pytest.approx(ratio)
    assert estimate(histories, method="loglinear").estimate == pytest.approx(ratio)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 400), min_size=2, max_size=2), st.integers(1, 100))
def test_the_bound_is_never_below_independent_lists(once: list[int], both: int) -> None:
    """Unequal lists push Chao's form up (Maclaurin); the reported inflation says how far."""
    histories = CaptureHistories.from_counts("AB", [(1, 0), (0, 1), (1, 1)], [*once, both])
    ratio = estimate(histories, method="lincoln-petersen").estimate
    bound = estimate(histories, method="chao")
    assert bound.estimate >= ratio * (1 - 1e-12)
    assert float(bound.diagnostics["inflation_by_unequal_lists"]) >= 1 - 1e-9


@settings(max_examples=15, deadline=None)
@given(table_of(3, lowest=1, highest=60), st.integers(0, 7))
def test_fits_agree_with_a_general_optimiser(histories: CaptureHistories, model: int) -> None:
    """The fast algorithm against a slow obvious one: minus the Poisson log-likelihood, minimised."""
    table = make_table(histories, order=2)
    models = hierarchical_models(table)
    cells = np.arange(1, 8)
    design = holds(cells, table.terms[models[model]])
    counts = np.array([table.counts[table.patterns == cell].sum() for cell in cells])

    def loss(parameters: np.ndarray) -> float:
        return float(np.exp(design @ parameters).sum() - counts @ design @ parameters)

    def slope(parameters: np.ndarray) -> np.ndarray:
        return np.asarray(design.T @ (np.exp(design @ parameters) - counts))

    slow = minimize(loss, np.zeros(design.shape[1]), jac=slope, method="BFGS", options={"gtol": 1e-7})
    assert fit_candidates(table, models).unseen[model] == pytest.approx(math.exp(slow.x[0]), rel=1e-3)


@settings(max_examples=15, deadline=None)
@given(st.lists(table_of(3, lowest=2), min_size=1, max_size=4), st.integers(0, 10))
def test_the_total_of_strata_lies_between_its_ends(groups: list[CaptureHistories], seed: int) -> None:
    answer = estimate_strata({str(at): group for at, group in enumerate(groups)}, method="chao")
    parts, counted = answer.estimates.values(), sum(answer.documented.values())
    assert answer.observed == sum(group.observed for group in groups)
    if answer.total is None:
        assert not parts
        return
    low, high = answer.total.interval
    assert answer.total.estimate == pytest.approx(sum(part.estimate for part in parts) + counted)
    assert answer.observed <= low <= answer.total.estimate <= high
    assert low >= (sum(part.interval[0] for part in parts) + counted) * 0.98
