"""A few frames of a video for an overview: one that stands for it, or many evenly spaced.

Times are milliseconds since the beginning of the video stream, rounded up, so that asking the viewer for the
time of a frame gives that frame. Single frames found exactly: ``stepping.py``.
"""

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation
from av.video.stream import VideoStream

from kuager.engines.media.errors import Reason, UnreadableMediaError
from kuager.engines.media.inside.containers import Decoder, load_all, opened, packets, video_of
from kuager.engines.media.points import Drawing, give

if TYPE_CHECKING:
    from kuager.engines.media.child import Output

# A video of at most so many seconds is decoded from end to end; of a longer one key frames are taken.
_SEQUENTIAL_S = 30
MAX_CELLS = 64


class Timed(NamedTuple):
    """A frame and its time in seconds since the beginning of the stream."""

    frame: VideoFrame
    seconds: Fraction

    @property
    def milliseconds(self) -> int:
        """The time rounded up."""
        return math.ceil(self.seconds * 1000)


def prepare() -> None:
    """Convert one small frame, so that everything that is loaded on first use is loaded."""
    load_all()
    _points(Timed(VideoFrame(16, 16, "yuv420p"), Fraction(0)), Fraction(1), 8)


def preview(request: Mapping[str, Any], source: BinaryIO, output: "Output") -> None:
    """Draw a key frame near a tenth of the duration, or the first frame there is."""
    container = opened(request, source)
    stream = video_of(container)
    found = _key_frame(container, stream, _duration(container, stream) / 10)
    found = found or next(_frames_from(container, stream, Fraction(0)), None)
    if found is None:
        raise UnreadableMediaError(Reason.NOT_UNDERSTOOD)
    give(output, {"times_ms": [found.milliseconds]}, [_points(found, _aspect(stream), int(request["side"]))])


def sheet(request: Mapping[str, Any], source: BinaryIO, output: "Output") -> None:
    """Draw up to ``count`` frames, evenly spaced, with their times."""
    container = opened(request, source)
    stream = video_of(container)
    count = min(int(request["count"]), MAX_CELLS)
    duration = _duration(container, stream)
    moments = [duration * (2 * number + 1) / (2 * count) for number in range(count)]
    finder = _in_one_pass if duration <= _SEQUENTIAL_S else _by_key_frames
    cells = [
        (timed.milliseconds, _points(timed, _aspect(stream), int(request["side"])))
        for timed in finder(container, stream, moments)
    ]
    if not cells:
        raise UnreadableMediaError(Reason.NOT_UNDERSTOOD)
    give(output, {"times_ms": [time for time, _ in cells]}, [points for _, points in cells])


def _duration(container: InputContainer, stream: VideoStream) -> Fraction:
    if stream.duration and stream.duration > 0 and stream.time_base:
        return stream.duration * stream.time_base
    return Fraction(max(container.duration or 0, 0), 1_000_000)


def _frames_from(container: InputContainer, stream: VideoStream, begin: Fraction) -> Iterator[Timed]:
    _seek(container, stream, begin)
    decoder = Decoder()
    start = stream.start_time or 0
    for packet in packets(container, stream):
        for frame in decoder.frames(packet):
            stamp = frame.pts if frame.pts is not None else frame.dts
            if isinstance(frame, VideoFrame) and stamp is not None and stream.time_base is not None:
                yield Timed(frame, (stamp - start) * stream.time_base)


def _seek(container: InputContainer, stream: VideoStream, begin: Fraction) -> None:
    if stream.time_base is None:
        return
    # The beginning is sought well before it: files without an index (MPEG-TS) else begin at the next key
    # frame.
    moment = begin if begin > 0 else Fraction(-10)
    try:
        container.seek(int(moment / stream.time_base) + (stream.start_time or 0), stream=stream)
    except (av.error.FFmpegError, OverflowError):
        container.seek(0)


def _key_frame(container: InputContainer, stream: VideoStream, moment: Fraction) -> Timed | None:
    stream.codec_context.skip_frame = "NONKEY"
    try:
        return next(_frames_from(container, stream, moment), None)
    finally:
        stream.codec_context.skip_frame = "DEFAULT"


def _by_key_frames(
    container: InputContainer, stream: VideoStream, moments: list[Fraction]
) -> Iterator[Timed]:
    seen = set()
    for moment in moments:
        timed = _key_frame(container, stream, moment)
        if timed is not None and timed.milliseconds not in seen:
            seen.add(timed.milliseconds)
            yield timed


def _in_one_pass(container: InputContainer, stream: VideoStream, moments: list[Fraction]) -> Iterator[Timed]:
    left = list(moments)
    shown = None
    for timed in _frames_from(container, stream, Fraction(0)):
        while left and timed.seconds > left[0]:
            left.pop(0)
            yield shown or timed
        shown = timed
        if not left:
            return
    if shown is not None and left:
        yield shown


def _aspect(stream: VideoStream) -> Fraction:
    """Return how much wider than high a pixel is shown; absurd values count as square."""
    aspect = stream.sample_aspect_ratio
    return aspect if aspect and Fraction(1, 4) <= aspect <= 4 else Fraction(1)


def _points(timed: Timed, aspect: Fraction, side: int) -> Drawing:
    """Return the points of a frame, of at most `side` wide and high, with square pixels."""
    frame = timed.frame
    width, height = frame.width * aspect, Fraction(frame.height)
    scale = min(Fraction(1), Fraction(side) / max(width, height))
    small = frame.reformat(
        max(2, round(width * scale)), max(2, round(height * scale)), "rgb24", interpolation=Interpolation.AREA
    )
    plane = small.planes[0]
    rows, stride = memoryview(plane), plane.line_size
    points = b"".join(rows[row * stride : row * stride + small.width * 3] for row in range(small.height))
    # Quarter turns against the clock, as the display matrix tells them; whoever takes the points turns them.
    return Drawing(small.width, small.height, points, round(frame.rotation / 90) % 4)
