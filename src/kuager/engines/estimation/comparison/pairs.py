"""Two lists at a time: were all lists independent, all pairs would say the same."""

from itertools import combinations

from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.request import Request
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.two_lists import estimate_chapman

PAIR_METHOD = "chapman"
# Of more lists only the two pairs that differ most are shown: twenty lists have 190.
MOST_LISTS = 6


def estimate_pairs(histories: CaptureHistories, request: Request) -> list[Estimate]:
    """Estimate from each two lists that share somebody: else the number is only the lack of overlap.

    Returns
    -------
    list of Estimate
        In the order of the lists; of more than six lists only the smallest and the largest answer.

    """
    overlaps = histories.overlaps
    pairs = [
        estimate_chapman(histories.select((histories.lists[i], histories.lists[j])), request)
        for i, j in combinations(range(len(histories.lists)), 2)
        if overlaps[i, j]
    ]
    if len(histories.lists) <= MOST_LISTS or len(pairs) < 2:
        return pairs
    ranked = sorted(pairs, key=lambda answer: answer.estimate)
    return [ranked[0], ranked[-1]]
