"""Reading a picture as a person sees it: turned, in ordinary colours, without transparency, every frame."""

import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from PIL import AvifImagePlugin, Image, ImageCms

from kuager.core.errors import BadInputError
from kuager.engines.media.redacting.painting import Plane

# A closed list: every further reader is a further way in.
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "AVIF", "JPEG2000")
MOST_PIXELS = 80_000_000
MOST_MOVING_PIXELS = 120_000_000
MOST_FRAMES = 3_000
_MOVING = ("PNG", "GIF", "WEBP", "AVIF")
ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One frame: RGB pixels of shape ``(height, width, 3)``, and how long it stands in milliseconds."""

    pixels: Plane
    lasts_ms: int


def open_picture(source: BinaryIO) -> Image.Image:
    """Open a picture without decoding it yet.

    Raises
    ------
    BadInputError
        When it is no picture of a known kind, or has more pixels than the bound.
    """
    source.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            Image.init()
            # Threads are forbidden where this runs.
            AvifImagePlugin.DEFAULT_MAX_THREADS = 1
            Image.MAX_IMAGE_PIXELS = MOST_PIXELS
            picture: Image.Image = Image.open(source, formats=FORMATS)
        except (Image.DecompressionBombError, OSError, ValueError, SyntaxError):
            raise BadInputError(
                "expected a picture (JPEG, PNG, GIF, WebP, TIFF, BMP, AVIF) of at most "
                f"{MOST_PIXELS // 1_000_000} million pixels"
            ) from None
    _check_size(picture)
    return picture


def _check_size(picture: Image.Image) -> None:
    count, pixels = _frame_count(picture), picture.width * picture.height
    if pixels > MOST_PIXELS or count > MOST_FRAMES or (count > 1 and count * pixels > MOST_MOVING_PIXELS):
        raise BadInputError(
            f"expected at most {MOST_PIXELS // 1_000_000} million pixels and {MOST_FRAMES} frames; the "
            f"picture has {picture.width} × {picture.height} pixels and {count} frames"
        )
    if picture.format == "TIFF" and getattr(picture, "n_frames", 1) > 1:
        raise BadInputError("expected a TIFF file with one page; make a PDF of a file with several pages")


def _frame_count(picture: Image.Image) -> int:
    return int(getattr(picture, "n_frames", 1)) if picture.format in _MOVING else 1


def shown_frames(source: BinaryIO) -> Iterator[Shown]:
    """Give every frame as a browser shows it. A still picture has one.

    The picture that an animated PNG keeps for old programs, and the further pictures inside a JPEG file,
    are not shown and are left out.
    """
    picture = open_picture(source)
    profile = _profile(picture)
    hidden_first = bool(picture.info.get("default_image"))
    for number in range(_frame_count(picture)):
        if hidden_first and number == 0:
            continue
        try:
            picture.seek(number)
            picture.load()
            frame = picture.copy()
            # Asked after loading: readers that have turned the picture themselves take the note away.
            turn = int(picture.getexif().get(ORIENTATION, 1))
        except (OSError, EOFError, SyntaxError, ValueError) as error:
            raise BadInputError(
                f"frame {number + 1} of the picture is damaged ({type(error).__name__})"
            ) from None
        yield Shown(_pixels(frame, profile, turn), round(float(frame.info.get("duration", 0) or 0)))


def _pixels(frame: Image.Image, profile: bytes | None, turn: int) -> Plane:
    seen = _without_transparency(frame)
    seen = _ordinary_colours(seen, profile)
    return np.array(_turned(seen, turn))


def _turned(picture: Image.Image, turn: int) -> Image.Image:
    """Turn as the camera's note says (EXIF 2.32, tag 0x0112)."""
    way = _TURNS.get(turn)
    return picture if way is None else picture.transpose(way)


def _without_transparency(picture: Image.Image) -> Image.Image:
    """Lay the picture on white: colours under transparent pixels, which nobody sees, are gone."""
    if "A" not in picture.getbands() and "transparency" not in picture.info and picture.mode != "PA":
        return picture
    seen = picture.convert("RGBA")
    white = Image.new("RGBA", seen.size, (255, 255, 255, 255))
    white.alpha_composite(seen)
    return white.convert("RGB")


def _ordinary_colours(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert to 8-bit sRGB; a colour profile that cannot be used is ignored, as browsers do."""
    if picture.mode.startswith("I") or picture.mode == "F":
        return _eight_bits(picture)
    if profile and picture.mode in ("RGB", "CMYK", "L"):
        try:
            of = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(
                picture, of, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            if converted is not None:
                return converted
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    return picture.convert("RGB")


def _eight_bits(picture: Image.Image) -> Image.Image:
    values = np.asarray(picture, dtype=np.float64)
    most = 65535.0 if picture.mode.startswith("I;16") else max(float(values.max()), 1.0)
    if picture.mode == "I" and values.max() > 255:
        most = max(65535.0, float(values.max()))
    grey = np.clip(values / most * 255.0, 0, 255).astype(np.uint8)
    return Image.fromarray(np.repeat(grey[:, :, None], 3, axis=2))


def _profile(picture: Image.Image) -> bytes | None:
    found = picture.info.get("icc_profile")
    return found if isinstance(found, bytes) and len(found) < 4_000_000 else None
