"""An import killed at any point loses nothing, doubles nothing, and goes on where it stopped.

Real processes on a real SQLite file: they are killed with SIGKILL, which no code can catch.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.list_files import FIRST, write_csv

ROWS = 4_500
KILLED = -9

pytestmark = pytest.mark.slow

# What a child does before it is killed; the place of death is put in.
CHILD = """
import os, signal, sys
from datetime import UTC, date, datetime
from pathlib import Path
import django
django.setup()
from django.db import connection
from kuager.domain.accounts.queries import get_user
from kuager.domain.lists import operations, queries
from kuager.domain.lists.operations import applying, staging
NOW = datetime(2022, 2, 1, tzinfo=UTC)
path, by = Path(sys.argv[1]), get_user("operator")

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def full():
    pages = connection.cursor().execute("PRAGMA page_count").fetchone()[0]
    connection.cursor().execute(f"PRAGMA max_page_count = {pages + 20}")

def import_list(*, staged=None, applied=None):
    from kuager.domain.sources.operations import get_or_create_publisher
    publisher = get_or_create_publisher(name="Open List", kind="ngo", by=by, at=NOW)
    chosen = queries.find_list(publisher, "Open List") or operations.create_list(
        publisher=publisher, title="Open List", by=by, at=NOW
    )
    edition = operations.begin_edition(
        casualty_list=chosen, as_of=date(2022, 1, 20), path=path, file_name="list.csv",
        mapping=queries.preview(path).mapping, by=by, at=NOW,
    )
    edition = operations.stage_edition(edition=edition, path=path, by=by, at=NOW, progress=staged)
    operations.apply_edition(edition=edition, by=by, at=NOW, progress=applied)

"""
BETWEEN_CHUNKS = "import_list(staged=lambda done, _: die() if done >= 4_000 else None)"
WITHIN_A_CHUNK = """
insert, calls = staging.insert_rows, []
def insert_and_die(*args):
    insert(*args)
    calls.append(1)
    if len(calls) == 2:
        die()
staging.insert_rows = insert_and_die
import_list()
"""
WITHIN_APPLYING = "import_list(applied=die)"
AFTER_DERIVING = """
derive = applying.register.derive
applying.register.derive = lambda *args, **kwargs: die(derive(*args, **kwargs))
import_list()
"""
DISK_FULL_STAGING = """
import_list(staged=lambda done, _: full() if done == 2_000 else None)
"""
DISK_FULL_APPLYING = """
insert = applying.people.insert_rows
def fill_and_insert(*args):
    full()
    insert(*args)
applying.people.insert_rows = fill_and_insert
import_list()
"""


def environment(data: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KUAGER_")}
    return {**kept, "KUAGER_DATA": str(data), "DJANGO_SETTINGS_MODULE": "kuager.project.settings"}


def kuager(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    script = "import sys; from kuager.interfaces.cli.main import main; sys.argv[0] = 'kuager'; main()"
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(  # noqa: S603  # our own interpreter and our own command
        command, env=environment(data), capture_output=True, text=True, timeout=300, check=False
    )


def import_again(data: Path, path: Path) -> dict[str, object]:
    done = kuager(
        data, "register", "import", str(path), "--publisher", "Open List", "--as-of", "2022-01-20", "--json"
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def run_child(data: Path, path: Path, ending: str) -> int:
    child = subprocess.run(  # noqa: S603  # our own interpreter and our own script
        [sys.executable, "-c", CHILD + ending, str(path)],
        env=environment(data),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return child.returncode


def ask(data: Path, question: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(data / "kuager.sqlite3") as connection:
        return connection.execute(question).fetchall()


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [
        (str(number), f"{FIRST[number % 4][1]} {number}", *FIRST[number % 4][2:])
        for number in range(1, ROWS + 1)
    ]
    return write_csv(tmp_path_factory.mktemp("list") / "list.csv", rows)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory, path: Path) -> Path:
    """A database with the account and the places, made once."""
    data = tmp_path_factory.mktemp("empty")
    seed = write_csv(data / "seed.csv", FIRST)
    done = kuager(data, "register", "import", str(seed), "--publisher", "Seed", "--as-of", "2022-01-20")
    assert done.returncode == 0, done.stderr
    return data


@pytest.fixture
def data(tmp_path: Path, empty: Path) -> Path:
    return Path(shutil.copytree(empty, tmp_path / "data"))


@pytest.mark.parametrize("ending", [BETWEEN_CHUNKS, WITHIN_A_CHUNK], ids=["between chunks", "within a chunk"])
def test_a_killed_staging_goes_on_exactly_where_it_stopped(data: Path, path: Path, ending: str) -> None:
    assert run_child(data, path, ending) == KILLED
    (state, staged), *_ = ask(data, "SELECT state, rows_staged FROM lists_listedition WHERE id = 2")
    assert state == "staging"
    assert ask(data, "SELECT count(*) FROM lists_listrow WHERE edition_id = 2") == [(staged,)]
    assert staged in {2_000, 4_000}
    answer = import_again(data, path)
    assert answer["edition"] == 2
    assert answer["counts"] == {"added": ROWS, "changed": 0, "unchanged": 0, "removed": 0, "rejected": 0}
    numbers = (
        "SELECT count(*), count(DISTINCT number), min(number), max(number)"
        " FROM lists_listrow WHERE edition_id = 2"
    )
    assert ask(data, numbers) == [(ROWS, ROWS, 2, ROWS + 1)]
    assert ask(data, "PRAGMA integrity_check") == [("ok",)]


@pytest.mark.parametrize(
    "ending", [WITHIN_APPLYING, AFTER_DERIVING], ids=["while writing", "before the commit"]
)
def test_a_killed_application_leaves_nothing_half_done(data: Path, path: Path, ending: str) -> None:
    tables = (
        "people_record",
        "people_person",
        "register_statusassertion",
        "register_entry",
        "sources_citation",
    )
    before = [ask(data, f"SELECT count(*) FROM {table}") for table in tables]  # noqa: S608  # our own names
    assert run_child(data, path, ending) == KILLED
    assert ask(data, "SELECT state FROM lists_listedition WHERE id = 2") == [("staged",)]
    assert [ask(data, f"SELECT count(*) FROM {table}") for table in tables] == before  # noqa: S608
    assert ask(data, "SELECT count(*) FROM lists_listrow WHERE edition_id = 2 AND record_id IS NOT NULL") == [
        (0,)
    ]
    assert import_again(data, path)["counts"] == {
        "added": ROWS,
        "changed": 0,
        "unchanged": 0,
        "removed": 0,
        "rejected": 0,
    }
    assert ask(data, "SELECT count(*) FROM people_record") == [(ROWS + len(FIRST),)]


@pytest.mark.parametrize("ending", [DISK_FULL_STAGING, DISK_FULL_APPLYING], ids=["staging", "applying"])
def test_a_full_disk_stops_the_import_and_loses_nothing(data: Path, path: Path, ending: str) -> None:
    assert run_child(data, path, ending) == 1
    assert ask(data, "SELECT count(*) FROM people_record") == [(len(FIRST),)]
    assert ask(data, "PRAGMA integrity_check") == [("ok",)]
    import_again(data, path)
    assert ask(data, "SELECT count(*) FROM people_record") == [(ROWS + len(FIRST),)]
