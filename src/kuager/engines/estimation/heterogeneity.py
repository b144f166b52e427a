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

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, gammaln

from kuager.core.errors import BadInputError, RefusedError
from kuager.engines.estimation.existence import has_estimate, is_identified
from kuager.engines.estimation.fitting import Fits, Problem, fit_poisson, information
from kuager.engines.estimation.hierarchies import Table, make_table
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.intervals import normal_quantile
from kuager.engines.estimation.profile import Model, profile_interval
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
    table = _checked_table(histories)
    problem, fits = _fit(table, SHAPES[0])
    unseen = float(np.exp(fits.coefficients[0, 0]))
    full = np.column_stack([table.design, shape_column(table, SHAPES[0])])
    low, high = profile_interval(
        Model(design=full, counts=table.counts),
        unseen=unseen,
        drop=normal_quantile(request.level) ** 2 / 2,
    )
    variance = float(np.linalg.inv(information(problem, fits.means)[0])[0, 0])
    observed = histories.observed
    others = {shape: observed + _unseen(table, shape) for shape in SHAPES[1:]}
    totals = [observed + unseen, *others.values()]
    fit = _fit_p(fits, freedom=len(table.counts) - 1 - full.shape[1])
    return Estimate(
        method="heterogeneity",
        observed=observed,
        estimate=observed + unseen,
        interval=(observed + min(low, unseen), observed + max(high, unseen)),
        level=request.level,
        diagnostics={
            "shape": SHAPES[0],
            "standard_error": float(np.sqrt(unseen + unseen**2 * variance)),
            "aic": _aic(table, fits, full.shape[1]),
            "fit_p": fit,
            **others,
            "shapes_low": min(totals),
            "shapes_high": max(totals),
        },
        warnings=tuple(_warnings(totals, fit)),
        assumptions=ASSUMPTIONS,
    )


def shape_column(table: Table, shape: str) -> NDArray[np.float64]:
    """Say how far being on ``k`` lists is from what independence makes of it, for each cell."""
    k = np.bitwise_count(np.arange(len(table.counts))).astype(np.float64)
    match shape:
        case "poisson2":
            return np.asarray(2.0**k - 1)
        case "darroch":
            return np.asarray(k**2 / 2)
        case "gamma3.5":
            return np.asarray(np.log(3.5) - np.log(3.5 + k))
    raise BadInputError(f"there is no shape {shape!r}; use {', '.join(SHAPES)}")


def _checked_table(histories: CaptureHistories) -> Table:
    if not 3 <= len(histories.lists) <= MOST_LISTS:
        raise BadInputError(
            f"models of differences among people take 3 to {MOST_LISTS} lists, got {len(histories.lists)}"
        )
    for name, size in zip(histories.lists, histories.list_totals, strict=True):
        if size == 0:
            raise BadInputError(f"list {name!r} names nobody; leave it out")
    return make_table(histories, order=1)


def _fit(table: Table, shape: str) -> tuple[Problem, Fits]:
    design = np.column_stack([table.design, shape_column(table, shape)])[1:]
    counts = table.counts[1:]
    if not (is_identified(design) and has_estimate(design, counts)):
        raise RefusedError(
            "the model of differences among people has no finite estimate; too few are on several lists"
        )
    problem = Problem(
        design=design,
        counts=counts[None],
        columns=np.ones((1, design.shape[1]), dtype=np.bool_),
        cells=np.ones((1, len(counts)), dtype=np.bool_),
    )
    return problem, fit_poisson(problem)


def _fit_p(fits: Fits, *, freedom: int) -> float:
    return float(chdtrc(freedom, max(float(fits.deviance[0]), 0.0)))


def _warnings(totals: list[float], fit: float) -> Iterator[str]:
    yield Sentence(
        "Other assumed curves say from {low} to {high}.", low=people(min(totals)), high=people(max(totals))
    )
    if fit < POOR_FIT:
        yield Sentence("The model fits the counts poorly; lists seem to depend on each other.")


def _unseen(table: Table, shape: str) -> float:
    return float(np.exp(_fit(table, shape)[1].coefficients[0, 0]))


def _aic(table: Table, fits: Fits, parameters: int) -> float:
    counts = table.counts
    saturated = (counts * np.log(np.maximum(counts, 1.0)) - counts - gammaln(counts + 1)).sum()
    return float(fits.deviance[0] - 2 * saturated + 2 * parameters)
