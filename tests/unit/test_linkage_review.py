import pytest

from kuager.core.errors import BadInputError
from kuager.engines.linkage.reviewing import (
    agreement,
)


def test_agreement_is_that_of_the_textbook() -> None:
    # Worked example of two readers and fifty grant proposals, given in many textbooks: kappa 0.4.
    first = ["same"] * 25 + ["different"] * 25
    second = ["same"] * 20 + ["different"] * 5 + ["same"] * 10 + ["different"] * 15
    found = agreement(first, second)
    assert (found.number, found.observed, found.expected) == (50, 0.7, 0.5)
    assert found.kappa == pytest.approx(0.4)
    assert found.counts == ((20, 5, 0), (10, 15, 0), (0, 0, 0))


def test_the_interval_of_kappa_is_that_of_fleiss_cohen_and_everitt() -> None:
    # Fleiss, Levin and Paik (2003), "Statistical methods for rates and proportions", tables 18.1 and 18.2:
    # kappa 0.676 with standard error 0.088 for 100 subjects in three classes.
    table = [[75, 1, 4], [5, 4, 1], [0, 0, 10]]
    words = ("same", "different", "unsure")
    rows = [(words[i], words[j]) for i in range(3) for j in range(3) for _ in range(table[i][j])]
    found = agreement([one for one, _ in rows], [other for _, other in rows])
    assert found.kappa == pytest.approx(0.676, abs=0.0005)
    assert found.interval == pytest.approx((0.676 - 1.96 * 0.088, 0.676 + 1.96 * 0.088), abs=0.002)


def test_complete_agreement_of_few_pairs_is_not_certain() -> None:
    found = agreement(["same", "different"] * 5, ["same", "different"] * 5)
    assert found.kappa == 1
    assert found.interval is not None
    assert found.interval[0] < 0.6
    assert found.interval[1] == 1


def test_kappa_is_unknown_where_all_answers_are_one() -> None:
    found = agreement(["same"] * 9, ["same"] * 9)
    assert (found.observed, found.kappa, found.interval) == (1, None, None)


@pytest.mark.parametrize(
    ("first", "second"), [([], []), (["same"], []), (["same"], ["perhaps"])], ids=["none", "uneven", "other"]
)
def test_agreement_refuses_what_it_cannot_read(first: list[str], second: list[str]) -> None:
    with pytest.raises(BadInputError):
        agreement(first, second)
