"""Put together what people judged the same, as far as they did not judge otherwise elsewhere.

Promises: two records judged different are never put together, not even through a chain of pairs judged the
same; each "same" that contradicts is told. Pairs are taken in the
order of record numbers, so the answer does not depend on the order of judgements.
"""

from collections.abc import Iterable

from kuager.engines.linkage.gathering.joining import Groups
from kuager.engines.linkage.gathering.kept_apart import Pair


def settle_judgements(same: Iterable[Pair], groups: Groups) -> list[Pair]:
    """Join the pairs judged the same; give those that contradict a "different"."""
    refused = []
    for left, right in sorted(set(same)):
        one, other = groups.group_of(left), groups.group_of(right)
        if one == other:
            continue
        if groups.is_forbidden(one, other):
            refused.append((left, right))
        else:
            groups.join(one, other)
    return refused


def without_contradictions(same: Iterable[Pair], different: Iterable[Pair]) -> list[Pair]:
    """Give the pairs judged the same that contradict no "different"."""
    pairs = sorted(set(same))
    refused = set(settle_judgements(pairs, Groups([], (), different)))
    return [pair for pair in pairs if pair not in refused]
