"""Search keys made by an older release are told, and written anew, in batches that may be interrupted."""

import json
from importlib import import_module

import pytest
from click.testing import CliRunner
from django.apps import apps

from kuager.core.errors import PermissionDeniedError
from kuager.domain.accounts.models import User
from kuager.domain.audit.models import AuditEvent
from kuager.domain.people import operations
from kuager.domain.people.models import KeyEdition, NameKey
from kuager.domain.people.queries import keys_state, search
from kuager.domain.people.rules.drafts import OtherName
from kuager.engines.names import KEYS_VERSION
from kuager.interfaces.cli.main import cli
from tests.integration.register_story import Story, moment

NAMES = ("Жағылтаров Ерлан", "Омарова Әлия", "Сағынов Болат")


@pytest.fixture
def story(asel: User, gulnar: User) -> Story:
    story = Story(asel, gulnar)
    for name in NAMES:
        story.tells(name, other_names=(OtherName(name="Tarlan"),) if name == NAMES[2] else ())
    return story


@pytest.fixture
def old(story: Story) -> Story:
    """Keys as a release before versions left them."""
    NameKey.objects.update(key="zzz")
    KeyEdition.objects.update(version=1)
    return story


def _keys() -> list[tuple[int, str, str]]:
    return sorted(NameKey.objects.values_list("record_id", "key", "role"))


def test_an_empty_register_and_a_new_one_are_up_to_date(db: None, asel: User, gulnar: User) -> None:
    assert keys_state().is_current
    Story(asel, gulnar).tells("Жағылтаров Ерлан")
    assert keys_state().is_current
    assert KeyEdition.objects.get().version == KEYS_VERSION


def test_keys_written_anew_are_those_a_new_register_would_have(story: Story, asel: User) -> None:
    expected = _keys()
    NameKey.objects.update(key="zzz")
    KeyEdition.objects.update(version=1)
    assert not search("Jagiltarov")
    assert operations.rewrite_keys(by=asel, at=moment(1)) == 3
    assert _keys() == expected
    assert [hit.name for hit in search("Jagiltarov")] == ["Жағылтаров Ерлан"]
    assert keys_state().is_current


def test_an_interrupted_rewriting_goes_on_where_it_was(old: Story, asel: User) -> None:
    assert operations.rewrite_keys(by=asel, at=moment(1), limit=2) == 2
    assert (keys_state().is_current, keys_state().records_left) == (False, 1)
    assert operations.rewrite_keys(by=asel, at=moment(2), limit=2) == 1
    assert keys_state().is_current
    assert "zzz" not in {key for _, key, _ in _keys()}


def test_a_rewriting_by_another_release_begins_anew(old: Story, asel: User) -> None:
    KeyEdition.objects.update(rewriting=KEYS_VERSION - 1, rewritten_to=10_000)
    assert operations.rewrite_keys(by=asel, at=moment(1)) == 3


def test_rewriting_is_one_event_of_the_audit_record_and_needs_a_right(
    old: Story, asel: User, bolat: User
) -> None:
    with pytest.raises(PermissionDeniedError):
        operations.rewrite_keys(by=bolat, at=moment(1))
    for hour in (1, 2, 3):
        operations.rewrite_keys(by=asel, at=moment(hour), limit=2)
    assert AuditEvent.objects.filter(action="people.rewrite_keys").count() == 1


def test_doctor_tells_old_keys_and_the_command_mends_them(old: Story) -> None:
    said = json.loads(CliRunner().invoke(cli, ["doctor", "--json"]).stdout)["search keys"]
    assert not said["ok"]
    assert "3 names to write anew" in said["says"]
    result = CliRunner().invoke(cli, ["register", "reindex", "--json"])
    assert json.loads(result.stdout) == {"version": KEYS_VERSION, "records": 3}
    assert "3 names written anew, 0 to go" in result.stderr
    assert json.loads(CliRunner().invoke(cli, ["doctor", "--json"]).stdout)["search keys"]["ok"]
    again = CliRunner().invoke(cli, ["register", "reindex"])
    assert "nothing to do" in again.stderr


def test_a_register_of_an_older_release_is_noted_when_it_is_upgraded(story: Story) -> None:
    migration = import_module("kuager.domain.people.migrations.0002_version_of_search_keys")
    KeyEdition.objects.all().delete()
    migration.note_older_keys(apps, None)
    assert KeyEdition.objects.get().version == 1
    assert not keys_state().is_current
