"""Works that try the locks: what an attacker would do who had taken the reading process over.

They read nothing. ``kuager doctor`` and the tests run them in the real child, on the real system.
"""

import contextlib
import ctypes
import json
import mmap
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kuager.engines.media.child import Output

_libc = ctypes.CDLL(None, use_errno=True)


def echo(request: "Mapping[str, Any]", source: BinaryIO, output: "Output") -> None:
    """Give the source back: to the sink if asked for, else as the result."""
    while piece := source.read(int(request.get("piece", 65_536))):
        if request.get("to_sink"):
            output.write(piece)
        else:
            output.result(piece)


def _check(answer: int) -> None:
    if answer < 0:
        raise OSError(ctypes.get_errno(), "refused")


def _connect() -> None:
    with socket.socket() as outside:
        outside.connect(("127.0.0.1", 9))


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _thread() -> None:
    threading.Thread(target=time.sleep, args=(0,)).start()


def _unix_socket() -> None:
    with socket.socket(socket.AF_UNIX):
        pass


_ATTEMPTS: dict[str, Callable[[], object]] = {
    "open_socket": socket.socket,
    "open_unix_socket": _unix_socket,
    "connect": _connect,
    "make_socket_pair": socket.socketpair,
    "make_pipe": os.pipe,
    "read_passwords": lambda: Path("/etc/passwd").read_bytes(),
    "read_own_memory_map": lambda: Path("/proc/self/maps").read_bytes(),
    "list_root": lambda: list(Path("/").iterdir()),
    "look_at_file": lambda: Path("/etc/passwd").stat(),
    "write_file": lambda: Path("/tmp/kuager-trial").write_bytes(b"x"),  # noqa: S108  # it must fail
    "write_here": lambda: Path("kuager-trial").write_bytes(b"x"),
    "make_folder": lambda: Path("kuager-trial").mkdir(),
    "make_memory_file": lambda: os.memfd_create("trial"),
    "fork": _fork,
    "start_thread": _thread,
    "execute": lambda: os.execv("/bin/true", ["true"]),  # noqa: S606  # it must fail
    "start_program": lambda: subprocess.run(["/bin/true"], check=True),
    "signal_parent": lambda: os.kill(os.getppid(), 0),
    "trace_parent": lambda: _check(_libc.ptrace(16, os.getppid(), 0, 0)),
    "raise_bounds": lambda: _check(_libc.setrlimit(9, ctypes.byref((ctypes.c_ulong * 2)(2**62, 2**62)))),
    "become_root": lambda: os.setuid(0),
    "unshare": lambda: _check(_libc.unshare(0x10000000)),
    "executable_memory": lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC),
}


def try_forbidden(request: "Mapping[str, Any]", source: BinaryIO, output: "Output") -> None:
    """Try each forbidden act; the result is JSON: act → whether it was refused."""
    refused = {}
    for name, attempt in _ATTEMPTS.items():
        try:
            attempt()
        except (OSError, RuntimeError):
            refused[name] = True
        else:
            refused[name] = False
    output.result(json.dumps(refused).encode())


def _raise_system_exit() -> None:
    sys.exit("a word of the file")


def _eat_memory() -> None:
    kept = []
    while True:
        kept.append(bytearray(16 * 1024 * 1024))


def _hang_computing() -> None:
    while True:
        pass


def _recurse(depth: int = 0) -> int:
    return _recurse(depth + 1) + 1


def _raise_with_name() -> None:
    msg = "a word of the file"
    raise ValueError(msg)


def _ignore_and_compute() -> None:
    with contextlib.suppress(OSError):
        signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    _hang_computing()


_FAULTS: dict[str, Callable[[], object]] = {
    "crash": lambda: ctypes.string_at(0),
    "abort": os.abort,
    "eat_memory": _eat_memory,
    "hang_computing": _hang_computing,
    "hang_sleeping": lambda: time.sleep(3600),
    "ignore_and_compute": _ignore_and_compute,
    "recurse": _recurse,
    "raise": _raise_with_name,
    "exit": _raise_system_exit,
    "vanish": lambda: os._exit(0),
}


def misbehave(request: "Mapping[str, Any]", source: BinaryIO, output: "Output") -> None:
    """Do one fault by name, or send the given bytes (hexadecimal) in place of messages."""
    fault = str(request.get("fault", ""))
    if fault:
        _FAULTS[fault]()
        return
    message = bytes.fromhex(str(request["message"]))
    for _ in range(int(request.get("times", 1))):
        os.write(int(sys.argv[1]), message)
    if request.get("then") == "hang":
        time.sleep(3600)
