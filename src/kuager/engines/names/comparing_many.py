"""Judge many pairs of names: the verdicts of ``compare_names``, at the speed that linkage needs.

Promises: the verdict is always that of ``compare_names``, and so are score and weight unless the verdict is
"different"; names that cannot reach "unsure" are put aside by a bound on their consonants, unread.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kuager.engines.names.aligning import may_reach
from kuager.engines.names.comparing import UNSURE_FROM, Verdict, compare_names, settle_names


class NameJudgement(NamedTuple):
    """The score, the verdict and the weight of one pair; all nought when the names are different."""

    score: float
    verdict: Verdict
    weight_bits: float


_DIFFERENT = NameJudgement(0.0, "different", 0.0)


def judge_names(pairs: Iterable[tuple[str, str]]) -> Iterator[NameJudgement]:
    """Compare each pair of names, in any script and order.

    Examples
    --------
    >>> pairs = [("Нұров Болат", "Bolat Nurov"), ("Нұров Болат", "Dana Kim")]
    >>> [found.verdict for found in judge_names(pairs)]
    ['same', 'different']
    """
    for one, other in pairs:
        yield _judge(one, other)


def _judge(one: str, other: str) -> NameJudgement:
    if one == other and one.strip():
        same = compare_names(one, other)
        return NameJudgement(same.score, same.verdict, same.weight_bits)
    if not may_reach(one, other, UNSURE_FROM):
        return _DIFFERENT
    found = settle_names(one, other)
    if found.verdict == "different":
        return _DIFFERENT
    return NameJudgement(found.score, found.verdict, found.weight_bits)
