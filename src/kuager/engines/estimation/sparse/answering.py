"""The estimate for lists that hardly overlap, with an interval that repeats the choice of pairs."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from kuager.core.errors import RefusedError
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.intervals import normal_quantile
from kuager.engines.estimation.loglinear.bootstrap import (
    acceleration,
    bca_interval,
    bias_correction,
    one_less,
    resampled,
)
from kuager.engines.estimation.loglinear.candidates import Candidates, fit_candidates
from kuager.engines.estimation.loglinear.fit_of_model import fit_of_model
from kuager.engines.estimation.loglinear.hierarchies import Table, generators, holds, make_table, renamed
from kuager.engines.estimation.loglinear.suiting import check_lists
from kuager.engines.estimation.request import Request
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.running import Progress
from kuager.engines.estimation.sentences import Sentence
from kuager.engines.estimation.sparse.selecting import THRESHOLD, select_in_each, select_pairs

FEWEST_LISTS, MOST_LISTS = 3, 20
REPLICATES = 1000
# Tables between two reports of progress.
BATCH = 50

ASSUMPTIONS = (
    Sentence(
        "The ways in which lists depend on each other, seen among the people on them, hold for the unseen."
    ),
    Sentence("Lists depend on each other two at a time; three together add nothing."),
    Sentence("Two lists that share surprisingly few people avoid each other's; others share by chance."),
    Sentence("Everybody had some chance of being on each list."),
    Sentence("Nobody joined or left the group while the lists were made, and every match is right."),
)


def estimate_sparse(histories: CaptureHistories, request: Request) -> Estimate:
    """Estimate with the pairs of lists that depend surprisingly much on each other.

    Raises
    ------
    BadInputError
        Fewer than three or more than twenty lists, or a list that names nobody.
    RefusedError
        Nobody is on two lists, or a list names everybody.

    """
    check_lists(histories, what="models of sparse overlaps", least=FEWEST_LISTS, most=MOST_LISTS)
    table = make_table(histories.select(sorted(histories.lists)), order=2)
    terms, margins = table.terms[1:], table.margins[1:]
    _, model = select_pairs(terms, margins, table.persons, THRESHOLD)
    fitted = fit_candidates(table, np.concatenate([[True], model])[None])
    if not fitted.exists(0):
        raise RefusedError(
            "the lists have no finite estimate even if they are independent: nobody is on more than one; "
            "find more matches or another list"
        )
    unseen = float(fitted.unseen[0])
    many, left_out = resampled_unseen(table, request), _left_out(table)
    low, high = bca_interval(
        estimate=unseen, replicates=many, left_out=left_out, counts=table.counts, level=request.level
    )
    observed = histories.observed
    diagnostics = _diagnostics(histories, fitted, request.level) | {
        "replicates": len(many),
        "replicates_without_estimate": int((~np.isfinite(many)).sum()),
        "bias_correction": bias_correction(unseen, many),
        "acceleration": acceleration(left_out, table.counts),
    }
    return Estimate(
        method="sparse",
        observed=observed,
        estimate=observed + unseen,
        interval=(observed + min(low, unseen), observed + max(high, unseen)),
        level=request.level,
        is_lower_bound=len(histories.lists) <= 3 and not model[table.n_lists :].any(),
        diagnostics=diagnostics,
        warnings=tuple(_warnings(diagnostics)),
        assumptions=ASSUMPTIONS,
        seed=request.seed,
    )


def resampled_unseen(table: Table, request: Request) -> NDArray[np.float64]:
    """Repeat choice and estimate in resampled tables, shape (n_replicates,), persons."""
    terms = table.terms[1:]
    members = holds(table.patterns, terms)
    counts = resampled(table.counts, replicates=request.draws or REPLICATES, seed=request.seed)
    return np.concatenate(list(_batches(counts, members, terms, request.progress)))


def _batches(
    counts: NDArray[np.float64], members: NDArray[np.float64], terms: NDArray[np.int64], progress: Progress
) -> Iterator[NDArray[np.float64]]:
    for start in range(0, len(counts), BATCH):
        progress("bootstrap", start / len(counts))
        yield select_in_each(counts[start : start + BATCH], members, terms, THRESHOLD)
    progress("bootstrap", 1.0)


def _left_out(table: Table) -> NDArray[np.float64]:
    """Unseen without one person of each pattern, shape (n_patterns,)."""
    terms = table.terms[1:]
    return select_in_each(one_less(table.counts), holds(table.patterns, terms), terms, THRESHOLD)


def _diagnostics(histories: CaptureHistories, fitted: Candidates, level: float) -> dict[str, float | str]:
    table, observed = fitted.table, histories.observed
    order = [histories.lists.index(name) for name in sorted(histories.lists)]
    terms = renamed(table.terms[fitted.models[0]], order)
    unseen, spread = float(fitted.unseen[0]), float(np.sqrt(fitted.log_variance[0]))
    factor = float(np.exp(normal_quantile(level) * spread))
    alone = fit_candidates(table, (np.bitwise_count(table.terms) <= 1)[None])
    return {
        "model": generators(terms),
        "model_of_lists": generators(terms, histories.lists),
        "pairs_added": int((np.bitwise_count(terms) == 2).sum()),
        "threshold": THRESHOLD,
        "main_effects_only": observed + float(alone.unseen[0]),
        "wald_low": observed + unseen / factor,
        "wald_high": observed + unseen * factor,
        "standard_error": float(fitted.total_error[0]),
        "aic": float(fitted.aic[0]),
        "bic": float(fitted.bic[0]),
        **fit_of_model(fitted, 0),
    }


def _warnings(diagnostics: dict[str, float | str]) -> Iterator[str]:
    if diagnostics["parameters_at_minus_infinity"]:
        yield Sentence("Some lists of the model share nobody; that was taken as a rule, not as chance.")
    if diagnostics["replicates_without_estimate"]:
        yield Sentence(
            "{n} of {all} resampled tables have no finite estimate: the overlaps are too thin.",
            n=str(diagnostics["replicates_without_estimate"]),
            all=str(diagnostics["replicates"]),
        )
