"""The method ``decomposable``: every way of depending that a decomposable graph can show, each by its weight.

References
----------
Madigan & York (1997), Biometrika 84, 19-31; Johndrow, Lum & Ball (2015), dga: Capture-recapture estimation
using Bayesian model averaging, R package.

"""

from collections.abc import Iterator

import numpy as np

from kuager.core.errors import BadInputError
from kuager.engines.estimation.diagnostics import convergence, predictive_checks
from kuager.engines.estimation.draws import TOTAL, Draws
from kuager.engines.estimation.graphs.average import GraphAverage, WeighedGraph
from kuager.engines.estimation.graphs.decomposable import MOST_LISTS as MOST_EXACT_LISTS
from kuager.engines.estimation.graphs.evidence import Prior
from kuager.engines.estimation.graphs.exact import average_all_graphs
from kuager.engines.estimation.graphs.fit import MOST_LISTS as MOST_CHECKED_LISTS
from kuager.engines.estimation.graphs.fit import expected_cells
from kuager.engines.estimation.graphs.walking import Walk, walk_graphs
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.request import Request
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.sentences import Sentence, people

# Unseen persons for each one seen, on the first grid: as wide as the published figures of the R package.
FIRST_GRID = 30
# If this much of the posterior lies in the upper half of the grid, the grid is made longer.
NOTABLE_TAIL = 1e-4
_LONGER = 8
_LONGEST = 10**6
_DRAWS = 1_000
# Graphs of this weight whose intervals do not meet make the answer a mixture of two.
_NOTABLE_WEIGHT = 0.1
_POOR_FIT = 0.01

ASSUMPTIONS = (
    Sentence(
        "The ways in which lists depend on each other, seen among the people on them, hold for the unseen."
    ),
    Sentence("All lists together do not depend on each other in a way that no smaller group of them shows."),
    Sentence("Everybody had some chance of being on each list."),
    Sentence("Nobody joined or left the group while the lists were made, and every match is right."),
)


def estimate_decomposable(
    histories: CaptureHistories, request: Request, *, prior: Prior | None = None
) -> Estimate:
    """Estimate by the average over decomposable graphs: all of them to seven lists, a walk from eight.

    The complete graph is left out: it lets all lists depend on each other in any way, so that the table
    says nothing about the unseen and its answer is its prior. ``diagnostics`` say what it would change; up
    to seven lists on a grid that ends at 30 times the persons seen, like the published figures, while the
    answer itself comes from a grid that goes on until nothing is left.

    Parameters
    ----------
    histories : CaptureHistories
        Two lists or more.
    request : Request
        Level, seed, draws (1,000 in each chain if unknown).
    prior : Prior, optional
        Unknown means ``2**-n_lists`` imagined persons in each cell, and ``1 / N`` for the number of persons.

    Raises
    ------
    BadInputError
        Fewer than two lists, or a list that names nobody.

    """
    _check(histories)
    # The sum over graphs is rounded in the order of the lists; sorted, the order given does not matter.
    table = histories.select(sorted(histories.lists))
    believed = prior or Prior()
    if len(table.lists) <= MOST_EXACT_LISTS:
        average, published = _exact(table, believed)
        shape = (request.chains, request.draws or _DRAWS)
        unseen = average.density.draw(shape, np.random.default_rng(request.seed)).astype(np.float64)
        judged: dict[str, float | str] = {"graphs_averaged": "all"}
    else:
        average, unseen = _walked(table, believed, request)
        published = average
        judged = {"graphs_averaged": "visited"}
    draws = Draws(values={TOTAL: unseen + table.observed})
    if judged["graphs_averaged"] == "visited":
        judged |= convergence(draws)
    diagnostics = {**_diagnostics(table, average, published, believed), **judged}
    diagnostics |= _fit(table, average, believed, request)
    return _answer(table, average, draws, diagnostics, request)


def _exact(table: CaptureHistories, prior: Prior) -> tuple[GraphAverage, GraphAverage]:
    """Average on a grid that is long enough, and on the first grid, which the published figures used."""
    largest = prior.largest_unseen or FIRST_GRID * table.observed
    first = average = average_all_graphs(table, prior, largest=largest)
    while _is_cut(average, largest) and not prior.largest_unseen and largest < _LONGEST * table.observed:
        largest *= _LONGER
        average = average_all_graphs(table, prior, largest=largest)
    return average, first


def _walked(table: CaptureHistories, prior: Prior, request: Request) -> tuple[GraphAverage, np.ndarray]:
    """Walk on a grid that is rarely too short, and if it was, once more on a longer one."""
    walk = Walk(
        chains=request.chains, draws=request.draws or _DRAWS, seed=request.seed, progress=request.progress
    )
    largest = prior.largest_unseen or _LONGER * FIRST_GRID * table.observed
    average, unseen = walk_graphs(table, prior, walk, largest=largest)
    while _is_cut(average, largest) and not prior.largest_unseen and largest < _LONGEST * table.observed:
        largest *= _LONGER**2
        average, unseen = walk_graphs(table, prior, walk, largest=largest)
    return average, unseen


def _is_cut(average: GraphAverage, largest: int) -> bool:
    return average.density.mass_above(largest / 2) > NOTABLE_TAIL


def _check(histories: CaptureHistories) -> None:
    if len(histories.lists) < 2:
        raise BadInputError("graphs of dependence need at least two lists; there is one")
    for name, size in zip(histories.lists, histories.list_totals, strict=True):
        if size == 0:
            raise BadInputError(f"list {name!r} names nobody; leave it out")


def _answer(
    table: CaptureHistories,
    average: GraphAverage,
    draws: Draws,
    diagnostics: dict[str, float | str],
    request: Request,
) -> Estimate:
    tail = (1 - request.level) / 2
    low, middle, high = average.density.quantile(np.array([tail, 0.5, 1 - tail])).tolist()
    return Estimate(
        method="decomposable",
        observed=table.observed,
        estimate=float(table.observed + middle),
        mean=table.observed + average.density.mean,
        interval=(float(table.observed + low), float(table.observed + high)),
        level=request.level,
        is_lower_bound=len(table.lists) <= 3 and len(average.best[0].cliques) == len(table.lists),
        diagnostics=diagnostics,
        warnings=tuple(_warnings(table, average, diagnostics)),
        assumptions=ASSUMPTIONS,
        seed=request.seed,
        draws=draws,
    )


def _diagnostics(
    table: CaptureHistories, average: GraphAverage, published: GraphAverage, prior: Prior
) -> dict[str, float | str]:
    low, median, high = _totals(table, published.with_complete.quantile(np.array([0.025, 0.5, 0.975])))
    found: dict[str, float | str] = {
        "graphs": average.graphs,
        "prior_count": prior.cell_count(len(table.lists)),
        "complete_weight": published.complete_weight,
        "with_complete_median": median,
        "with_complete_low": low,
        "with_complete_high": high,
        "largest_considered": table.observed + average.density.largest,
        "left_at_the_end": average.density.mass_above(average.density.largest / 2),
    }
    for place, graph in enumerate(average.best, 1):
        found[f"graph_{place}"] = graph.written(table.lists)
        found[f"graph_{place}_weight"] = graph.weight
        found[f"graph_{place}_median"] = table.observed + int(graph.density.quantile(np.array([0.5]))[0])
    return found


def _fit(
    table: CaptureHistories, average: GraphAverage, prior: Prior, request: Request
) -> dict[str, float | str]:
    """Hold the likeliest graphs against the table, where it is small enough to draw whole."""
    if len(table.lists) > MOST_CHECKED_LISTS:
        return {}
    cells = expected_cells(table, average, prior, np.random.default_rng(request.seed))
    check = predictive_checks(table, cells, seed=request.seed).checks[0]
    return {"fit_p": check.p if check.observed > check.expected else 1.0}


def _warnings(
    table: CaptureHistories, average: GraphAverage, diagnostics: dict[str, float | str]
) -> Iterator[str]:
    if len(table.lists) <= 3:
        yield Sentence(
            "With three lists or fewer no data can show how all of them depend on each other; "
            "give the lower bound (method chao) first."
        )
    if float(diagnostics.get("fit_p", 1.0)) < _POOR_FIT:
        yield Sentence(
            "Even the best model fits the counts poorly; look for mismatched people or mixed groups."
        )
    yield from _mixture(table, average)
    if float(diagnostics["left_at_the_end"]) > NOTABLE_TAIL:
        yield Sentence("The lists hardly bound the number from above; numbers without end stay possible.")


def _mixture(table: CaptureHistories, average: GraphAverage) -> Iterator[str]:
    """Say so if the answer lies between graphs that contradict each other."""
    likely = [graph for graph in average.best if graph.weight >= _NOTABLE_WEIGHT]
    if not likely:
        return
    ends = [_interval(graph) for graph in likely]
    if max(low for low, _ in ends) <= min(high for _, high in ends):
        return
    medians = [float(graph.density.quantile(np.array([0.5]))[0]) + table.observed for graph in likely]
    yield Sentence(
        "The likeliest ways for the lists to depend on each other contradict one another, from {low} to "
        "{high}; the answer is a mixture of them.",
        low=people(min(medians)),
        high=people(max(medians)),
    )


def _interval(graph: WeighedGraph) -> tuple[float, float]:
    low, high = graph.density.quantile(np.array([0.025, 0.975])).tolist()
    return low, high


def _totals(table: CaptureHistories, unseen: np.ndarray) -> tuple[float, float, float]:
    low, median, high = (unseen + table.observed).tolist()
    return float(low), float(median), float(high)
