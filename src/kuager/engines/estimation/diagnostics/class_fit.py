"""Whether the people that latent classes make stand on the lists as the real ones do."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kuager.engines.estimation.diagnostics.cells import ExpectedCells
from kuager.engines.estimation.diagnostics.predictive import MOST_DRAWS, PredictiveChecks, predictive_checks
from kuager.engines.estimation.histories import CaptureHistories


class ClassDraws(Protocol):
    """Draws of classes, as the latent class method keeps them.

    ``class_weights`` (n_kept, n_classes) are shares of all persons, seen or not; ``class_chances``
    (n_kept, n_classes, n_lists) the chances of being on each of ``lists``.
    """

    @property
    def lists(self) -> tuple[str, ...]: ...

    @property
    def class_weights(self) -> NDArray[np.float64]: ...

    @property
    def class_chances(self) -> NDArray[np.float64]: ...


def check_classes(histories: CaptureHistories, draws: ClassDraws, *, seed: int = 1) -> PredictiveChecks:
    """Check every overlap; at most a thousand draws, evenly chosen, are used.

    Parameters
    ----------
    histories : CaptureHistories
        The table the draws were made for, its lists in any order.

    """
    table = histories.select(draws.lists)
    kept = len(draws.class_weights)
    chosen = np.unique(np.linspace(0, kept - 1, min(kept, MOST_DRAWS)).astype(int))
    cells = ExpectedCells.from_classes(
        table.patterns, draws.class_weights[chosen], draws.class_chances[chosen]
    )
    return predictive_checks(table, cells, seed=seed)
