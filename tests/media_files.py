"""Small real files, made here: a video whose frames can be told apart, a PDF, a photograph.

Frame ``n`` of a video shows the number ``n`` in eight stripes, white for one and black for nought.
"""

import io
from fractions import Fraction
from typing import Literal

import av
import numpy as np
import numpy.typing as npt
from PIL import Image

STRIPES = 8
RATE = 25
Container = Literal["mp4", "webm"]


def striped(number: int, width: int, height: int) -> npt.NDArray[np.uint8]:
    """Return the picture of a number: reddish, so that grey can be told from colour."""
    bits = [(number >> bit) & 1 for bit in range(STRIPES)]
    points = np.zeros((height, width, 3), np.uint8)
    for index, bit in enumerate(bits):
        points[:, index * width // STRIPES : (index + 1) * width // STRIPES] = (235, 60, 60) if bit else 0
    return points


def number_in(image: Image.Image) -> int:
    """Return the number that a picture shows."""
    grey = np.asarray(image.convert("L"), dtype=float)
    middle = grey[grey.shape[0] // 2]
    centres = [(2 * index + 1) * len(middle) // (2 * STRIPES) for index in range(STRIPES)]
    return sum(1 << index for index, place in enumerate(centres) if middle[place] > 50)


def video(
    *,
    frames: int = 100,
    size: tuple[int, int] = (320, 180),
    container: Container = "mp4",
    every: int = 20,
    sound: bool = False,
    beginnings: list[int] | None = None,
) -> bytes:
    """Make a video of 25 frames a second, or with frames at ``beginnings`` (milliseconds)."""
    held = io.BytesIO()
    with av.open(held, "w", format=container) as target:
        stream = target.add_stream("libx264" if container == "mp4" else "libvpx", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        quick = {"preset": "ultrafast"} if container == "mp4" else {"deadline": "realtime", "cpu-used": "8"}
        stream.options = {"g": str(every), **quick}
        stream.codec_context.time_base = Fraction(1, 1000)
        tone = target.add_stream("aac" if container == "mp4" else "libopus", rate=48_000) if sound else None
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(striped(number, *size), format="rgb24")
            frame.pts = beginnings[number] if beginnings else number * 1000 // RATE
            frame.time_base = Fraction(1, 1000)
            target.mux(stream.encode(frame))
        target.mux(stream.encode())
        if tone is not None:
            _sing(target, tone, frames / RATE)
    return held.getvalue()


def _sing(target: "av.container.OutputContainer", stream: "av.AudioStream", seconds: float) -> None:
    wave = (np.sin(np.arange(int(seconds * 48_000)) * 0.05) * 0.2).astype(np.float32)
    for place in range(0, len(wave) - 1024, 1024):
        frame = av.AudioFrame.from_ndarray(wave[None, place : place + 1024], format="fltp", layout="mono")
        frame.sample_rate, frame.pts = 48_000, place
        target.mux(stream.encode(frame))
    target.mux(stream.encode(None))


def photograph(size: tuple[int, int] = (400, 300)) -> bytes:
    """Make a JPEG photograph that shows the number 37."""
    held = io.BytesIO()
    Image.fromarray(striped(37, *size)).save(held, "JPEG", quality=90)
    return held.getvalue()


def pdf(pages: int = 3) -> bytes:
    """Make a PDF whose page ``n`` shows the number ``n``."""
    held = io.BytesIO()
    first, *others = [Image.fromarray(striped(number + 1, 200, 280)) for number in range(pages)]
    first.save(held, "PDF", save_all=True, append_images=others)
    return held.getvalue()
