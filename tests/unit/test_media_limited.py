"""The reading process: bytes go in and out whole, and every forbidden act is refused from inside."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import kuager
from kuager.engines.media.errors import Reason, UnreadableMediaError
from kuager.engines.media.limited import DEFAULT, Limits, protections, run_limited

QUICK = Limits(cpu_seconds=1, wall_seconds=1.5)


def test_a_source_comes_back_whole() -> None:
    data = os.urandom(3 * 1024 * 1024 + 17)

    assert run_limited("echo", {}, io.BytesIO(data)) == data


def test_a_sink_gets_what_the_work_writes() -> None:
    sink = io.BytesIO()

    limits = Limits(output_bytes=70_000)
    result = run_limited("echo", {"to_sink": True}, io.BytesIO(b"a" * 70_000), limits=limits, sink=sink)

    assert result == b""
    assert sink.getvalue() == b"a" * 70_000


@pytest.mark.parametrize("request_", [{}, {"to_sink": True}])
def test_more_output_than_allowed_is_refused(request_: dict[str, bool]) -> None:
    limits = Limits(output_bytes=1000, result_bytes=1000)
    with pytest.raises(UnreadableMediaError) as caught:
        run_limited("echo", request_, io.BytesIO(b"a" * 70_000), limits=limits, sink=io.BytesIO())

    assert caught.value.reason == Reason.TOO_MUCH_OUTPUT


def test_every_forbidden_act_is_refused_inside() -> None:
    refused = json.loads(run_limited("try_forbidden", {}, io.BytesIO()))

    assert len(refused) > 20
    assert [act for act, is_refused in refused.items() if not is_refused] == []


def test_this_system_has_the_protections_that_linux_has() -> None:
    held = protections()

    assert held["memory_bound"]
    assert held["cpu_bound"]
    assert held["no_new_descriptor"]
    if sys.platform == "linux":
        assert held["no_new_privileges"]
        assert held["system_calls"]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("crash", Reason.CRASHED),
        ("abort", Reason.CRASHED),
        ("vanish", Reason.CRASHED),
        ("hang_computing", Reason.TOO_LONG),
        ("hang_sleeping", Reason.TOO_LONG),
        ("ignore_and_compute", Reason.TOO_LONG),
        ("recurse", Reason.NOT_UNDERSTOOD),
        ("raise", Reason.NOT_UNDERSTOOD),
        ("exit", Reason.NOT_UNDERSTOOD),
    ],
)
def test_whatever_happens_inside_ends_in_a_plain_reason(fault: str, reason: Reason) -> None:
    with pytest.raises(UnreadableMediaError) as caught:
        run_limited("misbehave", {"fault": fault}, io.BytesIO(), limits=QUICK)

    assert caught.value.reason == reason
    assert "word of the file" not in str(caught.value)


def test_memory_is_bounded() -> None:
    with pytest.raises(UnreadableMediaError) as caught:
        run_limited(
            "misbehave", {"fault": "eat_memory"}, io.BytesIO(), limits=Limits(memory_bytes=256 * 2**20)
        )

    assert caught.value.reason == Reason.TOO_MUCH_MEMORY


def test_errors_of_the_stream_itself_pass_through() -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("the vault is gone")

    with pytest.raises(OSError, match="the vault is gone"):
        run_limited("echo", {}, Broken(b"abc"), limits=DEFAULT)


def test_no_child_outlives_its_call() -> None:
    with pytest.raises(UnreadableMediaError):
        run_limited("misbehave", {"fault": "hang_sleeping"}, io.BytesIO(), limits=Limits(wall_seconds=0.3))
    tasks = Path("/proc/self/task").glob("*/children")
    children = [child for task in tasks for child in task.read_text(encoding="ascii").split()]

    assert not [one for one in children if b"child.py" in Path(f"/proc/{one}/cmdline").read_bytes()]


def test_the_process_that_asks_loads_no_parser() -> None:
    script = (
        "import sys\n"
        "from kuager.engines.media import archives, previews, probing, types, viewing\n"
        "print([name for name in ('av', 'cv2', 'pikepdf', 'pypdfium2', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run(  # noqa: S603  # our own interpreter and our own script
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(Path(kuager.__file__).parents[1])},
    )

    assert done.stdout.strip() == "[]"
