import json
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from kuager.core.errors import BadInputError
from kuager.engines.estimation import CaptureHistories
from kuager.engines.estimation.diagnostics import (
    ExpectedCells,
    Margins,
    PredictiveChecks,
    check_classes,
    convergence,
    convergence_by_variable,
    predictive_checks,
)
from kuager.engines.estimation.diagnostics.predictive import _in_words
from kuager.engines.estimation.draws import Draws
from kuager.engines.estimation.latent_class.drawn import LatentClassDraws

RANDOM = np.random.default_rng(11)
# Bit j of the number of a cell stands for list j, as in a table of fitted means.
CELLS_3 = [(cell & 1, cell >> 1 & 1, cell >> 2 & 1) for cell in range(1, 8)]
LISTS = ("web", "court", "clinic")


def table(*counts: int) -> CaptureHistories:
    return CaptureHistories.from_counts(LISTS, CELLS_3, counts)


def independent(*chances: float) -> np.ndarray:
    """Cells of independent lists, the unseen left out."""
    return np.array(
        [np.prod([p if on else 1 - p for p, on in zip(chances, cell, strict=True)]) for cell in CELLS_3]
    )


def checked(counts: np.ndarray, means: np.ndarray) -> PredictiveChecks:
    return predictive_checks(table(*counts.tolist()), ExpectedCells.from_means(means))


def test_good_chains_pass_and_standing_ones_do_not() -> None:
    draws = Draws(
        values={
            "total": RANDOM.normal(5000, 300, (4, 1000)),
            "alpha": RANDOM.exponential(size=(4, 1000)),
            "classes": np.full((4, 1000), 3.0),
        }
    )
    found = convergence(draws)
    assert found["rhat"] < 1.01
    assert min(found["ess_bulk"], found["ess_tail"]) > 2500
    assert 4 < found["mcse_median"] < 10
    assert found["mcse_low"] > found["mcse_median"]
    stuck = Draws(values={"total": np.repeat([[1.0], [1.0], [1.0], [2.0]], 100, axis=1)})
    assert convergence(stuck)["rhat"] == np.inf
    assert convergence_by_variable(stuck)[0].to_json()["rhat"] is None


def test_one_bad_variable_is_the_worst_of_all() -> None:
    bad = RANDOM.normal(size=(4, 200)) + np.arange(4)[:, None]
    draws = Draws(values={"total": RANDOM.normal(size=(4, 200)), "alpha": bad})
    assert convergence(draws)["rhat"] > 1.5
    assert convergence(draws, variables=["total"])["rhat"] < 1.05
    assert [one.variable for one in convergence_by_variable(draws)] == ["total", "alpha"]


@pytest.mark.parametrize(
    ("values", "variables", "message"),
    [
        (np.zeros((3, 100)), None, "4 chains or more"),
        (np.zeros((4, 7)), None, "8 draws or more"),
        (np.full((4, 100), np.nan), None, "no finite number"),
        (np.zeros((4, 100)), ["alpha"], "alpha was not drawn"),
        (np.zeros((4, 100)), [], "at least one variable"),
    ],
)
def test_draws_that_cannot_be_judged_are_refused(
    values: np.ndarray, variables: list[str] | None, message: str
) -> None:
    with pytest.raises(BadInputError, match=message):
        convergence(Draws(values={"total": values}), variables=variables)


def test_a_model_that_made_the_people_passes() -> None:
    means = independent(0.5, 0.4, 0.3)
    counts = np.random.default_rng(3).multinomial(2000, means / means.sum())
    found = checked(counts, means)
    assert not found.surprising
    assert found.smallest_p > 0.05
    assert found.sentences[0] == "Every overlap of the lists is as the model makes it."
    assert "does not show that the number" in found.sentences[-1]


def test_dependence_that_a_model_leaves_out_is_named() -> None:
    means = independent(0.5, 0.4, 0.3)
    counts = np.round(means / means.sum() * 2000).astype(int)
    counts[2] += 150
    found = checked(counts, means)
    assert found.smallest_p < 0.001
    assert any(
        sentence.startswith("The model makes too few people stand on both web and court: ")
        for sentence in found.sentences
    )
    cell = next(check for check in found.checks if check.kind == "cell")
    assert cell.of == ("web", "court")


@pytest.mark.parametrize(
    ("chances", "words"),
    [
        ((0.8, 0.4, 0.3), "too many people stand on list web: "),
        ((0.2, 0.4, 0.3), "too few people stand on list web: "),
        ((0.7, 0.6, 0.5), "too many people whose lists number 3: "),
        ((0.2, 0.15, 0.1), "too few people whose lists number 3: "),
        ((0.7, 0.6, 0.3), "too many people stand on both web and court: "),
        ((0.5, 0.15, 0.15), "too few people stand on both court and clinic: "),
        ((0.7, 0.6, 0.5), "combinations of lists worse than chance"),
        ((0.7, 0.6, 0.5), "furthest off for those who are on exactly these lists: web, court, clinic"),
    ],
)
def test_every_kind_of_fault_has_its_sentence(chances: tuple[float, ...], words: str) -> None:
    found = checked(np.round(independent(0.5, 0.4, 0.3) * 2500).astype(int), independent(*chances))
    assert any(words in _in_words(check) for check in found.surprising)
    assert len(found.sentences) <= 7
    told = json.loads(json.dumps(found.to_json()))
    assert any(check["surprising"] for check in told["checks"])


def test_probabilities_of_an_overlap_are_those_of_tables_made_anew() -> None:
    means = independent(0.5, 0.4, 0.3)
    shares = means / means.sum()
    counts = np.random.default_rng(4).multinomial(300, shares)
    check = next(one for one in checked(counts, means).checks if one.of == ("web", "clinic"))
    made = np.random.default_rng(5).multinomial(300, shares, size=20_000)
    both = made[:, 4] + made[:, 6]
    tails = ((both <= check.observed).mean(), (both >= check.observed).mean())
    assert check.p == pytest.approx(min(1.0, 2 * min(tails)), abs=0.02)
    assert check.expected == pytest.approx(both.mean(), rel=0.01)


def test_latent_classes_give_the_same_by_all_patterns_and_by_those_somebody_has() -> None:
    weights = RANDOM.dirichlet(np.ones(3), 20)
    chances = RANDOM.random((20, 3, 4))
    every = np.array([row for row in product((0, 1), repeat=4) if any(row)], dtype=np.int8)
    whole = ExpectedCells.from_classes(every, weights, chances)
    assert whole.probabilities.sum(axis=1) == pytest.approx(np.ones(20))
    summed = ExpectedCells(patterns=every, probabilities=whole.probabilities).known_margins()
    some = ExpectedCells.from_classes(every[::3], weights, chances).known_margins()
    assert summed is not None
    assert some is not None
    np.testing.assert_allclose(some.lists, summed.lists)
    np.testing.assert_allclose(some.numbers, summed.numbers)
    off = ~np.eye(4, dtype=bool)
    np.testing.assert_allclose(some.pairs[:, off], summed.pairs[:, off])


def test_twenty_lists_are_checked_by_the_patterns_that_occur() -> None:
    chances = np.random.default_rng(6).uniform(0.02, 0.3, (1, 2, 20))
    weights = np.array([[0.6, 0.4]])
    classes = np.random.default_rng(7).random(3000) < 0.6
    rows = np.random.default_rng(8).random((3000, 20)) < np.where(
        classes[:, None], chances[0, 0], chances[0, 1]
    )
    histories = CaptureHistories.from_memberships(
        [f"L{n}" for n in range(20)], rows[rows.any(axis=1)].tolist()
    )
    cells = ExpectedCells.from_classes(histories.patterns, weights, chances)
    found = predictive_checks(histories, cells)
    assert sum(check.kind == "pair" for check in found.checks) == 190
    assert not found.surprising
    bare = ExpectedCells(patterns=histories.patterns, probabilities=cells.probabilities)
    assert {check.kind for check in predictive_checks(histories, bare).checks} == {"table", "cell"}


def test_the_same_seed_checks_the_same() -> None:
    means = independent(0.5, 0.4, 0.3)
    counts = np.round(means * 500).astype(int)
    assert checked(counts, means) == checked(counts, means)


@pytest.mark.parametrize(
    ("probabilities", "message"),
    [
        ([[0.5, 0.6]], "add up to 1 at most"),
        ([[-0.1, 0.5]], "between 0 and 1"),
        ([[0.5, 0.2, 0.1]], "each of 2 combinations"),
    ],
)
def test_impossible_probabilities_are_refused(probabilities: list[list[float]], message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        ExpectedCells(
            patterns=np.array([[1, 0], [0, 1]], dtype=np.int8), probabilities=np.array(probabilities)
        )


def test_people_the_model_does_not_know_are_an_error() -> None:
    cells = ExpectedCells(patterns=np.array([[1, 0, 0]], dtype=np.int8), probabilities=np.array([[0.5]]))
    with pytest.raises(BadInputError, match="says nothing of"):
        predictive_checks(table(5, 5, 0, 0, 0, 0, 0), cells)
    with pytest.raises(BadInputError, match="counts nobody"):
        predictive_checks(table(0, 0, 0, 0, 0, 0, 0), cells)
    assert Margins(lists=np.zeros((1, 1)), pairs=np.zeros((1, 1, 1)), numbers=np.zeros((1, 1))) is not None


def test_classes_that_explain_the_lists_pass_and_one_class_too_few_does_not() -> None:
    random = np.random.default_rng(12)
    easy = random.random(3000) < 0.4
    rows = random.random((3000, 4)) < np.where(easy[:, None], [0.8, 0.7, 0.8, 0.6], [0.1, 0.2, 0.1, 0.15])
    histories = CaptureHistories.from_memberships("abcd", rows[rows.any(axis=1)].tolist())
    right = LatentClassDraws(
        values={"total": np.full((4, 1), 3000.0)},
        lists=("d", "c", "b", "a"),
        class_weights=np.array([[0.4, 0.6]]),
        class_chances=np.array([[[0.6, 0.8, 0.7, 0.8], [0.15, 0.1, 0.2, 0.1]]]),
    )
    assert check_classes(histories, right).fit_p > 0.05
    one = replace(right, class_weights=np.ones((1, 1)), class_chances=np.array([[[0.5, 0.5, 0.6, 0.5]]]))
    found = check_classes(histories, one)
    assert found.fit_p < 0.01
    assert found.faults == found.sentences[:-1]
