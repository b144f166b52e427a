import json

import pytest
from scipy.stats import binomtest

from kuager.core.errors import BadInputError
from kuager.engines.estimation import CaptureHistories
from kuager.engines.estimation.complaints import ReportedShare, reported_share


@pytest.mark.parametrize(
    ("both", "register", "level"),
    [(9, 130, 0.95), (1, 40, 0.9), (30, 60, 0.99), (0, 30, 0.95), (50, 50, 0.9)],
)
def test_the_interval_of_the_register_is_the_exact_binomial_one(
    both: int, register: int, level: float
) -> None:
    found = reported_share(complaints=60, register=register, both=both, level=level)
    exact = binomtest(both, register).proportion_ci(confidence_level=level, method="exact")
    assert found.interval == pytest.approx((exact.low, exact.high), rel=1e-9)
    assert found.share == both / register


def test_without_dependence_the_share_of_everybody_is_that_of_the_register() -> None:
    found = reported_share(complaints=60, register=130, both=9)
    assert dict(found.shares)[1.0] == pytest.approx(9 / 130)


def test_if_complaining_leads_to_the_register_fewer_have_complained() -> None:
    """Odds ratio 2: of 51 complaints off the register there are 2 * 51 * 121 / 9 people on neither."""
    found = reported_share(complaints=60, register=130, both=9)
    total = 60 + 121 + 2 * 51 * 121 / 9
    assert dict(found.shares)[2.0] == pytest.approx(60 / total)
    shares = [share for _, share in found.shares]
    assert shares == sorted(shares, reverse=True)


def test_chance_widens_the_range_and_the_range_holds_the_share() -> None:
    found = reported_share(complaints=60, register=130, both=9)
    assert found.range is not None
    assert found.range_with_chance is not None
    (low, high), (lowest, highest) = found.range, found.range_with_chance
    assert 0 < lowest < low < found.share < high < highest < 1


def test_more_people_with_the_same_share_leave_less_to_chance() -> None:
    few = reported_share(complaints=60, register=130, both=9)
    many = reported_share(complaints=6_000, register=13_000, both=900)
    assert few.interval[1] - few.interval[0] > 5 * (many.interval[1] - many.interval[0])
    assert many.range == pytest.approx(few.range)


def test_nobody_on_both_bounds_the_register_and_says_nothing_of_others() -> None:
    found = reported_share(complaints=10, register=100, both=0)
    assert found.interval[0] == 0
    assert found.interval[1] == pytest.approx(1 - 0.025 ** (1 / 100))
    assert found.range is None
    assert "nothing follows" in found.sentences[-1]
    assert found.to_json()["everybody"] is None


@pytest.mark.parametrize(("complaints", "register", "both"), [(5, 0, 0), (5, 10, 6), (10, 5, 6), (5, 5, -1)])
def test_counts_that_cannot_be_are_bad_input(complaints: int, register: int, both: int) -> None:
    with pytest.raises(BadInputError):
        reported_share(complaints=complaints, register=register, both=both)


def test_all_other_lists_together_are_the_register() -> None:
    patterns = [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, 0, 1), (0, 1, 1), (1, 1, 1)]
    histories = CaptureHistories.from_counts(
        ("police", "activists", "press"), patterns, [51, 60, 30, 4, 3, 31, 2]
    )
    found = ReportedShare.from_histories(histories, complaints="police")
    assert (found.complaints, found.register, found.both) == (60, 130, 9)
    assert found == reported_share(complaints=60, register=130, both=9)
    with pytest.raises(BadInputError, match="no list 'court'"):
        ReportedShare.from_histories(histories, complaints="court")


def test_one_list_alone_has_no_register() -> None:
    with pytest.raises(BadInputError, match="register is empty"):
        ReportedShare.from_histories(CaptureHistories.from_counts("A", [(1,)], [50]), complaints="A")


def test_the_share_comes_with_sentences_caveats_json_and_a_table() -> None:
    found = reported_share(complaints=60, register=130, both=9)
    assert found.sentences[0].startswith("Of 130 people on the register 9 complained: 6.9 %")
    assert len(found.caveats) >= 4
    answer = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert [row["odds_ratio"] for row in answer["by_odds_ratio"]] == [0.5, 1, 2]
    table = found.to_dataframe()
    assert table.columns == ["of", "odds_ratio", "share", "low", "high"]
    assert table.height == 4
    assert ((table["low"] <= table["share"]) & (table["share"] <= table["high"])).all()
