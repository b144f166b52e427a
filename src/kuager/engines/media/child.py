"""The reading process: started by its path, loads what one work needs, locks itself in, then reads.

Called as ``python -I -S child.py DESCRIPTOR WORK MEMORY CPU FOLDER...`` by `limited.run_limited` and by
nothing else. The libraries of the work are loaded before the first hostile byte is asked for, since
afterwards nothing can be opened. Whatever a parser raises ends here and leaves as a code.
"""

import sys

# Isolated: the folders of our own code come from the parent, never from the environment.
if __name__ == "__main__":
    sys.path.extend(sys.argv[5:])

import codecs
import gc
import importlib
import io
import json
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from kuager.engines.media import locks
from kuager.engines.media.errors import Reason, UnreadableMediaError
from kuager.engines.media.messages import COUNT, HEADER, MAX_PAYLOAD, Kind, packed

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

Request = Mapping[str, Any]
WorkFunction = Callable[[Request, BinaryIO, "Output"], None]


class Work(NamedTuple):
    """A work that the reading process knows, by where its function stands.

    Its module imports at the top what it needs; what libraries load later by themselves is loaded by a
    function ``prepare()`` of that module, if there is one.
    """

    module: str
    function: str


# The closed table: no other function can be asked for.
WORKS: dict[str, Work] = {
    "try_forbidden": Work("kuager.engines.media.trials", "try_forbidden"),
    "misbehave": Work("kuager.engines.media.trials", "misbehave"),
    "echo": Work("kuager.engines.media.trials", "echo"),
    "redaction_make": Work("kuager.engines.media.redacting.works", "make"),
    "redaction_check": Work("kuager.engines.media.redacting.works", "check"),
    "redaction_show": Work("kuager.engines.media.redacting.works", "show"),
    "probe_picture": Work("kuager.engines.media.inside.pictures", "probe"),
    "probe_container": Work("kuager.engines.media.inside.containers", "probe"),
    "probe_document": Work("kuager.engines.media.inside.documents", "probe"),
    "probe_heif": Work("kuager.engines.media.inside.heif", "probe"),
    "preview_picture": Work("kuager.engines.media.inside.pictures", "preview"),
    "preview_video": Work("kuager.engines.media.inside.frames", "preview"),
    "sheet_video": Work("kuager.engines.media.inside.frames", "sheet"),
    "text_of_page": Work("kuager.engines.media.inside.documents", "text"),
    "waveform": Work("kuager.engines.media.inside.sounds", "waveform"),
    "list_archive": Work("kuager.engines.media.inside.archives", "list_entries"),
    "take_entry": Work("kuager.engines.media.inside.archives", "take"),
    "fingerprint": Work("kuager.engines.media.fingerprinting", "take"),
    "draw_moment": Work("kuager.engines.media.stepping", "draw_moment"),
    "draw_page": Work("kuager.engines.media.inside.documents", "page"),
    "capture_list": Work("kuager.engines.captures.limited_works", "list_capture"),
    "capture_files": Work("kuager.engines.captures.limited_works", "give_files"),
    "credentials": Work("kuager.engines.media.credentials", "read_credentials"),
}

# Loaded before the door closes: names in files come in these.
_ENCODINGS = (
    "ascii",
    "cp1251",
    "cp1252",
    "cp437",
    "cp866",
    "latin-1",
    "utf-16",
    "utf-16-be",
    "utf-16-le",
    "utf-8",
)


class Channel:
    """The one open descriptor: whole messages to and from the parent."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def send(self, kind: Kind, payload: bytes = b"", position: int = 0) -> None:
        """Send one message whole."""
        left = memoryview(packed(kind, payload, position))
        while left:
            left = left[os.write(self._descriptor, left) :]

    def receive(self, expected: Kind) -> bytes:
        """Return the payload of the next message; end the process if the parent is gone or speaks of else."""
        kind, length, _ = HEADER.unpack(self._exactly(HEADER.size))
        if kind != expected.value:
            os._exit(3)
        return self._exactly(length)

    def _exactly(self, count: int) -> bytes:
        pieces = bytearray()
        while len(pieces) < count:
            piece = os.read(self._descriptor, count - len(pieces))
            if not piece:
                os._exit(3)
            pieces += piece
        return bytes(pieces)


class Source(io.RawIOBase):
    """The file under reading: every read is a question to the parent."""

    def __init__(self, channel: Channel, size: int) -> None:
        self._channel, self._size, self._position = channel, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError("before the beginning")
        self._position = start + offset
        return self._position

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer).cast("B")
        count = max(0, min(len(view), MAX_PAYLOAD, self._size - self._position))
        if count == 0:
            return 0
        self._channel.send(Kind.READ, COUNT.pack(count), self._position)
        data = self._channel.receive(Kind.DATA)
        view[: len(data)] = data
        self._position += len(data)
        return len(data)


class Output:
    """What leaves the reading process: bytes for the sink (like a file), and the result."""

    def __init__(self, channel: Channel) -> None:
        self._channel, self._position, self._end = channel, 0, 0

    def write(self, data: bytes) -> int:
        """Write to the parent's sink at the present position."""
        for start in range(0, len(data), MAX_PAYLOAD):
            piece = bytes(data[start : start + MAX_PAYLOAD])
            self._channel.send(Kind.OUTPUT, piece, self._position)
            self._position += len(piece)
        self._end = max(self._end, self._position)
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move; going back works only where the parent's sink can."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._end}[whence]
        self._position = max(0, start + offset)
        return self._position

    def tell(self) -> int:
        """Return the present position in bytes."""
        return self._position

    def result(self, data: bytes) -> None:
        """Add bytes to the result that `run_limited` returns."""
        for start in range(0, len(data), MAX_PAYLOAD):
            self._channel.send(Kind.RESULT, data[start : start + MAX_PAYLOAD])


def main(arguments: list[str]) -> None:
    """Load, lock, read, answer, end. Never returns."""
    channel = Channel(int(arguments[0]))
    work, memory_bytes, cpu_seconds = WORKS[arguments[1]], int(arguments[2]), int(arguments[3])
    held = locks.lock_early()
    function = _load(work)
    held |= locks.lock(memory_bytes=memory_bytes, cpu_seconds=cpu_seconds)
    channel.send(Kind.READY, json.dumps(held).encode())
    job = json.loads(channel.receive(Kind.JOB))
    source = io.BufferedReader(Source(channel, int(job["size"])), 256 * 1024)
    _run(function, job["request"], source, channel)
    # Without clean-up: nothing of ours is worth closing, and clean-up of hostile data is one more thing to
    # attack.
    os._exit(0)


def _load(work: Work) -> WorkFunction:
    for name in _ENCODINGS:
        codecs.lookup(name)
    module = importlib.import_module(work.module)
    prepare = getattr(module, "prepare", None)
    if prepare is not None:
        prepare()
    if "cv2" in sys.modules:
        # OpenCV would start threads, which are forbidden, and complain of each.
        sys.modules["cv2"].setNumThreads(1)
    gc.freeze()
    return getattr(module, work.function)  # type: ignore[no-any-return]  # the table names functions only


def _run(function: WorkFunction, request: Request, source: BinaryIO, channel: Channel) -> None:
    try:
        function(request, source, Output(channel))
    except UnreadableMediaError as error:
        _fail(channel, error.reason, error.kind)
    except MemoryError:
        _fail(channel, Reason.TOO_MUCH_MEMORY, "MemoryError")
    except BaseException as error:  # noqa: BLE001  # the edge of the process: parsers raise anything
        _fail(channel, Reason.NOT_UNDERSTOOD, type(error).__name__)
    else:
        channel.send(Kind.DONE)


def _fail(channel: Channel, reason: Reason, kind: str) -> None:
    channel.send(Kind.FAILED, json.dumps({"reason": reason.value, "kind": kind[:60]}).encode())


if __name__ == "__main__":
    main(sys.argv[1:])
