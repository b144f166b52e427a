"""Whether independent chains agree, and how many independent draws theirs are worth."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from kuager.core.errors import BadInputError
from kuager.engines.estimation.diagnostics.mixing import bulk_size, quantile_error, rank_rhat, tail_size
from kuager.engines.estimation.draws import TOTAL, Draws

FEWEST_CHAINS = 4
# Halved chains of fewer draws have no autocorrelations to speak of.
FEWEST_DRAWS = 8
QUANTILES = {"low": 0.025, "median": 0.5, "high": 0.975}


@dataclass(frozen=True, kw_only=True)
class VariableConvergence:
    """How well one variable was drawn.

    Parameters
    ----------
    rhat : float
        1 if the halves of all chains look alike; the larger of that for position and for spread. Infinite
        where chains stand still at different values.
    ess_bulk, ess_tail : float
        Independent draws that these are worth, for the middle and for the ends (5 and 95 %).
    mcse_low, mcse_median, mcse_high : float
        Standard error, from drawing only finitely often, of the 2.5, 50 and 97.5 % quantiles; in units of
        the variable.

    """

    variable: str
    rhat: float
    ess_bulk: float
    ess_tail: float
    mcse_low: float
    mcse_median: float
    mcse_high: float

    def to_json(self) -> dict[str, object]:
        """Write as JSON; what is infinite is ``null``."""
        return {
            name: value if isinstance(value, str) or math.isfinite(value) else None
            for name, value in asdict(self).items()
        }


def convergence(draws: Draws, *, variables: Sequence[str] | None = None) -> Mapping[str, float]:
    """Say in a few numbers how well the draws were made, as the guard reads them.

    Parameters
    ----------
    draws : Draws
        Four chains or more.
    variables : sequence of str, optional
        Those to judge; unknown means all. Leave out what depends on the labels of classes.

    Returns
    -------
    mapping
        ``rhat`` (the worst of the variables), ``ess_bulk`` and ``ess_tail`` (the smallest), ``mcse_low``,
        ``mcse_median`` and ``mcse_high`` of the total (persons), ``chains`` and ``draws_per_chain``.

    """
    found = {one.variable: one for one in convergence_by_variable(draws, variables=variables)}
    total = found.get(TOTAL) or _judged(TOTAL, draws.total)
    chains, length = draws.total.shape
    return {
        "rhat": max(one.rhat for one in found.values()),
        "ess_bulk": min(one.ess_bulk for one in found.values()),
        "ess_tail": min(one.ess_tail for one in found.values()),
        "mcse_low": total.mcse_low,
        "mcse_median": total.mcse_median,
        "mcse_high": total.mcse_high,
        "chains": chains,
        "draws_per_chain": length,
    }


def convergence_by_variable(
    draws: Draws, *, variables: Sequence[str] | None = None
) -> tuple[VariableConvergence, ...]:
    """Judge each variable.

    Raises
    ------
    BadInputError
        Fewer than four chains or eight draws in each, a draw that is no finite number, or a variable
        that was not drawn.

    """
    names = tuple(draws.values) if variables is None else tuple(variables)
    if not names:
        raise BadInputError("name at least one variable to judge")
    if unknown := [name for name in names if name not in draws.values]:
        raise BadInputError(f"{', '.join(unknown)} was not drawn; there are {', '.join(draws.values)}")
    return tuple(_judged(name, draws.values[name]) for name in names)


def _judged(name: str, values: NDArray[np.float64]) -> VariableConvergence:
    chains = _checked(name, values)
    if not np.ptp(chains):
        # Nothing moves in any chain: all agree, and one draw says as much as all.
        still = float(chains.size)
        return VariableConvergence(
            variable=name, rhat=1.0, ess_bulk=still, ess_tail=still, mcse_low=0, mcse_median=0, mcse_high=0
        )
    errors = {f"mcse_{end}": quantile_error(chains, prob) for end, prob in QUANTILES.items()}
    return VariableConvergence(
        variable=name,
        rhat=_rhat(chains),
        ess_bulk=bulk_size(chains),
        ess_tail=tail_size(chains),
        **errors,
    )


def _checked(name: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
    chains = np.asarray(values, dtype=np.float64)
    if chains.ndim != 2 or chains.shape[0] < FEWEST_CHAINS or chains.shape[1] < FEWEST_DRAWS:
        raise BadInputError(
            f"expected draws of {name!r} in {FEWEST_CHAINS} chains or more of {FEWEST_DRAWS} draws or more, "
            f"got an array of shape {chains.shape}"
        )
    if not np.isfinite(chains).all():
        raise BadInputError(f"a draw of {name!r} is no finite number")
    return chains


def _rhat(chains: NDArray[np.float64]) -> float:
    """R-hat; chains that each stand still at values of their own have no spread inside to compare with."""
    if not np.ptp(chains, axis=1).any():
        return math.inf
    return rank_rhat(chains)
