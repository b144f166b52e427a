"""Estimates against published ones; the header of the JSON file says whose and how exactly."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kuager.engines.estimation import CaptureHistories, Request, estimate, read_counts
from kuager.engines.estimation.loglinear.answering import best_model, model_interval
from kuager.engines.estimation.loglinear.candidates import Candidates, fit_candidates
from kuager.engines.estimation.loglinear.hierarchies import generators, hierarchical_models, make_table

PUBLISHED = json.loads(Path(__file__).with_name("estimation_published.json").read_text(encoding="utf-8"))
TABLES = Path(__file__).parents[2].parent / "shared" / "data" / "mse"


def histories_of(case: dict[str, Any]) -> CaptureHistories:
    if "table" in case:
        table = PUBLISHED["tables"][case["table"]]
        patterns = [[int(flag) for flag in key] for key in table["counts"]]
        return CaptureHistories.from_counts(table["lists"], patterns, table["counts"].values())
    path = TABLES / case["file"]
    if not path.exists():
        pytest.skip(f"the shared tables are absent ({case['file']})")
    return read_counts(path)


def candidates_of(histories: CaptureHistories, order: int | None = None) -> Candidates:
    n_lists = len(histories.lists)
    table = make_table(histories, order=order or (n_lists - 1 if n_lists < 5 else 2))
    return fit_candidates(table, hierarchical_models(table))


def digits(value: float) -> float:
    """Half a unit of the last digit that the source gives."""
    text = str(value)
    return 0.505 * 0.1 ** len(text.partition(".")[2])


def label(case: dict[str, Any]) -> str:
    return f"{case.get('table', case.get('file'))}-{case.get('criterion', '')}{case.get('model', '')}"


@pytest.mark.parametrize("case", PUBLISHED["models"], ids=label)
def test_the_chosen_model_is_the_published_one(case: dict[str, Any]) -> None:
    histories = histories_of(case)
    found = candidates_of(histories)
    criterion = found.bic if case["criterion"] == "bic" else found.aic
    model, _ = best_model(found, criterion)
    assert case.get("model") in (None, generators(found.table.terms[found.models[model]]))
    assert histories.observed + found.unseen[model] == pytest.approx(case["total"], abs=digits(case["total"]))
    if "value" in case:
        assert criterion[model] == pytest.approx(case["value"], abs=0.005)
    if "standard_error" in case:
        assert found.total_error[model] == pytest.approx(case["standard_error"], abs=0.051)
    if "interval" in case:
        ends = [histories.observed + end for end in model_interval(found, model, level=0.95)]
        assert ends == pytest.approx(case["interval"], abs=1)


@pytest.mark.parametrize("case", PUBLISHED["fixed_models"], ids=label)
def test_a_given_model_gives_the_published_total(case: dict[str, Any]) -> None:
    histories = histories_of(case)
    found = candidates_of(histories)
    names = [generators(found.table.terms[terms]) for terms in found.models]
    model = names.index(case["model"])
    assert found.exists(model)
    assert histories.observed + found.unseen[model] == pytest.approx(case["total"], abs=digits(case["total"]))
    if "bic" in case:
        assert found.bic[model] == pytest.approx(case["bic"], abs=0.005)


@pytest.mark.parametrize("case", PUBLISHED["all_orders_for_four"], ids=label)
def test_pairs_only_gives_the_published_order_two_total(case: dict[str, Any]) -> None:
    answer = estimate(histories_of(case), method="loglinear", request=Request(order=case["order"]))
    assert answer.estimate == pytest.approx(case["total"], abs=digits(case["total"]))
    assert answer.diagnostics["bic"] == pytest.approx(case["value"], abs=0.005)


@pytest.mark.parametrize("case", PUBLISHED["lower_bounds"], ids=label)
def test_the_lower_bound_is_the_published_one(case: dict[str, Any]) -> None:
    answer = estimate(histories_of(case), method="chao")
    assert answer.is_lower_bound
    assert answer.estimate == pytest.approx(case["total"], abs=0.06)


@pytest.mark.parametrize("case", PUBLISHED["heterogeneity"], ids=label)
def test_differences_among_people_give_the_published_total(case: dict[str, Any]) -> None:
    answer = estimate(histories_of(case), method="heterogeneity")
    assert answer.estimate == pytest.approx(case["total"], abs=0.051)
    assert answer.diagnostics["standard_error"] == pytest.approx(case["standard_error"], abs=0.051)
    assert answer.diagnostics["aic"] == pytest.approx(case["aic"], abs=0.051)
    assert answer.interval == pytest.approx(case["interval"], abs=0.1)


@pytest.mark.parametrize("case", PUBLISHED["pairs"], ids=lambda case: "-".join(case["lists"]))
def test_two_lists_of_kosovo_fall_short_as_published(case: dict[str, Any]) -> None:
    answer = estimate(histories_of(case).select(case["lists"]), method="chapman")
    assert answer.estimate == pytest.approx(case["total"], abs=0.5)


@pytest.mark.parametrize(("order", "models"), [(2, 1024), (3, 6212), (4, 6893)])
def test_the_number_of_hierarchical_models_of_five_lists_is_known(order: int, models: int) -> None:
    """Of 6,894 hierarchical models of five factors with all main effects one is saturated."""
    histories = CaptureHistories.from_memberships("ABCDE", np.eye(5, dtype=int).tolist())
    assert len(hierarchical_models(make_table(histories, order=order))) == models


@pytest.mark.parametrize(("n_lists", "models"), [(2, 1), (3, 8), (4, 113)])
def test_the_number_of_hierarchical_models_is_known(n_lists: int, models: int) -> None:
    histories = CaptureHistories.from_memberships("ABCD"[:n_lists], np.eye(n_lists, dtype=int).tolist())
    assert len(hierarchical_models(make_table(histories, order=n_lists))) == models
