import numpy as np
import pytest

from kuager.core.errors import BadInputError
from kuager.engines.estimation import CaptureHistories, Request, estimate
from kuager.engines.estimation.graphs.answering import estimate_decomposable
from kuager.engines.estimation.graphs.decomposable import GRAPHS, cliques_and_separators, decomposable_graphs
from kuager.engines.estimation.graphs.density import make_density
from kuager.engines.estimation.graphs.evidence import Prior
from kuager.engines.estimation.graphs.grid import make_grid

EIGHT = tuple("ABCDEFGH")


def table(**counts: int) -> CaptureHistories:
    """Build from names such as ``p110=5``."""
    patterns = [[int(flag) for flag in name[1:]] for name in counts]
    return CaptureHistories.from_counts("ABCDEFGH"[: len(patterns[0])], patterns, counts.values())


def eight_lists(persons: int = 300) -> CaptureHistories:
    random = np.random.default_rng(3)
    rows = random.random((persons, 8)) < np.linspace(0.1, 0.4, 8)
    return CaptureHistories.from_memberships(EIGHT, rows[rows.any(axis=1)].astype(int).tolist())


@pytest.mark.parametrize("n_lists", [2, 3, 4, 5, 6])
def test_every_decomposable_graph_is_listed_once(n_lists: int) -> None:
    graphs = decomposable_graphs(n_lists)
    assert len(graphs) == GRAPHS[n_lists]
    assert (graphs.cliques[:, 0] > 0).all()
    assert len(np.unique(np.sort(graphs.cliques, axis=1), axis=0)) == GRAPHS[n_lists]
    assert int(graphs.complete.sum()) == 1


def test_a_ring_of_four_lists_is_not_decomposable() -> None:
    assert cliques_and_separators(np.array([0b1010, 0b0101, 0b1010, 0b0101])) is None
    with_shortcut = cliques_and_separators(np.array([0b1110, 0b0101, 0b1011, 0b0101]))
    assert with_shortcut is not None
    cliques, separators = with_shortcut
    assert sorted(cliques) == [0b0111, 0b1101]
    assert separators == (0b0101,)


def test_independent_lists_give_the_number_there_is() -> None:
    counts = {"p100": 90, "p010": 60, "p001": 60, "p110": 60, "p101": 60, "p011": 40, "p111": 40}
    answer = estimate(table(**counts), method="decomposable")
    assert answer.interval[0] < 500 < answer.interval[1]
    assert answer.estimate == pytest.approx(500, rel=0.05)
    assert answer.diagnostics["graph_1"] == "A, B, C"
    assert answer.diagnostics["graphs"] == 7
    assert answer.diagnostics["fit_p"] > 0.05  # type: ignore[operator]  # a number


def test_the_complete_graph_has_no_say_but_is_reported() -> None:
    counts = {"p100": 69, "p010": 55, "p001": 63, "p110": 21, "p101": 17, "p011": 18, "p111": 28}
    answer = estimate(table(**counts), method="decomposable")
    assert answer.diagnostics["complete_weight"] == pytest.approx(0.566, abs=0.001)
    assert answer.diagnostics["with_complete_low"] == 272
    assert answer.interval[0] > 300


def test_two_lists_give_a_lower_bound() -> None:
    answer = estimate(table(p10=60, p01=60, p11=40), method="decomposable")
    assert answer.is_lower_bound
    assert answer.diagnostics["graphs"] == 1
    assert answer.interval[0] < 250 < answer.interval[1]
    assert any("three lists or fewer" in warning for warning in answer.warnings)


def test_a_list_that_names_nobody_is_refused() -> None:
    histories = CaptureHistories.from_counts("AB", [[1, 0]], [5])
    with pytest.raises(BadInputError, match="'B' names nobody"):
        estimate_decomposable(histories, Request())


def test_one_list_is_refused() -> None:
    with pytest.raises(BadInputError, match="two lists"):
        estimate_decomposable(CaptureHistories.from_counts("A", [[1]], [5]), Request())


def test_the_grid_grows_until_nothing_is_left_beyond_it() -> None:
    answer = estimate(table(p100=400, p010=300, p001=200, p110=1), method="decomposable")
    assert float(answer.diagnostics["largest_considered"]) > 31 * 901
    assert float(answer.diagnostics["left_at_the_end"]) < 1e-3
    cut = estimate_decomposable(
        table(p100=400, p010=300, p001=200, p110=1), Request(), prior=Prior(largest_unseen=30 * 901)
    )
    assert cut.interval[1] < answer.interval[1]
    assert any("hardly bound" in warning for warning in cut.warnings)


def test_draws_follow_the_answer_and_the_seed() -> None:
    histories = table(p100=90, p010=60, p001=60, p110=60, p101=60, p011=40, p111=40)
    first = estimate(histories, method="decomposable", request=Request(seed=5, draws=2_000))
    again = estimate(histories, method="decomposable", request=Request(seed=5, draws=2_000))
    assert first.draws is not None
    assert again.draws is not None
    assert first.draws.total.shape == (4, 2_000)
    assert (first.draws.total == again.draws.total).all()
    ends = np.quantile(first.draws.total, [0.025, 0.975])
    assert ends.tolist() == pytest.approx(list(first.interval), rel=0.02)


def test_wide_bins_give_the_quantiles_of_whole_numbers() -> None:
    ends = np.array([0.025, 0.5, 0.975])

    def bell(unseen: np.ndarray) -> np.ndarray:
        return np.asarray(np.exp(-0.5 * ((np.log(unseen) - np.log(80_000)) / 0.3) ** 2))

    wide = make_grid(400_000, observed=5_000)
    narrow = make_grid(400_000, observed=5_000, dense=400_000)
    assert len(wide.first) < 2_500
    assert len(narrow.first) == 400_000
    coarse, fine = (make_density(grid, bell(grid.middle)).quantile(ends) for grid in (wide, narrow))
    assert coarse.tolist() == pytest.approx(fine.tolist(), abs=1)


def test_eight_lists_are_walked_and_the_chains_agree() -> None:
    told: list[float] = []
    request = Request(draws=100, progress=lambda _what, done: told.append(done))
    answer = estimate(eight_lists(), method="decomposable", request=request)
    assert answer.diagnostics["graphs_averaged"] == "visited"
    assert float(answer.diagnostics["rhat"]) < 1.1
    assert answer.interval[0] < 300 < answer.interval[1]
    assert told == sorted(told)
    assert told[-1] <= 1
