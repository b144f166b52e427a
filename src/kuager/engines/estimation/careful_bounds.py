"""Chao's lower bound made careful: a bound that keeps its promise although the lists differ in size."""

import math

from kuager.engines.estimation.result import Estimate


def careful(number: float, bound: Estimate) -> float:
    """Take from a number of Chao's bound what is there only because the lists differ in size.

    Parameters
    ----------
    number : float
        The bound or an end of its interval, persons.
    bound : Estimate
        The answer it belongs to, with ``inflation_by_unequal_lists`` among its diagnostics; any other lower
        bound keeps its numbers.

    Returns
    -------
    float
        Persons, never below those observed. For two lists it is the number of Lincoln and Petersen.

    Notes
    -----
    For independent lists among people who are alike the bound counts the unseen so many times too often as
    ``lower_bound.inflation`` says; where people differ it is lower by itself.

    """
    factor = float(bound.diagnostics.get("inflation_by_unequal_lists", 1.0))
    if not math.isfinite(factor):
        return float(bound.observed)
    return bound.observed + (number - bound.observed) / max(factor, 1.0)
