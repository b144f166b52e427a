import numpy as np
import polars as pl
import pytest

from kuager.engines.linkage import link
from kuager.engines.linkage.drawing.doubt import Doubt, MayBe, missed_by_blocking
from kuager.engines.linkage.drawing.draws import draw_partitions
from kuager.engines.linkage.exclusivity import exclusive_probability
from kuager.engines.linkage.gathering.quality import expected_errors
from kuager.engines.linkage.linking import LinkResult
from kuager.engines.linkage.reviewing.reviewed import correction


def pairs_of(*pairs: tuple[int, int]) -> pl.DataFrame:
    return pl.DataFrame(pairs, schema={"left": pl.UInt32, "right": pl.UInt32}, orient="row")


def test_a_rival_whose_partner_is_known_hardly_competes() -> None:
    # Record 0 may be 2 or 3; record 3 is surely record 1.
    competing = exclusive_probability(np.array([0.0, 0.0]), pairs_of((0, 2), (0, 3)), list("aabb"), "ab")
    settled = exclusive_probability(
        np.array([0.0, 0.0, 20.0]), pairs_of((0, 2), (0, 3), (1, 3)), list("aabb"), "ab"
    )
    assert competing == pytest.approx([1 / 3, 1 / 3], abs=1e-6)
    assert settled == pytest.approx([0.5, 0, 1], abs=1e-4)


def test_records_of_one_list_that_are_not_alike_compete_and_doubles_support_each_other() -> None:
    strangers = exclusive_probability(np.array([2.0, 2.0]), pairs_of((0, 1), (0, 2)), list("abb"), "")
    doubles = exclusive_probability(
        np.array([2.0, 2.0, 5.0]), pairs_of((0, 1), (0, 2), (1, 2)), list("abb"), ""
    )
    assert strangers[0] == pytest.approx(4 / 9, abs=1e-6)
    assert doubles[0] > 0.8


def links(probabilities: list[float], doubt: Doubt | None = None) -> LinkResult:
    """Make pairs (a, i) with (b, i), linked from one half on."""
    count = len(probabilities)
    ids, chance = [str(number) for number in range(count)], np.array(probabilities)
    table = pl.DataFrame(
        {"list_l": ["a"] * count, "id_l": ids, "list_r": ["b"] * count, "id_r": ids, "probability": chance}
    ).with_columns(match_weight=np.log2(chance / (1 - chance)))
    clusters = [*range(count), *(i if p >= 0.5 else count + i for i, p in enumerate(probabilities))]
    records = pl.DataFrame({"list": ["a"] * count + ["b"] * count, "id": ids * 2, "cluster": clusters})
    return LinkResult(table, records, (), 2 * count, doubt=doubt)


def doubt_of(probabilities: list[float], missed: float = 0.0, error: float = 1.0) -> Doubt:
    """Doubt about ``links``: one field, on which all agree; before that, 7.2 bits speak against a link."""
    count = len(probabilities)
    chance = np.array(probabilities)
    pairs = MayBe(
        left=np.arange(count),
        right=np.arange(count, 2 * count),
        weights=(np.log2(chance / (1 - chance)) + 7.2)[:, np.newaxis],
        beyond=np.zeros(count),
        withheld=np.zeros((count, 1)),
        levels=np.zeros((count, 1), dtype=np.int8),
        measured=np.ones((count, 1), dtype=np.bool_),
    )
    return Doubt(
        pairs=pairs,
        same=(np.array([0.99, 0.01]),),
        same_before=(np.array([0.99, 0.01]),),
        same_most=(np.ones(2),),
        strangers=(np.array([1000.0, 9000.0]),),
        missed=missed,
        recall=1.0,
        common_error_bits=error,
    )


def distinct(result: LinkResult) -> np.ndarray:
    drawn = draw_partitions(result, draws=100, one_to_one="ab")
    return np.array([len(np.unique(row)) for row in drawn.clusters])


# As many are linked and not as make 7.2 bits: 320 on both lists, 220 on each alone.
DOUBTFUL = [1 - 1e-9] * 300 + [0.5] * 40 + [1e-6] * 200


def test_doubt_about_weights_widens_the_draws_but_hardly_moves_them() -> None:
    sure, doubtful = distinct(links(DOUBTFUL)), distinct(links(DOUBTFUL, doubt_of(DOUBTFUL, error=2.0)))
    assert doubtful.std() > 2 * sure.std()
    assert doubtful.mean() == pytest.approx(sure.mean(), abs=6)


def test_links_never_compared_are_drawn_in_their_expected_number() -> None:
    unlike = [1 - 1e-9] * 300 + [1e-6] * 200
    found = links(unlike, doubt_of(unlike, missed=40.0, error=0.0))
    without = links(unlike, doubt_of(unlike, error=0.0))
    assert (distinct(without) - distinct(found)).mean() == pytest.approx(40, abs=6)


def test_missed_links_are_estimated_from_links_found_once_and_twice() -> None:
    linked = np.ones(30)
    assert missed_by_blocking(np.zeros(30, dtype=np.int64), linked) == 0
    assert missed_by_blocking(np.array([1] * 10 + [2] * 14 + [9] * 6), linked) == pytest.approx(3)


def test_judgements_set_weights_right_and_few_hardly_do() -> None:
    random = np.random.default_rng(3)
    weights = random.normal(0, 3, (600, 2))
    same = random.random(600) < 1 / (1 + np.exp2(-(weights.sum(axis=1) + 2)))
    learned = correction(weights, np.zeros(600), dict(enumerate(same.tolist())))
    few = correction(weights, np.zeros(600), {0: True})
    assert learned is not None
    assert few is not None
    assert learned.common_bits == pytest.approx(2, abs=0.4)
    assert learned.factors == pytest.approx([1, 1], abs=0.2)
    assert learned.error_bits < 0.3 < few.error_bits
    assert correction(weights, np.zeros(600), {}) is None


def test_expected_errors_add_up_the_doubt() -> None:
    found = links([0.9, 0.8, 0.3, 0.1])
    expected = expected_errors(found)
    assert expected.total.links == 2
    assert expected.total.false_links == pytest.approx(0.3)
    assert expected.total.missed_links == pytest.approx(0.4)
    assert expected.total.precision == pytest.approx(0.85)
    assert [stratum.stratum for stratum in expected.strata] == ["a + b"]


def test_expected_errors_from_draws_agree_and_have_intervals() -> None:
    found = links([0.9, 0.8, 0.3, 0.1])
    drawn = draw_partitions(found, draws=5_000, one_to_one="ab")
    expected = expected_errors(found, draws=drawn, stratum_of=lambda one, other: one[1])
    assert expected.total.false_links == pytest.approx(0.3, abs=0.04)
    assert expected.total.missed_links == pytest.approx(0.4, abs=0.04)
    assert expected.total.false_interval == (0, 1)
    assert [stratum.stratum for stratum in expected.strata] == ["0", "1", "2", "3"]


def test_probabilities_of_invented_lists_add_up_to_the_true_links() -> None:
    random = np.random.default_rng(5)
    names = [f"{a}{b}" for a in ("Bol", "Ser", "Nur", "Dan", "Ask", "Tim") for b in ("at", "ik", "lan", "ir")]
    people = [
        (random.choice(names), random.choice(names) + "ov", random.integers(18, 78)) for _ in range(500)
    ]
    frames = {}
    for name in "ab":
        rows = []
        for number in random.permutation(500)[:300]:
            given, family, age = people[number]
            # Every tenth age is wrong, every tenth missing.
            written = random.choice([age, random.integers(18, 78), None], p=[0.8, 0.1, 0.1])
            rows.append((str(number), f"{given} {family}", None if written is None else str(written)))
        frames[name] = pl.DataFrame(rows, schema=["id", "name", "age"], orient="row")
    pairs = link(frames, one_to_one="ab").pairs
    true = len(set(frames["a"]["id"]) & set(frames["b"]["id"]))
    assert pairs["probability"].sum() == pytest.approx(true, rel=0.06)
