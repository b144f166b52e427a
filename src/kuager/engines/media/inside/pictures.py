"""Pictures: what they say of themselves, and small copies drawn from their pixels."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

from PIL import AvifImagePlugin, ExifTags, Image, ImageFile, ImageOps, TiffImagePlugin

from kuager.engines.media.errors import Reason, UnreadableMediaError
from kuager.engines.media.inside.describing import Description, exif_time, text_of
from kuager.engines.media.points import Drawing, give

if TYPE_CHECKING:
    from kuager.engines.media.child import Output

# Pillow tries a parser only if it is named here: by our own table, never by its own guess.
FORMATS: dict[str, list[str]] = {
    "image/jpeg": ["JPEG", "MPO"],
    "image/png": ["PNG"],
    "image/gif": ["GIF"],
    "image/webp": ["WEBP"],
    "image/bmp": ["BMP"],
    "image/tiff": ["TIFF"],
    "image/jp2": ["JPEG2000"],
    "image/avif": ["AVIF"],
}
# Four bytes a pixel and one copy stay under the bound on memory. JPEG is unpacked at an eighth of its size.
_MAX_PIXELS = 100_000_000
_MAX_JPEG_PIXELS = 400_000_000
_MAX_PAGES = 10_000


def prepare() -> None:
    """Load Pillow's parsers and what they load on first use; nothing can be loaded later."""
    import copy  # noqa: F401  # used by Pillow's GIF reader when it reads
    import xml.etree.ElementTree  # noqa: F401  # loaded, never given a file

    Image.init()
    Image.MAX_IMAGE_PIXELS = None  # our own bounds, which end in a reason
    ImageFile.LOAD_TRUNCATED_IMAGES = True  # what is left of a picture is evidence too
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1


def probe(request: Mapping[str, Any], source: BinaryIO, output: "Output") -> None:
    """Describe a picture without unpacking its pixels."""
    image = _opened(request, source)
    description = Description()
    description.fact("width", image.width)
    description.fact("height", image.height)
    description.fact("format", image.format)
    description.fact("colours", image.mode)
    if image.format == "TIFF":
        description.fact("pages", _pages(image))
    _add_picture_exif(description, image)
    _add_other(description, image)
    output.result(description.to_json())


def preview(request: Mapping[str, Any], source: BinaryIO, output: "Output") -> None:
    """Draw a picture, upright, at most ``side`` pixels wide and high."""
    small = _small(_opened(request, source), int(request["side"]))
    give(output, {}, [Drawing(small.width, small.height, small.tobytes(), 0)])


def _opened(request: Mapping[str, Any], source: BinaryIO) -> Image.Image:
    image = Image.open(source, formats=FORMATS[str(request["media_type"])])
    if image.width <= 0 or image.height <= 0:
        raise UnreadableMediaError(Reason.NOT_UNDERSTOOD)
    return image


def _small(image: Image.Image, side: int) -> Image.Image:
    """Return a picture of at most `side` pixels, upright, in red, green and blue.

    Raises
    ------
    UnreadableMediaError
        When it has more pixels than may be unpacked.
    """
    bound = _MAX_JPEG_PIXELS if image.format in {"JPEG", "MPO"} else _MAX_PIXELS
    if image.width * image.height > bound:
        raise UnreadableMediaError(Reason.TOO_LARGE)
    image.draft("RGB", (side, side))
    if image.width * image.height > _MAX_PIXELS:
        raise UnreadableMediaError(Reason.TOO_LARGE)
    orientation = _orientation(image)
    image.thumbnail((side, side), Image.Resampling.BOX if _is_vast(image) else Image.Resampling.BICUBIC)
    upright = _TURNS[orientation](image) if orientation in _TURNS else image
    return _as_colours(upright)


def _as_colours(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I") or image.mode == "F":
        return ImageOps.autocontrast(_to_eight_bits(image)).convert("RGB")
    if image.has_transparency_data:
        # Transparent pixels may hide colours; they are laid on grey, as viewers do.
        colours = image.convert("RGBA")
        ground = Image.new("RGBA", colours.size, (128, 128, 128, 255))
        return Image.alpha_composite(ground, colours).convert("RGB")
    return image.convert("RGB")


def _to_eight_bits(image: Image.Image) -> Image.Image:
    low, high = image.getextrema() if image.getbands() else (0, 0)
    width = max(float(high) - float(low), 1.0)  # type: ignore[arg-type]  # one band: two numbers
    scale = 255.0 / width
    return image.convert("F").point(lambda value: value * scale - float(low) * scale).convert("L")  # type: ignore[arg-type]


def _is_vast(image: Image.Image) -> bool:
    return image.width * image.height > 20_000_000


# Orientation of EXIF 2.32, table 6: how the stored picture must be turned to stand upright.
_TURNS = {
    number: (lambda image, turn=turn: image.transpose(turn))
    for number, turn in {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }.items()
}


def _exif(image: Image.Image) -> Image.Exif:
    # The reader of PNG would unpack all points to look for EXIF behind them.
    return Image.Image.getexif(image)


def _orientation(image: Image.Image) -> object:
    try:
        return _exif(image).get(ExifTags.Base.Orientation)
    except Exception:  # noqa: BLE001  # broken metadata must not cost the picture
        return None


def _pages(image: Image.Image) -> int:
    for number in range(1, _MAX_PAGES):
        try:
            image.seek(number)
        except Exception:  # noqa: BLE001  # the end, or damage: what counts is how far one gets
            image.seek(0)
            return number
    return _MAX_PAGES


_SUBORDINATE = {
    "exif": ExifTags.IFD.Exif,
    "gps": ExifTags.IFD.GPSInfo,
    "interop": ExifTags.IFD.Interop,
    # The small picture that cameras store beside the large one: it may show what was cropped away later.
    "thumbnail": ExifTags.IFD.IFD1,
}
_TIMES = {"DateTime": "OffsetTime", "DateTimeOriginal": "OffsetTimeOriginal",
          "DateTimeDigitized": "OffsetTimeDigitized"}  # fmt: skip


def add_exif(description: Description, exif: Image.Exif) -> None:
    """Keep every value of the EXIF; times and the place among them are parsed."""
    try:
        groups = {"image": dict(exif)}
        for group, number in _SUBORDINATE.items():
            groups[group] = dict(exif.get_ifd(number))
    except Exception as error:  # noqa: BLE001  # broken metadata must not cost the rest
        description.found("exif", "unreadable", type(error).__name__)
        return
    offsets = {_name("exif", tag): text_of(value) for tag, value in groups["exif"].items()}
    for group, tags in groups.items():
        for tag, value in tags.items():
            if tag in set(_SUBORDINATE.values()):
                continue
            name = _name(group, tag)
            parsed = exif_time(text_of(value), offsets.get(_TIMES[name], "")) if name in _TIMES else ""
            description.found(f"exif {group}", name, value, parsed)
    _add_gps(description, groups["gps"])


def _add_picture_exif(description: Description, image: Image.Image) -> None:
    try:
        exif = _exif(image)
    except Exception as error:  # noqa: BLE001  # broken metadata must not cost the rest
        description.found("exif", "unreadable", type(error).__name__)
        return
    add_exif(description, exif)


def _name(group: str, tag: int) -> str:
    names = ExifTags.GPSTAGS if group == "gps" else ExifTags.TAGS
    return names.get(tag, f"tag {tag}")


def _add_gps(description: Description, tags: Mapping[int, Any]) -> None:
    try:
        latitude = _degrees(tags[ExifTags.GPS.GPSLatitude], tags[ExifTags.GPS.GPSLatitudeRef], "S")
        longitude = _degrees(tags[ExifTags.GPS.GPSLongitude], tags[ExifTags.GPS.GPSLongitudeRef], "W")
        altitude = tags.get(ExifTags.GPS.GPSAltitude)
        below = tags.get(ExifTags.GPS.GPSAltitudeRef) in (1, b"\x01")
        metres = None if altitude is None else float(altitude) * (-1 if below else 1)
        description.position(latitude, longitude, metres)
    except (KeyError, TypeError, ValueError, ZeroDivisionError, OverflowError):
        return


def _degrees(parts: tuple[Any, Any, Any], reference: str, negative: str) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    return -value if str(reference).strip("\0 ").upper() == negative else value


def _add_other(description: Description, image: Image.Image) -> None:
    """Keep text chunks of PNG, comments, XMP, and that a profile or an animation is there."""
    for name, value in image.info.items():
        if name in {"exif", "icc_profile", "photoshop"} or isinstance(value, TiffImagePlugin.IFDRational):
            description.found(
                "picture", str(name), f"{len(value)} bytes" if isinstance(value, bytes) else value
            )
        else:
            description.found("xmp" if name == "xmp" else "picture", str(name), value)
