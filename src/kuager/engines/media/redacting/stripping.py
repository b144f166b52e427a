"""Copies without metadata: pixels and sound as they are, everything told around them gone."""

from collections.abc import Iterator
from typing import IO, Any, BinaryIO, TypeAlias, cast

import av
from av.audio.stream import AudioStream
from av.bitstream import BitStreamFilterContext
from av.video.stream import VideoStream

from kuager.core.errors import BadInputError
from kuager.engines.media.decoding import FAILURES
from kuager.engines.media.redacting import picture_parts
from kuager.engines.media.redacting.picture_reading import ORIENTATION, open_picture, shown_frames
from kuager.engines.media.redacting.pictures import write_picture
from kuager.engines.media.redacting.recipe import Kind, Recipe
from kuager.engines.media.redacting.video_reading import Streams, opened

_FORMATS = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
    "WEBP": "image/webp",
}
# Remarks inside the compressed stream: supplemental information of H.264 (type 6) and H.265 (39, 40).
_REMARKS = {"h264": "filter_units=remove_types=6", "hevc": "filter_units=remove_types=39|40"}
Packet: TypeAlias = "av.Packet[Any]"
_MOST_WAITING = 64
_IN_MP4 = {"h264", "hevc", "av1", "mpeg4", "aac", "mp3", "ac3", "opus", "alac"}
_IN_WEBM = {"vp8", "vp9", "av1", "opus", "vorbis"}


def strip_picture(source: BinaryIO, sink: BinaryIO) -> str:
    """Write the picture without metadata; return the media type.

    Other kinds than JPEG, PNG, WebP and GIF become PNG: the same pixels in another file.
    """
    picture = open_picture(source)
    media_type = _FORMATS.get(picture.format or "")
    if media_type is None:
        return write_picture(next(shown_frames(source)), sink, lossless=True)
    turn = int(picture.getexif().get(ORIENTATION, 1))
    sink.write(picture_parts.stripped(source, turn if turn in range(2, 9) else 1))
    return media_type


def strip_video(source: BinaryIO, recipe: Recipe, sink: BinaryIO) -> str:
    """Write the shown picture and the heard sound, packet by packet, into a new file in fragments.

    Raises
    ------
    BadInputError
        When the streams fit in neither MP4 nor WebM; such a file is transcoded instead.
    """
    with opened(source) as streams:
        wanted = [streams.video] if recipe.of is Kind.VIDEO else []
        chosen = [one for one in (*wanted, streams.audio) if one is not None]
        container = _container(chosen)
        options = {"fflags": "+bitexact"}
        if container == "mp4":
            options["movflags"] = "frag_keyframe+empty_moov+default_base_moof"
        with av.open(cast(IO[bytes], sink), "w", format=container, container_options=options) as copy:
            _copy_packets(streams, chosen, copy)
    return f"{'video' if recipe.of is Kind.VIDEO else 'audio'}/{container}"


def _container(chosen: list[VideoStream | AudioStream]) -> str:
    names = {one.codec_context.name for one in chosen}
    names = {"av1" if "av1" in name else "opus" if "opus" in name else name for name in names}
    if not names:
        raise BadInputError("the file holds neither moving pictures nor sound")
    if names <= _IN_MP4:
        return "mp4"
    if names <= _IN_WEBM:
        return "webm"
    raise BadInputError("these streams fit in no MP4 or WebM file as they are; choose a transcoded copy")


def _copy_packets(
    streams: Streams, chosen: list[VideoStream | AudioStream], copy: av.container.OutputContainer
) -> None:
    written = {}
    filters = {}
    for stream in chosen:
        new = copy.add_stream_from_template(stream)
        new.metadata.clear()
        written[stream.index] = new
        remarks = _REMARKS.get(stream.codec_context.name)
        if remarks:
            filters[stream.index] = BitStreamFilterContext(remarks, stream)
    clock = _Clock()
    for packet in streams.container.demux(*chosen):
        index = packet.stream_index
        try:
            cleaned = filters[index].filter(packet if packet.size else None) if index in filters else [packet]
            for one in clock.timed(index, [one for one in cleaned if one.size]):
                one.stream = written[index]
                copy.mux(one)
        except FAILURES:
            continue


class _Clock:
    """Gives the first packets of a stream their times of decoding, which some files leave out."""

    def __init__(self) -> None:
        self._waiting: dict[int, list[Packet]] = {}
        self._known: set[int] = set()

    def timed(self, index: int, packets: list[Packet]) -> Iterator[Packet]:
        """Give packets whose time of decoding is known or was reckoned back from the first known one."""
        for packet in packets:
            if packet.dts is None:
                waiting = self._waiting.setdefault(index, [])
                if index not in self._known and len(waiting) < _MOST_WAITING:
                    waiting.append(packet)
                continue
            self._known.add(index)
            before = self._waiting.pop(index, [])
            for number, earlier in enumerate(before):
                earlier.dts = packet.dts - (len(before) - number) * max(1, packet.duration or 1)
                yield earlier
            yield packet
