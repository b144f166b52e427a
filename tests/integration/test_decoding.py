"""Video, stills and sound become arrays: upright, by their own clock, bounded, past damage."""

import io
import struct

import numpy as np
import pytest
from PIL import Image

from kuager.engines.media.decoding import UndecodableError, frames, sound
from tests.footage import edits, sounds


@pytest.fixture(scope="module")
def film() -> bytes:
    """Two seconds whose upper third is red, with sound."""
    pictures = np.zeros((50, 120, 200, 3), dtype=np.uint8)
    pictures[:, :40, :, 0] = 255
    return edits.encode(pictures, 25, sounds.sound(np.random.default_rng(1), 2))


def turned(film: bytes, matrix: tuple[int, ...]) -> io.BytesIO:
    """Write another display matrix into the header of the track."""
    data = bytearray(film)
    at = data.find(b"tkhd") + 44
    data[at : at + 36] = struct.pack(">9i", *matrix)
    return io.BytesIO(bytes(data))


def test_frames_come_at_the_asked_rate_and_size(film: bytes) -> None:
    shown = list(frames(io.BytesIO(film), per_second=5, largest_side=100))

    assert len(shown) == 10
    assert shown[0].pixels.shape == (60, 100, 3)
    assert shown[0].full_size == (200, 120)
    assert [frame.seconds for frame in shown] == sorted(frame.seconds for frame in shown)


@pytest.mark.parametrize(
    ("matrix", "red"),
    [
        ((0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30), (slice(None), slice(-30, None))),
        ((-65536, 0, 0, 0, -65536, 0, 0, 0, 1 << 30), (slice(-30, None), slice(None))),
        ((0, -65536, 0, 65536, 0, 0, 0, 0, 1 << 30), (slice(None), slice(0, 30))),
    ],
)
def test_a_stored_rotation_is_applied(film: bytes, matrix: tuple[int, ...], red: tuple[slice, slice]) -> None:
    shown = next(frames(turned(film, matrix), per_second=1, largest_side=200))

    assert shown.pixels[red][..., 0].mean() > 240
    assert shown.pixels[..., 0].mean() < 100


def test_the_orientation_of_a_photograph_is_applied() -> None:
    picture, sink = Image.new("RGB", (300, 200)), io.BytesIO()
    picture.paste((255, 0, 0), (0, 0, 300, 50))
    exif = picture.getexif()
    exif[0x112] = 6
    picture.save(sink, "JPEG", exif=exif)

    shown = next(frames(sink, per_second=1, largest_side=300))

    assert shown.full_size == (200, 300)
    assert shown.pixels[:, -40:, 0].mean() > 240


def test_damaged_packets_are_passed_over(film: bytes) -> None:
    data, rng = bytearray(film), np.random.default_rng(3)
    start = film.find(b"mdat") + 200
    for place in rng.integers(start, start + 3000, 60):
        data[place] ^= 0xFF

    shown = list(frames(io.BytesIO(bytes(data)), per_second=25, largest_side=100))

    assert 0 < len(shown) <= 50


def test_no_more_frames_than_allowed_are_given(film: bytes) -> None:
    assert len(list(frames(io.BytesIO(film), per_second=25, largest_side=64, most=7))) == 7


def test_sound_has_the_asked_rate_and_bound(film: bytes) -> None:
    assert len(sound(io.BytesIO(film), rate=8000)) == pytest.approx(16_000, rel=0.1)
    assert len(sound(io.BytesIO(film), rate=8000, most_seconds=0.5)) == 4000


def test_a_photograph_has_no_sound() -> None:
    sink = io.BytesIO()
    Image.new("RGB", (64, 48)).save(sink, "PNG")

    assert len(sound(sink)) == 0


@pytest.mark.parametrize(
    "data", [b"", b"x" * 500, b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:1/a.ts\n#EXT-X-ENDLIST\n"]
)
def test_what_cannot_be_read_or_leads_elsewhere_is_refused(data: bytes) -> None:
    with pytest.raises(UndecodableError):
        list(frames(io.BytesIO(data), per_second=1, largest_side=64))
