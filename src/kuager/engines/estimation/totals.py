"""Add up strata honestly: draws are added, never the ends of intervals."""

import math
from collections.abc import Mapping
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from kuager.engines.estimation.draws import TOTAL, Draws
from kuager.engines.estimation.intervals import normal_quantile
from kuager.engines.estimation.replicates import NONE, distinct, worst_of_chains
from kuager.engines.estimation.request import Request
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.sentences import Sentence, people

CHAINS, DRAWS = 4, 5_000


def is_unbounded(answer: Estimate) -> bool:
    """Tell whether nothing bounds the answer from above."""
    return not math.isfinite(answer.interval[1])


def add_up(answers: Mapping[str, Estimate], documented: Mapping[str, int], request: Request) -> Estimate:
    """Add strata up, as independent of each other.

    Parameters
    ----------
    answers : mapping
        Stratum to its answer; each with a finite interval, at least one.
    documented : mapping
        Strata without an answer to the persons counted in them. They make the total a lower bound.
    request : Request
        Level and seed.

    Returns
    -------
    Estimate
        Its ``estimate`` is the median of the sums where every stratum was drawn, otherwise the sum of the
        strata's estimates.

    """
    parts = dict(sorted(answers.items()))
    unseen = sum((_draw_unseen(name, part, request.seed) for name, part in parts.items()), np.zeros(1))
    observed = sum(part.observed for part in parts.values()) + sum(documented.values())
    total = np.broadcast_to(observed + unseen, (CHAINS, DRAWS))
    is_drawn = all(part.draws is not None for part in parts.values())
    added = sum(part.estimate for part in parts.values()) + sum(documented.values())
    value = float(np.median(total)) if is_drawn else added
    tail = (1 - request.level) / 2
    low, high = (float(end) for end in np.quantile(total, (tail, 1 - tail)))
    reasons = _reasons(parts)
    first = next(iter(parts.values()))
    return Estimate(
        method=first.method,
        observed=observed,
        estimate=value,
        mean=float(total.mean()) if is_drawn else None,
        interval=(min(low, value), max(high, value)),
        level=request.level,
        is_lower_bound=bool(documented) or any(part.is_lower_bound for part in parts.values()),
        diagnostics={"strata": len(parts), "draws": CHAINS * DRAWS, **worst_of_chains(list(parts.values()))},
        publishable=not reasons,
        reasons=reasons,
        warnings=_warnings(documented),
        assumptions=distinct(part.assumptions for part in parts.values()),
        seed=request.seed,
        draws=Draws(values={TOTAL: total}),
    )


def _reasons(parts: Mapping[str, Estimate]) -> tuple[str, ...]:
    refused = [name for name, part in parts.items() if not part.publishable]
    if not refused:
        return ()
    return (Sentence("Strata that may not be published: {names}.", names=", ".join(refused)),)


def _warnings(documented: Mapping[str, int]) -> tuple[str, ...]:
    drawn = Sentence(
        "The interval of the total is drawn from the strata's intervals as if they were independent; "
        "it is not the sum of their ends."
    )
    if not documented:
        return (drawn,)
    return (
        drawn,
        Sentence(
            "In {names} nothing could be estimated; the {n} persons documented there are counted, and the "
            'total is "at least".',
            names=", ".join(documented),
            n=people(sum(documented.values())),
        ),
    )


def _draw_unseen(name: str, part: Estimate, seed: int) -> NDArray[np.float64]:
    """Draw the persons never seen in one stratum, shape (CHAINS, DRAWS), independent of the others."""
    random = np.random.default_rng([seed, crc32(name.encode())])
    if part.draws is not None:
        chosen = random.choice(part.draws.total.reshape(-1), size=(CHAINS, DRAWS))
        return np.asarray(chosen - part.observed, dtype=np.float64)
    return draw_log_normal(part, random, (CHAINS, DRAWS))


def draw_log_normal(
    part: Estimate, random: np.random.Generator, shape: int | tuple[int, int]
) -> NDArray[np.float64]:
    """Draw the persons never seen from a log-normal, fitted to the interval below and above its middle.

    The estimate is the median, and the ends of the interval are the quantiles that they claim to be.
    """
    value, low, high = (math.log(max(number, NONE)) for number in part.unseen)
    z = normal_quantile(part.level)
    normal = random.standard_normal(shape)
    spread = np.where(normal < 0, (value - low) / z, (high - value) / z)
    drawn = np.exp(value + spread * normal)
    return np.asarray(np.where(drawn <= NONE, 0.0, drawn))
