"""Log-linear models in which people differ in how easily they are seen, lists being independent.

One more column than independence, a function of the number of lists a person is on, stands for a spread
among people: the shape of that spread is assumed, never seen, and different shapes give different totals.

References
----------
Darroch et al. (1993), A three-sample multiple-recapture approach to census population estimation with
heterogeneous catchability, JASA 88, 1137-1148. Rivest & Baillargeon (2007), Applications and extensions of
Chao's moment estimator, Biometrics 63, 999-1006, for the columns.

"""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, gammaln

from kuager.core.errors import BadInputError, RefusedError
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.intervals import normal_quantile
from kuager.engines.estimation.loglinear.existence import has_positive_table, is_identified
from kuager.engines.estimation.loglinear.fitting import Fit, fit_poisson, information
from kuager.engines.estimation.loglinear.hierarchies import holds, make_table, terms_up_to
from kuager.engines.estimation.loglinear.profile import profile_interval
from kuager.engines.estimation.loglinear.suiting import check_lists
from kuager.engines.estimation.request import Request
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.sentences import Sentence, people

MOST_LISTS = 10
POOR_FIT = 0.01
SHAPES = ("poisson2", "darroch", "gamma3.5")
ASSUMPTIONS = (
    Sentence("Lists do not depend on each other, except that some people are easier to see than others."),
    Sentence("How people differ follows a curve that is assumed, not seen; other curves give other numbers."),
    Sentence("Nobody joined or left the group while the lists were made, and every match is right."),
)


def estimate_heterogeneity(histories: CaptureHistories, request: Request) -> Estimate:
    """Estimate with the Poisson shape, and report what two other shapes say.

    Raises
    ------
    BadInputError
        Fewer than three or more than ten lists, or a list that names nobody.
    RefusedError
        The model has no finite estimate.

    """
    counts = _checked_counts(histories)
    design, fit = _fit(counts, SHAPES[0])
    unseen = float(np.exp(fit.coefficients[0]))
    low, high = profile_interval(
        partial(profile_log_likelihood, _design(counts, SHAPES[0]), counts),
        seen=float(counts.sum()),
        unseen=unseen,
        drop=normal_quantile(request.level) ** 2 / 2,
    )
    variance = float(np.linalg.inv(information(design, fit))[0, 0])
    observed = histories.observed
    others = {shape: observed + _unseen(counts, shape) for shape in SHAPES[1:]}
    totals = [observed + unseen, *others.values()]
    fit_p = float(chdtrc(design.shape[0] - design.shape[1], max(fit.deviance, 0.0)))
    return Estimate(
        method="heterogeneity",
        observed=observed,
        estimate=observed + unseen,
        interval=(observed + min(low, unseen), observed + max(high, unseen)),
        level=request.level,
        diagnostics={
            "shape": SHAPES[0],
            "standard_error": float(np.sqrt(unseen + unseen**2 * variance)),
            "aic": _aic(counts, fit),
            "fit_p": fit_p,
            **others,
            "shapes_low": min(totals),
            "shapes_high": max(totals),
        },
        warnings=tuple(_warnings(totals, fit_p)),
        assumptions=ASSUMPTIONS,
    )


def shape_column(n_lists: int, shape: str) -> NDArray[np.float64]:
    """Say how far being on ``k`` lists is from what independence makes of it, for each cell."""
    k = np.bitwise_count(np.arange(2**n_lists)).astype(np.float64)
    match shape:
        case "poisson2":
            return np.asarray(2.0**k - 1)
        case "darroch":
            return np.asarray(k**2 / 2)
        case "gamma3.5":
            return np.asarray(np.log(3.5) - np.log(3.5 + k))
    raise BadInputError(f"there is no shape {shape!r}; use {', '.join(SHAPES)}")


def profile_log_likelihood(design: NDArray[np.float64], counts: NDArray[np.float64], unseen: float) -> float:
    """Log-likelihood of the table with ``unseen`` persons in cell 0, maximised over all parameters."""
    complete = np.concatenate([[unseen], counts[1:]])
    total = complete.sum()
    means = np.maximum(fit_poisson(design, complete).means, 1e-300)
    fit = float((complete * np.log(means / total)).sum())
    return fit + float(gammaln(total + 1) - gammaln(unseen + 1))


def _checked_counts(histories: CaptureHistories) -> NDArray[np.float64]:
    """Persons in every cell of the full table, shape (2**n_lists,); cell 0 holds 0."""
    check_lists(histories, what="models of differences among people", least=3, most=MOST_LISTS)
    table = make_table(histories, order=1)
    counts = np.zeros(2**table.n_lists)
    counts[table.patterns] = table.counts
    return counts


def _design(counts: NDArray[np.float64], shape: str) -> NDArray[np.float64]:
    """Columns of the constant, each list and the shape, for all cells."""
    n_lists = len(counts).bit_length() - 1
    lists = holds(np.arange(len(counts), dtype=np.int64), terms_up_to(1, n_lists))
    return np.column_stack([lists, shape_column(n_lists, shape)])


def _fit(counts: NDArray[np.float64], shape: str) -> tuple[NDArray[np.float64], Fit]:
    """Fit the observable cells; give their design too."""
    design = _design(counts, shape)[1:]
    if not (is_identified(design) and has_positive_table(design, counts[1:])):
        raise RefusedError(
            "the model of differences among people has no finite estimate; too few are on several lists"
        )
    return design, fit_poisson(design, counts[1:])


def _warnings(totals: list[float], fit_p: float) -> Iterator[str]:
    yield Sentence(
        "Other assumed curves say from {low} to {high}.", low=people(min(totals)), high=people(max(totals))
    )
    if fit_p < POOR_FIT:
        yield Sentence("The model fits the counts poorly; lists seem to depend on each other.")


def _unseen(counts: NDArray[np.float64], shape: str) -> float:
    return float(np.exp(_fit(counts, shape)[1].coefficients[0]))


def _aic(counts: NDArray[np.float64], fit: Fit) -> float:
    saturated = (counts * np.log(np.maximum(counts, 1.0)) - counts - gammaln(counts + 1)).sum()
    return float(fit.deviance - 2 * saturated + 2 * len(fit.coefficients))
