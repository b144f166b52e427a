"""What is covered in a picture is gone from the file, whatever kind, turn, colour or movement it has."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from kuager.core.errors import BadInputError
from kuager.engines.media.redacting import Area, Box, Cover, Kind, Making, Recipe
from kuager.engines.media.redacting.checking import check_copy
from kuager.engines.media.redacting.copying import copied
from kuager.engines.media.redacting.picture_parts import parts_of
from tests import media_made

KINDS = ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "AVIF")
STRIPPED = Recipe(make=Making.STRIPPED, of=Kind.IMAGE)


def covering(*boxes: Box, cover: Cover = Cover.BLACK) -> Recipe:
    return Recipe(
        make=Making.REDACTED, of=Kind.IMAGE, areas=tuple(Area.still(box, cover=cover) for box in boxes)
    )


def shown(content: bytes, frame: int = 0) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    picture = Image.open(io.BytesIO(content))
    picture.seek(frame)
    return np.asarray(picture.convert("RGB"))


def faults(original: bytes, copy: bytes, recipe: Recipe) -> set[str]:
    return {fault.code for fault in check_copy(io.BytesIO(original), io.BytesIO(copy), recipe)}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("turn", [1, 6])
def test_no_pixel_and_no_word_survives_in_any_kind(kind: str, turn: int) -> None:
    original = media_made.picture(kind, turn=turn)
    box = Box(100, 200, 300, 400)
    copy, made = copied(io.BytesIO(original), covering(box))
    seen = shown(copy)
    height, width = seen.shape[:2]
    if kind not in ("GIF", "BMP"):
        assert (width, height) == ((160, 120) if turn == 1 else (120, 160))
    place = box.pixels(width, height)
    assert not seen[place.top : place.bottom, place.left : place.right].any()
    assert media_made.SECRET.encode() not in copy
    assert not Image.open(io.BytesIO(copy)).getexif()
    assert faults(original, copy, covering(box)) == set()
    assert made.size == len(copy)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["JPEG", "PNG", "WEBP"]),
    st.integers(1, 8),
    st.tuples(st.integers(2, 70), st.integers(2, 70)),
    st.lists(st.tuples(*[st.integers(0, 999)] * 2, *[st.integers(1, 1000)] * 2), min_size=1, max_size=3),
    st.integers(0, 99),
)
def test_for_random_pictures_and_boxes_no_pixel_inside_survives(
    kind: str, turn: int, size: tuple[int, int], drawn: list[tuple[int, int, int, int]], seed: int
) -> None:
    boxes = [Box(x, y, min(w, 1000 - x), min(h, 1000 - y)) for x, y, w, h in drawn]
    original = media_made.picture(kind, width=size[0], height=size[1], turn=turn, seed=seed)
    copy, _ = copied(io.BytesIO(original), covering(*boxes))
    seen = shown(copy)
    for box in boxes:
        place = box.pixels(seen.shape[1], seen.shape[0])
        assert not seen[place.top : place.bottom, place.left : place.right].any()
    assert faults(original, copy, covering(*boxes)) == set()


def test_a_box_lies_where_a_person_sees_it() -> None:
    upright = np.zeros((40, 60, 3), np.uint8)
    upright[:20, :30] = (255, 0, 0)
    held = io.BytesIO()
    note = Image.Exif()
    note[0x0112] = 8
    # Stored a quarter turn from how it is shown.
    Image.fromarray(np.rot90(upright, -1)).save(held, "PNG", exif=note)
    copy, _ = copied(held, covering(Box(0, 0, 500, 500)))
    assert not shown(copy).any()


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_every_frame_of_what_moves_is_covered(kind: str) -> None:
    original = media_made.animation(kind)
    copy, made = copied(io.BytesIO(original), covering(Box(250, 250, 500, 500)))
    picture = Image.open(io.BytesIO(copy))
    assert getattr(picture, "n_frames", 1) == 4
    for frame in range(4):
        seen = shown(copy, frame)
        assert not seen[12:36, 16:48].any()
        assert seen.any()
    assert made.media_type == "image/webp"
    assert faults(original, copy, covering(Box(250, 250, 500, 500))) == set()


def test_colours_below_transparent_pixels_are_gone() -> None:
    hidden = np.zeros((32, 32, 4), np.uint8)
    hidden[:, :, :3] = media_made.noise(32, 32)
    held = io.BytesIO()
    Image.fromarray(hidden, "RGBA").save(held, "PNG")
    copy, _ = copied(held, covering(Box(0, 0, 100, 100)))
    seen = shown(copy)
    assert (seen[8:, 8:] == 255).all()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK", "I;16", "I", "F", "YCbCr"])
def test_odd_colours_are_covered_too(mode: str) -> None:
    grey = media_made.noise(40, 30)
    picture = Image.fromarray(grey[:, :, 0].astype(np.uint16) * 257) if mode == "I;16" else None
    held = io.BytesIO()
    (
        picture or Image.fromarray(grey).convert("L").convert(mode)
        if mode not in ("CMYK", "YCbCr")
        else Image.fromarray(grey).convert(mode)
    ).save(held, "TIFF")
    recipe = covering(Box(0, 0, 500, 500))
    copy, _ = copied(held, recipe)
    seen = shown(copy)
    assert not seen[:15, :20].any()
    assert seen[20:, 24:].any()
    assert faults(held.getvalue(), copy, recipe) == set()


def test_a_mosaic_keeps_a_few_rough_cells_and_no_detail() -> None:
    original = media_made.picture("PNG", width=320, height=240)
    recipe = covering(Box(0, 0, 1000, 1000), cover=Cover.MOSAIC)
    copy, _ = copied(io.BytesIO(original), recipe)
    assert len({tuple(pixel) for pixel in shown(copy).reshape(-1, 3)}) <= 36
    assert faults(original, copy, recipe) == set()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_stripping_leaves_the_pixels_as_they_are(kind: str) -> None:
    original = media_made.picture(kind, turn=6)
    copy, _ = copied(io.BytesIO(original), STRIPPED)
    assert (shown(copy) == shown(original)).all()
    assert media_made.SECRET.encode() not in copy
    assert dict(Image.open(io.BytesIO(copy)).getexif()) in ({}, {0x0112: 6})
    assert faults(original, copy, STRIPPED) == set()
    assert "metadata" in faults(original, original, STRIPPED)


def test_thumbnails_and_further_pictures_inside_are_gone() -> None:
    first, second = (Image.fromarray(media_made.noise(64, 64, seed)) for seed in (1, 2))
    held = io.BytesIO()
    first.save(held, "MPO", save_all=True, append_images=[second])
    copy, _ = copied(held, STRIPPED)
    assert copy.count(b"\xff\xd8\xff") == 1
    assert all(part.is_kept or part.name == "segment E0" for part in parts_of(copy))


class TestTheOppositeCheck:
    """A check that cannot fail is worse than none: each kind of failure is shown to it."""

    RECIPE = covering(Box(200, 200, 500, 500))

    def test_an_untouched_picture_is_noticed(self) -> None:
        original = media_made.picture("PNG")
        assert {"not_uniform", "correlates", "metadata"} <= faults(original, original, self.RECIPE)

    def test_a_faint_trace_below_the_cover_is_noticed(self) -> None:
        original = media_made.picture("PNG")
        copy, _ = copied(io.BytesIO(original), self.RECIPE)
        pixels = shown(copy).copy()
        place = Box(200, 200, 500, 500).pixels(160, 120)
        was = shown(original)[place.top : place.bottom, place.left : place.right]
        pixels[place.top : place.bottom, place.left : place.right] = was // 64
        held = io.BytesIO()
        Image.fromarray(pixels).save(held, "PNG")
        assert {"not_uniform", "correlates"} <= faults(original, held.getvalue(), self.RECIPE)

    def test_blurring_is_not_taken_for_covering(self) -> None:
        original = media_made.picture("PNG")
        blurred = Image.open(io.BytesIO(original)).convert("RGB").reduce(2).resize((160, 120))
        held = io.BytesIO()
        blurred.save(held, "PNG")
        mosaic = covering(Box(200, 200, 500, 500), cover=Cover.MOSAIC)
        for recipe in (self.RECIPE, mosaic):
            assert {"not_uniform", "correlates"} <= faults(original, held.getvalue(), recipe)

    def test_one_uncovered_frame_is_noticed(self) -> None:
        original = media_made.animation("PNG")
        frames = [Image.fromarray(shown(original, n)) for n in range(4)]
        held = io.BytesIO()
        frames[0].paste(0, (0, 0, 64, 48))
        frames[0].save(held, "WEBP", save_all=True, append_images=frames[1:], lossless=True)
        assert "not_uniform" in faults(original, held.getvalue(), self.RECIPE)

    def test_something_behind_the_end_is_noticed(self) -> None:
        original = media_made.picture("JPEG")
        copy, _ = copied(io.BytesIO(original), self.RECIPE)
        assert faults(original, copy + b"more", self.RECIPE) == {"metadata"}


def test_bombs_and_other_kinds_are_refused() -> None:
    huge = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(huge, "PNG")
    for content in (huge.getvalue(), b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"", b"\xff\xd8\xff"):
        with pytest.raises(BadInputError):
            copied(io.BytesIO(content), covering(Box(0, 0, 10, 10)))
