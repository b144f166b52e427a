"""Combine the answers from several versions of the same table: Rubin's rules.

Versions arise where missing values were drawn several times (multiple imputation), here or by whoever
published the table. Each answer has its own doubt (within); that they differ is a doubt more (between).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri, stdtrit

from kuager.core.errors import BadInputError
from kuager.engines.estimation.draws import TOTAL, Draws
from kuager.engines.estimation.intervals import normal_quantile
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.sentences import Sentence

FEWEST = 2
ENOUGH = 10
# Persons: stands for "none" on the log scale, as in HRDAG's combination of replicates.
NONE = 0.1


@dataclass(frozen=True, kw_only=True)
class _OnLogScale:
    """The persons never seen, on the log scale."""

    mean: float
    variance: float


def combine_replicates(estimates: Sequence[Estimate]) -> Estimate:
    """Combine the answers of one method for the same question from several versions of the table.

    Parameters
    ----------
    estimates : sequence of Estimate
        One for each version, 2 or more.

    Returns
    -------
    Estimate
        ``estimate`` is the middle of the interval on the log scale, ``mean`` the mean of the means. It may
        be published only if each of the answers may.

    Raises
    ------
    BadInputError
        With one answer only: it cannot show how much the versions differ.

    Notes
    -----
    On the log of the unseen: W, the mean of the variances; B, the variance of the means;
    ``T = W + (1 + 1/m) B``; a t interval with ``(m - 1) (1 + W / ((m + 1) B))^2`` degrees of freedom. These
    are fewer than Rubin's own, which have ``(1 + 1/m) B`` there, so that the interval is a little wider.

    References
    ----------
    Rubin (1987), Multiple imputation for nonresponse in surveys; on the log scale and with its degrees of
    freedom as verdata 1.0 (Gargiulo, Duran and Amado), made for the Colombian truth commission's data.

    """
    answers = sorted(estimates, key=lambda answer: (answer.estimate, answer.observed))
    _check(answers)
    parts = [_on_log_scale(answer) for answer in answers]
    within = float(np.mean([part.variance for part in parts]))
    means = np.array([part.mean for part in parts])
    between = float(means.var(ddof=1))
    observed = round(float(np.mean([answer.observed for answer in answers])))
    centre, spread = float(means.mean()), math.sqrt(within + (1 + 1 / len(parts)) * between)
    reach = _quantile(len(parts), within, between, answers[0].level) * spread
    every_mean = [answer.mean if answer.mean is not None else answer.estimate for answer in answers]
    return Estimate(
        method=answers[0].method,
        observed=observed,
        estimate=observed + _persons(centre),
        mean=float(np.mean(every_mean)),
        interval=(observed + _persons(centre - reach), observed + _persons(centre + reach)),
        level=answers[0].level,
        is_lower_bound=any(answer.is_lower_bound for answer in answers),
        diagnostics=_diagnostics(answers, within, between),
        publishable=all(answer.publishable for answer in answers),
        reasons=distinct(answer.reasons for answer in answers),
        warnings=(*_too_few(len(answers)), *distinct(answer.warnings for answer in answers)),
        assumptions=answers[0].assumptions,
        seed=answers[0].seed,
        draws=_pooled(answers),
    )


def distinct(groups: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Say each sentence once; those that differ only in their numbers count as the same."""
    found: dict[str, str] = {}
    for texts in groups:
        for text in texts:
            found.setdefault(text.template if isinstance(text, Sentence) else text, text)
    return tuple(found.values())


def _check(answers: Sequence[Estimate]) -> None:
    if len(answers) < FEWEST:
        raise BadInputError(
            f"expected {FEWEST} replicates or more (better {ENOUGH}), got {len(answers)}: one cannot show "
            "how much they differ"
        )
    if len({(answer.method, answer.level) for answer in answers}) > 1:
        raise BadInputError("replicates are combined within one method and one level only")


def _on_log_scale(answer: Estimate) -> _OnLogScale:
    if answer.draws is not None:
        logs = np.log(np.maximum(answer.draws.total.reshape(-1) - answer.observed, NONE))
        return _OnLogScale(mean=float(logs.mean()), variance=float(logs.var(ddof=1)))
    value, low, high = (math.log(max(number, NONE)) for number in answer.unseen)
    width = (high - low) / (2 * normal_quantile(answer.level))
    return _OnLogScale(mean=value, variance=width**2)


def _persons(log_unseen: float) -> float:
    """Back from the log scale; as much as stands for none is none."""
    unseen = math.exp(log_unseen) if log_unseen < 700 else math.inf
    return unseen if unseen > NONE * (1 + 1e-9) else 0.0


def _quantile(m: int, within: float, between: float, level: float) -> float:
    """Two-sided t quantile; normal where the replicates agree."""
    upper = (1 + level) / 2
    if between <= 0 or not math.isfinite(within):
        return float(ndtri(upper))
    return float(stdtrit((m - 1) * (1 + within / ((m + 1) * between)) ** 2, upper))


def _diagnostics(answers: Sequence[Estimate], within: float, between: float) -> dict[str, float | str]:
    every = within + (1 + 1 / len(answers)) * between
    found: dict[str, float | str] = {
        "replicates": len(answers),
        "within_variance": within,
        "between_variance": between,
        "between_share": 1 - within / every if every > 0 and math.isfinite(every) else 0.0,
    }
    return _shared(answers) | found | worst_of_chains(answers)


def _shared(answers: Sequence[Estimate]) -> dict[str, float | str]:
    """Keep what all answers report: the mean of numbers, and words that are the same."""
    found: dict[str, float | str] = {}
    for name in answers[0].diagnostics:
        values = [answer.diagnostics.get(name) for answer in answers]
        numbers = [float(value) for value in values if isinstance(value, (int, float))]
        if len(numbers) == len(values):
            found[name] = float(np.mean(numbers))
        elif len(set(values)) == 1:
            found[name] = answers[0].diagnostics[name]
    return found


def worst_of_chains(answers: Sequence[Estimate]) -> dict[str, float | str]:
    """Give the worst agreement of chains and the smallest effective sample among several answers."""
    found: dict[str, float | str] = {}
    for name, worst in (("rhat", max), ("ess_bulk", min), ("ess_tail", min)):
        values = [float(answer.diagnostics[name]) for answer in answers if name in answer.diagnostics]
        if values:
            found[name] = worst(values)
    return found


def _too_few(m: int) -> tuple[str, ...]:
    if m >= ENOUGH:
        return ()
    return (
        Sentence(
            "Only {m} versions of the table were combined; with fewer than {enough} the width of the "
            "interval is itself uncertain.",
            m=str(m),
            enough=str(ENOUGH),
        ),
    )


def _pooled(answers: Sequence[Estimate]) -> Draws | None:
    """Put the chains of all answers side by side."""
    found = [answer.draws.total for answer in answers if answer.draws is not None]
    if len(found) < len(answers) or len({draws.shape for draws in found}) > 1:
        return None
    return Draws(values={TOTAL: np.concatenate(found)})
