"""Draw one moment of a video as plain points of colour.

Runs in the reading process alone (``child.py``). The answer is one line of JSON and then the points, three
bytes each, row by row: whoever receives it makes a picture of his own of them, so that no byte of the file
reaches a browser but as a colour.
"""

import importlib
import json
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any, BinaryIO

import av
from av.container import InputContainer
from av.video.frame import VideoFrame

from kuager.engines.media import decoding
from kuager.engines.media.errors import Reason, UnreadableMediaError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import numpy.typing as npt
    from av.video.stream import VideoStream

    from kuager.engines.media.child import Output

_STEP_WITHOUT_CLOCK = Fraction(1, 25)
_STEPS_BACK_MS = (0, 2_000, 20_000, 1 << 40)


# Loaded by PyAV at the first use of each; in the reading process nothing can be loaded then.
_LATE = (
    "av.audio.codeccontext",
    "av.audio.stream",
    "av.container.streams",
    "av.index",
    "av.packet",
    "av.stream",
    "av.subtitles.codeccontext",
    "av.subtitles.stream",
    "av.video.codeccontext",
    "av.video.plane",
    "av.video.reformatter",
    "av.video.stream",
)


def prepare() -> None:
    """Load now what the libraries would load at their first use."""
    for name in _LATE:
        importlib.import_module(name)


def draw_moment(request: "Mapping[str, Any]", source: BinaryIO, output: "Output") -> None:
    """Draw what a video shows at ``ms`` and in the ``ahead`` frames after it.

    The frame of a moment is the last one that began by then. Its own beginning, rounded up to a whole
    millisecond, names it: one millisecond earlier the frame before it is shown.
    """
    try:
        container = av.open(source, mode="r", metadata_errors="ignore", options=decoding.NOTHING_ELSE)
    except decoding.FAILURES as error:
        raise UnreadableMediaError(Reason.NOT_UNDERSTOOD) from error
    with container:
        if set(container.format.name.split(",")) & decoding.LEADS_ELSEWHERE or not container.streams.video:
            raise UnreadableMediaError(Reason.UNKNOWN_KIND)
        stream = max(container.streams.video, key=lambda one: (one.width or 0) * (one.height or 0))
        found = _around(container, stream, int(request["ms"]), int(request["ahead"]))
        drawn = [_points(frame, int(request["side"])) for _, frame in found[: int(request["ahead"]) + 1]]
        beginnings = [ms for ms, _ in found]
        told = {"frames": beginnings, "duration": _duration_ms(container, stream)}
        _answer(output, told, drawn)


def _around(
    container: InputContainer, stream: "VideoStream", ms: int, ahead: int
) -> list[tuple[int, VideoFrame]]:
    """Return the frame of a moment and those after it, each with its beginning; one more than is drawn."""
    if not stream.codec_context.is_open:
        stream.codec_context.thread_count = 1
    found: list[tuple[int, VideoFrame]] = []
    for back in _STEPS_BACK_MS:
        # Some files' indexes lead behind the moment (MPEG-TS has none): then reading begins earlier.
        begin = ms - back
        found = _from(container, stream, ms, ahead, begin=begin) or found
        if begin < 0 or (found and found[0][0] <= ms):
            break
    if not found:
        raise UnreadableMediaError(Reason.NOT_UNDERSTOOD)
    return found


def _from(
    container: InputContainer, stream: "VideoStream", ms: int, ahead: int, *, begin: int
) -> list[tuple[int, VideoFrame]]:
    start = (stream.start_time or 0) * _base(stream)
    place = int((Fraction(begin, 1000) + start) / _base(stream))
    try:
        container.seek(place, stream=stream, backward=True)
    except decoding.FAILURES:
        if begin >= 0:
            return []
        container.seek(0)
    found: list[tuple[int, VideoFrame]] = []
    for beginning, frame in _timed(container, stream, start):
        if beginning <= ms:
            found = [(beginning, frame)]
        else:
            found.append((beginning, frame))
        if len(found) > ahead + 1 and found[0][0] <= beginning and beginning > ms:
            break
    return found


def _timed(
    container: InputContainer, stream: "VideoStream", start: Fraction
) -> Iterator[tuple[int, VideoFrame]]:
    """Give frames with their beginning in milliseconds, rounded up, never falling."""
    latest: Fraction | None = None
    for frame in decoding.packets(container, stream):
        if not isinstance(frame, VideoFrame):
            continue
        stamp = None if frame.pts is None else frame.pts * Fraction(frame.time_base or 0) - start
        if latest is None:
            latest = stamp if stamp is not None else Fraction(0)
        else:
            latest = max(latest, stamp) if stamp is not None else latest + _STEP_WITHOUT_CLOCK
        yield max(0, -(-latest.numerator * 1000 // latest.denominator)), frame


def _base(stream: "VideoStream") -> Fraction:
    return Fraction(stream.time_base) if stream.time_base else Fraction(1, 1000)


def _duration_ms(container: InputContainer, stream: "VideoStream") -> int | None:
    if stream.duration:
        return int(stream.duration * _base(stream) * 1000)
    return container.duration // 1000 if container.duration else None


def _points(frame: VideoFrame, side: int) -> "npt.NDArray[np.uint8]":
    return decoding.upright((0.0, frame), side).pixels


def _answer(output: "Output", told: dict[str, Any], drawn: "list[npt.NDArray[np.uint8]]") -> None:
    sizes = [[int(points.shape[1]), int(points.shape[0])] for points in drawn]
    output.result(json.dumps({**told, "sizes": sizes}).encode() + b"\n")
    for points in drawn:
        output.result(points.tobytes())
