"""Draws of a Bayesian method: many plausible answers instead of one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import polars as pl

TOTAL = "total"
"""Name of the variable that every method draws: persons in all, seen or not."""


@dataclass(frozen=True, eq=False)
class Draws:
    """What independent chains drew.

    Parameters
    ----------
    values : mapping of str to array of shape (n_chains, n_draws)
        Variable to its draws; ``total`` (persons) is always there. This is the layout that
        ``arviz.from_dict({"posterior": draws.values})`` takes.

    """

    values: Mapping[str, NDArray[np.float64]]

    @property
    def total(self) -> NDArray[np.float64]:
        """Persons in all, shape (n_chains, n_draws)."""
        return self.values[TOTAL]

    def to_dataframe(self) -> "pl.DataFrame":
        """Give one row for each draw: ``chain``, ``draw`` (both from 0) and a column for each variable."""
        import polars as pl

        chains, draws = self.total.shape
        columns: dict[str, NDArray[np.generic]] = {
            "chain": np.repeat(np.arange(chains), draws),
            "draw": np.tile(np.arange(draws), chains),
        }
        columns |= {name: values.reshape(-1) for name, values in self.values.items()}
        return pl.DataFrame(columns)
