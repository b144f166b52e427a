import random
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from kuager.core.errors import BadInputError, NotFoundError
from kuager.engines.linkage import LinkResult, TrainedModel, link, load_model, save_model
from kuager.engines.linkage.incremental import Candidate, MatchIndex, building
from tests.unit.invented_lists import LATER, REGISTER, row_of

FRAMES = {"register": REGISTER, "later": LATER}
SERIK = {"name": "Нұров Серік Асқарұлы", "birth_date": "1984", "place": "Алматы"}


@pytest.fixture(scope="module")
def batch() -> LinkResult:
    return link(FRAMES)


@pytest.fixture(scope="module")
def trained(batch: LinkResult) -> TrainedModel:
    assert batch.trained is not None
    return batch.trained


@pytest.fixture
def index(trained: TrainedModel, tmp_path: Path) -> Iterator[MatchIndex]:
    with MatchIndex.build(tmp_path / "index", FRAMES, trained) as built:
        yield built


def _weights(found: list[Candidate]) -> dict[tuple[str, str], float]:
    return {(candidate.list, candidate.id): candidate.match_weight for candidate in found}


def test_scores_agree_with_the_batch(batch: LinkResult, index: MatchIndex) -> None:
    likely = batch.pairs.filter(pl.col("probability") >= 0.05).head(80)
    assert likely.height >= 40
    for list_l, id_l, list_r, id_r, chance, weight in likely.select(pl.exclude("reasons")).iter_rows():
        found = index.candidates(list_l, row_of(FRAMES[list_l], id_l), limit=200)
        match = next(one for one in found if (one.list, one.id) == (list_r, id_r))
        assert match.match_weight == pytest.approx(weight, abs=1e-9)
        # A single question does not see the rivals that its candidates have in a batch.
        assert match.probability == pytest.approx(chance, abs=1e-6)


def test_what_judged_pairs_taught_is_kept_in_the_model(tmp_path: Path) -> None:
    rows = [("register", key, "later", key, "same") for key in ("1", "2", "3", "4", "5", "6")]
    rows += [("register", "7", "later", "9", "different")]
    columns = ["list_l", "id_l", "list_r", "id_r", "verdict"]
    judged = link(FRAMES, judgements=pl.DataFrame(rows, schema=columns, orient="row"))
    assert judged.trained is not None
    assert judged.trained.correction is not None
    save_model(judged.trained, tmp_path / "model.json")
    with MatchIndex.build(tmp_path / "index", FRAMES, load_model(tmp_path / "model.json")) as index:
        expected = judged.pairs.filter(pl.col("probability").is_between(0.02, 1 - 1e-9)).head(20)
        assert expected.height >= 10
        for list_l, id_l, list_r, id_r, _, weight in expected.select(pl.exclude("reasons")).iter_rows():
            found = index.candidates(list_l, row_of(FRAMES[list_l], id_l), limit=200)
            assert _weights(found)[list_r, id_r] == pytest.approx(weight, abs=1e-9)


def test_a_record_not_yet_on_file_scores_as_if_it_were(
    index: MatchIndex, trained: TrainedModel, tmp_path: Path
) -> None:
    row = row_of(LATER, "9")
    without = {"register": REGISTER, "later": LATER.filter(pl.col("id") != "9")}
    with MatchIndex.build(tmp_path / "without", without, trained) as smaller:
        answer = _weights(smaller.candidates("later", row))
    expected = _weights(index.candidates("later", row))
    between = {key: weight for key, weight in expected.items() if key[0] == "register"}
    assert between
    assert {key: answer[key] for key in between} == pytest.approx(between)


def test_the_reasons_add_up_to_the_weight_and_name_both_sides(index: MatchIndex) -> None:
    best = index.candidates("later", row_of(LATER, "3"))[0]
    assert (best.list, best.id) == ("register", "3")
    given = next(reason for reason in best.reasons if reason["field"] == "given name")
    assert given["left"] == row_of(LATER, "3")["given"]
    assert given["right"] == row_of(REGISTER, "3")["given"]


@pytest.mark.parametrize(
    "written",
    [
        "Нұров Серик Асқарұлы",
        "Serik Nurov",
        "Серик Нуров",
        "Нұров Сеерік",
        "Нұрво Серік",
        "Нұров С.",
    ],
    ids=["russian letter", "latin", "russian", "letter doubled", "letters exchanged", "initial only"],
)
def test_a_person_is_found_however_the_name_is_written(index: MatchIndex, written: str) -> None:
    index.add("news", {"id": "1", **SERIK})
    found = index.candidates("report", {"name": written, "birth_date": "1984", "place": "Almaty"})
    assert ("news", "1") in _weights(found)


def test_exchanged_names_are_found(index: MatchIndex) -> None:
    row = row_of(REGISTER, "5")
    exchanged = {"given": row["family"], "family": row["given"], "birth_date": row["birth_date"]}
    best = index.candidates("report", exchanged)[0]
    assert (best.list, best.id) == ("register", "5")


def test_a_report_without_an_id_is_nobody_on_file(index: MatchIndex) -> None:
    row = {**row_of(REGISTER, "1"), "id": None}
    assert ("register", "1") in _weights(index.candidates("register", row))


def test_the_record_itself_is_no_candidate(index: MatchIndex) -> None:
    found = _weights(index.candidates("register", row_of(REGISTER, "1")))
    assert ("register", "1") not in found
    assert ("later", "1") in found


def test_looking_changes_nothing(index: MatchIndex, tmp_path: Path) -> None:
    before = (tmp_path / "index").read_bytes()
    index.candidates("report", SERIK)
    assert (tmp_path / "index").read_bytes() == before


def test_adding_later_answers_as_building_with_it(trained: TrainedModel, tmp_path: Path) -> None:
    with (
        MatchIndex.build(tmp_path / "whole", FRAMES, trained) as whole,
        MatchIndex.build(tmp_path / "grown", {"register": REGISTER}, trained) as grown,
    ):
        for row in LATER.iter_rows(named=True):
            grown.add("later", row)
        assert len(grown) == len(whole)
        for key in ("2", "8", "21"):
            row = row_of(REGISTER, key)
            assert grown.candidates("register", row) == whole.candidates("register", row)


def test_a_removed_record_leaves_no_trace_in_the_answers(index: MatchIndex) -> None:
    before = index.candidates("report", SERIK)
    index.add("news", {"id": "1", **SERIK})
    assert index.candidates("report", SERIK) != before
    assert index.remove("news", "1")
    assert index.candidates("report", SERIK) == before
    assert not index.remove("news", "1")


def test_a_record_added_again_takes_its_own_place(index: MatchIndex) -> None:
    size = len(index)
    index.add("register", {**row_of(REGISTER, "4"), "family": "Айдаров", "given": "Тимур"})
    assert len(index) == size
    row = row_of(LATER, "4")
    found = [one for one in index.candidates("later", row) if one.id == "4" and one.list == "register"]
    assert all(one.probability < 0.1 for one in found)
    assert len(found) <= 1


def test_a_list_that_names_everybody_once_offers_nobody_of_itself(index: MatchIndex) -> None:
    index.add("register", {**row_of(REGISTER, "6"), "id": "again"})
    row = row_of(REGISTER, "6")
    assert ("register", "again") in _weights(index.candidates("register", row))
    assert ("register", "again") not in _weights(index.candidates("register", row, one_to_one=["register"]))


def test_nobody_is_found_for_a_stranger(index: MatchIndex) -> None:
    assert all(one.probability < 0.5 for one in index.candidates("report", {"name": "Quixote Xavier"}))


def test_a_build_that_broke_goes_on_where_it_stopped(
    trained: TrainedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "PART", 25)
    told: list[int] = []

    def stop(done: int, total: int) -> None:
        told.append(done)
        if done * 2 > total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        MatchIndex.build(tmp_path / "broken", FRAMES, trained, progress=stop)
    with pytest.raises(BadInputError, match="unfinished"):
        MatchIndex.open(tmp_path / "broken")
    again: list[int] = []
    MatchIndex.build(
        tmp_path / "broken", FRAMES, trained, progress=lambda done, _: again.append(done)
    ).close()
    assert again[0] > told[-1]
    with (
        MatchIndex.open(tmp_path / "broken") as mended,
        MatchIndex.build(tmp_path / "whole", FRAMES, trained) as whole,
    ):
        row = row_of(LATER, "7")
        assert mended.candidates("later", row) == whole.candidates("later", row)


def test_an_index_of_other_lists_is_not_written_over(trained: TrainedModel, tmp_path: Path) -> None:
    MatchIndex.build(tmp_path / "index", FRAMES, trained).close()
    with pytest.raises(BadInputError, match="other lists"):
        MatchIndex.build(tmp_path / "index", {"register": REGISTER.head(5)}, trained)


def test_what_is_no_index_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        MatchIndex.open(tmp_path / "nowhere")
    (tmp_path / "text").write_text("not a database, but long enough to look at" * 40)
    with pytest.raises(BadInputError, match="not an index"):
        MatchIndex.open(tmp_path / "text")


def test_lists_that_cannot_be_filed_are_refused(trained: TrainedModel, tmp_path: Path) -> None:
    twice = pl.concat([REGISTER.head(1), REGISTER.head(1)])
    with pytest.raises(BadInputError, match="occurs twice"):
        MatchIndex.build(tmp_path / "a", {"register": twice}, trained)
    with pytest.raises(BadInputError, match="nothing to index"):
        MatchIndex.build(tmp_path / "b", {}, trained)


def test_a_record_without_id_is_not_filed(index: MatchIndex) -> None:
    with pytest.raises(BadInputError, match="needs an id"):
        index.add("news", SERIK)


def test_a_saved_model_scores_the_same(trained: TrainedModel, index: MatchIndex, tmp_path: Path) -> None:
    save_model(trained, tmp_path / "model.json")
    again = load_model(tmp_path / "model.json")
    with MatchIndex.build(tmp_path / "again", FRAMES, again) as other:
        row = row_of(LATER, "12")
        assert other.candidates("later", row) == index.candidates("later", row)


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"format": 1, "fields": []}'])
def test_what_is_no_model_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "model.json").write_text(text)
    with pytest.raises(BadInputError):
        load_model(tmp_path / "model.json")


def test_a_model_of_other_comparisons_is_refused(trained: TrainedModel, tmp_path: Path) -> None:
    save_model(trained, tmp_path / "model.json")
    text = (tmp_path / "model.json").read_text().replace("the same sex", "sex alike")
    (tmp_path / "model.json").write_text(text)
    with pytest.raises(BadInputError, match="other comparisons"):
        load_model(tmp_path / "model.json")


def test_an_unknown_list_is_expected_to_overlap_like_the_known_ones(trained: TrainedModel) -> None:
    assert trained.partners("report", "later") == pytest.approx(trained.partners("register", "later"))
    assert 0 < trained.partners("report", "unheard of") < 1


def test_the_order_of_the_list_does_not_matter(trained: TrainedModel, tmp_path: Path) -> None:
    order = list(range(REGISTER.height))
    random.Random(2).shuffle(order)  # noqa: S311  # reproducible, not secret
    with (
        MatchIndex.build(tmp_path / "one", {"register": REGISTER}, trained) as one,
        MatchIndex.build(tmp_path / "other", {"register": REGISTER[order]}, trained) as other,
    ):
        row = row_of(LATER, "15")
        assert _weights(one.candidates("later", row)) == _weights(other.candidates("later", row))
