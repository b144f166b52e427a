"""Real lists with gaps, strata and many lists. The files stay out of the repository."""

import json
from pathlib import Path
from typing import Any

import pytest

from kuager.engines.estimation import Request
from kuager.engines.estimation.partial import PartialHistories
from kuager.engines.estimation.reading import read_counts, read_table
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.strata import estimate_strata
from kuager.engines.estimation.totals import add_up
from kuager.engines.estimation.unanswered import as_partial, estimate_partial, without_empty_lists

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
KILLINGS, RECRUITED = DATA / "ph_drug_killings_mse", DATA / "colombia_verdata" / "reclutamiento_R1.csv.gz"
PUBLISHED = json.loads((ROOT / "tests/reference/philippine_published.json").read_text(encoding="utf-8"))
POLICE = ("Caloocan_police_killings", "Manila_police_killings", "QuezonCity_police_killings")

needs_killings = pytest.mark.skipif(not KILLINGS.is_dir(), reason="the real lists are not here")
needs_recruited = pytest.mark.skipif(not RECRUITED.is_file(), reason="the real lists are not here")


def killings(name: str) -> PartialHistories:
    table = read_table(KILLINGS / f"{name}.csv")
    lists = [column for column in table.header[7:] if column not in PUBLISHED["left_out"]]
    return without_empty_lists(table.partial(lists))


def read_as_no(histories: PartialHistories) -> PartialHistories:
    return as_partial(histories.as_answered_no())


def compare(answer: Estimate, published: dict[str, Any]) -> None:
    assert answer.observed == published["recorded"]
    assert answer.mean == pytest.approx(published["estimate"], rel=0.04)
    assert answer.interval[0] == pytest.approx(published["low"], rel=0.04)
    assert answer.interval[1] == pytest.approx(published["high"], rel=0.1)


@needs_killings
def test_the_published_killings_by_police_are_found_again() -> None:
    answers = {
        name: estimate_partial(read_as_no(killings(name)), method="latent-class", request=Request())
        for name in POLICE
    }
    for name, answer in answers.items():
        compare(answer, PUBLISHED["files"][name])
    compare(add_up(answers, {}, Request()), PUBLISHED["totals"]["police"])


@needs_killings
def test_silence_read_as_no_makes_many_more_unseen() -> None:
    gaps = killings("Manila_unidentified_assailant_killings")
    assert gaps.unanswered_share["Philippine Human Rights Information Center"] > 0.7
    allowed = estimate_partial(gaps, method="latent-class")
    as_no = estimate_partial(read_as_no(gaps), method="latent-class")
    compare(as_no, PUBLISHED["files"]["Manila_unidentified_assailant_killings"])
    assert allowed.unseen[0] < 0.7 * as_no.unseen[0]
    assert f"Read as no, the answer would be {as_no.estimate:,.0f}" in allowed.warnings[0]


@needs_killings
def test_filled_answers_say_the_same_as_summing_over_them() -> None:
    gaps = killings("QuezonCity_police_killings").select(["Police", "News", "CCT-DRK Research", "Parishes"])
    summed = estimate_partial(gaps, method="latent-class")
    filled = estimate_partial(gaps, method="decomposable")
    assert filled.diagnostics["replicates"] == 20
    assert max(filled.interval[0], summed.interval[0]) < min(filled.interval[1], summed.interval[1])


@needs_recruited
def test_the_stratum_of_the_truth_commission_is_read_from_its_table() -> None:
    lists = [f"in_{at}" for at in range(1, 35)]
    groups = read_table(RECRUITED).tally(lists, by=["yy_hecho", "sexo"]).by_group()
    assert len(groups) == 56
    stratum = without_empty_lists(groups["1999 / HOMBRE"]).as_answered_no()
    published = read_counts(DATA / "mse" / "verdata_reclut_R1_1999_hombre.csv")
    assert stratum.observed == published.observed == 982
    assert sorted(stratum.list_totals) == sorted(published.list_totals)
    assert sorted(stratum.counts.tolist()) == sorted(published.counts.tolist())


@needs_recruited
def test_all_strata_of_the_truth_commission_are_added_up() -> None:
    lists = [f"in_{at}" for at in range(1, 35)]
    groups = read_table(RECRUITED).tally(lists, by=["yy_hecho", "sexo"]).by_group()
    found = estimate_strata(groups, method="chao", pool=True)
    assert found.observed == 19_226
    assert "1990 / MUJER" in found.pooled["rest"]
    assert found.total is not None
    low, high = found.total.interval
    parts = found.estimates.values()
    assert sum(part.interval[0] for part in parts) < low < found.total.estimate < high
    assert high < sum(part.interval[1] for part in parts)
