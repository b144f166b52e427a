"""Small pictures are drawn anew: upright, bounded, and without a byte of what stood around the pixels."""

import io

import numpy as np
import pytest
from PIL import Image

from kuager.engines.media import previews
from kuager.engines.media.errors import Reason, UnreadableMediaError
from kuager.engines.media.points import taken
from tests import made_media


def drawn(data: bytes, side: int = 100) -> Image.Image:
    picture = previews.preview(io.BytesIO(data), side=side)
    assert picture.startswith(b"\xff\xd8\xff")
    return Image.open(io.BytesIO(picture))


@pytest.mark.parametrize("form", ["PNG", "GIF", "WEBP", "BMP", "TIFF", "JPEG", "JPEG2000", "AVIF"])
def test_pictures_of_every_kind_are_drawn(form: str) -> None:
    image = drawn(made_media.picture(form, width=200, height=100))

    assert image.size == (100, 50)
    wanted = Image.fromarray(made_media.scene(1, width=200, height=100)).resize((100, 50))
    assert np.abs(np.asarray(image).astype(int) - np.asarray(wanted)).mean() < 12


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_pictures_of_every_depth_are_drawn(mode: str) -> None:
    assert drawn(made_media.picture("PNG", mode=mode)).mode == "RGB"


def test_metadata_stays_behind() -> None:
    image = drawn(made_media.jpeg(has_place=True))

    assert dict(image.getexif()) == {}
    assert b"SN-000123" not in previews.preview(io.BytesIO(made_media.jpeg()))


@pytest.mark.parametrize(
    ("orientation", "size"), [(1, (60, 40)), (3, (60, 40)), (6, (40, 60)), (8, (40, 60))]
)
def test_photographs_stand_upright(orientation: int, size: tuple[int, int]) -> None:
    assert drawn(made_media.jpeg(orientation=orientation), side=60).size == size


def test_a_video_is_shown_by_a_frame_that_stands_upright() -> None:
    assert drawn(made_media.video(turned=90, form="mov"), side=80).size == (48, 80)


def test_a_pdf_is_shown_by_its_first_page() -> None:
    assert drawn(made_media.pdf(), side=100).size == (75, 100)


@pytest.mark.parametrize("form", ["mp4", "mpegts", "matroska"])
def test_a_sheet_shows_frames_evenly_spaced(form: str) -> None:
    sheet = previews.contact_sheet(io.BytesIO(made_media.video(form=form)), count=5, columns=3, side=64)

    # The middles of five equal parts of two seconds; frames begin every 40 ms.
    assert sheet.times_ms == (200, 600, 1000, 1400, 1800)
    assert Image.open(io.BytesIO(sheet.picture)).size == (3 * 64, 2 * 38)


def test_a_sheet_of_a_long_video_takes_key_frames_and_none_twice() -> None:
    long = made_media.video(frames=320, rate=10, keys_every=80)
    sheet = previews.contact_sheet(io.BytesIO(long), count=8, side=64)

    assert sheet.times_ms == (0, 8000, 16000, 24000)


def test_a_waveform_tells_silence_from_noise() -> None:
    for data in (made_media.sound(), made_media.video(has_sound=True)):
        wave = previews.waveform(io.BytesIO(data), columns=10)

        assert wave.duration_ms == pytest.approx(2000, abs=50)
        assert max(wave.peaks[:4]) <= 2
        assert min(wave.peaks[6:]) >= 80


def test_frames_are_stepped_one_by_one() -> None:
    source = io.BytesIO(made_media.video(form="mpegts"))
    at = previews.frame_at(source, 500)
    before = previews.frame_before(source, at.ms)

    assert (at.ms, at.next_ms, before.ms, before.next_ms) == (480, 520, 440, 480)
    assert previews.frame_at(source, at.ms).data == at.data


def test_letters_of_a_page_are_read() -> None:
    assert previews.page_text(io.BytesIO(made_media.pdf()), 2).strip() == "Invented report 2"


@pytest.mark.parametrize("data", [b"<svg onload='alert(1)'>", b"plain words", made_media.sound(seconds=0.1)])
def test_what_cannot_be_drawn_says_so(data: bytes) -> None:
    with pytest.raises(UnreadableMediaError) as caught:
        previews.preview(io.BytesIO(data))

    assert caught.value.reason == Reason.UNKNOWN_KIND


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"[]\n",
        b'{"sizes": []}\n',
        b'{"sizes": [[1, 1, 0]]}\n',
        b'{"sizes": [[1, 1, 0]]}\nabcd',
        b'{"sizes": [[true, 1, 0]]}\nabc',
        b'{"sizes": [[-1, -1, 0]]}\nabc',
        b'{"sizes": [[99999, 99999, 0]]}\nabc',
        b'{"sizes": [["1", 1, 0]]}\nabc',
        b'{"sizes": 7}\n',
        b"\xff\xfe\n",
    ],
)
def test_an_answer_that_does_not_fit_is_refused(answer: bytes) -> None:
    with pytest.raises(UnreadableMediaError) as caught:
        taken(answer, side=64)

    assert caught.value.reason == Reason.BROKEN_RULES
