"""One number from many log-linear models, each weighted by how well it ranks.

References
----------
Buckland, Burnham & Augustin (1997), Model selection: an integral part of inference, Biometrics 53, 603-618,
equations 2, 4 and 9.

"""

import numpy as np

from kuager.engines.estimation.intervals import Total, log_normal_total, normal_quantile
from kuager.engines.estimation.loglinear.candidates import Candidates, Criterion
from kuager.engines.estimation.loglinear.grouping import Floats

# A model this far behind the best has a weight below 1 in 20,000; without it no absurd total can matter.
FURTHEST_BEHIND = 20.0


def model_weights(candidates: Candidates, criterion: Criterion) -> Floats:
    """Weigh each model by exp(-difference / 2) to the best, shape (n_models,); models without estimate 0."""
    scores = np.where(candidates.surely_exist, candidates.scores(criterion), np.inf)
    behind = scores - scores.min()
    weights = np.where(behind <= FURTHEST_BEHIND, np.exp(-behind / 2), 0.0)
    return np.asarray(weights / weights.sum())


def averaged_total(candidates: Candidates, *, criterion: Criterion, level: float) -> Total:
    """Average the totals; the interval counts the spread between models too, persons."""
    weights = model_weights(candidates, criterion)
    used = weights > 0
    weights, unseen = weights[used], candidates.unseen[used]
    mean = float(weights @ unseen)
    error = float(weights @ np.hypot(candidates.total_error[used], unseen - mean))
    return log_normal_total(
        observed=int(candidates.table.persons),
        unseen=mean,
        variance=error**2,
        z=normal_quantile(level),
    )
