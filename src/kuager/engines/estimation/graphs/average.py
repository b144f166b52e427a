"""What averaging over graphs gives, whether all were summed or a walk visited the likely ones."""

from collections.abc import Sequence
from dataclasses import dataclass

from kuager.engines.estimation.graphs.density import Density


@dataclass(frozen=True, eq=False)
class WeighedGraph:
    """One graph of dependence between lists.

    Parameters
    ----------
    cliques, separators : tuple of int
        Sets of lists as bit masks (list 0 is bit 0); clique ``i + 1`` meets
        those before it in separator ``i``.
    weight : float
        Its posterior probability among the graphs that are averaged.
    density : Density
        Unseen persons under this graph alone.

    """

    cliques: tuple[int, ...]
    separators: tuple[int, ...]
    weight: float
    density: Density

    def written(self, lists: Sequence[str]) -> str:
        """Write the cliques by the names of their lists: ``A+B, B+C`` joins A to B and B to C."""
        return ", ".join(
            "+".join(name for place, name in enumerate(lists) if (clique >> place) & 1)
            for clique in sorted(self.cliques, key=lambda mask: (-mask.bit_count(), mask))
        )


@dataclass(frozen=True, eq=False)
class GraphAverage:
    """The posterior of the unseen persons, averaged over graphs.

    Parameters
    ----------
    density : Density
        Over all graphs but the complete one.
    complete_weight : float
        Probability that the complete graph would have if it were as likely as any other before.
    with_complete : Density
        Over all graphs with the complete one.
    best : tuple of WeighedGraph
        The likeliest graphs, likeliest first.
    graphs : int
        How many graphs were averaged.
    nodes : int
        For how many numbers of unseen persons the density was computed.

    """

    density: Density
    complete_weight: float
    with_complete: Density
    best: tuple[WeighedGraph, ...]
    graphs: int
    nodes: int
