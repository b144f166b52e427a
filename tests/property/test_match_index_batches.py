"""Laws of asking about many records at once: the answers are those for each alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuager.engines.linkage import link
from kuager.engines.linkage.incremental import Candidate, MatchIndex, index
from tests.unit.invented_lists import LATER, REGISTER

Question = tuple[str, dict[str, str | None]]
_FRAMES = {"register": REGISTER, "later": LATER}
_ROWS = [(name, dict(row)) for name, frame in _FRAMES.items() for row in frame.head(40).iter_rows(named=True)]


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MatchIndex]:
    trained = link(_FRAMES).trained
    assert trained is not None
    path: Path = tmp_path_factory.mktemp("index") / "index"
    with MatchIndex.build(path, _FRAMES, trained) as built:
        built.add("news", {"id": "1", "name": "Нұров Серік Асқарұлы", "birth_date": "1984"})
        built.remove("register", "3")
        yield built


@st.composite
def _questions(draw: st.DrawFn) -> Question:
    """Draw a record of a list, or a report that leaves something out, slips, or names nobody on file."""
    name, row = draw(st.sampled_from(_ROWS))
    kind = draw(st.sampled_from(["filed", "report", "in parts", "slip", "stranger"]))
    if kind == "filed":
        return name, row
    if kind == "stranger":
        return "report", {"name": "Quixote Xavier", "id": draw(st.sampled_from([None, "", "1"]))}
    left_out = draw(st.sets(st.sampled_from(["birth_date", "place", "id"])))
    said = {field: value for field, value in row.items() if field not in left_out}
    if kind == "slip":
        said["given"] = (said["given"] or "")[1:]
    return ("report" if kind == "report" else name), said


def _told(found: list[Candidate]) -> list[tuple[object, ...]]:
    return [(one.list, one.id, one.reasons) for one in found]


def _figures(found: list[Candidate]) -> list[float]:
    return [figure for one in found for figure in (one.probability, one.match_weight)]


@settings(max_examples=12, deadline=None)
@given(
    asked=st.lists(_questions(), min_size=1, max_size=7),
    one_to_one=st.sets(st.sampled_from(["register", "later", "report"])),
    limit=st.sampled_from([3, 60]),
)
def test_many_questions_have_the_answers_of_each_alone(
    filed: MatchIndex, asked: list[Question], one_to_one: set[str], limit: int
) -> None:
    together = list(filed.candidates_of_each(asked, limit=limit, one_to_one=one_to_one))
    assert len(together) == len(asked)
    for (name, record), answer in zip(asked, together, strict=True):
        alone = filed.candidates(name, record, limit=limit, one_to_one=one_to_one)
        assert _told(answer) == _told(alone)
        assert _figures(answer) == pytest.approx(_figures(alone), abs=1e-9)


def test_nothing_depends_on_how_many_are_answered_together(
    filed: MatchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = _ROWS[30:50]
    whole = list(filed.candidates_of_each(asked))
    monkeypatch.setattr(index, "_TOGETHER", 7)
    assert list(filed.candidates_of_each(asked)) == whole


def test_candidates_of_too_little_weight_are_left_out(filed: MatchIndex) -> None:
    asked = _ROWS[:3]
    every = list(filed.candidates_of_each(asked, limit=60))
    likely = list(filed.candidates_of_each(asked, limit=60, least_bits=0.0))
    assert likely == [[one for one in answer if one.match_weight >= 0.0] for answer in every]
    assert 0 < sum(map(len, likely)) < sum(map(len, every))


def test_no_question_has_no_answer(filed: MatchIndex) -> None:
    assert list(filed.candidates_of_each([])) == []
    assert list(filed.candidates_of_each([("report", {"name": "Quixote Xavier"})], limit=0)) == [[]]


def test_records_filed_together_answer_as_if_filed_one_by_one(filed: MatchIndex, tmp_path: Path) -> None:
    rows = [dict(row) for row in LATER.head(12).iter_rows(named=True)]
    with (
        MatchIndex.build(tmp_path / "a", {"register": REGISTER}, filed.trained) as together,
        MatchIndex.build(tmp_path / "b", {"register": REGISTER}, filed.trained) as alone,
    ):
        together.add_each("later", [{**rows[4], "given": "Тимур"}, *rows])
        for row in rows:
            alone.add("later", row)
        assert len(together) == len(alone)
        assert together.marks("later") == alone.marks("later")
        asked = [("register", dict(row)) for row in REGISTER.head(12).iter_rows(named=True)]
        for one, other in zip(
            together.candidates_of_each(asked), alone.candidates_of_each(asked), strict=True
        ):
            assert _told(one) == _told(other)
            assert _figures(one) == pytest.approx(_figures(other), abs=1e-9)
