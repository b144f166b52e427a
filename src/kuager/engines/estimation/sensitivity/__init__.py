"""How much the answer depends on what was put in: lists, dependence, priors, records.

Invariants: the unchanged answer is among the results; a change that leaves no answer says why instead of
vanishing; the same seed gives the same numbers.

Failure model: these are the doubts that the lists can show. The people no list could ever reach are in
none of them.
"""

from kuager.engines.estimation.sensitivity.accrual import trajectory
from kuager.engines.estimation.sensitivity.answering import Sensitivity, sensitivity
from kuager.engines.estimation.sensitivity.consistency import (
    ConsistencyCase,
    InternalConsistency,
    internal_consistency,
)
from kuager.engines.estimation.sensitivity.dependence import (
    DependencePoint,
    DependenceRange,
    odds_ratio_range,
)
from kuager.engines.estimation.sensitivity.leaving_out import leave_one_out
from kuager.engines.estimation.sensitivity.merging import (
    Dependence,
    dependences,
    merge_lists,
    merged,
    proposed_merges,
)
from kuager.engines.estimation.sensitivity.priors import prior_sensitivity
from kuager.engines.estimation.sensitivity.variation import Variation

__all__ = [
    "ConsistencyCase",
    "Dependence",
    "DependencePoint",
    "DependenceRange",
    "InternalConsistency",
    "Sensitivity",
    "Variation",
    "dependences",
    "internal_consistency",
    "leave_one_out",
    "merge_lists",
    "merged",
    "odds_ratio_range",
    "prior_sensitivity",
    "proposed_merges",
    "sensitivity",
    "trajectory",
]
