"""``kuager register import`` and the background tasks, on the test's own database."""

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from django.db import connection

from kuager.core.errors import BadInputError, NotFoundError, RefusedError
from kuager.domain.accounts.models import User
from kuager.domain.lists.models import ListEdition
from kuager.domain.places.models import Place
from kuager.interfaces.cli.originals import keep_original
from kuager.interfaces.cli.register_import import add_import
from kuager.interfaces.jobs.imports import import_edition, link_lists
from tests.integration.list_files import FIRST, SECOND, begin, load, new_list, write_csv
from tests.spec.test_function_2_lists import JANUARY_20


@pytest.fixture(autouse=True)
def _own_folder(settings: object, tmp_path: Path) -> None:
    settings.DATA = tmp_path / "data"  # type: ignore[attr-defined]  # the fixture takes any setting


@pytest.fixture
def first(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "first.csv", FIRST)


def run(*arguments: str) -> Result:
    group = click.Group("register")
    add_import(group)
    return CliRunner().invoke(group, ["import", *arguments], catch_exceptions=True)


def answer(*arguments: str) -> dict[str, object]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.stdout)
    return found


def importing(path: Path, as_of: str = "2022-01-20") -> tuple[str, ...]:
    return (str(path), "--publisher", "Open List", "--as-of", as_of)


@pytest.mark.django_db
def test_the_first_import_makes_the_operator_and_the_places(first: Path) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the operator is made on the embedded database only")
    result = run(*importing(first))
    assert result.exit_code == 0, result.output
    assert "operator" in result.stderr
    assert "kuager register approve" in result.stderr
    assert "added\t4" in result.stdout
    operator = User.objects.get(username="operator")
    assert not operator.has_usable_password()
    assert Place.objects.filter(code="almaty").exists()


def test_a_second_person_may_approve_at_once(first: Path, asel: User, gulnar: User) -> None:
    done = answer(*importing(first), "--by", "asel", "--approved-by", "gulnar")
    assert (done["approved"], done["waiting"]) == (1, 0)


def test_a_dry_run_stores_nothing_but_says_everything(first: Path, asel: User) -> None:
    done = answer(*importing(first), "--dry-run")
    assert done["counts"] == {"added": 4, "changed": 0, "unchanged": 0, "removed": 0, "rejected": 0}
    assert done["mapping"]
    assert not ListEdition.objects.exists()


def test_a_newer_edition_and_its_undoing(first: Path, tmp_path: Path, asel: User) -> None:
    answer(*importing(first), "--by", "asel")
    second = write_csv(tmp_path / "second.csv", SECOND)
    newer = answer(*importing(second, "2022-01-28"), "--by", "asel")
    assert newer["counts"] == {"added": 1, "changed": 1, "unchanged": 2, "removed": 1, "rejected": 0}
    undone = answer("--undo", str(newer["edition"]), "--reason", "wrong file", "--by", "asel")
    assert undone["state"] == "undone"


def test_the_same_file_twice_is_refused(first: Path, asel: User) -> None:
    answer(*importing(first), "--by", "asel")
    result = run(*importing(first), "--by", "asel")
    assert isinstance(result.exception, RefusedError)


def test_a_mapping_file_names_the_columns(tmp_path: Path, asel: User) -> None:
    path = write_csv(tmp_path / "odd.csv", [("Оралханов Дидар", "Тараз")], ("кто", "куда"))
    mapping = tmp_path / "map.toml"
    mapping.write_text('[columns]\n"кто" = "name"\n"куда" = "event_place"\n[defaults]\nstatus = "missing"\n')
    done = answer(*importing(path), "--by", "asel", "--map", str(mapping), "--dry-run")
    assert done["statuses"] == {"missing": 1}


@pytest.mark.parametrize(
    "arguments", [("nowhere.csv", "--publisher", "X", "--as-of", "2022-01-20"), ("x.csv",)]
)
def test_what_is_missing_is_said(arguments: tuple[str, ...], asel: User) -> None:
    result = run(*arguments)
    assert result.exit_code == 2 or isinstance(result.exception, BadInputError)


def test_an_unknown_account_imports_nothing(first: Path, db: None) -> None:
    result = run(*importing(first), "--by", "nobody")
    assert isinstance(result.exception, NotFoundError)


def test_an_original_is_kept_once_and_only_for_us(first: Path) -> None:
    kept = keep_original(first)
    assert kept == keep_original(first)
    assert kept.read_bytes() == first.read_bytes()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in kept.parent.iterdir()] == [kept.name]


@pytest.mark.usefixtures("places")
def test_the_worker_stages_and_applies_once(first: Path, asel: User) -> None:
    edition = begin(new_list(asel), first, asel, as_of=JANUARY_20)
    assert import_edition.call(edition.pk, str(first), "asel")["rows_staged"] == 4
    assert import_edition.call(edition.pk, str(first), "asel", and_apply=True)["added"] == 4
    edition.refresh_from_db()
    assert edition.state == "applied"
    assert import_edition.call(edition.pk, str(first), "asel", and_apply=True)["rows_staged"] == 4


@pytest.mark.usefixtures("places")
def test_the_worker_links_lists(first: Path, tmp_path: Path, asel: User) -> None:
    ours, theirs = new_list(asel), new_list(asel, title="Theirs")
    load(ours, first, asel, as_of=JANUARY_20)
    load(theirs, write_csv(tmp_path / "second.csv", SECOND), asel, as_of=JANUARY_20)
    assert link_lists.call([ours.pk, theirs.pk], "asel") > 0
