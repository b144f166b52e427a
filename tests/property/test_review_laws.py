"""Laws of clerical review: agreement, samples, orders and what judged pairs teach."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuager.engines.linkage import link
from kuager.engines.linkage.linking import LinkResult
from kuager.engines.linkage.reviewing import (
    agreement,
    double_review_sample,
    measured_quality,
    review_order,
)
from kuager.engines.linkage.reviewing.likeness import likeness
from kuager.engines.linkage.reviewing.verdict_model import Looks, errors_of_odds

KEYS = ["list_l", "id_l", "list_r", "id_r"]
_verdicts = st.sampled_from(["same", "different", "unsure"])
_answers = st.lists(_verdicts, min_size=2, max_size=60)


@given(_answers.filter(lambda answers: len(set(answers)) > 1))
@settings(deadline=None)
def test_kappa_of_identical_answers_is_one(answers: list[str]) -> None:
    found = agreement(answers, answers)
    assert found.kappa == pytest.approx(1)
    assert found.interval is not None
    assert found.interval[0] < found.interval[1]


@given(st.integers(0, 10_000), st.floats(0.2, 0.8), st.floats(0.2, 0.8))
@settings(max_examples=25, deadline=None)
def test_kappa_of_independent_answers_is_near_zero(seed: int, first: float, second: float) -> None:
    random = np.random.default_rng(seed)
    answers = [
        np.where(random.random(4_000) < share, "same", "different").tolist() for share in (first, second)
    ]
    found = agreement(*answers)
    assert found.kappa == pytest.approx(0, abs=0.08)


@given(st.lists(st.tuples(_verdicts, _verdicts), min_size=1, max_size=40), st.randoms())
@settings(deadline=None)
def test_agreement_knows_no_order_and_no_first_reviewer(answers, random) -> None:  # type: ignore[no-untyped-def]
    found = agreement(*zip(*answers, strict=True))
    shuffled = [(other, one) for one, other in answers]
    random.shuffle(shuffled)
    other = agreement(*zip(*shuffled, strict=True))
    assert other.kappa == (None if found.kappa is None else pytest.approx(found.kappa))
    assert -1 <= (found.kappa or 0) <= 1
    if found.interval is not None and found.kappa is not None:
        assert found.interval[0] <= found.kappa <= found.interval[1]


_CHAIN = st.tuples(st.integers(0, 11), st.integers(0, 11), st.floats(0.01, 0.999), st.booleans())


def _result(edges: list[tuple[int, int, float, bool]]) -> LinkResult:
    """Make links between lists a and b of twelve; the clusters follow some of them, one to one."""
    chance = {(left, right): probability for left, right, probability, _ in edges}
    partner: dict[int, int] = {}
    for left, right, _, joined in edges:
        if joined and left not in partner and right not in partner.values():
            partner[left] = right
    cluster_b = {right: left for left, right in partner.items()}
    table = pl.DataFrame(
        [
            ("a", str(left), "b", str(right), probability, float(np.log2(probability / (1 - probability))))
            for (left, right), probability in sorted(chance.items())
        ],
        schema=[*KEYS, "probability", "match_weight"],
        orient="row",
    )
    rows = [("a", str(key), key) for key in range(12)]
    rows += [("b", str(key), cluster_b.get(key, 100 + key)) for key in range(12)]
    return LinkResult(table, pl.DataFrame(rows, schema=["list", "id", "cluster"], orient="row"), (), 24)


_results = st.lists(_CHAIN, min_size=1, max_size=30).map(_result)


@given(_results, st.integers(1, 40), st.integers(0, 99))
@settings(max_examples=50, deadline=None)
def test_weights_of_a_sample_sum_to_the_population(result: LinkResult, size: int, seed: int) -> None:
    sample = double_review_sample(result, size=size, seed=seed)
    together = result.clusters.group_by("cluster").len().filter(pl.col("len") == 2).height
    linked = sample.filter("linked")["weight"].sum()
    assert linked == pytest.approx(together)
    assert sample.select(KEYS).is_unique().all()
    reported = result.pairs.select(KEYS).rows()
    assert sample["weight"].sum() == pytest.approx(
        len(set(reported) | set(sample.filter("linked").select(KEYS).rows()))
    )


@given(_results, st.integers(1, 20), st.randoms())
@settings(max_examples=50, deadline=None)
def test_the_order_of_rows_decides_nothing(result, size, random) -> None:  # type: ignore[no-untyped-def]
    order = list(range(result.pairs.height))
    random.shuffle(order)
    records = list(range(result.clusters.height))
    random.shuffle(records)
    other = replace(result, pairs=result.pairs[order], clusters=result.clusters[records])
    assert review_order(result).equals(review_order(other))
    assert double_review_sample(result, size=size, seed=3).equals(
        double_review_sample(other, size=size, seed=3)
    )


@given(_results, st.integers(1, 3))
@settings(max_examples=50, deadline=None)
def test_every_open_pair_is_asked_once_and_is_worth_something(result: LinkResult, in_a_row: int) -> None:
    order = review_order(result, at_most_in_a_row=in_a_row)
    assert sorted(order.select(KEYS).rows()) == sorted(result.pairs.select(KEYS).rows())
    assert (order["information"] >= 0).all()
    judged = order.head(order.height // 2).with_columns(verdict=pl.lit("same"))
    rest = review_order(result, judgements=judged)
    assert set(rest.select(KEYS).rows()) == set(order.slice(order.height // 2).select(KEYS).rows())


_strata = st.lists(
    st.tuples(st.booleans(), st.integers(0, 20), st.integers(0, 20), st.integers(0, 5), st.floats(1.0, 50.0)),
    min_size=1,
    max_size=5,
)


@given(_strata)
@settings(max_examples=50, deadline=None)
def test_measured_shares_lie_within_their_bounds_and_intervals(strata) -> None:  # type: ignore[no-untyped-def]
    rows = [
        (str(number), weight, linked, verdict)
        for number, (linked, same, different, unsure, weight) in enumerate(strata)
        for verdict in ["same"] * same + ["different"] * different + ["unsure"] * unsure
    ]
    if not rows:
        return
    sample = pl.DataFrame(rows, schema=["stratum", "weight", "linked", "verdict"], orient="row")
    found = measured_quality(sample)
    for one in (found.precision, found.recall, found.f1):
        assert 0 <= one.low <= one.least <= one.value <= one.most <= one.high <= 1


@given(st.integers(0, 1_000), st.integers(1, 30))
@settings(max_examples=20, deadline=None)
def test_what_labels_teach_is_small_where_they_agree_with_the_odds(seed: int, labels: int) -> None:
    random = np.random.default_rng(seed)
    looks = Looks(
        weights=random.normal(0, 3, (80, 2)),
        levels=random.integers(-1, 3, (80, 2)).astype(np.int8),
        smooth=random.normal(0, 1, (80, 4)),
    )
    odds = np.where(random.random(80) < 0.5, 12.0, -12.0)
    rows = np.sort(random.choice(80, labels, replace=False))
    learned = errors_of_odds(looks, odds, rows, (odds[rows] > 0).astype(float))
    assert float(np.abs(learned).max()) < 0.5


_Names = list[tuple[str | None, str | None]]
_NAMES = st.lists(
    st.tuples(st.sampled_from(["Asel", "Bolat", "Асель", None]), st.sampled_from(["Nurov", "Нуров", None])),
    min_size=2,
    max_size=8,
)


@given(_NAMES)
@settings(max_examples=50, deadline=None)
def test_likeness_is_symmetric_and_whole_for_the_same_name(
    names: list[tuple[str | None, str | None]],
) -> None:
    given_, line = [one for one, _ in names], [other for _, other in names]
    columns = {"shown_given": given_, "shown_line": line, "given": given_, "family": line}
    empty = [None] * len(names)
    records = pl.DataFrame(
        {**columns, "father": empty, "grandfather": empty}, schema_overrides=dict.fromkeys(columns, pl.String)
    ).with_columns(pl.col("father", "grandfather").cast(pl.String))
    rows = [(left, right) for left in range(len(names)) for right in range(len(names))]
    there = pl.DataFrame(rows, schema=["left", "right"], orient="row")
    back = there.select(left="right", right="left")
    found = likeness(records, there)
    assert np.array_equal(found, likeness(records, back), equal_nan=True)
    itself = found[[left == right for left, right in rows]]
    assert ((itself == 1) | np.isnan(itself)).all()


_PEOPLE = (
    ("Asel Nurova", 31),
    ("Bolat Kasymov", 44),
    ("Dana Sarsen", 27),
    ("Erlan Tulegen", 52),
    ("Farida Omarova", 38),
)


@given(st.integers(0, 4), st.integers(0, 4), st.booleans())
@settings(max_examples=4, deadline=None)
def test_a_judged_pair_never_disagrees_with_its_judgement(left: int, right: int, is_same: bool) -> None:
    frames = {
        name: pl.DataFrame(
            [(str(number), who, age + shift) for number, (who, age) in enumerate(_PEOPLE)],
            schema=["id", "name", "age"],
            orient="row",
        )
        for name, shift in (("a", 0), ("b", 1))
    }
    judgement = pl.DataFrame(
        [("a", str(left), "b", str(right), "same" if is_same else "different")],
        schema=[*KEYS, "verdict"],
        orient="row",
    )
    result = link(frames, one_to_one=["a", "b"], judgements=judgement)
    person = {(name, key): number for name, key, number in result.clusters.iter_rows()}
    assert (person["a", str(left)] == person["b", str(right)]) == is_same
    found = result.pairs.filter((pl.col("id_l") == str(left)) & (pl.col("id_r") == str(right)))
    assert found["probability"].to_list() == ([1.0] if is_same else [])
