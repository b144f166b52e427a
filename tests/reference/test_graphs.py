"""Averages over decomposable graphs against the R package and Madigan & York; the JSON header says how."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kuager.engines.estimation import CaptureHistories, Request, estimate, read_counts
from kuager.engines.estimation.graphs.evidence import NegativeBinomial, Prior
from kuager.engines.estimation.graphs.exact import average_all_graphs
from kuager.engines.estimation.graphs.walking import Walk, walk_graphs

HERE = Path(__file__)
PUBLISHED = json.loads(HERE.with_name("graphs_published.json").read_text(encoding="utf-8"))
TABLES = json.loads(HERE.with_name("estimation_published.json").read_text(encoding="utf-8"))["tables"]
SHARED = HERE.parents[2].parent / "shared" / "data" / "mse"
ENDS = np.array([0.025, 0.5, 0.975])


def histories_of(case: dict[str, Any]) -> CaptureHistories:
    if "file" in case:
        if not (SHARED / case["file"]).exists():
            pytest.skip(f"the shared tables are absent ({case['file']})")
        return read_counts(SHARED / case["file"])
    table = TABLES[case["table"]] if "table" in case else case
    patterns = [[int(flag) for flag in key] for key in table["counts"]]
    lists = table.get("lists", "ABCDE"[: len(patterns[0])])
    return CaptureHistories.from_counts(lists, patterns, table["counts"].values())


@pytest.mark.parametrize("case", PUBLISHED["averages"], ids=lambda case: case.get("table", case.get("file")))
def test_the_average_with_the_complete_graph_is_that_of_the_r_package(case: dict[str, Any]) -> None:
    found = estimate(histories_of(case), method="decomposable").diagnostics
    ends = [found[f"with_complete_{end}"] for end in ("low", "median", "high")]
    assert ends == pytest.approx(case["quantiles"], abs=1)
    assert found["complete_weight"] == pytest.approx(case.get("complete_weight", 0), abs=0.005)


@pytest.mark.parametrize("case", PUBLISHED["madigan_york"], ids=lambda case: case["name"])
def test_the_checks_of_madigan_and_york_pass(case: dict[str, Any]) -> None:
    histories = histories_of(case)
    size = NegativeBinomial(shape=case["shape"], scale=case["scale"]) if "shape" in case else None
    prior = Prior(count=case["prior_count"], size=size, largest_unseen=300)
    average = average_all_graphs(histories, prior, largest=300)
    found = average.with_complete
    assert (histories.observed + found.quantile(ENDS)).tolist() == pytest.approx(case["quantiles"], abs=1)
    assert histories.observed + found.mode == case["mode"]
    if "bayes_estimate" in case:
        persons = histories.observed + found.middles
        loss = found.expect(1 / persons) / found.expect(persons**-2)
        assert loss == pytest.approx(case["bayes_estimate"], abs=0.5)
    if "top_weight" in case:
        weight = average.best[0].weight * (1 - average.complete_weight)
        assert weight == pytest.approx(case["top_weight"], abs=0.005)


def test_a_walk_over_graphs_finds_what_the_sum_over_all_of_them_says() -> None:
    # Two sets of graphs far apart, 12,089 and 24,770 persons: a walk without help stays in one of them.
    histories = histories_of({"file": "sparsemse_UKdat_5.csv"})
    largest = 30 * histories.observed
    exact = average_all_graphs(histories, Prior(), largest=largest)
    walked, unseen = walk_graphs(histories, Prior(), Walk(draws=400), largest=largest)
    distance = [abs(walked.density.mass_above(at) - exact.density.mass_above(at)) for at in (9e3, 18e3, 25e3)]
    assert max(distance) < 0.1
    assert walked.best[0].cliques == exact.best[0].cliques
    assert walked.best[0].weight == pytest.approx(exact.best[0].weight, abs=0.1)
    assert np.median(unseen[:, :]) == pytest.approx(float(walked.density.quantile(ENDS)[1]), rel=0.1)


def test_an_answer_between_contradicting_graphs_says_so() -> None:
    answer = estimate(histories_of({"file": "sparsemse_UKdat_5.csv"}), method="decomposable")
    told = [warning for warning in answer.warnings if "contradict one another" in warning]
    assert len(told) == 1
    assert "12,089" in told[0]
    assert "24,770" in told[0]
    weights = [float(answer.diagnostics[f"graph_{place}_weight"]) for place in range(1, 6)]
    assert weights == sorted(weights, reverse=True)


def test_six_lists_and_a_full_grid_agree_with_the_prototype() -> None:
    # Our own first program on the full range of numbers; R cannot take six lists.
    histories = histories_of({"file": "rcapture_hare.csv"})
    answer = estimate(histories, method="decomposable", request=Request(level=0.95))
    assert (answer.interval[0], answer.estimate, answer.interval[1]) == pytest.approx((70, 77, 91), abs=1)
