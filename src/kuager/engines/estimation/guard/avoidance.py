"""Lists that avoid each other's people, which makes any lower bound too high.

A bound allows for people who differ and for lists that find the same ones: both make it too low, as a bound
may be. Lists that avoid each other's people make it too high. Among the people on other lists it can be seen
who is on both of two lists, on one and on neither; there the odds ratio shows it.
"""

import math
from collections.abc import Iterator
from itertools import combinations

import numpy as np
from scipy.special import ndtri

from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.sentences import Sentence

# Probability of refusing although no list avoids another, all pairs together. In benchmarks/
# estimation_coverage.py two of four lists that avoid each other (a third of the odds by chance) put the bound
# above the truth in 26 of 100 tables; this finds all 100 of them, and up to 3 in 100 where nothing avoids.
FALSE_ALARM = 0.02
# Our choice: odds less than this far below those by chance move the bound by less than its interval.
LEAST_AVOIDANCE = 0.8


def refused_for_avoidance(histories: CaptureHistories, estimate: Estimate) -> Iterator[str]:
    """Refuse a lower bound where two lists avoid each other; models may allow for it themselves."""
    if not estimate.is_lower_bound or len(histories.lists) < 3:
        return
    for first, second in avoiding_pairs(histories):
        yield Sentence(
            "Lists {first} and {second} avoid each other's people more than chance allows; a lower bound may "
            "then lie above the true number.",
            first=first,
            second=second,
        )


def avoiding_pairs(histories: CaptureHistories) -> list[tuple[str, str]]:
    """Find pairs of lists that share fewer people than chance makes them share, the plainest first.

    Each pair is in the order of its names, whatever the order of the lists.

    Notes
    -----
    Log odds ratio with half a person added to each cell and its standard error (Woolf 1955, Annals of Human
    Genetics 19, 251-253; Haldane 1956, ibid. 20, 309-311), among the people on any third list.

    """
    pairs = list(combinations(range(len(histories.lists)), 2))
    limit = float(ndtri(FALSE_ALARM / max(len(pairs), 1)))
    found = []
    for first, second in pairs:
        log_odds, error = _association(histories, first, second)
        if log_odds < math.log(LEAST_AVOIDANCE) and log_odds / error < limit:
            one, other = sorted((histories.lists[first], histories.lists[second]))
            found.append((log_odds / error, (one, other)))
    return [names for _, names in sorted(found)]


def _association(histories: CaptureHistories, first: int, second: int) -> tuple[float, float]:
    """Log odds ratio of two lists among those on others, and its standard error."""
    on = histories.patterns.astype(bool)
    counts = np.where(np.delete(on, (first, second), axis=1).any(axis=1), histories.counts, 0)
    cells = [
        float(counts[(on[:, first] == one) & (on[:, second] == other)].sum()) + 0.5
        for one, other in ((True, True), (False, False), (True, False), (False, True))
    ]
    both, neither, only_first, only_second = cells
    log_odds = math.log(both * neither / (only_first * only_second))
    return log_odds, math.sqrt(sum(1 / cell for cell in cells))
