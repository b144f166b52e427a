"""A walk over decomposable graphs for eight lists and more, where not all can be visited (MC3).

Each step adds or removes one edge, keeping the graph decomposable; the number of persons is summed out, so
the walk sees whole graphs only. Likely graphs may lie far apart with unlikely ones between them: beside the
real walk others go on flattened evidence, and neighbours change places. Independent chains start from very
different graphs.

References
----------
Madigan & York (1995), Int. Statist. Rev. 63, 215-232 (MC3); Giudici & Green (1999), Biometrika 86, 785-801:
which edges may be added to and removed from a decomposable graph. Geyer (1991), Computing Science and
Statistics 23, 156-163: walks that change places.

"""

import math
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from kuager.engines.estimation.graphs.average import GraphAverage, WeighedGraph
from kuager.engines.estimation.graphs.decomposable import cliques_and_separators
from kuager.engines.estimation.graphs.density import make_density
from kuager.engines.estimation.graphs.evidence import Components, Prior
from kuager.engines.estimation.graphs.grid import Grid, make_grid
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.running import Progress, silent

# Share of a chain's draws that are thrown away before it is trusted.
_BURN_IN = 0.25
# Walkers of each chain, and how much the warmest flattens the evidence.
_WALKERS = 6
_WARMEST = 0.1
_REPORT_EVERY = 25
_CACHE_BYTES = 32_000_000

Neighbours = tuple[int, ...]
"""For each list the mask of the lists joined to it."""


@dataclass(frozen=True, kw_only=True)
class Walk:
    """How long to walk.

    Parameters
    ----------
    chains : int
        Independent walks.
    draws : int
        Draws kept from each; between two, half as many steps as there are pairs of lists.
    seed : int
        Start of the random numbers.

    """

    chains: int = 4
    draws: int = 1_000
    seed: int = 1
    progress: Progress = silent


class _Surface:
    """The evidence of graphs on one grid."""

    def __init__(self, histories: CaptureHistories, prior: Prior, largest: int) -> None:
        self.n_lists = len(histories.lists)
        self.grid: Grid = make_grid(largest, observed=histories.observed, dense=200, fineness=1.0)
        parts = Components(histories, prior, self.grid.middle)
        self.base = parts.base
        self.log_width = np.log(self.grid.width)
        self.of = lru_cache(_CACHE_BYTES // (8 * len(self.base)))(parts.of)

    def of_graph(self, neighbours: Neighbours) -> NDArray[np.float64]:
        """Log density of the unseen under a graph, not normalised."""
        parts = cliques_and_separators(np.array(neighbours, dtype=np.int64))
        if parts is None:
            raise ValueError("not a decomposable graph")
        cliques, separators = parts
        return np.asarray(
            self.base + sum(self.of(mask) for mask in cliques) - sum(self.of(mask) for mask in separators)
        )

    def evidence(self, log_density: NDArray[np.float64]) -> float:
        """Log evidence of a graph."""
        values = log_density + self.log_width
        highest = values.max()
        return float(highest + np.log(np.exp(values - highest).sum()))


class _Walker:
    """One graph that changes edge by edge; ``warmth`` flattens the evidence for it, 1 is the real one."""

    def __init__(
        self, surface: _Surface, start: Neighbours, warmth: float, random: np.random.Generator
    ) -> None:
        self._surface, self._random, self._warmth = surface, random, warmth
        self.stand_on(start)

    def stand_on(self, graph: Neighbours) -> None:
        """Go to a graph; also clears the rounding that the sums of many steps leave behind."""
        self._joined = list(graph)
        self.log_density = self._surface.of_graph(graph)
        self.evidence = self._surface.evidence(self.log_density)

    @property
    def graph(self) -> Neighbours:
        """Where it stands."""
        return tuple(self._joined)

    def sweep(self) -> None:
        """Propose half as many changes as there are pairs of lists."""
        n_lists = self._surface.n_lists
        for _ in range(max(1, n_lists * (n_lists - 1) // 4)):
            first, second = _pair(n_lists, self._random)
            if may_change(self._joined, first, second):
                self._step(first, second)
        self.stand_on(self.graph)

    def _step(self, first: int, second: int) -> None:
        surface, joined = self._surface, self._joined
        one, other = 1 << first, 1 << second
        adds = not joined[first] & other
        if adds and _is_complete_but_one(joined):
            return
        common = joined[first] & joined[second]
        gain = (
            surface.of(common | one | other)
            + surface.of(common)
            - surface.of(common | one)
            - surface.of(common | other)
        )
        proposed = self.log_density + gain if adds else self.log_density - gain
        evidence = surface.evidence(proposed)
        if math.log(1.0 - self._random.random()) < self._warmth * (evidence - self.evidence):
            self.log_density, self.evidence = proposed, evidence
            joined[first] ^= other
            joined[second] ^= one


class _Chain:
    """Walkers of rising warmth that may change places, and what the real one has seen."""

    def __init__(self, surface: _Surface, start: Neighbours, random: np.random.Generator) -> None:
        self._surface, self._random = surface, random
        self._warmths = _WARMEST ** np.linspace(0.0, 1.0, _WALKERS)
        self._walkers = [_Walker(surface, start, float(warmth), random) for warmth in self._warmths]
        self.visits: Counter[Neighbours] = Counter()
        self.mixture = np.zeros_like(surface.base)
        self.drawn: list[int] = []

    def sweep(self) -> None:
        """Let every walker walk, then let neighbours change places, the warmest first."""
        for walker in self._walkers:
            walker.sweep()
        for place in range(_WALKERS - 1, 0, -1):
            colder, warmer = self._walkers[place - 1], self._walkers[place]
            odds = (self._warmths[place - 1] - self._warmths[place]) * (warmer.evidence - colder.evidence)
            if math.log(1.0 - self._random.random()) < odds:
                graph = colder.graph
                colder.stand_on(warmer.graph)
                warmer.stand_on(graph)

    def record(self) -> None:
        """Keep the graph, its density and one number of unseen persons drawn from it."""
        real, grid = self._walkers[0], self._surface.grid
        self.visits[real.graph] += 1
        density = np.exp(real.log_density - real.evidence)
        self.mixture += density
        cumulative = np.cumsum(density * grid.width)
        place = int(np.searchsorted(cumulative, self._random.random() * cumulative[-1]))
        self.drawn.append(int(grid.first[place] + self._random.integers(grid.width[place])))


def walk_graphs(
    histories: CaptureHistories, prior: Prior, walk: Walk, *, largest: int, best: int = 5
) -> tuple[GraphAverage, NDArray[np.float64]]:
    """Average over the graphs that a walk visits.

    Returns
    -------
    GraphAverage
        As for the exact average, up to Monte Carlo error.
    array of shape (n_chains, n_draws)
        Unseen persons drawn along each chain, to judge whether the chains agree.

    """
    surface = _Surface(histories, prior, largest)
    chains = []
    for number, seeded in enumerate(np.random.SeedSequence(walk.seed).spawn(walk.chains)):
        random = np.random.default_rng(seeded)
        chain = _Chain(surface, _start(surface.n_lists, number, random), random)
        _run(chain, walk, number)
        chains.append(chain)
    average = _gather(surface, chains, best)
    return average, np.array([chain.drawn for chain in chains], dtype=np.float64)


def may_change(joined: list[int], first: int, second: int) -> bool:
    """Tell whether joining (or parting) two lists leaves a decomposable graph decomposable."""
    common = joined[first] & joined[second]
    if (joined[first] >> second) & 1:
        return all(not (common & ~(1 << one)) & ~joined[one] for one in _members(common))
    reached, border = 1 << first, [first]
    while border:
        new = joined[border.pop()] & ~reached & ~common
        if (new >> second) & 1:
            return False
        reached |= new
        border.extend(_members(new))
    return True


def _run(chain: _Chain, walk: Walk, number: int) -> None:
    burn_in = int(_BURN_IN * walk.draws)
    for sweep in range(burn_in + walk.draws):
        chain.sweep()
        if sweep >= burn_in:
            chain.record()
        if sweep % _REPORT_EVERY == 0:
            done = (number + sweep / (burn_in + walk.draws)) / walk.chains
            walk.progress("walking over graphs", done)


def _gather(surface: _Surface, chains: list[_Chain], best: int) -> GraphAverage:
    visits: Counter[Neighbours] = Counter()
    for chain in chains:
        visits.update(chain.visits)
    count = visits.total()
    ranked = sorted(visits, key=lambda joined: (-visits[joined], joined))[:best]
    mixture = sum((chain.mixture for chain in chains), np.zeros_like(surface.base)) / count
    everything = (1 << surface.n_lists) - 1
    alone = surface.base + surface.of(everything)
    # The evidence of all graphs together, from the likeliest graph and its share of the visits.
    reference = surface.evidence(surface.of_graph(ranked[0])) - float(np.log(visits[ranked[0]] / count))
    odds = surface.evidence(alone) - reference
    weight = float(np.exp(odds - logsumexp([0.0, odds])))
    alone = np.exp(alone - surface.evidence(alone))
    return GraphAverage(
        density=make_density(surface.grid, mixture),
        complete_weight=weight,
        with_complete=make_density(surface.grid, (1 - weight) * mixture + weight * alone),
        best=tuple(_weighed(surface, joined, visits[joined] / count) for joined in ranked),
        graphs=len(visits),
        nodes=len(surface.base),
    )


def _weighed(surface: _Surface, joined: Neighbours, weight: float) -> WeighedGraph:
    parts = cliques_and_separators(np.array(joined, dtype=np.int64)) or ((), ())
    log_density = surface.of_graph(joined)
    density = make_density(surface.grid, np.exp(log_density - log_density.max()))
    return WeighedGraph(cliques=parts[0], separators=parts[1], weight=weight, density=density)


def _start(n_lists: int, number: int, random: np.random.Generator) -> Neighbours:
    """Chain 0 starts without edges, the others after ever more random steps that ignore the table."""
    joined = [0] * n_lists
    for _ in range(number * n_lists * n_lists):
        first, second = _pair(n_lists, random)
        is_edge = (joined[first] >> second) & 1
        if may_change(joined, first, second) and (is_edge or not _is_complete_but_one(joined)):
            joined[first] ^= 1 << second
            joined[second] ^= 1 << first
    return tuple(joined)


def _is_complete_but_one(joined: list[int]) -> bool:
    n_lists = len(joined)
    return sum(mask.bit_count() for mask in joined) == n_lists * (n_lists - 1) - 2


def _pair(n_lists: int, random: np.random.Generator) -> tuple[int, int]:
    """Choose two different lists."""
    first, second = int(random.integers(n_lists)), int(random.integers(n_lists - 1))
    return first, second + (second >= first)


def _members(mask: int) -> list[int]:
    return [place for place in range(mask.bit_length()) if (mask >> place) & 1]
