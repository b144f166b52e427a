"""An estimate over draws of who is who.

Linkage says for each pair of records how likely they are one person. Draws of who is who turn that into many
tables of the same lists; each is estimated, and the draws of all are put together. Where linkage and
estimate share no more than the table this is the joint posterior of both.

References
----------
Sadinle (2018), Bayesian propagation of record linkage uncertainty into population size estimation of human
rights violations, Ann. Appl. Stat. 12, 1013-1038: linkage averaging.

"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from kuager.core.errors import BadInputError, KuagerError, RefusedError
from kuager.engines.estimation.diagnostics import convergence
from kuager.engines.estimation.divided_work import HIDDEN, run_parts
from kuager.engines.estimation.draws import TOTAL, Draws
from kuager.engines.estimation.guard import guard, guarded
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.methods import estimate
from kuager.engines.estimation.partitions.drawn import DrawnTables, Partitions
from kuager.engines.estimation.replicates import worst_of_chains
from kuager.engines.estimation.request import Request
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.sentences import Sentence, people
from kuager.engines.estimation.totals import draw_log_normal

CHAINS = 4
# Numbers taken from the answer to each partition.
DRAWS_EACH = 1_000
# Of more different tables than this each is drawn more shortly: only all together must be exact.
FEW_TABLES = 20
SHORT_CHAINS = 1_000
# Fewer partitions show too little of the doubt.
FEWEST_PARTITIONS = 100
# Draws of each chain that the agreement of chains is judged by.
_JUDGED = 20_000
# A larger share of tables that may not be published forbids the whole.
MOST_REFUSED = 0.05


@dataclass(frozen=True, eq=False, kw_only=True)
class _Answers:
    """The answer to every different table; None where it has no finite one."""

    tables: tuple[CaptureHistories, ...]
    likeliest: CaptureHistories
    by_table: Mapping[CaptureHistories, Estimate | None]

    @property
    def of_draws(self) -> list[Estimate | None]:
        """One for each draw."""
        return [self.by_table[table] for table in self.tables]


def estimate_over_partitions(
    partitions: Partitions | DrawnTables,
    *,
    method: str,
    request: Request | None = None,
    derived: Mapping[str, str] | None = None,
) -> Estimate:
    """Estimate with the doubt about who is who in the interval.

    Parameters
    ----------
    partitions : Partitions or DrawnTables
        Draws of who is who, 100 or more for a figure to publish.
    method : str
        Any method; equal tables are estimated once.
    request : Request, optional
        Level, seed, draws of each table.
    derived : mapping, optional
        Lists built from another list: name of the copy to name of its origin.

    Returns
    -------
    Estimate
        Median and interval of all draws together. ``observed`` is the smallest number of persons that any
        draw makes of the records. ``diagnostics`` say which share of the variance (of the logarithm of the
        total) is between partitions, and what the most probable partition alone would say.

    Raises
    ------
    BadInputError
        The tables do not suit the method.
    RefusedError
        No table has a finite answer.

    """
    wanted = request or Request()
    answers = _estimate_tables(partitions, method, wanted, derived)
    pooled = np.stack(
        [_draws_of(answer, wanted.seed, place) for place, answer in enumerate(answers.of_draws)]
    )
    tail = (1 - wanted.level) / 2
    # An unbounded table among the draws is infinite; sorted, no arithmetic between it and the others.
    low, value, high = np.quantile(pooled, (tail, 0.5, 1 - tail), method="inverted_cdf").tolist()
    first = next(answer for answer in (answers.by_table[answers.likeliest], *answers.of_draws) if answer)
    together = Estimate(
        method=method,
        observed=min(table.observed for table in answers.tables),
        estimate=value,
        mean=float(pooled.mean()) if np.isfinite(pooled).all() else None,
        interval=(low, high),
        level=wanted.level,
        is_lower_bound=first.is_lower_bound,
        diagnostics=_diagnostics(partitions, answers, pooled),
        warnings=tuple(_warnings(answers, first)),
        assumptions=tuple(_assumptions(first)),
        seed=wanted.seed,
        draws=_mixed(pooled),
    )
    judged = guarded(answers.likeliest, together, derived=derived)
    reasons = (*judged.reasons, *_refusals(answers, derived))
    return replace(judged, reasons=reasons, publishable=not reasons)


def _estimate_tables(
    partitions: Partitions | DrawnTables, method: str, request: Request, derived: Mapping[str, str] | None
) -> _Answers:
    """Estimate every different table once."""
    tables, likeliest = tuple(partitions.histories()), partitions.most_probable()
    names = {
        table: f"who is who{HIDDEN}{place}" for place, table in enumerate(dict.fromkeys([likeliest, *tables]))
    }
    if len(names) > FEW_TABLES and request.draws is None:
        request = replace(request, draws=SHORT_CHAINS)
    found = run_parts(
        {name: partial(_answer_to, table, method=method, derived=derived) for table, name in names.items()},
        request,
    )
    by_table = {table: _usable(found[name]) for table, name in names.items()}
    if not any(by_table[table] for table in tables):
        raise RefusedError(
            "no draw of who is who gives a table with a finite answer: too few people are on more than one "
            "list; find more matches or another list"
        )
    return _Answers(tables=tables, likeliest=likeliest, by_table=by_table)


def _answer_to(
    table: CaptureHistories, request: Request, *, method: str, derived: Mapping[str, str] | None
) -> Estimate:
    answer = estimate(table, method=method, request=request, derived=derived)
    return (
        answer if answer.draws is None else replace(answer, draws=Draws(values={TOTAL: answer.draws.total}))
    )


def _usable(found: Estimate | KuagerError) -> Estimate | None:
    """None for a table without a finite answer; what is wrong with the input is wrong with all."""
    if isinstance(found, Estimate):
        return found
    if isinstance(found, BadInputError):
        raise found
    return None


def _draws_of(answer: Estimate | None, seed: int, place: int) -> NDArray[np.float64]:
    """Draw the total of one table, shape (DRAWS_EACH,); infinite where it has none."""
    if answer is None:
        return np.full(DRAWS_EACH, math.inf)
    random = np.random.default_rng([seed, place])
    if answer.draws is not None:
        return np.asarray(random.choice(answer.draws.total.reshape(-1), DRAWS_EACH), dtype=np.float64)
    if not math.isfinite(answer.interval[1]):
        return np.full(DRAWS_EACH, math.inf)
    return answer.observed + draw_log_normal(answer, random, DRAWS_EACH)


def _mixed(pooled: NDArray[np.float64]) -> Draws:
    """Deal the draws of every partition out to all chains."""
    each = DRAWS_EACH // CHAINS
    return Draws(values={TOTAL: pooled.reshape(len(pooled), CHAINS, each).swapaxes(0, 1).reshape(CHAINS, -1)})


def between_share(pooled: NDArray[np.float64]) -> float:
    """Give the share of the variance of the logarithm of the total that lies between partitions.

    Parameters
    ----------
    pooled : array of shape (n_partitions, n_draws)
        Draws of the total.

    """
    if not np.isfinite(pooled).all():
        return math.nan
    logs = np.log(pooled)
    within = float(logs.var(axis=1).mean())
    # The means are of so many draws; their own error is not doubt about who is who.
    between = max(float(logs.mean(axis=1).var()) - within / pooled.shape[1], 0.0)
    return between / (between + within) if between + within > 0 else 0.0


def _diagnostics(
    partitions: Partitions | DrawnTables, answers: _Answers, pooled: NDArray[np.float64]
) -> dict[str, float | str]:
    sizes = [table.observed for table in answers.tables]
    found: dict[str, float | str] = {
        "partitions": len(answers.tables),
        "different_tables": len(set(answers.tables)),
        "records_in_doubt": partitions.records_in_doubt,
        "between_share": between_share(pooled),
        "observed_low": min(sizes),
        "observed_high": max(sizes),
        "most_probable_observed": answers.likeliest.observed,
    }
    alone = answers.by_table[answers.likeliest]
    if alone is not None:
        low, high = alone.interval
        found |= {
            "most_probable_estimate": alone.estimate,
            "most_probable_low": low,
            "most_probable_high": high,
        }
        # What the guard reads of the fit; chains are judged over all tables.
        found |= {name: alone.diagnostics[name] for name in ("fit_p",) if name in alone.diagnostics}
    return found | _agreement([answer for answer in answers.by_table.values() if answer])


def _agreement(answers: Sequence[Estimate]) -> dict[str, float | str]:
    """Judge the chains of all tables together, as they are used; of each table only what differs by chain.

    Where the first chains of all tables, one after the other, look like the second, third and fourth, what is
    put together is drawn well, even if a single table is drawn too shortly.
    """
    drawn = [
        answer.draws.total for answer in answers if answer.draws is not None and "rhat" in answer.diagnostics
    ]
    if not drawn:
        return {}
    each = max(8, min(_JUDGED // len(drawn), *(total.shape[1] for total in drawn)))
    kept = [np.log(total[:, np.linspace(0, total.shape[1] - 1, each).astype(int)]) for total in drawn]
    around = np.concatenate([logs - logs.mean() for logs in kept], axis=1)
    # Tables are drawn independently of each other, so what their draws are worth adds up.
    worth = {
        name: math.fsum(float(answer.diagnostics.get(name, 0.0)) for answer in answers)
        for name in ("ess_bulk", "ess_tail")
    }
    worst = worst_of_chains(answers)["rhat"]
    return {
        "rhat": convergence(Draws(values={TOTAL: around}))["rhat"],
        **worth,
        "worst_table_rhat": worst,
    }


def _warnings(answers: _Answers, first: Estimate) -> Iterator[str]:
    yield from first.warnings
    sizes = [table.observed for table in answers.tables]
    if min(sizes) < max(sizes):
        yield Sentence(
            "Who is who is in doubt: the lists may name {low} to {high} different people; the interval "
            "includes that.",
            low=people(min(sizes)),
            high=people(max(sizes)),
        )
    if len(sizes) < FEWEST_PARTITIONS:
        yield Sentence(
            "Only {n} draws of who is who were used; at least {least} are needed to show that doubt.",
            n=str(len(sizes)),
            least=str(FEWEST_PARTITIONS),
        )


def _assumptions(first: Estimate) -> Iterator[str]:
    """Replace the perfect matches that every method assumes by what is assumed of the links."""
    for text in first.assumptions:
        if not text.endswith("and every match is right."):
            yield text
    yield Sentence("Nobody joined or left the group while the lists were made.")
    yield Sentence("The probabilities of the links are right, and linkage missed no match altogether.")


def _refusals(answers: _Answers, derived: Mapping[str, str] | None) -> Sequence[str]:
    """Refuse if many of the tables alone would be; chains are judged together, not table by table."""
    agreement = _agreement([answer for answer in answers.by_table.values() if answer])
    is_refused = {
        table: answer is None
        or bool(
            guard(
                table,
                replace(answer, diagnostics={**answer.diagnostics, **agreement}),
                derived=derived,
            )
        )
        for table, answer in answers.by_table.items()
    }
    refused = sum(is_refused[table] for table in answers.tables)
    if refused <= MOST_REFUSED * len(answers.tables):
        return ()
    return (
        Sentence(
            "In {n} of {all} draws of who is who the number may not be published.",
            n=str(refused),
            all=str(len(answers.tables)),
        ),
    )
