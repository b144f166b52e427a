"""Any table of a few lists: an answer without holes, or a refusal in words. Never a crash, never nonsense."""

import json
import math
from contextlib import suppress
from itertools import product

from hypothesis import example, given, settings
from hypothesis import strategies as st

from kuager.core.errors import BadInputError, RefusedError
from kuager.engines.estimation import METHODS, CaptureHistories, Estimate, Request, compare, estimate
from kuager.engines.estimation.headlines import recommended

QUICK = Request(draws=100)


def table(n_lists: int, counts: list[int]) -> CaptureHistories:
    patterns = [pattern for pattern in product((0, 1), repeat=n_lists) if any(pattern)]
    return CaptureHistories.from_counts("ABCDEF"[:n_lists], patterns, counts)


def tables(n_lists: int) -> st.SearchStrategy[CaptureHistories]:
    """Draw tables mostly of small counts and holes, some of a million."""
    size = 2**n_lists - 1
    count = st.one_of(st.just(0), st.integers(0, 3), st.integers(0, 60), st.integers(0, 10**6))
    return st.lists(count, min_size=size, max_size=size).map(lambda counts: table(n_lists, counts))


def check(answer: Estimate) -> None:
    low, high = answer.interval
    assert all(map(math.isfinite, (answer.estimate, low, answer.mean or 0.0)))
    assert answer.observed <= low <= answer.estimate <= high
    assert math.isfinite(high) or not answer.publishable
    assert not any(isinstance(value, float) and math.isnan(value) for value in answer.diagnostics.values())
    for sentence in (*answer.reasons, *answer.warnings):
        assert not {"nan", "inf", "None"} & set(sentence.replace(",", " ").split())
    json.dumps(answer.to_json(), allow_nan=False)


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 6).flatmap(tables), st.sampled_from(sorted(METHODS)))
# Others seen while building: a bound without end, graphs that one graph outweighs by e^1000.
@example(table(2, [2, 0, 0]), "chao")
@example(
    table(4, [448, 566, 236, 779, 296, 426, 569, 102, 741, 123, 917, 728, 990, 849, 194]), "decomposable"
)
@example(table(3, [51638, 228264, 0, 0, 0, 463701, 0]), "sample-coverage")
def test_any_table_is_answered_without_holes_or_refused_in_words(
    histories: CaptureHistories, method: str
) -> None:
    with suppress(BadInputError, RefusedError):
        check(estimate(histories, method=method, request=QUICK))


@settings(max_examples=5, deadline=None)
@given(st.integers(2, 4).flatmap(tables))
def test_any_table_is_compared_and_the_headline_says_no_refused_number(histories: CaptureHistories) -> None:
    if not histories.observed:
        return
    answer = compare(histories, request=QUICK)
    for part in answer.estimates:
        check(part)
    first = recommended(answer)
    if first is None or not first.publishable:
        assert answer.headline.values.keys() <= {"observed", "reason"}
    elif "low" in answer.headline.values:
        low = int(answer.headline.values["low"].replace(",", ""))
        assert histories.observed <= low <= first.interval[0]
