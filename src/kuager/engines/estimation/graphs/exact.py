"""The exact average over all decomposable graphs, without ever holding graphs times numbers of persons.

Every graph is first judged on a coarse grid; those that cannot matter are set aside, the rest are summed on
the fine grid in one pass.
"""

import math

import numpy as np
from numpy.typing import NDArray

from kuager.engines.estimation.compiled import compiled
from kuager.engines.estimation.graphs.average import GraphAverage, WeighedGraph
from kuager.engines.estimation.graphs.decomposable import Graphs, decomposable_graphs
from kuager.engines.estimation.graphs.density import make_density
from kuager.engines.estimation.graphs.evidence import Components, Prior
from kuager.engines.estimation.graphs.grid import Grid, make_grid
from kuager.engines.estimation.histories import CaptureHistories

# Graphs set aside after the coarse look have less than this weight together.
_NEGLIGIBLE = 1e-9
# A node whose log density is so far below the highest adds nothing.
_FAR_BELOW = 45.0


def average_all_graphs(
    histories: CaptureHistories, prior: Prior, *, largest: int, best: int = 5
) -> GraphAverage:
    """Average over every decomposable graph.

    Parameters
    ----------
    histories : CaptureHistories
        2 to 7 lists, each of which names somebody.
    prior : Prior
        Before the lists are seen; every graph is equally likely.
    largest : int
        Last number of unseen persons considered; the first is 1, as in Madigan & York.
    best : int
        How many of the likeliest graphs to report.

    """
    graphs = decomposable_graphs(len(histories.lists))
    coarse, reference = _coarse_evidence(histories, prior, graphs, largest)
    kept = _worth_keeping(coarse, graphs)
    grid = make_grid(largest, observed=histories.observed)
    parts = Components(histories, prior, grid.middle)
    rows = parts.all()
    relative = parts.base - reference
    evidence, mixture = np.zeros(len(kept)), np.zeros(len(relative))
    _sum_up(relative + np.log(grid.width), rows, graphs.cliques, graphs.separators, kept, evidence, mixture)
    mixture /= grid.width
    total = float(evidence.sum())
    log_alone = relative + rows[-1]
    # In a large table the complete graph can be e^1000 times as likely as all others.
    shift = max(float(log_alone.max()), 0.0)
    alone = np.exp(log_alone - shift)
    complete = float(alone @ grid.width)
    ranked = np.argsort(-evidence, kind="stable")[:best]
    return GraphAverage(
        density=make_density(grid, mixture),
        complete_weight=complete / (total * math.exp(-shift) + complete),
        with_complete=make_density(grid, mixture * math.exp(-shift) + alone),
        best=tuple(
            _weighed(graphs, int(kept[place]), float(evidence[place]) / total, grid, (relative, rows))
            for place in ranked
        ),
        graphs=len(graphs) - 1,
        nodes=len(relative),
    )


def _weighed(
    graphs: Graphs,
    graph: int,
    weight: float,
    grid: Grid,
    logs: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> WeighedGraph:
    """One graph with its own density."""
    base, rows = logs
    cliques, separators = graphs.cliques[graph], graphs.separators[graph]
    count = int(np.count_nonzero(cliques))
    log_density = base + rows[cliques].sum(axis=0) - rows[separators].sum(axis=0)
    return WeighedGraph(
        cliques=tuple(cliques[:count].tolist()),
        separators=tuple(separators[: count - 1].tolist()),
        weight=weight,
        density=make_density(grid, np.exp(log_density - log_density.max())),
    )


def _coarse_evidence(
    histories: CaptureHistories, prior: Prior, graphs: Graphs, largest: int
) -> tuple[NDArray[np.float64], float]:
    """Log evidence of each graph to within a few percent, and the log of their sum without the complete."""
    grid = make_grid(largest, observed=histories.observed, dense=32, fineness=2.0)
    parts = Components(histories, prior, grid.middle)
    weighted = parts.base + np.log(grid.width)
    evidence = np.empty(len(graphs))
    _judge(weighted, parts.all(), graphs.cliques, graphs.separators, evidence)
    others = evidence[~graphs.complete]
    highest = float(others.max())
    return evidence, highest + float(np.log(np.exp(others - highest).sum()))


def _worth_keeping(evidence: NDArray[np.float64], graphs: Graphs) -> NDArray[np.int64]:
    """Drop the graphs that have next to no weight together, and the complete one."""
    limit = evidence[~graphs.complete].max() + np.log(_NEGLIGIBLE / len(graphs))
    return np.flatnonzero((evidence > limit) & ~graphs.complete)


@compiled
def _judge(
    weighted: NDArray[np.float64],
    rows: NDArray[np.float64],
    cliques: NDArray[np.uint8],
    separators: NDArray[np.uint8],
    evidence: NDArray[np.float64],
) -> None:
    """Log-sum-exp of every graph's log density into ``evidence``."""
    n_nodes = len(weighted)
    log_density = np.empty(n_nodes)
    for graph in range(len(cliques)):
        _log_density_into(log_density, weighted, rows, cliques[graph], separators[graph])
        highest = log_density[0]
        for node in range(1, n_nodes):
            highest = max(highest, log_density[node])
        total = 0.0
        for node in range(n_nodes):
            if log_density[node] > highest - _FAR_BELOW:
                total += np.exp(log_density[node] - highest)
        evidence[graph] = highest + np.log(total)


@compiled
def _sum_up(  # noqa: PLR0913, PLR0917 - a compiled inner loop takes its arrays one by one
    weighted: NDArray[np.float64],
    rows: NDArray[np.float64],
    cliques: NDArray[np.uint8],
    separators: NDArray[np.uint8],
    kept: NDArray[np.int64],
    evidence: NDArray[np.float64],
    mixture: NDArray[np.float64],
) -> None:
    """Add the densities of the kept graphs to ``mixture`` and write each one's sum to ``evidence``.

    ``weighted`` is relative to the evidence of all graphs together, so that nothing overflows.
    """
    n_nodes = len(weighted)
    log_density = np.empty(n_nodes)
    for place in range(len(kept)):
        graph = kept[place]
        _log_density_into(log_density, weighted, rows, cliques[graph], separators[graph])
        total = 0.0
        for node in range(n_nodes):
            if log_density[node] > -_FAR_BELOW:
                value = np.exp(log_density[node])
                mixture[node] += value
                total += value
        evidence[place] = total


@compiled
def _log_density_into(
    log_density: NDArray[np.float64],
    weighted: NDArray[np.float64],
    rows: NDArray[np.float64],
    cliques: NDArray[np.uint8],
    separators: NDArray[np.uint8],
) -> None:
    """Cliques' components minus separators'."""
    log_density[:] = weighted
    for place in range(len(cliques)):
        if cliques[place]:
            row = rows[cliques[place]]
            for node in range(len(log_density)):
                log_density[node] += row[node]
        if separators[place]:
            row = rows[separators[place]]
            for node in range(len(log_density)):
                log_density[node] -= row[node]
