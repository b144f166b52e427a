"""Copies of videos and sound: covered and muted ones, and plain ones that every phone plays."""

from typing import BinaryIO, cast

import av
import numpy as np

from kuager.core.errors import BadInputError
from kuager.engines.media.decoding import FAILURES
from kuager.engines.media.redacting.counting import Held, TooMuchError
from kuager.engines.media.redacting.mp4_boxes import index_first
from kuager.engines.media.redacting.painting import Painter, Plane
from kuager.engines.media.redacting.recipe import Kind, Making, Recipe
from kuager.engines.media.redacting.sound import Track
from kuager.engines.media.redacting.video_reading import (
    RATE,
    Streams,
    Turn,
    aspect_of,
    decoded,
    opened,
    planes_of,
    samples_of,
    shown_size,
    turn_of,
)
from kuager.engines.media.redacting.video_writing import Writer, video_bits

# Edges of covers in video lie on whole macroblocks, so that no block holds covered and open pixels.
GRID = 16
# A cover comes a little earlier and stays a little longer than asked: the frame somebody pointed at is in.
MARGIN_MS = 50.0
# The filter between blocks reaches three pixels over an edge (ITU-T H.264, 8.7): the cover reaches further.
AROUND = 4
MOST_HELD = 96 << 20


def make_video(source: BinaryIO, recipe: Recipe, sink: BinaryIO) -> str:
    """Write the copy; return its media type."""
    container = recipe.container if recipe.make is Making.TRANSCODED else "mp4"
    media_type = f"{'audio' if recipe.of is Kind.SOUND else 'video'}/{container}"
    if container == "mp4" and _fits_memory(source, recipe):
        held = Held(MOST_HELD)
        try:
            _write(source, recipe, held, container, is_streamed=False)
        except TooMuchError:
            # The file was longer than it said.
            held.close()
        else:
            for begin, other, end in index_first(held, held.seek(0, 2)):
                if other is None:
                    held.pour(sink, begin, end)
                else:
                    sink.write(other)
            return media_type
    _write(source, recipe, sink, container, is_streamed=True)
    return media_type


def _fits_memory(source: BinaryIO, recipe: Recipe) -> bool:
    with opened(source) as streams:
        seconds = (streams.container.duration or 0) / 1_000_000
        if not seconds or streams.video is None:
            return bool(seconds) and seconds * 20_000 < MOST_HELD
        width, height = streams.video.width or 0, streams.video.height or 0
        share = min(1.0, recipe.longest_side / max(width, height, 1))
        return seconds * (video_bits(round(width * share), round(height * share)) / 8 + 20_000) < MOST_HELD


def _write(source: BinaryIO, recipe: Recipe, sink: object, container: str, *, is_streamed: bool) -> None:
    with opened(source) as streams:
        copying = _Copying(streams, recipe, sink, container, is_streamed=is_streamed)
        for seconds, frame in decoded(streams):
            copying.take(frame, seconds)
        copying.close()


class _Copying:
    """One copy on its way from file to file."""

    def __init__(
        self, streams: Streams, recipe: Recipe, sink: object, container: str, *, is_streamed: bool
    ) -> None:
        has_picture = recipe.of is Kind.VIDEO
        if has_picture and streams.video is None:
            raise BadInputError("the file holds no moving pictures; choose a copy of its sound")
        self._recipe = recipe
        self._has_sound = recipe.has_sound and streams.audio is not None
        self._is_done = False
        self._aspect = 1.0 if streams.video is None else aspect_of(streams.video)
        self._has_picture = has_picture
        self._painter = Painter(recipe.areas, grid=GRID, margin_ms=MARGIN_MS, around=AROUND)
        self._track = Track(recipe.silences)
        self._resampler = av.AudioResampler(format="s16", layout="stereo", rate=RATE)
        self._open = (sink, container, is_streamed)
        self._writer: Writer | None = None if has_picture else self._begin(None)
        self._size, self._turn, self._waiting = (
            (0, 0),
            Turn(0, is_mirrored=False),
            list[tuple[float, object]](),
        )
        self._shown = 0

    def _begin(self, size: tuple[int, int] | None) -> Writer:
        sink, container, is_streamed = self._open
        return Writer(
            sink, container=container, size=size, has_sound=self._has_sound, is_streamed=is_streamed
        )

    def take(self, frame: av.VideoFrame | av.AudioFrame, seconds: float) -> None:
        """Add one decoded frame of picture or sound."""
        if isinstance(frame, av.AudioFrame):
            self._take_sound(frame, seconds)
        elif self._has_picture:
            self._take_picture(frame, seconds)

    def _take_picture(self, frame: av.VideoFrame, seconds: float) -> None:
        if self._writer is None:
            self._turn = turn_of(frame)
            self._size = shown_size(frame, self._aspect, self._recipe.longest_side)
            width, height = self._size
            self._writer = self._begin((height, width) if self._turn.quarters % 2 else (width, height))
            for at, sound in self._waiting:
                self._take_sound(cast(av.AudioFrame, sound), at)
            self._waiting.clear()
        try:
            planes: list[Plane] = planes_of(frame, self._size, self._turn)
        except FAILURES:
            return
        self._painter.paint_planes(planes, seconds * 1000)
        self._writer.picture(planes, seconds)
        self._shown += 1

    def _take_sound(self, frame: av.AudioFrame, seconds: float) -> None:
        if not self._has_sound:
            return
        if self._writer is None:
            # Sound that comes before the first picture waits until the picture's size is known.
            if len(self._waiting) < 2_000:
                self._waiting.append((seconds, frame))
            return
        frame.pts = None
        try:
            samples = samples_of(self._resampler, frame)
        except FAILURES:
            return
        self._writer.sound(*self._track.place(samples.astype(np.int16, copy=False), seconds))

    def close(self) -> None:
        """End the file; raises BadInputError when nothing could be shown."""
        if self._writer is None or (self._has_picture and not self._shown):
            raise BadInputError("no picture of this video can be decoded")
        self._writer.close()
