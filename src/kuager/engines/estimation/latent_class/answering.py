"""The method ``latent-class``: how many persons there are if people fall into unseen classes.

References
----------
Manrique-Vallier (2016), Bayesian population size estimation using Dirichlet process mixtures, Biometrics 72,
1246-1254. What three lists cannot say: Aleshin-Guendel, Sadinle & Wakefield (2024), The central role of the
identifying assumption in population size estimation, Biometrics 80.

"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from kuager.core.errors import BadInputError, RefusedError
from kuager.engines.estimation.diagnostics import check_classes
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.latent_class.chains import Plan, Walks
from kuager.engines.estimation.latent_class.drawn import LatentClassDraws, classes_of
from kuager.engines.estimation.latent_class.flagging import (
    FlaggedPlan,
    sample_flagged,
    share_of_empty_overlaps,
)
from kuager.engines.estimation.latent_class.model import latent_class_model
from kuager.engines.estimation.latent_class.priors import LatentClassPrior
from kuager.engines.estimation.partial import PartialHistories
from kuager.engines.estimation.request import Request
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.running import Checkpoint, Progress, silent
from kuager.engines.estimation.sentences import Sentence, people

METHOD = "latent-class"
ASSUMPTIONS = (
    Sentence(
        "People fall into classes; within a class, being on one list says nothing about being on another."
    ),
    Sentence("The classes seen on the lists are those of the unseen; nobody had no chance at all."),
    Sentence("Nobody joined or left the group while the lists were made, and every match is right."),
)
FEWEST_LISTS = 3
# Draws within this share of a maximum that was set count as near it.
NEAR = 0.05
NOTABLE_NEAR = 0.005


@dataclass(frozen=True, eq=False, kw_only=True)
class Sampled:
    """Draws and how they were made.

    Parameters
    ----------
    draws : LatentClassDraws
        What was drawn.
    walks : Walks
        How the chains went.
    flagged : mapping
        What tempering and the second sampler found, if they were needed; see ``flagging.Settled``.

    """

    draws: LatentClassDraws
    walks: Walks
    flagged: Mapping[str, float | str] = field(default_factory=dict)


def estimate_latent_class(
    histories: CaptureHistories,
    request: Request,
    *,
    prior: LatentClassPrior | None = None,
    plan: Plan | None = None,
) -> Estimate:
    """Estimate by Bayesian latent classes, with the total and its interval from the draws.

    Parameters
    ----------
    histories : CaptureHistories
        Three lists or more.
    request : Request
        Level, seed, chains; draws kept in each chain (unknown: until the chains agree).
    prior : LatentClassPrior, optional
        Unknown means that of Manrique-Vallier (2016), without a maximum.
    plan : Plan, optional
        How much work; ``request`` overrides chains and draws.

    Raises
    ------
    BadInputError
        A list that names nobody, or one list only.
    RefusedError
        Two lists: they say nothing about classes.

    """
    return estimate_partial(PartialHistories.from_complete(histories), request, prior=prior, plan=plan)


def estimate_partial(
    histories: PartialHistories,
    request: Request,
    *,
    prior: LatentClassPrior | None = None,
    plan: Plan | None = None,
) -> Estimate:
    """Estimate from lists that did not answer for everybody: those drop out of a person's product.

    That is right if whether a list answered says nothing about what it would have said (missing at random).
    Arguments and errors as for ``estimate_latent_class``.
    """
    _check(histories)
    # Sorted, the order in which lists were given cannot matter, not even for rounding.
    table = histories.select(sorted(histories.lists))
    belief = prior or LatentClassPrior()
    sampled = sample_latent_classes(
        table.patterns,
        table.counts,
        prior=belief,
        seed=request.seed,
        plan=_planned(plan or Plan(), request),
        lists=table.lists,
        progress=request.progress,
        checkpoint=request.checkpoint,
    )
    return _answer(table, sampled, belief, request)


def sample_latent_classes(  # noqa: PLR0913 - all but the table are keywords
    patterns: NDArray[np.int8],
    counts: NDArray[np.int64],
    *,
    prior: LatentClassPrior,
    seed: int,
    plan: Plan | None = None,
    lists: tuple[str, ...] = (),
    progress: Progress = silent,
    checkpoint: Checkpoint | None = None,
) -> Sampled:
    """Draw from the posterior for a table of patterns.

    Parameters
    ----------
    patterns : array of shape (n_patterns, n_lists)
        1 yes, 0 no, -1 not answered; a yes in every row, no row twice.
    counts : array of shape (n_patterns,)
        Persons with each pattern, positive.
    prior : LatentClassPrior
        The prior.
    seed : int
        Same seed, same draws.
    plan : Plan, optional
        How much work.
    lists : tuple of str, optional
        Names; unknown means numbers.

    """
    model = latent_class_model(patterns, counts, prior)
    settled = sample_flagged(
        model,
        FlaggedPlan(chains=plan or Plan()),
        seed=seed,
        empty_overlaps=share_of_empty_overlaps(patterns, counts),
        progress=progress,
        checkpoint=checkpoint,
    )
    walks = settled.walks
    n_lists = patterns.shape[1]
    weights, chances = classes_of(
        walks.positions.reshape(-1, walks.positions.shape[2]), n_lists=n_lists, classes=prior.classes
    )
    draws = LatentClassDraws(
        values=walks.values,
        lists=lists or tuple(str(j + 1) for j in range(n_lists)),
        class_weights=weights,
        class_chances=chances,
    )
    return Sampled(draws=draws, walks=walks, flagged=settled.diagnostics)


def _planned(plan: Plan, request: Request) -> Plan:
    return replace(plan, chains=request.chains, draws=request.draws or plan.draws)


def _check(histories: PartialHistories) -> None:
    if len(histories.lists) < 2:
        raise BadInputError("latent classes need at least three lists; there is one")
    if len(histories.lists) < FEWEST_LISTS:
        raise RefusedError(
            "two lists cannot show whether people differ in how easily they are seen; "
            "find a third list, or use the methods for two lists"
        )
    named = (histories.patterns == 1).T @ histories.counts
    for name, size in zip(histories.lists, named, strict=True):
        if size == 0:
            raise BadInputError(f"list {name!r} names nobody; leave it out")


def _answer(table: PartialHistories, sampled: Sampled, prior: LatentClassPrior, request: Request) -> Estimate:
    total, tail = sampled.draws.total, (1 - request.level) / 2
    low, middle, high = np.quantile(total, [tail, 0.5, 1 - tail]).tolist()
    diagnostics = _diagnostics(table, sampled, prior)
    faults: tuple[Sentence, ...] = ()
    if table.is_complete:
        checks = check_classes(table.as_answered_no(), sampled.draws, seed=request.seed)
        diagnostics["predictive_p"], faults = checks.fit_p, checks.faults
    return Estimate(
        method=METHOD,
        observed=table.observed,
        estimate=middle,
        mean=float(total.mean()),
        interval=(low, high),
        level=request.level,
        is_lower_bound=len(table.lists) <= FEWEST_LISTS,
        diagnostics=diagnostics,
        warnings=(*_warnings(table, sampled, prior, diagnostics), *faults),
        assumptions=ASSUMPTIONS,
        seed=request.seed,
        draws=sampled.draws,
    )


def _diagnostics(
    table: PartialHistories, sampled: Sampled, prior: LatentClassPrior
) -> dict[str, float | str]:
    draws, walks = sampled.draws, sampled.walks
    found: dict[str, float | str] = {
        "sampler": "Gibbs and Hamiltonian moves",
        **walks.convergence,
        "draws": int(draws.total.size),
        "draws_left_out": walks.left_out,
        "acceptance": round(walks.acceptance, 4),
        "classes": prior.classes,
        "classes_used": float(draws.values["classes_used"].mean()),
        "concentration": float(np.median(draws.values["concentration"])),
        "unseen_probability": float(np.median(draws.values["unseen_probability"])),
        **sampled.flagged,
    }
    if prior.maximum is not None:
        found["maximum"] = prior.maximum
        found["near_maximum"] = float((draws.total > (1 - NEAR) * prior.maximum).mean())
    return found


def _warnings(
    table: PartialHistories,
    sampled: Sampled,
    prior: LatentClassPrior,
    diagnostics: dict[str, float | str],
) -> Iterator[str]:
    if len(table.lists) <= FEWEST_LISTS:
        yield Sentence(
            "Three lists cannot show how people differ; take this as a LOWER BOUND, "
            "with the range that other assumptions give."
        )
    if not sampled.walks.has_converged:
        yield Sentence(
            "The chains have not come to agree; their number is not an answer. Run longer, or by tempering."
        )
    if sampled.draws.values["classes_used"].mean() > 0.9 * prior.classes:
        yield Sentence(
            "Nearly all of the {n} classes allowed are in use; allow more.", n=people(prior.classes)
        )
    if prior.maximum is not None and float(diagnostics["near_maximum"]) > NOTABLE_NEAR:
        yield Sentence(
            "The maximum of {maximum} that was set holds the answer down.", maximum=people(prior.maximum)
        )
