"""Bundles of other tools, read in the limited process: their listing, and the bytes of chosen files.

Promises: nothing of a bundle is parsed in this process, and nothing of it touches the disk in plain; files
come out as streams, and a file that is not as long as it was listed, or has another digest, is refused.
"""

import hashlib
import queue
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import BinaryIO, NoReturn, cast

from kuager.core.errors import BadInputError
from kuager.engines.captures import Capture, CapturedFile, Tool
from kuager.engines.captures.listing import from_json
from kuager.engines.media.limited import DEFAULT, MIB, Limits, run_limited

_LISTING = replace(DEFAULT, result_bytes=64 * MIB)
_PACE = 20 * MIB
"""Bytes a second that the slowest machine in use reads, unpacks and digests."""
_PATIENCE_SECONDS = 120
"""For a bundle of any size: a hundred thousand small files on a busy machine take that long."""
_WAITING_PIECES = 8
_PATIENCE = 0.2
Given = tuple[CapturedFile, Iterator[bytes]]


def list_bundle(source: BinaryIO, tool: Tool | None = None) -> Capture:
    """Return what a bundle holds and what was checked; its files are opened with ``give_files`` alone.

    Raises
    ------
    BadInputError
        When it cannot be read, with the reason.
    """
    answer = run_limited("capture_list", _request(tool), source, limits=_time_for(source, _LISTING))
    return from_json(answer, _cannot_open)


def _request(tool: Tool | None) -> dict[str, object]:
    return {"tool": None if tool is None else tool.value}


def _time_for(source: BinaryIO, limits: Limits) -> Limits:
    size = source.seek(0, 2)
    return limits.with_time(_PATIENCE_SECONDS + 2 * size // _PACE)


def _cannot_open(number: int) -> NoReturn:
    raise BadInputError(f"file {number} of a bundle is given out by the limited process only")


def give_files(source: BinaryIO, capture: Capture, numbers: Sequence[int]) -> Iterator[Given]:
    """Give chosen files of a bundle, each with its bytes; the bytes must be read before the next file.

    Raises
    ------
    BadInputError
        When a file is not there, or its bytes are not those that were listed.
    """
    files = [_listed(capture, number) for number in numbers]
    pipe = _Pipe()
    request = {**_request(capture.tool), "numbers": list(numbers)}
    limits = _time_for(source, replace(DEFAULT, output_bytes=sum(file.size for file in files)))
    worker = threading.Thread(target=_fill, args=(pipe, request, source, limits), daemon=True)
    worker.start()
    try:
        for file in files:
            yield file, _checked(file, pipe)
    finally:
        pipe.close()
        worker.join()


def _listed(capture: Capture, number: int) -> CapturedFile:
    if not 0 <= number < len(capture.files):
        raise BadInputError(f"the bundle has no file {number}")
    return capture.files[number]


def _fill(pipe: "_Pipe", request: dict[str, object], source: BinaryIO, limits: Limits) -> None:
    try:
        run_limited("capture_files", request, source, limits=limits, sink=cast(BinaryIO, pipe))
    except Exception as error:  # noqa: BLE001  # the edge of a thread: told to the reader of the pipe
        pipe.fail(error)
    else:
        pipe.end()


def _checked(file: CapturedFile, pipe: "_Pipe") -> Iterator[bytes]:
    digest = hashlib.sha256()
    for piece in pipe.take(file.size):
        digest.update(piece)
        yield piece
    if digest.hexdigest() != file.sha256:
        raise BadInputError(
            "a file of the bundle came out with other bytes than were listed; nothing of it is kept"
        )


class _Pipe:
    """Pieces on their way from the thread that talks to the reading process to the one that keeps them."""

    def __init__(self) -> None:
        self._pieces: queue.Queue[bytes | Exception | None] = queue.Queue(_WAITING_PIECES)
        self._held, self._is_closed = b"", threading.Event()

    def seekable(self) -> bool:
        return False

    def write(self, data: bytes) -> int:
        self._put(data)
        return len(data)

    def end(self) -> None:
        self._put(None)

    def fail(self, error: Exception) -> None:
        self._put(error)

    def _put(self, what: bytes | Exception | None) -> None:
        while not self._is_closed.is_set():
            try:
                self._pieces.put(what, timeout=_PATIENCE)
            except queue.Full:
                continue
            return
        if isinstance(what, bytes):
            raise BadInputError("nobody reads the files of the bundle any more")

    def close(self) -> None:
        """Nobody reads any more: the writer stops."""
        self._is_closed.set()

    def take(self, size: int) -> Iterator[bytes]:
        """Give exactly ``size`` bytes."""
        while size:
            piece = self._held or self._next()
            self._held = piece[size:]
            yield piece[:size]
            size -= len(piece[:size])

    def _next(self) -> bytes:
        found = self._pieces.get()
        if isinstance(found, Exception):
            raise found
        if found is None:
            raise BadInputError("a file of the bundle ended before its end")
        return found
