"""Pictures, videos and documents that tests make themselves: invented, small, with something to hide."""

import io
from collections.abc import Sequence
from fractions import Fraction

import av
import numpy as np
import numpy.typing as npt
import pikepdf
from PIL import Image

SECRET = "Zhasyryn"
"""A word that stands in everything that shall not survive."""


def noise(width: int, height: int, seed: int = 0) -> npt.NDArray[np.uint8]:
    """A picture of which every pixel tells something."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def picture(
    kind: str = "JPEG", *, width: int = 160, height: int = 120, turn: int = 1, seed: int = 0
) -> bytes:
    """A picture with EXIF data, a comment, and bytes behind its end."""
    held = io.BytesIO()
    note = Image.Exif()
    note[0x010F], note[0x0112] = SECRET, turn
    more: dict[str, object] = {} if kind in ("GIF", "BMP") else {"exif": note}
    if kind in ("JPEG", "GIF"):
        more["comment"] = SECRET.encode()
    Image.fromarray(noise(width, height, seed)).save(held, kind, **more)
    return held.getvalue() + (SECRET.encode() if kind in ("JPEG", "PNG", "GIF", "WEBP") else b"")


def animation(kind: str, frames: int = 4) -> bytes:
    """A moving picture of noise."""
    held = io.BytesIO()
    first, *others = [Image.fromarray(noise(64, 48, seed)) for seed in range(frames)]
    first.save(held, kind, save_all=True, append_images=others, duration=[40, 120, 60, 80][:frames])
    return held.getvalue()


def video(
    *,
    seconds: float = 2.0,
    size: tuple[int, int] = (160, 96),
    container: str = "mp4",
    turn: int = 0,
    times_ms: Sequence[int] | None = None,
    further_sound: bool = False,
    subtitles: bool = False,
) -> bytes:
    """A moving pattern with a tone, tagged with a secret; ``times_ms`` gives every frame its own time."""
    held = io.BytesIO()
    width, height = size
    times = times_ms or [round(n * 40) for n in range(round(seconds * 25))]
    pattern = noise(width // 8 + 1, height // 8 + 1).repeat(8, 0).repeat(8, 1)[:height, :width]
    with av.open(held, "w", format=container) as file:
        file.metadata["title"] = SECRET
        picture_stream = file.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
        picture_stream.width, picture_stream.height, picture_stream.pix_fmt = width, height, "yuv420p"
        picture_stream.codec_context.time_base = Fraction(1, 1000)
        picture_stream.codec_context.thread_count = 1
        if turn:
            picture_stream.set_display_rotation(turn)
        sounds = [file.add_stream("aac", rate=48_000, layout="stereo") for _ in range(1 + further_sound)]
        if subtitles:
            file.add_stream("mov_text" if container == "mp4" else "srt")
        for number, at_ms in enumerate(times):
            frame = av.VideoFrame.from_ndarray(np.roll(pattern, number * 4, axis=1), format="rgb24")
            frame.pts, frame.time_base = at_ms, Fraction(1, 1000)
            file.mux(picture_stream.encode(frame))
        for stream in sounds:
            for begin in range(0, round(times[-1] * 48), 4_800):
                file.mux(stream.encode(_tone(begin)))
            file.mux(stream.encode(None))
        file.mux(picture_stream.encode(None))
    return held.getvalue()


def _tone(begin: int) -> av.AudioFrame:
    wave = (9_000 * np.sin(np.arange(begin, begin + 4_800) * 2 * np.pi * 440 / 48_000)).astype(np.int16)
    frame = av.AudioFrame.from_ndarray(np.repeat(wave, 2).reshape(1, -1), format="s16", layout="stereo")
    frame.sample_rate, frame.pts, frame.time_base = 48_000, begin, Fraction(1, 48_000)
    return frame


def document(
    pages: Sequence[str], *, turn: int = 0, crop: Sequence[int] | None = None, is_telling: bool = False
) -> bytes:
    """A PDF file with a line of text for each line of a page; told: author, attachment, script, comment."""
    pdf = pikepdf.new()
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    for text in pages:
        page = pdf.add_blank_page(page_size=(400, 500))
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        rows = text.split("\n")
        drawn = "".join(f"1 0 0 1 60 {420 - 18 * n} Tm ({row}) Tj " for n, row in enumerate(rows))
        page.Contents = pdf.make_stream(f"BT /F1 12 Tf {drawn} ET".encode("latin-1", "replace"))
        if turn:
            page.Rotate = turn
        if crop:
            page.CropBox = pikepdf.Array(crop)
        if is_telling:
            page.Annots = pikepdf.Array(
                [pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Contents=SECRET)]
            )
    if is_telling:
        pdf.docinfo["/Author"] = SECRET
        pdf.attachments["a.txt"] = SECRET.encode()
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=f"app.alert('{SECRET}')")
    held = io.BytesIO()
    pdf.save(held)
    return held.getvalue()
