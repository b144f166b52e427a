"""Read moving pictures, stills and sound as plain arrays.

Whatever came in is hostile until proven dull. This module is meant for the limited process of this engine,
which bounds memory and time from outside; by itself it bounds what it gives (frames, seconds of sound, pixels
of one frame), passes over packets that cannot be decoded, and turns a failure of the decoder into one error.
Nothing is written. Nothing is fetched: a file that names other files (play lists) is refused.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import BinaryIO

import av
import av.container
import av.error
import av.stream
import numpy as np
import numpy.typing as npt

from kuager.core.errors import BadInputError

MOST_FRAMES = 60_000
MOST_SECONDS_OF_SOUND = 4 * 3600
MOST_PIXELS = 100_000_000
MOST_BAD_PACKETS = 2_000
# What the demuxers of FFmpeg call themselves when a small text leads them to other files or addresses.
LEADS_ELSEWHERE = frozenset({"hls", "concat", "concatf", "dash", "imf", "rtsp", "sdp", "webm_dash_manifest"})
# A file may not make the demuxer open anything besides itself.
NOTHING_ELSE = {"protocol_whitelist": "none"}
# Everything a decoder of hostile bytes was seen to raise (PyAV 18, 300 damaged files).
FAILURES = (
    av.error.FFmpegError,
    ValueError,
    UnicodeDecodeError,
    MemoryError,
    EOFError,
    OverflowError,
    OSError,
)


class UndecodableError(BadInputError):
    """The file holds no picture or sound that can be read here; the message says which was looked for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """One picture of a video as it is meant to be seen.

    Attributes
    ----------
    seconds
        Time since the first moment of the file, 0 or more, never falling from frame to frame.
    pixels
        Red, green, blue; shape ``(height, width, 3)``, upright (a stored rotation is applied).
    full_size
        Width and height of the upright picture before it was made smaller.
    """

    seconds: float
    pixels: npt.NDArray[np.uint8]
    full_size: tuple[int, int]


def frames(
    source: BinaryIO, *, per_second: float, largest_side: int, most: int = MOST_FRAMES
) -> Generator[Frame, None, None]:
    """Give at most ``per_second`` frames of each second, in order of time.

    Parameters
    ----------
    source
        The file, readable and seekable.
    per_second
        Above 0. A video with fewer frames gives them all; where it stands still for longer, none is invented.
    largest_side
        Pixels. Larger pictures are made smaller, keeping their proportions; smaller ones stay.
    most
        No more frames than this; what follows is left unread.

    Raises
    ------
    UndecodableError
        If no frame at all can be read, or one is larger than 100 million pixels.
    """
    if per_second <= 0 or largest_side < 1:
        raise ValueError(f"per_second and largest_side must be above 0, not {per_second}, {largest_side}")
    given = 0
    for frame in _due(_decoded(source, "video"), per_second):
        yield upright(frame, largest_side)
        given += 1
        if given >= most:
            return
    if not given:
        raise UndecodableError("No picture can be read in this file.")


def sound(
    source: BinaryIO, *, rate: int = 8000, most_seconds: float = MOST_SECONDS_OF_SOUND
) -> npt.NDArray[np.float32]:
    """Give the sound as one channel.

    Parameters
    ----------
    source
        The file, readable and seekable.
    rate
        Samples per second.
    most_seconds
        What follows is left unread.

    Returns
    -------
    Samples between -1 and 1, shape ``(n,)``; empty if there is no sound. Gaps of the file's own clock (lost
    packets) are filled with silence, so that sample ``n`` belongs to second ``n / rate``.
    """
    most = int(most_seconds * rate)
    parts: list[npt.NDArray[np.float32]] = []
    length = 0
    resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
    for frame in _decoded(source, "audio"):
        seconds = _seconds(frame)
        gap = min(most, round(seconds * rate)) - length if seconds is not None else 0
        if gap > rate // 5:
            parts.append(np.zeros(gap, dtype=np.float32))
            length += gap
        for part in _resampled(resampler, frame):
            parts.append(part)
            length += len(part)
        if length >= most:
            break
    return np.concatenate(parts)[:most] if parts else np.zeros(0, dtype=np.float32)


def _decoded(source: BinaryIO, kind: str) -> Iterator[av.VideoFrame | av.AudioFrame]:
    """Decode one stream, passing over packets that fail; too many of them in a row end it."""
    source.seek(0)
    try:
        container = av.open(source, mode="r", metadata_errors="ignore", options=NOTHING_ELSE)
    except FAILURES as error:
        raise UndecodableError("This file is no video, picture or sound that can be read here.") from error
    with container:
        if set(container.format.name.split(",")) & LEADS_ELSEWHERE:
            raise UndecodableError("This file only points to other files; those would have to be kept.")
        streams = container.streams.video if kind == "video" else container.streams.audio
        if not streams:
            if kind == "video":
                raise UndecodableError("No picture can be read in this file.")
            return
        yield from packets(container, _chosen(tuple(streams)))


def _chosen(streams: tuple[av.stream.Stream, ...]) -> av.stream.Stream:
    """Take the stream with the largest picture, or the first: cover pictures are small second streams."""
    return max(
        streams, key=lambda stream: (getattr(stream, "width", 0) or 0) * (getattr(stream, "height", 0) or 0)
    )


def packets(
    container: av.container.InputContainer, stream: av.stream.Stream
) -> Iterator[av.VideoFrame | av.AudioFrame]:
    """Decode one stream from where the container stands; see ``_decoded``."""
    # One thread: the limited process allows no others, and results do not hang on their number.
    if not stream.codec_context.is_open:
        stream.codec_context.thread_count = 1
    bad = 0
    packets = container.demux(stream)
    while bad < MOST_BAD_PACKETS:
        try:
            packet = next(packets, None)
        except FAILURES:
            # A generator that failed is spent; a new one reads on behind the damage.
            packets = container.demux(stream)
            bad += 1
            continue
        if packet is None:
            return
        try:
            decoded = packet.decode()
        except FAILURES:
            bad += 1
            continue
        for frame in decoded:
            bad = 0
            yield frame  # type: ignore[misc]


def _seconds(frame: av.VideoFrame | av.AudioFrame) -> float | None:
    if frame.pts is None or not frame.time_base:
        return None
    return float(frame.pts * Fraction(frame.time_base))


def _due(
    decoded: Iterator[av.VideoFrame | av.AudioFrame], per_second: float
) -> Iterator[tuple[float, av.VideoFrame]]:
    """Keep the first frame of each slice of time, by the frames' own clock (rates vary within a file)."""
    start: float | None = None
    last, slot = 0.0, -1
    for frame in decoded:
        if not isinstance(frame, av.VideoFrame):
            continue
        stamp = _seconds(frame)
        start = stamp if start is None else start
        # A frame without a time, or with one that runs back, is taken to follow the one before.
        now = max(last, stamp - start) if stamp is not None and start is not None else last + 0.04
        if int(now * per_second + 1e-6) > slot:
            slot = int(now * per_second + 1e-6)
            yield now, frame
        last = now


def upright(timed: tuple[float, av.VideoFrame], largest_side: int) -> Frame:
    """Turn a decoded picture into points of colour, upright and not larger than asked."""
    seconds, frame = timed
    if frame.width * frame.height > MOST_PIXELS:
        raise UndecodableError(
            f"A picture of {frame.width} times {frame.height} points is too large to read."
        )
    share = min(1.0, largest_side / max(frame.width, frame.height))
    width, height = max(1, round(frame.width * share)), max(1, round(frame.height * share))
    try:
        pixels = frame.reformat(width=width, height=height, format="rgb24", interpolation="AREA").to_ndarray()
    except FAILURES as error:
        raise UndecodableError("A picture of this file cannot be turned into colours.") from error
    # Quarter turns, counted against the clock, as the display matrix tells them.
    turns = round(frame.rotation / 90) % 4
    full = (frame.height, frame.width) if turns % 2 else (frame.width, frame.height)
    return Frame(seconds=seconds, pixels=np.ascontiguousarray(np.rot90(pixels, turns)), full_size=full)


def _resampled(
    resampler: av.AudioResampler, frame: av.VideoFrame | av.AudioFrame
) -> Iterator[npt.NDArray[np.float32]]:
    if not isinstance(frame, av.AudioFrame):
        return
    try:
        for part in resampler.resample(frame):
            yield np.nan_to_num(part.to_ndarray()[0].astype(np.float32)).clip(-1, 1)
    except FAILURES:
        return
