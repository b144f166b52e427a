"""A process is killed while it keeps evidence: nothing promised is lost, and the tables follow the log."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_nothing_promised_is_lost_when_the_process_is_killed(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    environment = {name: value for name, value in os.environ.items() if name != "KUAGER_DATABASE_URL"}
    command = [
        sys.executable,
        "-m",
        "tests.faults.evidence_kills",
        "--kills",
        "15",
        "--folder",
        str(tmp_path),
    ]
    done = subprocess.run(  # noqa: S603
        command,
        cwd=ROOT,
        env={**environment, "KUAGER_DATA": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["kills"], said["lost"]) == (15, 0)
    assert said["promises"] > 0
