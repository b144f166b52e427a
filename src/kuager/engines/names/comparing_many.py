"""Judge many pairs of names: the verdicts of ``compare_names``, at the speed that linkage needs.

Promises: the verdict is always that of ``compare_names``, and so are score and weight unless the verdict is
"different". All pairs of a batch are looked at together: those that cannot reach "unsure" are put aside by a
bound on their hard sounds and then by the exact likeness of their words; the others are compared one by one,
with the likeness of their words at hand.
"""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import NamedTuple

from kuager.engines.names.comparing import Verdict, compare_names, settle_names

BATCH = 16_384
# Fewer pairs are compared one by one: loading NumPy would take longer.
_FEW = 200


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
    waiting = iter(pairs)
    while batch := list(islice(waiting, BATCH)):
        if len(batch) < _FEW:
            yield from [_judge(one, other) for one, other in batch]
            continue
        from kuager.engines.names.sifting import sift_pairs

        with _undisturbed():
            hopeful = sift_pairs(batch)
            found = [
                _judge(one, other) if is_hopeful or one == other else _DIFFERENT
                for (one, other), is_hopeful in zip(batch, hopeful, strict=True)
            ]
        yield from found


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Put off Python's search for cyclic garbage for one batch.

    A batch makes many small objects and no cycles: searching them again and again takes as long as the work.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _judge(one: str, other: str) -> NameJudgement:
    if one == other and one.strip():
        same = compare_names(one, other)
        return NameJudgement(same.score, same.verdict, same.weight_bits)
    found = settle_names(one, other)
    if found.verdict == "different":
        return _DIFFERENT
    return NameJudgement(found.score, found.verdict, found.weight_bits)
