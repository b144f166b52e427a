"""What the likeliest graphs expect of every overlap, to be held against the table.

Cell probabilities under a graph have a hyper-Dirichlet posterior (Dawid & Lauritzen 1993, section 5): clique
after clique, each given its separator, a Dirichlet law.
"""

import numpy as np
from numpy.typing import NDArray

from kuager.engines.estimation.diagnostics import ExpectedCells
from kuager.engines.estimation.graphs.average import GraphAverage, WeighedGraph
from kuager.engines.estimation.graphs.evidence import Prior
from kuager.engines.estimation.histories import CaptureHistories

MOST_LISTS = 10
"""Every cell of the full table is drawn."""
_DRAWS = 200


def expected_cells(
    histories: CaptureHistories, average: GraphAverage, prior: Prior, random: np.random.Generator
) -> ExpectedCells:
    """Draw the probabilities of all combinations of lists among those seen, under the likeliest graphs."""
    n_lists = len(histories.lists)
    table = np.zeros(1 << n_lists)
    table[histories.patterns.astype(np.int64) @ (1 << np.arange(n_lists))] = histories.counts
    weights = np.array([graph.weight for graph in average.best])
    shares = random.multinomial(_DRAWS, weights / weights.sum())
    drawn = [
        _draw_cells(graph, table, prior.cell_count(n_lists), int(share), random)
        for graph, share in zip(average.best, shares, strict=True)
        if share
    ]
    seen = random.permutation(np.concatenate(drawn)[:, 1:])
    cells = np.arange(1, 1 << n_lists)
    patterns = ((cells[:, None] >> np.arange(n_lists)) & 1).astype(np.int8)
    return ExpectedCells(patterns=patterns, probabilities=seen / seen.sum(axis=1, keepdims=True))


def _draw_cells(
    graph: WeighedGraph,
    table: NDArray[np.float64],
    imagined: float,
    replicates: int,
    random: np.random.Generator,
) -> NDArray[np.float64]:
    """Draw probabilities of all cells, the unseen first, shape (replicates, n_cells)."""
    unseen = graph.density.draw((1, replicates), random)[0]
    cells = np.arange(len(table))
    probabilities = np.ones((replicates, len(table)))
    for clique, separator in zip(graph.cliques, (0, *graph.separators), strict=True):
        names, group = np.unique(cells & clique, return_inverse=True)
        margin = np.bincount(group, weights=table)
        shape = np.tile(margin + imagined * len(table) / len(names), (replicates, 1))
        shape[:, 0] += unseen
        drawn = random.standard_gamma(shape)
        within = np.unique(names & separator, return_inverse=True)[1]
        total = drawn @ (within[:, None] == np.arange(within.max() + 1))
        share = np.divide(drawn, total[:, within], out=np.zeros_like(drawn), where=total[:, within] > 0)
        probabilities *= share[:, group]
    return probabilities
