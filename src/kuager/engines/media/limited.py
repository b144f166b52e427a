"""Read a hostile file in a process of its own that can do nothing but read it and answer.

Promises: whatever the file does to its parser (crash, hang, exhaust memory, take the process over), the
caller gets bounded bytes or an `UnreadableMediaError`, within the time given; the child opens no file,
starts no program, reaches no network (as far as the system allows: `protections`). The file's plaintext
travels through a socket pair and lies in no temporary file. Failure model: a child that was taken over can
lie in its answer, so the answer is as hostile as the file: callers check it. Reading from the caller's own
stream may raise the stream's own errors; they pass through unchanged.
"""

import contextlib
import functools
import io
import json
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import kuager
from kuager.engines.media.errors import Reason, UnreadableMediaError
from kuager.engines.media.messages import COUNT, HEADER, MAX_PAYLOAD, Kind, packed

MIB = 1024 * 1024
_CHILD = Path(__file__).with_name("child.py")
# Emptied but for what keeps libraries from starting threads, which the locks forbid, and from guessing a
# language.
_ENVIRONMENT = {
    "LC_ALL": "C.UTF-8",
    "MALLOC_ARENA_MAX": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
_MAX_JOB = 8 * MIB
_at_once = threading.BoundedSemaphore(4)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds of one reading: address space and output in bytes, processor and wall-clock time in seconds."""

    memory_bytes: int = 1024 * MIB
    cpu_seconds: int = 25
    wall_seconds: float = 30.0
    result_bytes: int = 16 * MIB
    output_bytes: int = 0

    def with_time(self, seconds: int) -> "Limits":
        """Return the same bounds with another time: processor time, and a fifth more by the clock."""
        return replace(self, cpu_seconds=seconds, wall_seconds=seconds * 1.2 + 5)


DEFAULT = Limits()


def run_limited(
    work: str,
    request: Mapping[str, Any],
    source: BinaryIO,
    *,
    limits: Limits = DEFAULT,
    sink: BinaryIO | None = None,
) -> bytes:
    """Let a child do one work of the table in ``child.py`` on a source, and return its result.

    Parameters
    ----------
    request : Mapping
        What JSON can carry, at most 8 MiB.
    source : BinaryIO
        Seekable; read here, in pieces of at most 1 MiB, wherever the child asks.
    sink : BinaryIO, optional
        Gets what the work writes, up to ``limits.output_bytes``; going back needs a seekable sink. After an
        error it holds a part that must be thrown away.

    Raises
    ------
    UnreadableMediaError
        With the reason: too long, too much memory, crashed, not understood, and so on.
    """
    deadline = time.monotonic() + limits.wall_seconds
    if not _at_once.acquire(timeout=limits.wall_seconds):
        raise UnreadableMediaError(Reason.BUSY)
    try:
        with _started(work, limits) as (process, channel):
            talk = _Talk(channel, source, sink, limits, deadline)
            try:
                return talk.through(request)
            except _ChildGoneError:
                raise UnreadableMediaError(_reason_of_death(process)) from None
    finally:
        _at_once.release()


@functools.cache
def protections() -> dict[str, bool]:
    """Return which protections hold on this system, by name; found once by starting a child."""
    with _started("echo", DEFAULT) as (_, channel):
        talk = _Talk(channel, io.BytesIO(), None, DEFAULT, time.monotonic() + DEFAULT.wall_seconds)
        return talk.ready()


@contextlib.contextmanager
def _started(work: str, limits: Limits) -> Iterator[tuple["subprocess.Popen[bytes]", socket.socket]]:
    """Start the child in an empty folder that is removed at once; end it whatever happens."""
    ours, theirs = socket.socketpair()
    with ours:
        with theirs, tempfile.TemporaryDirectory(prefix="empty-") as empty:
            arguments = [str(theirs.fileno()), work, str(limits.memory_bytes), str(limits.cpu_seconds)]
            process = subprocess.Popen(  # noqa: S603  # our own interpreter and our own file
                [sys.executable, "-I", "-S", str(_CHILD), *arguments, *_folders()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=empty,
                env=_ENVIRONMENT,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        try:
            yield process, ours
        finally:
            process.kill()
            process.wait()


def _folders() -> list[str]:
    """Return where our own process found its code, our own package first; the child asks no environment."""
    ours = str(Path(kuager.__file__).parents[1])
    return list(dict.fromkeys([ours, *(folder for folder in sys.path if Path(folder).is_absolute())]))


class _ChildGoneError(Exception):
    """The child ended without saying how."""


_TOO_LONG = {-signal.SIGXCPU}


def _reason_of_death(process: "subprocess.Popen[bytes]") -> Reason:
    try:
        code = process.wait(timeout=1)
    except subprocess.TimeoutExpired:
        return Reason.BROKEN_RULES
    return Reason.TOO_LONG if code in _TOO_LONG else Reason.CRASHED


class _Talk:
    """The parent's half of the talk: answers questions, gathers the answer, believes nothing."""

    def __init__(
        self, channel: socket.socket, source: BinaryIO, sink: BinaryIO | None, limits: Limits, deadline: float
    ) -> None:
        self._channel, self._source, self._sink = channel, source, sink
        self._limits, self._deadline = limits, deadline
        self._size = source.seek(0, io.SEEK_END)
        self._result = bytearray()
        self._sink_position = 0

    def ready(self) -> dict[str, bool]:
        """Wait until the child is locked in; return which locks hold."""
        kind, payload, _ = self._receive()
        if kind != Kind.READY:
            raise UnreadableMediaError(Reason.BROKEN_RULES)
        return {str(name): value is True for name, value in _json_object(payload).items()}

    def through(self, request: Mapping[str, Any]) -> bytes:
        """Give the work, answer until it is done, return the result."""
        self.ready()
        job = json.dumps({"request": dict(request), "size": self._size}).encode()
        if len(job) > _MAX_JOB:
            msg = f"the request is {len(job)} bytes long; expected at most {_MAX_JOB}"
            raise ValueError(msg)
        self._send(packed(Kind.JOB, job))
        while True:
            kind, payload, position = self._receive()
            if kind == Kind.DONE:
                return bytes(self._result)
            self._answer(kind, payload, position)

    def _answer(self, kind: bytes, payload: bytes, position: int) -> None:
        if kind == Kind.READ and len(payload) == COUNT.size:
            self._give(position, COUNT.unpack(payload)[0])
        elif kind == Kind.RESULT:
            self._result += payload
            if len(self._result) > self._limits.result_bytes:
                raise UnreadableMediaError(Reason.TOO_MUCH_OUTPUT)
        elif kind == Kind.OUTPUT:
            self._put(position, payload)
        elif kind == Kind.FAILED:
            raise _told(payload)
        else:
            raise UnreadableMediaError(Reason.BROKEN_RULES)

    def _give(self, position: int, count: int) -> None:
        if count > MAX_PAYLOAD or position > self._size:
            raise UnreadableMediaError(Reason.BROKEN_RULES)
        self._source.seek(position)
        pieces = bytearray()
        while len(pieces) < count and (piece := self._source.read(count - len(pieces))):
            pieces += piece
        self._send(packed(Kind.DATA, bytes(pieces)))

    def _put(self, position: int, payload: bytes) -> None:
        if position + len(payload) > self._limits.output_bytes:
            raise UnreadableMediaError(Reason.TOO_MUCH_OUTPUT)
        if self._sink is None:
            raise UnreadableMediaError(Reason.BROKEN_RULES)
        if position != self._sink_position:
            if not self._sink.seekable():
                raise UnreadableMediaError(Reason.BROKEN_RULES)
            self._sink.seek(position)
        self._sink.write(payload)
        self._sink_position = position + len(payload)

    def _receive(self) -> tuple[bytes, bytes, int]:
        kind, length, position = HEADER.unpack(self._exactly(HEADER.size))
        if length > MAX_PAYLOAD:
            raise UnreadableMediaError(Reason.BROKEN_RULES)
        return kind, self._exactly(length), position

    def _exactly(self, count: int) -> bytes:
        pieces = bytearray()
        while len(pieces) < count:
            try:
                self._wait()
                piece = self._channel.recv(count - len(pieces))
            except ConnectionError:
                piece = b""
            except TimeoutError:
                raise UnreadableMediaError(Reason.TOO_LONG) from None
            if not piece:
                raise _ChildGoneError
            pieces += piece
        return bytes(pieces)

    def _send(self, message: bytes) -> None:
        try:
            self._wait()
            self._channel.sendall(message)
        except ConnectionError:
            raise _ChildGoneError from None
        except TimeoutError:
            raise UnreadableMediaError(Reason.TOO_LONG) from None

    def _wait(self) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._channel.settimeout(left)


def _json_object(payload: bytes) -> dict[str, object]:
    try:
        value = json.loads(payload)
    except (ValueError, RecursionError):
        raise UnreadableMediaError(Reason.BROKEN_RULES) from None
    if not isinstance(value, dict):
        raise UnreadableMediaError(Reason.BROKEN_RULES)
    return value


def _told(payload: bytes) -> UnreadableMediaError:
    """Turn the child's word for its failure into ours; an unknown word means that it was taken over."""
    told = _json_object(payload)
    kind = str(told.get("kind", ""))[:60]
    try:
        reason = Reason(str(told.get("reason")))
    except ValueError:
        return UnreadableMediaError(Reason.BROKEN_RULES)
    return UnreadableMediaError(reason, kind=kind if kind.isidentifier() and kind.isascii() else "")
