from pathlib import Path

import numpy as np
import pytest

from kuager.core.errors import BadInputError
from kuager.engines.estimation.draws import Draws
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.imputation import impute_answers, impute_strata
from kuager.engines.estimation.partial import PartialHistories
from kuager.engines.estimation.reading import read_table
from kuager.engines.estimation.replicates import combine_replicates
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.tally import Tally
from kuager.engines.estimation.unanswered import compare_partial, estimate_partial

FULL = CaptureHistories.from_counts(
    ("a", "b", "c"),
    [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, 0, 1), (0, 1, 1), (1, 1, 1)],
    [260, 130, 90, 90, 60, 30, 20],
)


def silenced(share: float) -> PartialHistories:
    """Let list c be silent for a share of the persons, whatever it would say, if another list names them."""
    random = np.random.default_rng(4)
    rows = np.repeat(FULL.patterns, FULL.counts, axis=0)
    silent = (random.random(len(rows)) < share) & rows[:, :2].any(axis=1)
    rows[silent, 2] = -1
    return PartialHistories.from_rows(FULL.lists, rows.tolist())


def answer(estimate: float, low: float, high: float, *, observed: int = 100) -> Estimate:
    return Estimate(
        method="chao", observed=observed, estimate=estimate, interval=(low, high), level=0.95, reasons=()
    )


def test_filled_answers_keep_what_was_said_and_are_about_right() -> None:
    gaps = silenced(0.4)
    tables = impute_answers(gaps, m=10, seed=3)
    assert all(table.observed == FULL.observed for table in tables)
    on_c = [table.list_totals[2] for table in tables]
    assert min(on_c) >= gaps.as_answered_no().list_totals[2]
    assert np.mean(on_c) == pytest.approx(FULL.list_totals[2], rel=0.12)
    assert len(set(on_c)) > 1
    assert all(table.list_totals[:2] == FULL.list_totals[:2] for table in tables)


def test_filling_depends_neither_on_the_order_of_lists_nor_of_rows() -> None:
    gaps = silenced(0.4)
    turned = PartialHistories.from_arrays(
        gaps.lists[::-1], gaps.patterns[::-1, ::-1].copy(), gaps.counts[::-1].copy()
    )
    for one, other in zip(impute_answers(gaps, m=3), impute_answers(turned, m=3), strict=True):
        assert one == other.select(one.lists)


def test_silence_read_as_no_is_said_with_both_numbers() -> None:
    found = estimate_partial(silenced(0.4), method="chao")
    as_no = estimate_partial(PartialHistories.from_complete(silenced(0.4).as_answered_no()), method="chao")
    full = estimate_partial(PartialHistories.from_complete(FULL), method="chao")
    assert abs(found.estimate - full.estimate) < abs(as_no.estimate - full.estimate)
    assert found.interval[0] < full.estimate < found.interval[1]
    assert found.diagnostics["replicates"] == 20
    assert f"the answer would be {as_no.estimate:,.0f}" in found.warnings[0]
    assert "c 34%" in found.warnings[0] or "c 33%" in found.warnings[0]


def test_every_method_can_be_compared_on_lists_with_gaps() -> None:
    pairs = silenced(0.3).select(["a", "b"])
    assert compare_partial(pairs).observed == pairs.observed
    found = compare_partial(silenced(0.3).select(["a", "c"]))
    assert {"chapman", "chao"} <= {part.method for part in found.estimates}


def test_replicates_are_combined_by_rubins_rules() -> None:
    """Worked by hand: equal widths of a factor 2 either side, unseen 100, 200 and 400 on the log scale."""
    parts = [answer(100 + n, 100 + n / 2, 100 + n * 2) for n in (100, 200, 400)]
    found = combine_replicates(parts)
    within = (np.log(2) / 1.959964) ** 2
    between = np.var(np.log([100, 200, 400]), ddof=1)
    freedom = 2 * (1 + within / (4 * between)) ** 2
    assert found.estimate == pytest.approx(300)
    assert found.mean == pytest.approx(100 + 700 / 3)
    assert found.diagnostics["between_variance"] == pytest.approx(between)
    reach = np.log((found.interval[1] - 100) / 200) / np.sqrt(within + between * 4 / 3)
    # t quantiles (0.975): 3.182 with 3 degrees of freedom, 4.303 with 2; here between them.
    assert 2 < freedom < 3
    assert 3.182 < reach < 4.303
    assert "Only 3 versions" in found.warnings[0]


def test_equal_replicates_change_nothing() -> None:
    found = combine_replicates([answer(300, 200, 500)] * 10)
    assert found.estimate == pytest.approx(300)
    assert found.interval == pytest.approx((200, 500))
    assert not found.warnings


def test_draws_of_replicates_are_used_and_kept() -> None:
    random = np.random.default_rng(1)
    parts = []
    for _ in range(12):
        draws = 100 + np.exp(random.normal(np.log(50), 0.1, (4, 200)))
        parts.append(
            Estimate(
                method="latent-class",
                observed=100,
                estimate=float(np.median(draws)),
                mean=float(draws.mean()),
                interval=(110.0, 190.0),
                level=0.95,
                diagnostics={"rhat": 1.001, "ess_bulk": 700.0},
                draws=Draws(values={"total": draws}),
            )
        )
    found = combine_replicates(parts)
    assert found.interval == pytest.approx((100 + 50 / np.exp(0.196), 100 + 50 * np.exp(0.196)), rel=0.02)
    assert found.draws is not None
    assert found.draws.total.shape == (48, 200)
    assert found.diagnostics["rhat"] == 1.001


def test_what_cannot_be_combined_is_refused() -> None:
    with pytest.raises(BadInputError, match=r"2 replicates or more .* got 1"):
        combine_replicates([answer(300, 200, 500)])
    other = Estimate(method="chapman", observed=1, estimate=2, interval=(1, 3), level=0.95)
    with pytest.raises(BadInputError, match="within one method"):
        combine_replicates([answer(300, 200, 500), other])
    with pytest.raises(BadInputError, match="drawn 2 times or more"):
        impute_answers(silenced(0.3), m=1)


def test_an_unbounded_replicate_leaves_the_answer_unbounded() -> None:
    assert combine_replicates([answer(300, 200, 500), answer(300, 200, float("inf"))]).interval[1] == float(
        "inf"
    )


def strata_table(tmp_path: Path) -> Tally:
    rows = ["a,b,region,sex,count"]
    # In the west b rarely names people whom a names; in the east it nearly always does.
    rows += [
        "1,0,west,m,160",
        "1,1,west,m,10",
        "0,1,west,m,30",
        "1,0,east,m,10",
        "1,1,east,m,80",
        "0,1,east,m,10",
    ]
    rows += ["1,0,,m,40", "1,1,NA,m,40", "0,1,?,f,20"]
    path = tmp_path / "strata.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    return read_table(path).tally(by=["region", "sex"])


def test_unknown_strata_are_drawn_given_the_lists_a_person_is_on(tmp_path: Path) -> None:
    tally = strata_table(tmp_path)
    assert tally.unknown == 100
    tables = impute_strata(tally, m=12, seed=5)
    assert len(tables) == 12
    both, only_a = [], []
    for table in tables:
        assert table.unknown == 0
        groups = table.by_group(["region"])
        assert sum(group.observed for group in groups.values()) == tally.counts.sum()
        west = {tuple(row): n for row, n in zip(groups["west"].patterns, groups["west"].counts, strict=True)}
        both.append(west[1, 1] - 10)
        only_a.append(west[1, 0] - 160)
    assert np.mean(both) < 15
    assert np.mean(only_a) > 30
    assert len(set(only_a)) > 1


def test_tables_without_gaps_are_not_drawn(tmp_path: Path) -> None:
    path = tmp_path / "known.csv"
    path.write_text("a,b,region\n1,0,west\n1,1,east\n", encoding="utf-8")
    tally = read_table(path).tally(by=["region"])
    assert impute_strata(tally, m=3) == [tally] * 3


def test_a_stratum_known_of_nobody_cannot_be_drawn(tmp_path: Path) -> None:
    path = tmp_path / "unknown.csv"
    path.write_text("a,b,region\n1,0,\n1,1,\n", encoding="utf-8")
    with pytest.raises(BadInputError, match="'region' is empty for everybody"):
        impute_strata(read_table(path).tally(by=["region"]), m=3)
