"""The match index of the register: found by all a caller says, kept up to date, never in the way."""

import json
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.utils.translation import override

from kuager.core.errors import RefusedError
from kuager.domain.accounts.models import User
from kuager.domain.lists import operations
from kuager.domain.lists.operations import indexing
from kuager.domain.lists.operations.asking_index import Likely, likely_people
from kuager.domain.lists.rules.linking import Report
from kuager.engines.linkage.incremental import MatchIndex, building
from kuager.interfaces.cli.main import cli
from kuager.interfaces.desk.calls.likely import chance_words
from kuager.interfaces.jobs.links import refresh_index
from tests.integration.desk_register import DeskRegister, signed_in
from tests.integration.two_lists import TwoLists, import_list, import_two_lists, link

SAULE = Report(name="Saule Ibrayeva", age=19, event="2022-01-06", place="Almaty", sex="female")


@pytest.fixture
def folder(settings: object, tmp_path: Path) -> Path:
    settings.DATA = tmp_path  # type: ignore[attr-defined]  # pytest-django's settings take any name
    settings.LANGUAGE_CODE = "en"  # type: ignore[attr-defined]
    return tmp_path / operations.INDEX_FOLDER


@pytest.fixture
def lists(asel: User, tmp_path: Path, folder: Path) -> TwoLists:
    return import_two_lists(tmp_path, by=asel)


@pytest.fixture
def indexed(lists: TwoLists, asel: User, folder: Path) -> TwoLists:
    link(lists, by=asel)
    assert operations.build_index(folder) == 10
    return lists


def ask(report: Report, folder: Path) -> Likely:
    found = likely_people(report, folder=folder)
    assert found is not None
    return found


def names(found: Likely) -> list[str]:
    return [one.record_name for one in found.people]


def test_a_report_in_another_script_finds_the_person_with_reasons(indexed: TwoLists, folder: Path) -> None:
    best = ask(SAULE, folder).people[0]
    assert best.record_name == "Ибраева Сауле"
    assert best.probability > 0.5
    assert {"given name", "event date"} <= {str(reason["field"]) for reason in best.reasons}


def test_what_is_said_beside_the_name_decides_between_namesakes(indexed: TwoLists, folder: Path) -> None:
    young = ask(Report(name="Ermek Ospanov", age=19, place="Aktobe", event="2022-01-08"), folder)
    old = ask(Report(name="Ermek Ospanov", age=40, place="Shymkent", event="2022-01-05"), folder)
    assert (names(young)[0], names(old)[0]) == ("Ospanov Yermek", "Оспанов Ермек")


def test_a_person_of_several_records_is_shown_once(indexed: TwoLists, asel: User, folder: Path) -> None:
    run = link(indexed, by=asel)
    operations.accept_links(run=run, threshold=0.9, explanation="a test", by=asel, at=indexed.at)
    found = ask(Report(name="Асан Сериков", age=31, place="Алматы"), folder)
    codes = [one.code for one in found.people]
    assert len(codes) == len(set(codes))


def test_a_call_is_found_at_once_and_who_left_the_register_never(
    indexed: TwoLists, asel: User, folder: Path
) -> None:
    report = Report(name="Kayratova Aisulu", age=34)
    assert not ask(report, folder).people
    DeskRegister(by=asel).call("Қайратова Айсұлу", "detained", age=34)
    found = ask(report, folder)
    assert (found.is_current, names(found)) == (True, ["Қайратова Айсұлу"])
    edition = indexed.cyrillic.editions.get()
    operations.undo_edition(edition=edition, reason="a test", by=asel, at=indexed.at.replace(year=2027))
    assert "Ибраева Сауле" not in names(ask(SAULE, folder))
    assert refresh_index.call() == "built", "half of it went: a new one is quicker"
    index = indexing.open_index(folder)
    assert index is not None
    with index:
        assert len(index) == 6


def test_an_edition_of_many_rows_waits_for_the_background(
    indexed: TwoLists, asel: User, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "CAUGHT_UP_AT_ONCE", 1)
    rows = ("Zhaksybekov Timur,44,2022-01-06,Almaty,killed", "Bekova Aliya,51,2022-01-06,Almaty,killed")
    import_list(rows, title="Later", publisher="Later", folder=tmp_path, by=asel, at=indexed.at)
    timur = Report(name="Timur Zhaksybekov", age=44)
    assert not ask(timur, folder).is_current
    assert refresh_index.call() == "changed"
    found = ask(timur, folder)
    assert (found.is_current, names(found)[0]) == (True, "Zhaksybekov Timur")
    assert refresh_index.call() == "current"


def test_new_weights_call_for_a_new_index(indexed: TwoLists, asel: User, folder: Path) -> None:
    before = {path.name for path in folder.glob("index-*")}
    run = link(indexed, by=asel)
    assert refresh_index.call() == "current", "the same weights"
    learned = json.loads(run.trained)
    learned["share"][0] *= 1.5
    run.trained = json.dumps(learned)
    run.save()
    assert refresh_index.call() == "built"
    assert {path.name for path in folder.glob("index-*")}.isdisjoint(before)


def test_the_file_is_for_nobody_else(indexed: TwoLists, folder: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.glob("index-*.sqlite3")} == {0o600}


@pytest.mark.parametrize("damage", ["missing", "cut", "no index", "pointer to nothing"])
def test_a_damaged_index_fails_nothing_and_is_built_again(
    indexed: TwoLists, asel: User, folder: Path, damage: str
) -> None:
    (path,) = folder.glob("index-*.sqlite3")
    match damage:
        case "missing":
            path.unlink()
        case "cut":
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        case "no index":
            path.write_bytes(b"something else, and long enough to be looked at" * 100)
        case _:
            (folder / "current").write_text("index-0-0.sqlite3")
    client = signed_in(asel)
    page = client.post("/en/desk/calls/", {"text": "Ибраева Сауле"})
    assert page.status_code == 200
    assert "Ибраева Сауле" in page.content.decode()
    operations.build_index(folder)
    assert names(ask(SAULE, folder))[0] == "Ибраева Сауле"


def test_killed_while_building_the_old_index_answers_and_the_build_goes_on(
    indexed: TwoLists, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "PART", 3)
    told: list[int] = []

    def die(done: int, total: int) -> None:
        told.append(done)
        if len(told) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        operations.build_index(folder, progress=die)
    assert names(ask(SAULE, folder))[0] == "Ибраева Сауле"
    again: list[int] = []
    assert operations.build_index(folder, progress=lambda done, _: again.append(done)) == 10
    assert again[0] > told[0], "what was filed is not filed again"
    assert not (folder / "building.sqlite3").exists()


def test_killed_while_building_and_then_other_records_the_build_begins_anew(
    indexed: TwoLists, asel: User, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        operations.build_index(folder, progress=die)
    DeskRegister(by=asel).call("Қайратова Айсұлу", "detained", age=34)
    assert operations.build_index(folder) == 11


def test_killed_while_changing_nothing_has_changed(
    indexed: TwoLists, asel: User, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    DeskRegister(by=asel).call("Қайратова Айсұлу", "detained", age=34)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(MatchIndex, "note", die)
    with pytest.raises(KeyboardInterrupt):
        refresh_index.call()
    monkeypatch.undo()
    index = indexing.open_index(folder)
    assert index is not None
    with index:
        assert len(index) == 10


def test_only_one_builds_at_a_time(indexed: TwoLists, folder: Path) -> None:
    with indexing._alone(folder):
        with pytest.raises(RefusedError, match="somebody else"):
            operations.build_index(folder)
        assert refresh_index.call() == "current"


def test_without_a_link_run_there_is_none_and_names_alone_are_compared(
    lists: TwoLists, asel: User, folder: Path
) -> None:
    assert operations.build_index(folder) is None
    assert refresh_index.call() == "no model"
    page = signed_in(asel).post("/en/desk/calls/", {"text": "Ibrayeva"}).content.decode()
    assert "Only names were compared" in page
    assert "Ибраева Сауле" in page


def test_the_page_for_a_call_says_how_likely_and_why(indexed: TwoLists, asel: User) -> None:
    client = signed_in(asel)
    said = {"text": "Saule Ibrayeva", "age": "19", "sex": "female", "place": "Алматы", "since": "06.01.2022"}
    page = client.post("/en/desk/calls/", said).content.decode()
    for words in ("lmost certainly the same person", "For it:", "the same given name", "the same day"):
        assert words in page
    assert "Only names were compared" not in page
    assert 'name="place" value="Алматы"' in page, "what was said goes on to the form for a new person"


def test_what_was_said_in_the_search_stands_in_the_form(indexed: TwoLists, asel: User) -> None:
    client = signed_in(asel)
    page = client.post("/en/desk/calls/", {"text": "Nobody Known", "age": "19"}).content.decode()
    token = page.split('name="search" value="')[1].split('"')[0]
    form = client.post("/en/desk/calls/new/", {"search": token, "age": "19"}).content.decode()
    assert 'value="19"' in form


def test_a_day_half_typed_hinders_no_search(indexed: TwoLists, asel: User) -> None:
    said = {"text": "Saule Ibrayeva", "since": "06.x"}
    page = signed_in(asel).post("/en/desk/calls/", said, headers={"HX-Request": "true"})
    assert "Ибраева Сауле" in page.content.decode()


def test_the_command_builds_the_index(lists: TwoLists, asel: User, folder: Path) -> None:
    runner = CliRunner()
    assert runner.invoke(cli, ["register", "index"]).exit_code != 0
    link(lists, by=asel)
    answer = runner.invoke(cli, ["register", "index", "--json"])
    assert (answer.exit_code, '"records": 10' in answer.output) == (0, True)


@pytest.mark.parametrize(
    ("probability", "words"),
    [(0.99, "almost certainly"), (0.8, "probably"), (0.5, "perhaps"), (0.1, "hardly")],
)
def test_a_probability_is_said_in_words(probability: float, words: str) -> None:
    with override("en"):
        assert chance_words(probability).startswith(words)


def test_a_told_record_is_read_with_the_first_thing_said_of_it(
    indexed: TwoLists, asel: User, folder: Path
) -> None:
    DeskRegister(by=asel).call("Ибраева Сауле", "detained", age=19)
    found = ask(SAULE, folder)
    assert names(found).count("Ибраева Сауле") == 2
