import pytest

from kuager.core.errors import BadInputError
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.partial import PartialHistories

ROWS = [(1, 0, -1), (1, 0, -1), (1, 1, 0), (0, 1, -1), (0, -1, 1)]


@pytest.fixture
def gaps() -> PartialHistories:
    return PartialHistories.from_rows(("web", "court", "clinic"), ROWS)


def test_equal_rows_are_added_up_and_sorted(gaps: PartialHistories) -> None:
    assert gaps.patterns.tolist() == [[0, -1, 1], [0, 1, -1], [1, 0, -1], [1, 1, 0]]
    assert gaps.counts.tolist() == [1, 1, 2, 1]
    assert gaps.observed == 5
    assert gaps == PartialHistories.from_rows(gaps.lists, reversed(ROWS))
    assert hash(gaps) == hash(PartialHistories.from_rows(gaps.lists, reversed(ROWS)))


def test_it_says_who_did_not_answer(gaps: PartialHistories) -> None:
    assert gaps.unanswered_share == {"web": 0.0, "court": 0.2, "clinic": 0.6}
    assert not gaps.is_complete
    assert gaps.answered.sum() == 9


def test_missing_answers_can_be_read_as_no(gaps: PartialHistories) -> None:
    read = gaps.as_answered_no()
    assert read.observed == gaps.observed
    assert read.list_totals == (3, 2, 1)


def test_complete_cases_are_those_whom_every_list_answered(gaps: PartialHistories) -> None:
    assert gaps.complete_cases() == CaptureHistories.from_counts(gaps.lists, [(1, 1, 0)], [1])


def test_persons_whom_no_chosen_list_names_drop_out(gaps: PartialHistories) -> None:
    assert gaps.select(["web", "court"]).observed == 4
    with pytest.raises(BadInputError, match="no list 'police'"):
        gaps.select(["police"])


def test_a_table_without_gaps_is_taken_over() -> None:
    full = CaptureHistories.from_counts(("a", "b"), [(1, 0), (1, 1)], [3, 2])
    partial = PartialHistories.from_complete(full)
    assert partial.is_complete
    assert partial.as_answered_no() == full == partial.complete_cases()


@pytest.mark.parametrize(
    ("rows", "counts", "message"),
    [
        ([(1, 2)], None, "only 0 .* 1 .* and -1"),
        ([(0, -1)], None, "whom no list names"),
        ([(1, -1)], [-1], "negative"),
        ([(1, -1)], [1, 2], "1 patterns came with 2 counts"),
    ],
)
def test_impossible_rows_are_refused(
    rows: list[tuple[int, int]], counts: list[int] | None, message: str
) -> None:
    with pytest.raises(BadInputError, match=message):
        PartialHistories.from_rows(("a", "b"), rows, counts)
