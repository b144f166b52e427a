"""Open video and sound through FFmpeg, by the reader that our own table names, and describe what is inside.

FFmpeg's own guessing is off: among its some 300 readers are play lists that name other files and addresses.
"""

import importlib
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, BinaryIO

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream

from kuager.engines.media.errors import Reason, UnreadableMediaError
from kuager.engines.media.inside.describing import Description, add_tags

if TYPE_CHECKING:
    from av.frame import Frame as AnyFrame

    from kuager.engines.media.child import Output

READERS: dict[str, str] = {
    "video/mp4": "mov",
    "video/quicktime": "mov",
    "video/3gpp": "mov",
    "audio/mp4": "mov",
    "video/webm": "matroska",
    "video/x-matroska": "matroska",
    "video/x-msvideo": "avi",
    "video/mp2t": "mpegts",
    "video/mpeg": "mpeg",
    "video/x-flv": "flv",
    "video/x-ms-asf": "asf",
    "video/ogg": "ogg",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/flac": "flac",
    "audio/wav": "wav",
    "audio/amr": "amr",
    "audio/aac": "aac",
}
# 8K (7,680 × 4,320) is 33 million; a frame of 12 bytes a pixel in work stays under the bound on memory.
MAX_PIXELS = 40_000_000
_MAX_DAMAGED = 2000

# Loaded by PyAV at the first use of each; in the reading process nothing can be loaded then.
_LATE = (
    "av.audio.codeccontext",
    "av.audio.stream",
    "av.container.streams",
    "av.index",
    "av.packet",
    "av.sidedata.sidedata",
    "av.stream",
    "av.subtitles.codeccontext",
    "av.subtitles.stream",
    "av.video.codeccontext",
    "av.video.plane",
    "av.video.reformatter",
    "av.video.stream",
)


def load_all() -> None:
    """Load now what PyAV would load later."""
    for name in _LATE:
        importlib.import_module(name)


prepare = load_all


def opened(request: Mapping[str, Any], source: BinaryIO) -> InputContainer:
    """Open a container by the media type that was asked for."""
    return av.open(
        source,
        "r",
        format=READERS[str(request["media_type"])],
        metadata_errors="replace",
        options={"max_pixels": str(MAX_PIXELS)},
    )


def video_of(container: InputContainer) -> VideoStream:
    """Return the first moving picture; covers of sound files are none.

    Raises
    ------
    UnreadableMediaError
        When there is none, or its frames have too many pixels.
    """
    for stream in container.streams.video:
        if "attached_pic" in str(stream.disposition.name or ""):
            continue
        if stream.codec_context.width * stream.codec_context.height > MAX_PIXELS:
            raise UnreadableMediaError(Reason.TOO_LARGE)
        stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
        return stream
    raise UnreadableMediaError(Reason.NOT_THERE)


def sound_of(container: InputContainer) -> AudioStream:
    """Return the first sound; raises `UnreadableMediaError` when there is none."""
    for stream in container.streams.audio:
        return stream
    raise UnreadableMediaError(Reason.NOT_THERE)


def packets(container: InputContainer, stream: VideoStream | AudioStream) -> Iterator["av.Packet[Any]"]:
    """Yield packets until the end or until damage that the reader cannot pass."""
    try:
        yield from container.demux(stream)
    except av.error.InvalidDataError:
        return


class Decoder:
    """Decode packets, passing over damaged ones up to a bound: what is left of evidence counts."""

    def __init__(self) -> None:
        self._damaged = 0

    def frames(self, packet: "av.Packet[Any]") -> "list[AnyFrame]":
        """Return the frames that this packet completes."""
        try:
            return list(packet.decode())
        except av.error.InvalidDataError:
            self._damaged += 1
            if self._damaged > _MAX_DAMAGED:
                raise
            return []


def probe(request: Mapping[str, Any], source: BinaryIO, output: "Output") -> None:
    """Describe a container: duration, streams, tags as found. Nothing beyond the first packets is decoded."""
    container = opened(request, source)
    description = Description()
    description.fact("format", container.format.long_name)
    if container.duration is not None:
        description.fact("duration_ms", container.duration // 1000)
    add_tags(description, "container", container.metadata)
    for stream in container.streams:
        _describe(description, stream)
    output.result(description.to_json())


def _describe(description: Description, stream: Any) -> None:  # any stream of PyAV
    context = stream.codec_context
    facts: dict[str, float | str | None] = {
        "kind": stream.type,
        "codec": None if context is None else context.name,
        "profile": _safely(lambda: stream.profile),
        "frames": stream.frames or None,
        "duration_ms": _milliseconds(stream.duration, stream.time_base),
        "bit_rate": None if context is None else _safely(lambda: context.bit_rate),
        "language": stream.language,
    }
    if isinstance(stream, VideoStream):
        facts |= _picture_facts(stream)
        if "width" in facts and "attached_pic" not in str(stream.disposition.name or ""):
            for name in ("width", "height", "frame_rate"):
                description.fact(name, facts[name])
    if isinstance(stream, AudioStream):
        facts |= {"rate": context.sample_rate, "channels": context.channels}
    description.stream(**{name: _plain(value) for name, value in facts.items()})
    add_tags(description, f"stream {stream.index}", stream.metadata)


def _picture_facts(stream: VideoStream) -> dict[str, float | str | None]:
    context = stream.codec_context
    rate = stream.average_rate
    return {
        "width": context.width,
        "height": context.height,
        "pixels": context.pix_fmt,
        "frame_rate": None if not rate else round(float(rate), 3),
    }


def _plain(value: float | str | None) -> float | str | None:
    return value[:200] if isinstance(value, str) else value


def _safely(read: Any) -> Any:  # PyAV raises for streams without a decoder
    try:
        return read()
    except (ValueError, AttributeError, NotImplementedError, RuntimeError):
        return None


def _milliseconds(duration: int | None, time_base: Fraction | None) -> int | None:
    if duration is None or time_base is None or duration < 0:
        return None
    return int(duration * time_base * 1000)
