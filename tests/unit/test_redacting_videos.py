"""What is covered, muted or left out of a video is gone, whatever turn, clock or further tracks it has."""

import io
from collections.abc import Sequence
from fractions import Fraction

import av
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuager.core.errors import BadInputError
from kuager.engines.media.redacting import Area, Box, Cover, Key, Kind, Making, Recipe, Span
from kuager.engines.media.redacting.checking import check_copy
from kuager.engines.media.redacting.copying import copied, make_copy
from kuager.engines.media.redacting.mp4_boxes import walk
from tests import media_made

QUARTER = Area.still(Box(0, 0, 500, 500))


def covering(*areas: Area, silences: Sequence[Span] = (), has_sound: bool = True) -> Recipe:
    return Recipe(
        make=Making.REDACTED, of=Kind.VIDEO, areas=areas, silences=tuple(silences), has_sound=has_sound
    )


def frames(content: bytes) -> list[tuple[float, npt.NDArray[np.uint8]]]:
    with av.open(io.BytesIO(content), "r") as file:
        return [
            (frame.time or 0.0, frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False))
            for frame in file.decode(video=0)
        ]


def sound(content: bytes) -> npt.NDArray[np.float32]:
    with av.open(io.BytesIO(content), "r") as file:
        return np.concatenate([frame.to_ndarray()[0] for frame in file.decode(audio=0)])


def faults(original: bytes, copy: bytes, recipe: Recipe) -> set[str]:
    return {fault.code for fault in check_copy(io.BytesIO(original), io.BytesIO(copy), recipe)}


@pytest.mark.parametrize("turn", [0, 90, 180, -90])
def test_boxes_lie_where_a_person_sees_them(turn: int) -> None:
    original = media_made.video(turn=turn, seconds=0.4)
    copy, made = copied(io.BytesIO(original), covering(QUARTER))
    _, seen = frames(copy)[3]
    height, width = seen.shape[:2]
    assert (width, height) == ((160, 96) if turn in (0, 180) else (96, 160))
    assert seen[: height // 2, : width // 2].max() <= 2
    assert seen[height // 2 + 20 :, width // 2 + 20 :].std() > 20
    assert made.media_type == "video/mp4"
    assert faults(original, copy, covering(QUARTER)) == set()


def test_mirrored_pictures_and_wide_pixels_are_covered_where_they_are_seen() -> None:
    stored = np.zeros((96, 80, 3), np.uint8)
    stored[:48, :40], stored[48:, 40:] = (255, 0, 0), (0, 255, 0)
    held = io.BytesIO()
    with av.open(held, "w", format="mp4") as file:
        stream = file.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 80, 96, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(2, 1)
        stream.set_display_matrix([-65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30])
        for number in range(3):
            frame = av.VideoFrame.from_ndarray(stored, format="rgb24")
            frame.pts = number
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    recipe = covering(Area.still(Box(500, 0, 500, 500)))
    copy, _ = copied(held, recipe)
    _, seen = frames(copy)[1]
    # Stored on the left above, shown on the right above.
    assert seen.shape[:2] == (96, 160)
    assert seen[:48, 80:].max() <= 8
    assert seen[80, 20, 1] > 200
    assert faults(held.getvalue(), copy, recipe) == set()


@pytest.mark.parametrize("size", [(64, 54), (66, 50), (70, 62)])
def test_odd_sizes_are_covered_too(size: tuple[int, int]) -> None:
    original = media_made.video(seconds=0.2, size=size)
    copy, _ = copied(io.BytesIO(original), covering(QUARTER))
    _, seen = frames(copy)[2]
    assert seen.shape[:2] == size[::-1]
    assert seen[: size[1] // 2, : size[0] // 2].max() <= 8
    assert faults(original, copy, covering(QUARTER)) == set()


def test_a_cover_comes_and_goes_on_time_and_moves() -> None:
    original = media_made.video(seconds=2)
    moving = Area(path=(Key(400, Box(0, 0, 200, 300)), Key(1_400, Box(700, 600, 200, 300))), until_ms=1_500)
    copy, _ = copied(io.BytesIO(original), covering(moving))
    seen = {round(seconds * 1000): pixels for seconds, pixels in frames(copy)}
    assert seen[0][:28, :28].max() > 60
    assert seen[400][:28, :32].max() <= 2
    assert seen[400][60:80, 115:140].max() > 60
    assert seen[1_440][58:86, 113:143].max() <= 8
    assert seen[1_800][58:86, 113:143].max() > 60
    assert faults(original, copy, covering(moving)) == set()


def test_frames_at_odd_times_keep_their_times() -> None:
    times = [0, 33, 40, 200, 201, 640, 1_000]
    original = media_made.video(times_ms=times)
    copy, _ = copied(io.BytesIO(original), covering(QUARTER))
    assert [round(seconds * 1000) for seconds, _ in frames(copy)] == times


@pytest.mark.parametrize("container", ["mp4", "matroska"])
def test_muted_spans_are_digital_silence_and_the_rest_sounds(container: str) -> None:
    original = media_made.video(seconds=2, container=container)
    recipe = covering(silences=(Span(500, 1_000),))
    copy, _ = copied(io.BytesIO(original), recipe)
    heard = sound(copy)
    assert not heard[24_000:48_000].any()
    assert np.abs(heard[5_000:15_000]).max() > 0.1
    assert np.abs(heard[60_000:80_000]).max() > 0.1
    assert faults(original, copy, recipe) == set()


def test_without_sound_there_is_no_stream_of_sound() -> None:
    original = media_made.video(seconds=0.4)
    recipe = covering(has_sound=False)
    copy, _ = copied(io.BytesIO(original), recipe)
    with av.open(io.BytesIO(copy), "r") as file:
        assert [stream.type for stream in file.streams] == ["video"]
    assert faults(original, copy, recipe) == set()


def test_further_tracks_subtitles_and_tags_are_left_behind() -> None:
    original = media_made.video(seconds=0.6, further_sound=True, container="matroska")
    copy, _ = copied(io.BytesIO(original), covering(QUARTER))
    with av.open(io.BytesIO(copy), "r") as file:
        assert sorted(stream.type for stream in file.streams) == ["audio", "video"]
        assert "title" not in file.metadata
    for told in (media_made.SECRET.encode(), b"x264", b"Lavf", b"Lavc"):
        assert told not in copy
    assert "extra_stream" in faults(original, original, covering(QUARTER))


def test_the_index_stands_in_front_and_nothing_else_does() -> None:
    copy, _ = copied(io.BytesIO(media_made.video(seconds=0.4)), covering(QUARTER))
    tops = [box.kind for box in walk(io.BytesIO(copy), 0, len(copy)) if box.way.count("/") == 1]
    assert tops.index(b"moov") < tops.index(b"mdat")
    assert set(tops) <= {b"ftyp", b"moov", b"free", b"mdat"}


def test_a_sink_that_cannot_seek_gets_a_file_in_fragments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kuager.engines.media.redacting.videos.MOST_HELD", 1_000)

    class Pipe:
        def __init__(self) -> None:
            self.content = b""

        def write(self, data: bytes) -> int:
            self.content += data
            return len(data)

    pipe, original = Pipe(), media_made.video(seconds=1)
    recipe = covering(QUARTER, silences=(Span(200, 600),))
    make_copy(io.BytesIO(original), recipe, pipe)  # type: ignore[arg-type]  # only its write is used
    assert b"moof" in pipe.content
    assert faults(original, pipe.content, recipe) == set()
    assert len(frames(pipe.content)) == 25


@pytest.mark.parametrize("container", ["mp4", "webm"])
def test_a_transcoded_copy_is_small_and_plays(container: str) -> None:
    original = media_made.video(seconds=0.4, size=(320, 192))
    recipe = Recipe(make=Making.TRANSCODED, of=Kind.VIDEO, container=container, longest_side=160)
    copy, made = copied(io.BytesIO(original), recipe)
    with av.open(io.BytesIO(copy), "r") as file:
        names = [stream.codec_context.name for stream in file.streams]
        assert file.streams.video[0].width == 160
    assert names == (["h264", "aac"] if container == "mp4" else ["vp8", "opus"])
    assert made.media_type == f"video/{container}"
    assert faults(original, copy, recipe) == set()


@pytest.mark.parametrize(("container", "turn"), [("mp4", 90), ("matroska", 0)])
def test_a_stripped_copy_has_the_same_pictures_and_no_tags(container: str, turn: int) -> None:
    original = media_made.video(seconds=0.6, container=container, turn=turn)
    recipe = Recipe(make=Making.STRIPPED, of=Kind.VIDEO)
    copy, _ = copied(io.BytesIO(original), recipe)
    pairs = zip(frames(original), frames(copy), strict=True)
    assert all((before == after).all() for (_, before), (_, after) in pairs)
    with av.open(io.BytesIO(copy), "r") as file:
        assert next(file.decode(video=0)).rotation == turn
    assert media_made.SECRET.encode() not in copy
    assert faults(original, copy, recipe) == set()


def test_sound_alone_is_muted() -> None:
    original = media_made.video(seconds=1)
    recipe = Recipe(make=Making.REDACTED, of=Kind.SOUND, silences=(Span(300, None),))
    copy, made = copied(io.BytesIO(original), recipe)
    assert made.media_type == "audio/mp4"
    assert not sound(copy)[14_400:].any()
    assert np.abs(sound(copy)[2_000:8_000]).max() > 0.1
    assert faults(original, copy, recipe) == set()


def test_a_still_is_the_frame_of_its_moment() -> None:
    original = media_made.video(seconds=1)
    copy, made = copied(io.BytesIO(original), Recipe(make=Making.STILL, of=Kind.VIDEO, at_ms=530))
    assert made.media_type == "image/png"
    from PIL import Image

    seen = np.asarray(Image.open(io.BytesIO(copy))).astype(int)
    nearest = min(range(25), key=lambda n: float(np.abs(frames(original)[n][1].astype(int) - seen).mean()))
    assert nearest == 13


@settings(max_examples=12, deadline=None)
@given(
    st.tuples(*[st.integers(0, 900)] * 2, *[st.integers(20, 600)] * 2),
    st.tuples(*[st.integers(0, 900)] * 2, *[st.integers(20, 600)] * 2),
    st.sampled_from(Cover),
    st.sampled_from([0, 90]),
)
def test_for_random_moving_boxes_nothing_below_survives(
    one: tuple[int, int, int, int], other: tuple[int, int, int, int], cover: Cover, turn: int
) -> None:
    ends = [Box(x, y, min(w, 1000 - x), min(h, 1000 - y)) for x, y, w, h in (one, other)]
    area = Area(path=(Key(0, ends[0]), Key(300, ends[1])), until_ms=350, cover=cover)
    original = media_made.video(seconds=0.4, turn=turn)
    copy, _ = copied(io.BytesIO(original), covering(area))
    assert faults(original, copy, covering(area)) == set()
    if cover is Cover.BLACK:
        assert "not_uniform" in faults(
            original, copied(io.BytesIO(original), covering(has_sound=False))[0], covering(area)
        )


class TestTheOppositeCheck:
    """Each kind of failure is shown to the check."""

    ORIGINAL = media_made.video(seconds=0.6)

    def test_a_cover_that_is_late_is_noticed(self) -> None:
        late = Area(path=(Key(200, Box(0, 0, 500, 500)),), until_ms=None)
        copy, _ = copied(io.BytesIO(self.ORIGINAL), covering(late))
        assert "not_uniform" in faults(self.ORIGINAL, copy, covering(QUARTER))

    def test_sound_that_is_left_is_noticed(self) -> None:
        copy, _ = copied(io.BytesIO(self.ORIGINAL), covering(QUARTER))
        assert "not_silent" in faults(self.ORIGINAL, copy, covering(QUARTER, silences=(Span(100, 300),)))
        assert "sound_left" in faults(self.ORIGINAL, copy, covering(QUARTER, has_sound=False))

    def test_tags_dates_and_hidden_bytes_are_noticed(self) -> None:
        copy, _ = copied(io.BytesIO(self.ORIGINAL), covering(QUARTER))
        assert "metadata" in faults(self.ORIGINAL, self.ORIGINAL, covering(QUARTER))
        hidden = copy + b"\0\0\0\x0cuuidmore" + b"\0\0\0\x0cfreemore"
        assert {"metadata", "extra_part"} <= faults(self.ORIGINAL, hidden, covering(QUARTER))
        at = copy.index(b"mvhd") + 8
        dated = copy[:at] + b"\0\0\0\x07" + copy[at + 4 :]
        assert "metadata" in faults(self.ORIGINAL, dated, covering(QUARTER))


def test_what_is_no_video_is_refused() -> None:
    for content in (b"", b"#EXTM3U\nfile:///etc/passwd\n", media_made.video()[:2_000]):
        with pytest.raises(BadInputError):
            copied(io.BytesIO(content), covering(QUARTER))
