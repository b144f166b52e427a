"""The opposite check of videos and sound: every frame and every sample of the copy is looked at again."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

import av
import numpy as np
import numpy.typing as npt

from kuager.core.errors import BadInputError
from kuager.engines.media.decoding import FAILURES
from kuager.engines.media.redacting.boxes import Area, Cover, PixelBox
from kuager.engines.media.redacting.mp4_boxes import walk
from kuager.engines.media.redacting.painting import Plane, cells
from kuager.engines.media.redacting.recipe import Kind, Making, Recipe
from kuager.engines.media.redacting.results import Fault
from kuager.engines.media.redacting.uniform import (
    MOST_CORRELATION,
    ROUNDING,
    correlation,
    deviation,
    distance,
    rough_cells,
)
from kuager.engines.media.redacting.video_reading import (
    RATE,
    Streams,
    aspect_of,
    decoded,
    opened,
    planes_of,
    samples_of,
    shown_size,
    turn_of,
)
from kuager.engines.media.redacting.videos import AROUND, GRID

MOST_FAULTS = 20
_MOST_DOUBTS = 200
_BLACK = (16, 128, 128)
_EDGE = AROUND
_FAR = 20
_CELL_DEVIATION = 5.0
_BOXES = frozenset(
    b"ftyp free mdat moov mvhd trak tkhd edts elst mdia mdhd hdlr minf vmhd smhd dinf dref stbl stsd stts "
    b"stss stsc stsz stco co64 sgpd sbgp ctts sdtp udta mvex mehd trex moof mfhd traf tfhd tfdt trun sidx "
    b"mfra tfra mfro".split()
)
_LONGEST_EMPTY_UDTA = 61
_TAGS = frozenset(
    {"major_brand", "minor_version", "compatible_brands", "language", "handler_name", "vendor_id", "duration"}
)


@dataclass(slots=True)
class _Doubt:
    """A place under a cover that is not quite of one colour; the original decides."""

    ms: float
    box: PixelBox
    luma: Plane
    where: str


@dataclass(slots=True)
class _Looking:
    recipe: Recipe
    faults: list[Fault] = field(default_factory=list)
    doubts: list[_Doubt] = field(default_factory=list)
    frames: int = 0


def check_video(original: BinaryIO, copy: BinaryIO, recipe: Recipe) -> list[Fault]:
    """Return what is wrong with the copy of a video or sound; an empty list is the good answer."""
    faults = check_container(copy)
    looking = _Looking(recipe)
    try:
        with opened(copy) as streams:
            faults += _check_streams(streams, recipe)
            if recipe.make is Making.REDACTED:
                _look(streams, looking)
    except BadInputError:
        return [*faults, Fault("unreadable", "file")]
    if recipe.of is Kind.VIDEO and recipe.make is Making.REDACTED and not looking.frames:
        faults.append(Fault("frames", "none"))
    if looking.doubts:
        looking.faults += _compare(original, looking.doubts)
    return [*faults, *looking.faults][:MOST_FAULTS]


def check_container(copy: BinaryIO) -> list[Fault]:
    """Look at the boxes of an MP4 file: only those that are needed for playing may be there, undated."""
    size = copy.seek(0, io.SEEK_END)
    copy.seek(0)
    if copy.read(8)[4:] != b"ftyp":
        return []
    faults = []
    for box in walk(copy, 0, size):
        if box.way.startswith("/moov/udta/"):
            continue
        copy.seek(box.content)
        content = copy.read(min(64, box.end - box.content))
        if box.kind not in _BOXES or (box.kind == b"udta" and box.end - box.begin > _LONGEST_EMPTY_UDTA):
            faults.append(Fault("metadata", box.way))
        if box.kind == b"free" and any(content):
            faults.append(Fault("extra_part", box.way))
        if box.kind in (b"mvhd", b"tkhd", b"mdhd") and any(
            content[4 : 4 + (16 if content[:1] == b"\1" else 8)]
        ):
            faults.append(Fault("metadata", f"{box.way}: times"))
    return faults


def _check_streams(streams: Streams, recipe: Recipe) -> list[Fault]:
    faults, found = [], [stream.type for stream in streams.container.streams]
    pictures = 1 if recipe.of is Kind.VIDEO else 0
    if found.count("video") > pictures or found.count("audio") > 1 or set(found) - {"video", "audio"}:
        faults.append(Fault("extra_stream", ", ".join(found)))
    if recipe.make is Making.REDACTED and not recipe.has_sound and "audio" in found:
        faults.append(Fault("sound_left", "stream"))
    for where, tags in [
        ("file", streams.container.metadata),
        *((f"stream {one.index}", one.metadata) for one in streams.container.streams),
    ]:
        if any(
            name.lower() not in _TAGS and (name.lower(), text) != ("encoder", "Lavf")
            for name, text in tags.items()
        ):
            faults.append(Fault("metadata", where))
    if streams.container.chapters():
        faults.append(Fault("metadata", "chapters"))
    return faults


def _look(streams: Streams, looking: _Looking) -> None:
    resampler = av.AudioResampler(format="s16", layout="stereo", rate=RATE)
    for seconds, frame in decoded(streams):
        if isinstance(frame, av.AudioFrame):
            frame.pts = None
            _check_sound(samples_of(resampler, frame), seconds, looking)
        else:
            size = (frame.width // 2 * 2, frame.height // 2 * 2)
            _check_frame(planes_of(frame, size, turn_of(frame)), seconds * 1000, looking)
        if len(looking.faults) >= MOST_FAULTS:
            return


def _check_sound(samples: npt.NDArray[np.int16], seconds: float, looking: _Looking) -> None:
    begin = round(seconds * RATE)
    for number, span in enumerate(looking.recipe.silences, 1):
        first = max(0, span.from_ms * RATE // 1000 - begin)
        last = len(samples) if span.until_ms is None else max(0, span.until_ms * RATE // 1000 - begin)
        if samples[first:last].any():
            looking.faults.append(Fault("not_silent", f"span {number}, {round(seconds * 1000)} ms"))


def _check_frame(planes: list[Plane], ms: float, looking: _Looking) -> None:
    looking.frames += 1
    height, width = planes[0].shape
    for number, area in enumerate(looking.recipe.areas, 1):
        if not area.covers(ms):
            continue
        where = f"{round(ms)} ms, area {number}"
        if area.cover is Cover.MOSAIC:
            others = [one for one in looking.recipe.areas if one is not area and one.covers(ms, margin_ms=50)]
            if _mosaic_left(planes[0], area, others, ms):
                looking.faults.append(Fault("not_uniform", where))
            continue
        box = area.pixels(ms, width, height)
        if any(
            distance(plane[at.top : at.bottom, at.left : at.right], colour) > _FAR
            for plane, at, colour in zip(planes, (box, box.of(2), box.of(2)), _BLACK, strict=True)
        ):
            looking.faults.append(Fault("not_uniform", where))
        luma = planes[0][box.top : box.bottom, box.left : box.right]
        if deviation(luma) > ROUNDING and len(looking.doubts) < _MOST_DOUBTS:
            looking.doubts.append(_Doubt(ms, box, luma.copy(), where))


def _mosaic_left(luma: Plane, area: Area, others: Sequence[Area], ms: float) -> bool:
    height, width = luma.shape
    whole = cells(area.pixels(ms, width, height, grid=GRID, around=AROUND))
    inner = [cell.shrunk(_EDGE, width, height) for cell in whole]
    # A cell that is all edge is looked at whole, and may be rougher.
    edges = [cell for cell, inside in zip(whole, inner, strict=True) if inside.is_empty]
    over = [one.pixels(ms, width, height, grid=GRID, around=AROUND).grown(_EDGE) for one in others]
    return rough_cells(luma, inner, over, most=_CELL_DEVIATION) or rough_cells(
        luma, edges, over, most=3 * _CELL_DEVIATION
    )


def _compare(original: BinaryIO, doubts: list[_Doubt]) -> list[Fault]:
    """Hold doubtful places against the same frames of the original."""
    faults, waiting = [], sorted(doubts, key=lambda doubt: doubt.ms)
    with opened(original) as streams:
        if streams.video is None:
            return []
        for seconds, frame in decoded(Streams(streams.container, streams.video, None, streams.begin)):
            if not waiting:
                break
            due = [doubt for doubt in waiting if abs(doubt.ms - seconds * 1000) < 2]
            waiting = [doubt for doubt in waiting if doubt.ms > seconds * 1000 + 2]
            if due and isinstance(frame, av.VideoFrame):
                faults += _compare_frame(frame, aspect_of(streams.video), due)
    return faults


def _compare_frame(frame: av.VideoFrame, aspect: float, due: list[_Doubt]) -> list[Fault]:
    faults = []
    for doubt in due:
        try:
            luma = planes_of(frame, shown_size(frame, aspect, 1920), turn_of(frame))[0]
        except FAILURES:
            return []
        box = doubt.box
        if correlation(doubt.luma, luma[box.top : box.bottom, box.left : box.right]) > MOST_CORRELATION:
            faults.append(Fault("correlates", doubt.where))
    return faults
