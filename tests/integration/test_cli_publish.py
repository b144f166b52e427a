import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kuager.core.errors import (
    BadInputError,
    IntegrityError,
    NotFoundError,
    PermissionDeniedError,
    RefusedError,
)
from kuager.domain.accounts.models import User
from kuager.domain.audit.models import AuditEvent
from kuager.domain.publication.models import Snapshot, SnapshotFigure, SnapshotPerson
from kuager.interfaces.cli import accounts, audit, publish
from tests.integration.small_register import SmallRegister

KNOWN = ["--as-of", "2022-01-20", "--known-at", "2022-01-21T12:00+06:00"]


@pytest.fixture
def register(asel: User) -> SmallRegister:
    register = SmallRegister(by=asel)
    register.person("Айша Тестова", consent=register.consent())
    return register


@pytest.fixture
def password_file(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "password"
    os.environ["KUAGER_PASSWORD_FILE"] = str(path)
    yield path
    del os.environ["KUAGER_PASSWORD_FILE"]


def run(*arguments: str, group: object = publish.group) -> Result:
    return CliRunner().invoke(group, list(arguments), catch_exceptions=True)  # type: ignore[arg-type]  # a click group


def test_build_writes_files_whose_digests_stand_in_the_manifest(
    register: SmallRegister, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    result = run("build", *KNOWN, "-o", str(folder), "--json")
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert answer["content_digest"] == manifest["content_digest"]
    assert answer["state"] == "built"
    assert set(manifest["files"]) >= {"figures.json", "figures.csv", "people.json", "people.csv"}
    assert "Айша Тестова" in (folder / "people.csv").read_text(encoding="utf-8-sig")
    assert not list(folder.glob(".*"))


def test_the_same_question_may_be_written_again_but_not_over_another(
    register: SmallRegister, tmp_path: Path
) -> None:
    assert run("build", *KNOWN, "-o", str(tmp_path / "out")).exit_code == 0
    assert run("build", *KNOWN, "-o", str(tmp_path / "out")).exit_code == 0
    other = run("build", "--as-of", "2022-01-12", "-o", str(tmp_path / "out"))
    assert isinstance(other.exception, RefusedError)
    assert Snapshot.objects.count() == 2, "the refused one was not kept"


def test_publishing_needs_an_editor_by_name(register: SmallRegister, farida: User, tmp_path: Path) -> None:
    for by in ([], ["--by", "asel"]):
        refused = run("build", *KNOWN, "-o", str(tmp_path / "out"), "--publish", *by)
        assert isinstance(refused.exception, PermissionDeniedError)
    assert not Snapshot.objects.exists()
    done = run("build", *KNOWN, "-o", str(tmp_path / "out"), "--publish", "--by", "farida", "--json")
    assert json.loads(done.stdout)["state"] == "published"


def test_building_and_publishing_can_be_two_acts(
    register: SmallRegister, farida: User, tmp_path: Path
) -> None:
    run("build", *KNOWN, "-o", str(tmp_path / "out"))
    assert json.loads(run("release", "1", "--by", "farida", "--json").stdout)["state"] == "published"
    assert run("withdraw", "1", "--reason", "a list was read twice", "--by", "farida").exit_code == 0
    listed = json.loads(run("list", "--json").stdout)["snapshots"]
    assert [snapshot["state"] for snapshot in listed] == ["withdrawn"]


def test_verify_finds_what_was_changed(register: SmallRegister, tmp_path: Path) -> None:
    run("build", *KNOWN, "-o", str(tmp_path / "out"))
    assert run("verify", "1", "--recompute").exit_code == 0
    SnapshotPerson.objects.update(name="Somebody Else")
    assert isinstance(run("verify", "1").exception, IntegrityError)
    SnapshotFigure.objects.update(value=9)
    changed = run("verify", "1", "--json")
    assert isinstance(changed.exception, IntegrityError)
    assert json.loads(changed.stdout)["intact"] is False


def test_verify_finds_a_register_that_answers_differently(register: SmallRegister, tmp_path: Path) -> None:
    run("build", *KNOWN, "-o", str(tmp_path / "out"))
    register.person("Slipped In Later")
    assert run("verify", "1").exit_code == 0
    assert isinstance(run("verify", "1", "--recompute").exception, IntegrityError)


@pytest.mark.parametrize("value", ["20.01.2022", "2022-13-01", "soon"])
def test_a_day_that_cannot_be_read_is_refused(register: SmallRegister, tmp_path: Path, value: str) -> None:
    result = run("build", "--as-of", value, "-o", str(tmp_path / "out"))
    assert isinstance(result.exception, BadInputError)
    assert "2022-01-20" in str(result.exception)


def test_an_unknown_snapshot_is_bad_input(register: SmallRegister) -> None:
    assert isinstance(run("verify", "7").exception, NotFoundError)


def test_somebody_can_be_taken_off(register: SmallRegister, farida: User, tmp_path: Path) -> None:
    run("build", *KNOWN, "-o", str(tmp_path / "out"))
    code = SnapshotPerson.objects.get().code
    assert isinstance(run("redact", code, "--by", "farida").exception, BadInputError)
    assert run("redact", code, "--reason", "takedown", "--by", "farida").exit_code == 0
    assert "0 people" in run("redact", "--by", "farida").output
    run("build", *KNOWN, "-o", str(tmp_path / "out"))
    assert "Айша" not in (tmp_path / "out" / "people.csv").read_text(encoding="utf-8-sig")
    assert run("lift", code, "--by", "farida").output == f"the redaction of {code} is lifted\n"
    assert isinstance(run("lift", code, "--by", "farida").exception, NotFoundError)
    run("build", *KNOWN, "-o", str(tmp_path / "again"))
    assert "Айша" in (tmp_path / "again" / "people.csv").read_text(encoding="utf-8-sig")


def test_audit_verify_counts_events_and_finds_a_change(register: SmallRegister, tmp_path: Path) -> None:
    run("build", *KNOWN, "-o", str(tmp_path / "out"))
    assert json.loads(run("verify", "--json", group=audit.group).stdout) == {"events": 1, "intact": True}
    AuditEvent.objects.update(actor="somebody")
    assert isinstance(run("verify", group=audit.group).exception, IntegrityError)


@pytest.mark.django_db
def test_an_account_gets_its_password_from_a_file(password_file: Path) -> None:
    password_file.write_text("short\n")
    assert isinstance(
        run("create", "kamila", "--role", "editor", group=accounts.group).exception, BadInputError
    )
    password_file.write_text("eleven quiet horses\n")
    assert run("create", "kamila", "--role", "editor", group=accounts.group).exit_code == 0
    user = User.objects.get(username="kamila")
    assert user.check_password("eleven quiet horses")
    assert user.role == "editor"


@pytest.mark.django_db
def test_a_role_that_does_not_exist_is_refused() -> None:
    result = run("create", "kamila", "--role", "queen", "--no-password", group=accounts.group)
    assert isinstance(result.exception, BadInputError)
    assert "documenter" in str(result.exception)
