"""Small real files of every kind, made here: no photograph of anybody, nothing downloaded."""

import io
import wave
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, cast

import av
import numpy as np
import numpy.typing as npt
import pikepdf
from PIL import ExifTags, Image, TiffImagePlugin

if TYPE_CHECKING:
    from av.video.stream import VideoStream


def scene(number: int, *, width: int, height: int) -> npt.NDArray[np.uint8]:
    """A picture with slopes and an edge that moves with `number`; its mean grey tells the number roughly."""
    across = np.linspace(0, 255, width)[None, :]
    down = np.linspace(0, 255, height)[:, None]
    picture = np.stack([across + 0 * down, down + 0 * across, (across + down) / 2], axis=-1)
    edge = number * 7 % width
    picture[:, edge : edge + max(width // 10, 1)] = (number * 5) % 256
    return picture.astype(np.uint8)


def jpeg(
    *, width: int = 120, height: int = 80, orientation: int = 1, has_place: bool = False, number: int = 1
) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Invented Optics"
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.DateTime] = "2022:01:06 14:03:22"
    detail = exif.get_ifd(ExifTags.IFD.Exif)
    detail[ExifTags.Base.DateTimeOriginal] = "2022:01:06 14:03:22"
    detail[ExifTags.Base.OffsetTimeOriginal] = "+06:00"
    detail[ExifTags.Base.BodySerialNumber] = "SN-000123"
    if has_place:
        rational = TiffImagePlugin.IFDRational
        place = exif.get_ifd(ExifTags.IFD.GPSInfo)
        place[ExifTags.GPS.GPSLatitudeRef] = "N"
        place[ExifTags.GPS.GPSLatitude] = (rational(43), rational(14), rational(1560, 100))
        place[ExifTags.GPS.GPSLongitudeRef] = "E"
        place[ExifTags.GPS.GPSLongitude] = (rational(76), rational(56), rational(4500, 100))
        place[ExifTags.GPS.GPSAltitude] = rational(8125, 10)
    target = io.BytesIO()
    Image.fromarray(scene(number, width=width, height=height)).save(target, "JPEG", exif=exif, quality=80)
    return target.getvalue()


def picture(form: str, *, width: int = 120, height: int = 80, mode: str = "RGB") -> bytes:
    target = io.BytesIO()
    Image.fromarray(scene(1, width=width, height=height)).convert(mode).save(target, form)
    return target.getvalue()


def video(
    *,
    form: str = "mp4",
    codec: str = "libx264",
    width: int = 160,
    height: int = 96,
    frames: int = 50,
    rate: int = 25,
    keys_every: int = 12,
    turned: int = 0,
    tags: Mapping[str, str] | None = None,
    has_sound: bool = False,
) -> bytes:
    target = io.BytesIO()
    options = {"movflags": "use_metadata_tags"} if form in {"mp4", "mov"} else {}
    with av.open(target, "w", format=form, options=options) as container:
        container.metadata.update(tags or {})
        stream = cast("VideoStream", container.add_stream(codec, rate=rate))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.gop_size = keys_every
        if codec == "libx264":
            stream.options = {"preset": "ultrafast", "bf": "2", "threads": "1"}
        if turned:
            stream.set_display_rotation(turned)
        sound = container.add_stream("aac", rate=16_000, layout="mono") if has_sound else None
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(scene(number, width=width, height=height), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
        if sound is not None:
            for tone in _tones(frames / rate, 16_000):
                container.mux(sound.encode(tone))
            container.mux(sound.encode())
    return target.getvalue()


def _tones(seconds: float, rate: int) -> list[av.AudioFrame]:
    samples = samples_of_tone(seconds, rate)
    frames = []
    for start in range(0, len(samples) - 1023, 1024):
        frame = av.AudioFrame.from_ndarray(samples[None, start : start + 1024], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
        frames.append(frame)
    return frames


def samples_of_tone(seconds: float, rate: int) -> npt.NDArray[np.int16]:
    """Silence in the first half, a loud tone in the second."""
    times = np.arange(int(seconds * rate)) / rate
    loud = np.sin(2 * np.pi * 440 * times) * 30_000 * (times >= seconds / 2)
    return loud.astype(np.int16)


def sound(*, seconds: float = 2.0, rate: int = 8000) -> bytes:
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples_of_tone(seconds, rate).tobytes())
    return target.getvalue()


def pdf(*, pages: int = 2, words: str = "Invented report", password: str = "") -> bytes:
    document = pikepdf.new()
    font = document.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
    )
    for number in range(1, pages + 1):
        page = document.add_blank_page(page_size=(300, 400))
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        page.Contents = document.make_stream(f"BT /F1 20 Tf 20 200 Td ({words} {number}) Tj ET".encode())
    document.docinfo["/Author"] = "Invented Author"
    document.docinfo["/CreationDate"] = "D:20220106140322+06'00'"
    target = io.BytesIO()
    lock = pikepdf.Encryption(owner=password, user=password) if password else False
    document.save(target, encryption=lock)
    return target.getvalue()
