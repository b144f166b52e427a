import numpy as np
import polars as pl
import pytest

from kuager.engines.linkage import link
from kuager.engines.linkage.exclusivity import exclusive_probability
from kuager.engines.linkage.reviewing.company import company
from kuager.engines.linkage.reviewing.likeness import likeness
from kuager.engines.linkage.reviewing.teaching import Scores, teach, with_certainty
from kuager.engines.linkage.reviewing.verdict_model import Looks, errors_of_odds

KEYS = ["list_l", "id_l", "list_r", "id_r"]


def pairs_of(*pairs: tuple[int, int]) -> pl.DataFrame:
    return pl.DataFrame(pairs, schema={"left": pl.UInt32, "right": pl.UInt32}, orient="row")


def test_who_is_judged_the_same_takes_no_other_partner_of_that_list() -> None:
    pairs, odds = pairs_of((0, 2), (0, 3)), np.array([1.0, 4.0])
    judged = exclusive_probability(with_certainty(odds, {0: True}), pairs, list("aabb"), "ab")
    assert judged[1] < 0.001
    released = exclusive_probability(with_certainty(odds, {1: False}), pairs, list("aabb"), "ab")
    assert released[0] == pytest.approx(2 / 3, abs=1e-3)


def test_third_records_speak_for_and_against() -> None:
    # Records 0, 1, 2 are one person all round; 3 is like 0 only.
    pairs = pairs_of((0, 1), (0, 2), (1, 2), (0, 3))
    found = company(pairs, np.array([0.9, 0.9, 0.8, 0.6]), np.arange(4))
    assert found[0] == pytest.approx([0.8, 0.1 + 0.6])
    assert found[3] == pytest.approx([0.0, 1.5])


def test_likeness_tells_near_names_from_far_ones_and_skips_other_scripts() -> None:
    shown = ["Asel", "Assel", "Bolat", "Асель"]
    skeletons = ["asel", "asel", "bolat", "asel"]
    records = pl.DataFrame(
        {"shown_given": shown, "shown_line": ["Nurova"] * 4, "given": skeletons, "family": ["nurov"] * 4}
    ).with_columns(father=pl.lit(None, dtype=pl.String), grandfather=pl.lit(None, dtype=pl.String))
    near, far, other = likeness(records, pairs_of((0, 1), (0, 2), (0, 3)))
    assert (near[:4] > far[:4]).all()
    assert np.isnan(other[:5]).all()
    assert other[5:] == pytest.approx([1, 1, 1])


def looks_of(levels: np.ndarray) -> Looks:
    return Looks(weights=np.zeros(levels.shape), levels=levels, smooth=levels.astype(np.float64))


def test_many_labels_teach_what_no_sum_of_weights_can_say() -> None:
    # Two fields that agree, or disagree, together mean one person: no weight of a single field says so.
    random = np.random.default_rng(4)
    levels = random.integers(0, 2, (400, 2)).astype(np.int8)
    same = (levels[:, 0] == levels[:, 1]).astype(float)
    rows = np.arange(200)
    spread = Looks(np.zeros(levels.shape), levels, 4.0 * levels.astype(np.float64))
    learned = errors_of_odds(spread, np.zeros(400), rows, same[rows])
    assert (learned[200:][same[200:] == 1] > 2).all()
    assert (learned[200:][same[200:] == 0] < -2).all()


def test_labels_that_bear_the_odds_out_change_little() -> None:
    random = np.random.default_rng(5)
    levels = random.integers(0, 3, (600, 3)).astype(np.int8)
    odds = random.normal(0, 4, 600)
    same = (random.random(600) < 1 / (1 + np.exp2(-odds))).astype(float)
    learned = errors_of_odds(looks_of(levels), odds, np.arange(300), same[:300])
    assert float(np.abs(learned).mean()) < 0.7


def scores_of(odds: np.ndarray) -> Scores:
    count = len(odds)
    names = pl.Series(["Asel"] * 2 * count)
    records = pl.DataFrame(
        {
            column: names
            for column in ("shown_given", "shown_line", "given", "family", "father", "grandfather")
        }
    )
    return Scores(
        pairs=pl.DataFrame({"left": np.arange(count), "right": np.arange(count, 2 * count)}),
        records=records,
        weights=odds[:, np.newaxis],
        levels=np.zeros((count, 1), dtype=np.int8),
        odds=odds,
        probability=1 / (1 + np.exp2(-odds)),
    )


def test_nobody_judged_teaches_nothing_and_the_order_of_judgements_does_not_matter() -> None:
    odds = np.linspace(-9, 9, 300)
    assert teach(scores_of(odds), {}) is None
    verdicts = {row: bool(odds[row] > 3) for row in range(0, 300, 2)}
    there = teach(scores_of(odds), verdicts)
    back = teach(scores_of(odds), dict(reversed(verdicts.items())))
    assert there is not None
    assert back is not None
    assert there.odds == pytest.approx(back.odds)
    # The labels say "the same" from 3 bits on: pairs of 1.5 bits that nobody judged are lowered.
    assert there.odds[175] < odds[175]


def typed_lists(seed: int) -> dict[str, pl.DataFrame]:
    """Type invented people into two lists; in one of the two, every third age is worthless."""
    random = np.random.default_rng(seed)
    given = [a + b for a in ("Bol", "Ser", "Nur", "Dan", "Ask", "Tim") for b in ("at", "ik", "lan", "ir")]
    family = [a + b for a in ("Kas", "Tul", "Omar", "Bek", "Sar") for b in ("ov", "enov", "baev", "imov")]
    people = [
        (str(number), f"{random.choice(given)} {random.choice(family)}", int(random.integers(18, 80)))
        for number in range(600)
    ]
    lists = {
        "a": people[:400],
        "b": [
            (key, name, int(random.integers(18, 80)) if place % 3 == 0 else age)
            for place, (key, name, age) in enumerate(people[200:])
        ],
    }
    schema = {"id": pl.String, "name": pl.String, "age": pl.Int64}
    return {name: pl.DataFrame(rows, schema=schema, orient="row") for name, rows in lists.items()}


def test_a_hundred_labels_make_the_links_that_nobody_judged_no_worse() -> None:
    frames = typed_lists(6)
    before = link(frames, one_to_one=["a", "b"])
    asked = before.pairs.sort(KEYS)
    rows = np.random.default_rng(1).choice(asked.height, 100, replace=False)
    judged = asked[rows.tolist()].select(KEYS)
    same = pl.when(pl.col("id_l") == pl.col("id_r")).then(pl.lit("same")).otherwise(pl.lit("different"))
    judgements = judged.with_columns(verdict=same)
    after = link(frames, one_to_one=["a", "b"], judgements=judgements)

    def brier(pairs: pl.DataFrame) -> float:
        left = pairs.join(judged, on=KEYS, how="anti")
        error = left["probability"] - (left["id_l"] == left["id_r"]).cast(pl.Float64)
        return float((error**2).sum())

    assert brier(after.pairs) < brier(before.pairs)
    verdict = after.pairs.join(judgements, on=KEYS)
    assert verdict.filter(pl.col("verdict") == "same")["probability"].min() == 1
    assert verdict.filter(pl.col("verdict") == "different").height == 0


def test_what_doubtful_pairs_teach_does_not_carry_improbable_ones_away() -> None:
    # Only doubtful pairs are judged, and all are the same person; those at 5 % stay improbable.
    odds = np.concatenate([np.linspace(-1, 1, 120), np.linspace(-5, -4, 400)])
    taught = teach(scores_of(odds), dict.fromkeys(range(120), True))
    assert taught is not None
    assert float(np.median(taught.odds[:120])) > 1.5
    assert float(np.median(taught.odds[120:])) < -2
