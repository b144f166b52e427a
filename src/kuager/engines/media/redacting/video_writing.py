"""Writing an MP4 or WebM file that says nothing but its picture and its sound, on any clock of frames.

An MP4 whose size can be bounded beforehand is put together in memory and gets its index in front, which
every phone plays; a longer one is written in fragments as it comes, and so is a WebM file.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import IO, TypeAlias, cast

import av
import av.container
import numpy as np
import numpy.typing as npt
from av.audio.stream import AudioStream
from av.bitstream import BitStreamFilterContext
from av.codec.context import Flags
from av.video.stream import VideoStream

from kuager.engines.media.redacting.painting import Plane
from kuager.engines.media.redacting.video_reading import RATE, frame_of

Packet: TypeAlias = "av.Packet[VideoStream]"
CLOCK = 90_000
_AUDIO_BITS = 128_000
# ISO/IEC 14496-10, table 7-1: type 6 is supplemental information, for instance the encoder's settings.
_NO_REMARKS = "filter_units=remove_types=6"
_OPTIONS = {
    "libx264": {
        "preset": "veryfast",
        "profile": "main",
        "crf": "23",
        "bf": "0",
        "x264-params": "sync-lookahead=0",
    },
    "libvpx": {"deadline": "realtime", "cpu-used": "8", "crf": "20"},
}


def video_bits(width: int, height: int) -> int:
    """Return the bound of the picture's bits in a second."""
    return max(400_000, round(width * height * 3.2))


class Writer:
    """Takes upright planes and samples with their times, and writes the file.

    Parameters
    ----------
    sink
        Seekable memory, or anything with ``write``: then an MP4 is written in fragments.
    container
        ``mp4`` or ``webm``.
    size
        Width and height of the upright picture, even; None for sound alone.
    has_sound
        Whether a sound stream is written.
    is_streamed
        Whether the sink cannot seek.
    """

    def __init__(
        self,
        sink: object,
        *,
        container: str,
        size: tuple[int, int] | None,
        has_sound: bool,
        is_streamed: bool,
    ) -> None:
        # Bit-exact: the programs do not write their names and versions into the file.
        options = {"fflags": "+bitexact", "flags": "+bitexact"}
        if is_streamed and container == "mp4":
            options["movflags"] = "frag_keyframe+empty_moov+default_base_moof"
        self._file = av.open(cast(IO[bytes], sink), "w", format=container, container_options=options)
        self._is_mp4 = container == "mp4"
        self._video = None if size is None else self._begin_video(size)
        self._audio = self._begin_audio() if has_sound else None
        self._filter: BitStreamFilterContext | None = None
        self._last = -1

    def _begin_video(self, size: tuple[int, int]) -> VideoStream:
        codec = "libx264" if self._is_mp4 else "libvpx"
        bits = video_bits(*size)
        options = {**_OPTIONS[codec], "maxrate": str(bits), "bufsize": str(2 * bits)}
        stream = self._file.add_stream(codec, rate=30, options=options)
        if not isinstance(stream, VideoStream):
            raise TypeError(codec)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, CLOCK if self._is_mp4 else 1000)
        stream.codec_context.gop_size = 120
        if not self._is_mp4:
            stream.bit_rate = bits
        # Threads are forbidden where this runs.
        stream.codec_context.thread_count = 1
        stream.codec_context.flags |= Flags.bitexact
        context = stream.codec_context
        context.colorspace, context.color_range = 1, 1
        context.color_primaries, context.color_trc = 1, 1
        return stream

    def _begin_audio(self) -> AudioStream:
        codec = "aac" if self._is_mp4 else "libopus"
        stream = self._file.add_stream(codec, rate=RATE, layout="stereo")
        if not isinstance(stream, AudioStream):
            raise TypeError(codec)
        stream.bit_rate = _AUDIO_BITS
        stream.codec_context.flags |= Flags.bitexact
        return stream

    def picture(self, planes: Sequence[Plane], seconds: float) -> None:
        """Add a picture; one whose time is not later than the last one's is left out."""
        if self._video is None:
            return
        base = self._video.codec_context.time_base or Fraction(1, CLOCK)
        at = round(seconds / base)
        if at <= self._last:
            return
        frame = frame_of(list(planes))
        frame.pts, frame.time_base, self._last = at, base, at
        self._mux(self._video.encode(frame))

    def sound(self, samples: npt.NDArray[np.int16], position: int) -> None:
        """Add samples of shape ``(n, 2)``; ``position`` is the number of the first one."""
        if self._audio is None or not len(samples):
            return
        flat = np.ascontiguousarray(samples).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(flat, format="s16", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE, position, Fraction(1, RATE)
        self._file.mux(self._audio.encode(frame))

    def close(self) -> None:
        """Write what is left, and the end of the file."""
        if self._video is not None:
            self._mux(self._video.encode(None))
            self._file.mux(self._filtered(None))
        if self._audio is not None:
            self._file.mux(self._audio.encode(None))
        self._file.close()

    def _mux(self, packets: Sequence[Packet]) -> None:
        for packet in packets:
            self._file.mux(self._filtered(packet))

    def _filtered(self, packet: "Packet | None") -> list[Packet]:
        """Take the encoder's remarks out of the stream."""
        if not self._is_mp4 or self._video is None:
            return [] if packet is None else [packet]
        if self._filter is None:
            self._filter = BitStreamFilterContext(_NO_REMARKS, self._video)
        cleaned = list(self._filter.filter(packet))
        for one in cleaned:
            one.stream = self._video
        return cleaned
