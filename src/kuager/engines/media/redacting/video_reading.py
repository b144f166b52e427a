"""Reading a video as a person sees and hears it: one picture, one sound, upright, on one clock."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

import av
import av.container
import av.stream
import numpy as np
import numpy.typing as npt
from av.audio.stream import AudioStream
from av.sidedata.sidedata import SideData, Type
from av.video.stream import VideoStream

from kuager.core.errors import BadInputError
from kuager.engines.media.decoding import FAILURES, LEADS_ELSEWHERE, MOST_PIXELS, NOTHING_ELSE
from kuager.engines.media.redacting.painting import Plane

RATE = 48_000
MOST_BAD_PACKETS = 2_000
_ATTACHED_PICTURE = 0x400


@dataclass(frozen=True, slots=True)
class Streams:
    """What of a file is shown and heard, and when its clock begins (seconds)."""

    container: av.container.InputContainer
    video: VideoStream | None
    audio: AudioStream | None
    begin: float


@dataclass(frozen=True, slots=True)
class Turn:
    """How a stored frame is turned to stand upright: mirrored first, then quarter turns against the clock."""

    quarters: int
    is_mirrored: bool

    def apply(self, plane: Plane) -> Plane:
        """Return the plane upright."""
        seen = np.fliplr(plane) if self.is_mirrored else plane
        return np.ascontiguousarray(np.rot90(seen, self.quarters))


@contextmanager
def opened(source: BinaryIO) -> Iterator[Streams]:
    """Open a file of moving pictures or sound; a cover picture of a song is no video.

    Raises
    ------
    BadInputError
        When it cannot be read, or leads to other files.
    """
    source.seek(0)
    try:
        container = av.open(source, mode="r", metadata_errors="ignore", options=NOTHING_ELSE)
    except FAILURES:
        raise BadInputError("expected a video or a sound file that can be read here") from None
    with container:
        if set(container.format.name.split(",")) & LEADS_ELSEWHERE:
            raise BadInputError("this file only leads to other files; those would have to be kept")
        videos = [
            one
            for one in container.streams.video
            if one.codec_context is not None and not int(one.disposition) & _ATTACHED_PICTURE
        ]
        best = container.streams.best("video")
        video = best if best in videos else (videos[0] if videos else None)
        audio = container.streams.best("audio")
        if audio is not None and audio.codec_context is None:
            audio = None
        for one in (video, audio):
            if one is not None:
                # Threads are forbidden where this runs.
                one.codec_context.thread_count = 1
        begin = min((_start(one) for one in (video, audio) if one is not None), default=0.0)
        yield Streams(
            container,
            video if isinstance(video, VideoStream) else None,
            audio if isinstance(audio, AudioStream) else None,
            begin,
        )


def _start(stream: av.stream.Stream) -> float:
    if stream.start_time is None or stream.time_base is None:
        return 0.0
    return float(stream.start_time * stream.time_base)


def decoded(streams: Streams) -> Iterator[tuple[float, av.VideoFrame | av.AudioFrame]]:
    """Give seconds since the beginning, and frame, of both streams as they lie in the file.

    Packets that cannot be decoded are passed over, as players do; too many in a row end the reading.
    """
    wanted = [one for one in (streams.video, streams.audio) if one is not None]
    if not wanted:
        raise BadInputError("the file holds neither moving pictures nor sound")
    bad = 0
    packets = streams.container.demux(*wanted)
    while bad < MOST_BAD_PACKETS:
        try:
            packet = next(packets, None)
            if packet is None:
                return
            frames = packet.decode()
        except FAILURES:
            bad += 1
            continue
        for frame in frames:
            if isinstance(frame, av.VideoFrame | av.AudioFrame):
                bad = 0
                yield max(0.0, (frame.time or 0.0) - streams.begin), frame


def turn_of(frame: av.VideoFrame) -> Turn:
    """Read the display matrix (ISO/IEC 14496-12, 8.3.2): quarter turns, and whether it mirrors."""
    found = frame.side_data.get(Type.DISPLAYMATRIX)  # type: ignore[call-overload]  # as PyAV documents it
    if not isinstance(found, SideData):
        return Turn(0, is_mirrored=False)
    a, b, _u, c, d, *_rest = struct.unpack("=9i", bytes(found)[:36])
    is_mirrored = a * d - b * c < 0
    if is_mirrored:
        a, b = -a, -b
    # Points of the stored picture (x right, y down) go to (a·x + c·y, b·x + d·y).
    turns = {(1, 0): 0, (0, 1): 3, (-1, 0): 2, (0, -1): 1}
    largest = max(abs(a), abs(b), 1)
    return Turn(turns.get((round(a / largest), round(b / largest)), 0), is_mirrored=is_mirrored)


def shown_size(frame: av.VideoFrame, aspect: float, longest_side: int) -> tuple[int, int]:
    """Return width and height, before turning, with square pixels, even, bounded."""
    if frame.width * frame.height > MOST_PIXELS:
        raise BadInputError(f"a picture of {frame.width} × {frame.height} pixels is too large")
    width, height = frame.width * max(aspect, 1.0), frame.height / min(aspect, 1.0)
    share = min(1.0, longest_side / max(width, height))
    return tuple(max(2, round(side * share / 2) * 2) for side in (width, height))  # type: ignore[return-value]


def aspect_of(stream: VideoStream) -> float:
    """Return how much wider than high a stored pixel is shown."""
    ratio = float(stream.sample_aspect_ratio or 1)
    return ratio if 0.05 < ratio < 20 else 1.0


def planes_of(frame: av.VideoFrame, size: tuple[int, int], turn: Turn) -> list[Plane]:
    """Return luma and the two colour planes upright, in ITU-R BT.709 and the narrow range."""
    width, height = size
    flat = frame.reformat(
        width=width, height=height, format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG"
    ).to_ndarray()
    flat = flat.astype(np.uint8, copy=False)
    luma = flat[:height]
    colours = flat[height:].reshape(2, height // 2, width // 2)
    return [turn.apply(plane) for plane in (luma, colours[0], colours[1])]


def frame_of(planes: list[Plane]) -> av.VideoFrame:
    """Put planes together again."""
    height, width = planes[0].shape
    # Without rows: half a colour plane may be half a row.
    flat = np.concatenate([plane.reshape(-1) for plane in planes])
    return av.VideoFrame.from_ndarray(flat.reshape(height * 3 // 2, width), format="yuv420p")


def samples_of(resampler: av.AudioResampler, frame: av.AudioFrame | None) -> npt.NDArray[np.int16]:
    """Return sound as interleaved samples of shape ``(n, 2)``."""
    parts = [part.to_ndarray().reshape(-1, 2) for part in resampler.resample(frame)]
    return np.concatenate(parts) if parts else np.zeros((0, 2), np.int16)
