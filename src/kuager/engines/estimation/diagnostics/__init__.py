"""Whether an estimate that was drawn can be relied on as a computation, and whether its model fits.

Failure model: neither says that the number is right. Chains may agree on the wrong part of a posterior, and
two models that fit the lists equally well can give any two numbers of people on no list.
"""

from kuager.engines.estimation.diagnostics.cells import ExpectedCells, Margins
from kuager.engines.estimation.diagnostics.class_fit import check_classes
from kuager.engines.estimation.diagnostics.convergence import (
    VariableConvergence,
    convergence,
    convergence_by_variable,
)
from kuager.engines.estimation.diagnostics.predictive import Check, PredictiveChecks, predictive_checks

__all__ = [
    "Check",
    "ExpectedCells",
    "Margins",
    "PredictiveChecks",
    "VariableConvergence",
    "check_classes",
    "convergence",
    "convergence_by_variable",
    "predictive_checks",
]
