"""Every moment of a video, every page and photograph is drawn by the reading process, and exactly."""

import io
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from kuager.core.errors import BadInputError
from kuager.engines.media import previews, viewing
from kuager.engines.media.errors import Reason, UnreadableMediaError
from tests.media_files import Container, number_in, pdf, photograph, video


def opened(drawn: viewing.Drawn) -> Image.Image:
    return Image.open(io.BytesIO(drawn.data))


def moment(data: bytes, ms: int, *, side: int = 320) -> viewing.Drawn:
    return viewing.moments(io.BytesIO(data), ms=ms, side=side)[0]


@pytest.fixture(scope="module")
def clip() -> bytes:
    return video()


@pytest.mark.parametrize("container", ["mp4", "webm"])
def test_stepping_forward_and_back_shows_every_frame_once(container: Container) -> None:
    clip = video(frames=12, container=container, every=5)
    seen, drawn = [], moment(clip, 0)
    while True:
        seen.append(number_in(opened(drawn)))
        if drawn.next_ms is None:
            break
        drawn = moment(clip, drawn.next_ms)
    assert seen == list(range(12))
    back = [moment(clip, drawn.ms - 1)]
    back.append(moment(clip, back[0].ms - 1))
    assert [number_in(opened(one)) for one in back] == [10, 9]


def test_frames_that_stand_for_different_times_are_stepped_one_by_one() -> None:
    clip = video(frames=5, beginnings=[0, 33, 67, 1_000, 1_001])
    drawn = viewing.moments(io.BytesIO(clip), ms=0, side=320, ahead=4)
    assert [one.ms for one in drawn] == [0, 33, 67, 1_000, 1_001]
    assert [number_in(opened(one)) for one in drawn] == [0, 1, 2, 3, 4]
    assert all(before.next_ms == after.ms for before, after in pairwise(drawn))
    assert moment(clip, 999).ms == 67


def test_behind_the_end_the_last_frame_is_shown(clip: bytes) -> None:
    drawn = moment(clip, 3_600_000)
    assert (drawn.ms, drawn.next_ms, number_in(opened(drawn))) == (3_960, None, 99)
    assert drawn.duration_ms == 4_000


def test_grey_leaves_no_colour(clip: bytes) -> None:
    drawn = viewing.moments(io.BytesIO(clip), ms=120, side=160, is_grey=True)[0]
    assert opened(drawn).mode == "L"
    assert (drawn.width, drawn.height) == (160, 90)


def test_a_covered_picture_holds_sixteen_points(clip: bytes) -> None:
    shown = moment(clip, 3_400)
    covered = Image.open(io.BytesIO(viewing.covered(shown)))
    assert covered.mode == "L"
    assert max(covered.size) == viewing.COVER_SIDE
    assert np.abs(np.diff(np.asarray(covered, dtype=int), axis=1)).max() < 30


def test_photographs_and_pages_are_drawn() -> None:
    assert number_in(opened(viewing.still(previews.preview(io.BytesIO(photograph()), side=200)))) == 37
    page = viewing.page(io.BytesIO(pdf()), number=2, side=400)
    assert (number_in(opened(page)), page.pages) == (2, 3)


def test_a_page_that_is_not_there_is_told() -> None:
    with pytest.raises(UnreadableMediaError) as caught:
        viewing.page(io.BytesIO(pdf()), number=4, side=400)
    assert caught.value.reason is Reason.NOT_THERE


@pytest.mark.parametrize("damage", ["cut", "noise", "text", "playlist"])
def test_hostile_bytes_end_in_a_reason(clip: bytes, damage: str) -> None:
    hostile = {
        "cut": clip[: len(clip) // 3],
        "noise": bytes(range(256)) * 40,
        "text": b"no film at all",
        "playlist": b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
    }[damage]
    for draw in (
        lambda: viewing.moments(io.BytesIO(hostile), ms=0, side=320),
        lambda: viewing.page(io.BytesIO(hostile), number=1, side=320),
    ):
        with pytest.raises(UnreadableMediaError):
            draw()


@pytest.mark.parametrize(("ms", "side"), [(-1, 320), (0, 4_000), (0, 1), (10**12, 320)])
def test_silly_wishes_are_refused(clip: bytes, ms: int, side: int) -> None:
    with pytest.raises(BadInputError):
        moment(clip, ms, side=side)
