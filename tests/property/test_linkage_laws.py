"""Laws of the linkage engine: clusters are a partition that obeys every constraint; models stay models."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kuager.engines.linkage.comparing.comparisons import COMPARISONS
from kuager.engines.linkage.gathering.clusters import cluster
from kuager.engines.linkage.learning import (
    Evidence,
    default_model,
    field_weights,
    learn,
    log_odds,
    probability,
    strangers_with_prior,
)

_RECORDS = 8
_pairs = st.tuples(st.integers(0, _RECORDS - 1), st.integers(0, _RECORDS - 1)).filter(
    lambda pair: pair[0] < pair[1]
)
_scores = st.dictionaries(_pairs, st.floats(0.0, 1.0), max_size=20)
_lists = st.lists(st.sampled_from(["a", "b", "c"]), min_size=_RECORDS, max_size=_RECORDS)


@given(_lists, _scores, st.sets(_pairs, max_size=4))
def test_no_person_holds_a_forbidden_pair_or_a_list_twice(
    lists: list[str], scores: dict[tuple[int, int], float], apart: set[tuple[int, int]]
) -> None:
    numbers = cluster(lists, scores, threshold=0.5, one_to_one=["a"], different=apart)
    assert all(numbers[left] != numbers[right] for left, right in apart)
    from_a = [number for number, name in zip(numbers, lists, strict=True) if name == "a"]
    assert len(from_a) == len(set(from_a))


@given(_lists, _scores)
def test_clusters_only_join_what_links_connect(
    lists: list[str], scores: dict[tuple[int, int], float]
) -> None:
    numbers = cluster(lists, scores, threshold=0.5)
    touched = {record for pair, score in scores.items() if score >= 0.5 for record in pair}
    alone = [numbers[record] for record in range(_RECORDS) if record not in touched]
    assert all(numbers.count(number) == 1 for number in alone)


@given(_lists, _scores, st.sets(_pairs, max_size=3))
def test_judged_pairs_stay_together(
    lists: list[str], scores: dict[tuple[int, int], float], same: set[tuple[int, int]]
) -> None:
    numbers = cluster(lists, scores, threshold=0.5, same=same)
    assert all(numbers[left] == numbers[right] for left, right in same)


def _evidence(levels: list[list[int]]) -> Evidence:
    table = np.array(levels, dtype=np.int8)
    return Evidence(
        levels=table,
        frequency=np.full(table.shape, np.nan),
        groups=np.zeros(len(table), dtype=np.int64),
        possible=np.array([1000.0]),
        expected=np.array([20.0]),
    )


_rows = st.tuples(*(st.integers(-1, len(field.levels) - 1) for field in COMPARISONS)).map(list)


@settings(max_examples=50)
@given(st.lists(_rows, min_size=1, max_size=40))
def test_learning_keeps_probabilities_proper(levels: list[list[int]]) -> None:
    evidence = _evidence(levels)
    strangers = strangers_with_prior(COMPARISONS, {}, 0.0)
    model = learn(default_model(COMPARISONS, strangers, evidence), evidence)
    assert all(abs(float(m.sum()) - 1.0) < 1e-9 and float(m.min()) > 0.0 for m in model.m)
    odds = log_odds(model, evidence, field_weights(model, evidence))
    assert np.isfinite(odds).all()
    assert ((probability(odds) >= 0.0) & (probability(odds) <= 1.0)).all()


@given(_rows)
def test_what_is_unknown_counts_nothing(levels: list[int]) -> None:
    evidence = _evidence([levels])
    model = default_model(COMPARISONS, strangers_with_prior(COMPARISONS, {}, 0.0), evidence)
    weights = field_weights(model, evidence)[0]
    assert all(weight == 0.0 for weight, level in zip(weights, levels, strict=True) if level < 0)
