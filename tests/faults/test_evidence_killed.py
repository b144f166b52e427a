"""Processes that die while they keep evidence, or keep the same at once: nothing promised is lost."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.database


@contextmanager
def fresh_database() -> Iterator[str]:
    """Give the address of an empty database of the kind that is tested; empty for a file (SQLite)."""
    tested = os.environ.get("KUAGER_DATABASE_URL", "")
    if not tested:
        yield ""
        return
    parts = urlsplit(tested)
    server, name = parts._replace(path="/postgres").geturl(), f"kuager_faults_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield parts._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def run(module: str, folder: Path, *options: str) -> dict[str, int]:
    """Run a module on a database and a vault of its own; these processes need real files."""
    (folder / "data").mkdir()
    with fresh_database() as url:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", module, *options, "--folder", str(folder)],
            cwd=ROOT,
            env={**os.environ, "KUAGER_DATA": str(folder / "data"), "KUAGER_DATABASE_URL": url},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
    assert done.returncode == 0, done.stderr
    said: dict[str, int] = json.loads(done.stdout)
    return said


def test_nothing_promised_is_lost_when_the_process_is_killed(tmp_path: Path) -> None:
    said = run("tests.faults.evidence_kills", tmp_path, "--kills", "15")
    assert (said["kills"], said["lost"]) == (15, 0)
    assert said["promises"] > 0


def test_the_same_files_kept_at_once_become_one_item_each(tmp_path: Path) -> None:
    said = run("tests.faults.evidence_race", tmp_path, "--writers", "3", "--files", "5")
    assert said == {"items": 5, "acquisitions": 15, "transcripts_in_force": 5}
