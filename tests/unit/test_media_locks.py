"""Each lock of the reading process holds by itself, so that a system which lacks one still has the others."""

import errno
import json
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kuager.engines.media import locks

SCRIPT = """
import ctypes, encodings.idna, errno, json, os, socket, sys, tempfile
from kuager.engines.media import locks
place = tempfile.mkdtemp()
os.chdir(place)
os.rmdir(place)
try:
    exec(sys.argv[1])
except OSError as error:
    print(json.dumps({"lacking": str(error)}))
    raise SystemExit

def tried(act):
    try:
        act()
        return 0
    except OSError as error:
        return error.errno

def connect():
    with socket.socket() as outside:
        outside.connect(("127.0.0.1", int(sys.argv[2])))

def fork():
    if os.fork() == 0:
        os._exit(0)

print(json.dumps({
    "read": tried(lambda: os.close(os.open("/etc/passwd", os.O_RDONLY))),
    "write": tried(lambda: os.close(os.open("/tmp/kuager-lock", os.O_WRONLY | os.O_CREAT))),
    "connect": tried(connect),
    "fork": tried(fork),
    "execute": tried(lambda: os.execv("/nonexistent", ["x"])),
    "become_root": tried(lambda: os.setuid(0)),
}), flush=True)
os._exit(0)
"""


def after(lock: str) -> dict[str, Any]:
    """What each act answers (0: it worked, else the error's number) in a process that set one lock only."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = subprocess.run(  # noqa: S603  # our own interpreter and our own script
            [sys.executable, "-c", SCRIPT, lock, str(server.getsockname()[1])],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONPATH": str(Path(locks.__file__).parents[3])},
        )
    told = dict(json.loads(done.stdout))
    if "lacking" in told:
        pytest.skip(f"this system lacks it: {told['lacking']}")
    return told


def test_without_a_lock_the_acts_work() -> None:
    told = after("pass")
    Path("/tmp/kuager-lock").unlink(missing_ok=True)  # noqa: S108  # the script made it

    assert (told["read"], told["write"], told["connect"], told["fork"]) == (0, 0, 0, 0)
    assert told["execute"] == errno.ENOENT


def test_the_filter_of_system_calls_alone_refuses_everything() -> None:
    told = after('locks._call("prctl", 38, 1, 0, 0, 0); locks._filter_system_calls()')

    assert set(told.values()) == {errno.EPERM}


def test_landlock_alone_refuses_files_and_connections() -> None:
    told = after('locks._call("prctl", 38, 1, 0, 0, 0); locks._landlock()')

    assert (told["read"], told["write"]) == (errno.EACCES, errno.EACCES)
    assert told["connect"] in {0, errno.EACCES}  # networks are known to Landlock since version 4


def test_bounds_alone_leave_no_descriptor() -> None:
    told = after("locks._bounds(2**30, 5)")

    assert (told["read"], told["write"], told["connect"]) == (errno.EMFILE, errno.EMFILE, errno.EMFILE)


def test_an_own_network_alone_reaches_nothing() -> None:
    assert after("locks._leave_network()")["connect"] not in {0, None}


def test_an_empty_root_alone_shows_no_file() -> None:
    told = after("locks._leave_network(); locks._leave_files()")

    assert (told["read"], told["write"]) == (errno.ENOENT, errno.ENOENT)


def test_rights_given_up_do_not_come_back() -> None:
    told = after("locks._drop_rights()")

    assert told["become_root"] == errno.EPERM
    assert told["write"] in {0, errno.EACCES}
    Path("/tmp/kuager-lock").unlink(missing_ok=True)  # noqa: S108  # the script may have made it


# --- The filter, read as a program, so that it is tried for processors we do not run on -------------------


def decided(rules: bytes, *, architecture: int, number: int, third_argument: int = 0) -> int:
    """Run the filter as the kernel would (seccomp(2), struct seccomp_data)."""
    data = (
        struct.pack("<iI", number, architecture)
        + bytes(8 + 16)
        + struct.pack("<Q", third_argument)
        + bytes(24)
    )
    steps = list(struct.iter_unpack("<HBBI", rules))
    place, held = 0, 0
    while True:
        code, if_true, if_false, value = steps[place]
        place += 1
        if code == 0x20:
            held = int.from_bytes(data[value : value + 4], "little")
        elif code == 0x15:
            place += if_true if held == value else if_false
        elif code == 0x45:
            place += if_true if held & value else if_false
        else:
            assert code == 0x06
            return int(value)


@pytest.mark.parametrize(("machine", "architecture"), [("x86_64", 0xC000003E), ("aarch64", 0xC00000B7)])
def test_the_filter_allows_its_list_and_nothing_else(machine: str, architecture: int) -> None:
    rules = locks.system_call_rules(machine)
    allowed = {
        number
        for number in [*range(600), *range(0x40000000, 0x40000000 + 600)]
        if decided(rules, architecture=architecture, number=number) == locks._ALLOW
    }

    assert allowed == set(locks._ALLOWED[machine].values()) | set(locks._MAPPING[machine].values())


@pytest.mark.parametrize(("machine", "architecture"), [("x86_64", 0xC000003E), ("aarch64", 0xC00000B7)])
def test_the_filter_gives_no_memory_that_can_be_executed(machine: str, architecture: int) -> None:
    rules = locks.system_call_rules(machine)
    for number in locks._MAPPING[machine].values():
        for protection in range(8):
            answer = decided(rules, architecture=architecture, number=number, third_argument=protection)

            assert answer == (locks._REFUSE if protection & 4 else locks._ALLOW)


def test_the_filter_kills_what_speaks_for_another_processor() -> None:
    rules = locks.system_call_rules("x86_64")

    assert decided(rules, architecture=0x40000003, number=1) == locks._KILL


@pytest.mark.skipif(
    sys.platform != "linux" or os.uname().machine != "x86_64", reason="numbers of this processor"
)
def test_an_unknown_processor_goes_without_the_filter() -> None:
    with pytest.raises(KeyError):
        locks.system_call_rules("riscv64")
