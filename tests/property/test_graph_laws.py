from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.special import gammaln, logsumexp

from kuager.engines.estimation import CaptureHistories, Request, estimate
from kuager.engines.estimation.graphs.decomposable import cliques_and_separators
from kuager.engines.estimation.graphs.evidence import Prior
from kuager.engines.estimation.graphs.exact import average_all_graphs
from kuager.engines.estimation.graphs.walking import may_change


def table_of(n_lists: int, highest: int = 60) -> st.SearchStrategy[CaptureHistories]:
    patterns = [pattern for pattern in product((0, 1), repeat=n_lists) if any(pattern)]
    counts = st.lists(st.integers(0, highest), min_size=len(patterns), max_size=len(patterns))
    return counts.map(lambda c: CaptureHistories.from_counts("ABCDE"[:n_lists], patterns, c)).filter(
        lambda histories: min(histories.list_totals) > 0
    )


def neighbours_of(n_lists: int, edges: set[tuple[int, int]]) -> list[int]:
    joined = [0] * n_lists
    for first, second in edges:
        joined[first] |= 1 << second
        joined[second] |= 1 << first
    return joined


def is_chordal(joined: list[int]) -> bool:
    """Take away lists whose neighbours are all joined, as long as there is one."""
    left = set(range(len(joined)))
    while left:
        for one in left:
            near = [other for other in left if (joined[one] >> other) & 1]
            if all((joined[a] >> b) & 1 for a, b in combinations(near, 2)):
                left.remove(one)
                break
        else:
            return False
    return True


GRAPHS_OF_SIX = st.sets(st.sampled_from(list(combinations(range(6), 2))))


@settings(max_examples=100, deadline=None)
@given(GRAPHS_OF_SIX)
def test_a_graph_is_taken_apart_if_and_only_if_it_is_chordal(edges: set[tuple[int, int]]) -> None:
    joined = neighbours_of(6, edges)
    parts = cliques_and_separators(np.array(joined, dtype=np.int64))
    assert (parts is not None) == is_chordal(joined)
    if parts is None:
        return
    cliques, separators = parts
    inside = {pair for mask in cliques for pair in combinations([i for i in range(6) if (mask >> i) & 1], 2)}
    assert inside == edges
    assert len(separators) == len(cliques) - 1
    assert sum(m.bit_count() for m in cliques) - sum(m.bit_count() for m in separators) == 6


@settings(max_examples=100, deadline=None)
@given(GRAPHS_OF_SIX, st.sampled_from(list(combinations(range(6), 2))))
def test_an_edge_may_change_if_the_graph_stays_chordal(
    edges: set[tuple[int, int]], pair: tuple[int, int]
) -> None:
    joined = neighbours_of(6, edges)
    if is_chordal(joined):
        assert may_change(joined, *pair) == is_chordal(neighbours_of(6, edges ^ {pair}))


AVOIDING = CaptureHistories.from_counts(
    "ABC", [(0, 0, 1), (0, 1, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0), (1, 1, 1)], [1, 1, 28, 5, 4, 8]
)


@settings(max_examples=15, deadline=None)
@example(AVOIDING, ["B", "A", "C"])
@given(table_of(3), st.permutations("ABC"))
def test_the_order_of_lists_does_not_matter_at_all(histories: CaptureHistories, order: list[str]) -> None:
    request = Request(draws=100)
    first, second = (
        estimate(table, method="decomposable", request=request)
        for table in (histories, histories.select(order))
    )
    assert first == second
    assert first.draws is not None
    assert second.draws is not None
    assert (first.draws.total == second.draws.total).all()


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([2, 3, 4]).flatmap(table_of))
def test_the_interval_holds_the_estimate_and_more_than_was_seen(histories: CaptureHistories) -> None:
    answer = estimate(histories, method="decomposable", request=Request(draws=100))
    low, high = answer.interval
    assert histories.observed < low <= answer.estimate <= high
    assert answer.draws is not None
    assert answer.draws.total.min() > histories.observed


def slow_average(histories: CaptureHistories, largest: int) -> tuple[np.ndarray, float]:
    """Add up every graph on every number, from the formula, without a thought for time."""
    n_lists = len(histories.lists)
    count = 2.0**-n_lists
    unseen = np.arange(1, largest + 1)
    persons = histories.observed + unseen

    def component(lists: tuple[int, ...]) -> np.ndarray:
        imagined = count * 2 ** (n_lists - len(lists))
        value = np.zeros(largest)
        for cell in product((0, 1), repeat=len(lists)):
            same = (histories.patterns[:, list(lists)] == cell).all(axis=1)
            seen = histories.counts[same].sum() + (0 if any(cell) else unseen)
            value += gammaln(seen + imagined) - gammaln(imagined)
        return value

    base = gammaln(persons + 1) - gammaln(unseen + 1) - gammaln(histories.counts + 1).sum() - np.log(persons)
    whole = gammaln(1.0) - gammaln(persons + 1.0)
    rows: list[np.ndarray] = []
    complete = -1
    for edges in product((0, 1), repeat=n_lists * (n_lists - 1) // 2):
        pairs = [pair for pair, on in zip(combinations(range(n_lists), 2), edges, strict=True) if on]
        joined = neighbours_of(n_lists, set(pairs))
        parts = cliques_and_separators(np.array(joined, dtype=np.int64))
        if parts is None:
            continue
        complete = len(rows) if all(edges) else complete
        sets = [[i for i in range(n_lists) if (mask >> i) & 1] for mask in parts[0]]
        between = [[i for i in range(n_lists) if (mask >> i) & 1] for mask in parts[1] if mask]
        row = (
            base + sum(component(tuple(one)) for one in sets) - sum(component(tuple(one)) for one in between)
        )
        rows.append(row + (len(sets) - len(between)) * whole)
    table = np.array(rows)
    table -= logsumexp(table)
    weight = float(np.exp(logsumexp(table[complete])))
    others = np.delete(table, complete, axis=0)
    return np.exp(logsumexp(others, axis=0) - logsumexp(others)), weight


@settings(max_examples=15, deadline=None)
@given(st.sampled_from([2, 3, 4]).flatmap(table_of))
def test_the_fast_average_is_the_slow_one(histories: CaptureHistories) -> None:
    largest = 4_000
    expected, weight = slow_average(histories, largest)
    found = average_all_graphs(histories, Prior(), largest=largest)
    assert found.complete_weight == pytest.approx(weight, abs=1e-4)
    for probability in (0.025, 0.5, 0.975):
        at = int(found.density.quantile(np.array([probability]))[0])
        below, reached = expected[: at - 1].sum(), expected[:at].sum()
        slack = 2e-4
        assert below - slack <= probability <= reached + slack
