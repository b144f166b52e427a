"""What a redaction costs: processor seconds for a minute of 720p video, a photograph and a document.

    python benchmarks/redaction.py [seconds of video, default 60]

Everything is drawn here; nothing is real. The same functions run in the limited process, whose start adds
about half a second.
"""

import io
import resource
import sys
import time
from fractions import Fraction

import av
import numpy as np
from PIL import Image

from kuager.engines.media.redacting import Area, Box, Key, Kind, Making, OtherPages, Recipe, Span
from kuager.engines.media.redacting.checking import check_copy
from kuager.engines.media.redacting.copying import copied
from kuager.engines.media.redacting.page_writing import Line, PdfWriter


def film(seconds: int) -> bytes:
    """Draw 1280 × 720 at 30 frames a second, a moving picture with noise, and a tone."""
    dice, held = np.random.default_rng(1), io.BytesIO()
    base = dice.integers(0, 256, (90, 160, 3), dtype=np.uint8).repeat(8, 0).repeat(8, 1)
    grain = [dice.integers(0, 24, base.shape, dtype=np.uint8) for _ in range(4)]
    with av.open(held, "w", format="mp4") as file:
        stream = file.add_stream("libx264", rate=30, options={"preset": "ultrafast", "crf": "23"})
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        sound = file.add_stream("aac", rate=48_000, layout="stereo")
        for number in range(seconds * 30):
            pixels = np.roll(base, number * 3, axis=1) // 2 + grain[number % 4]
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 30)
            file.mux(stream.encode(frame))
            wave = (8_000 * np.sin(np.arange(1_600) / 17)).astype(np.int16)
            heard = av.AudioFrame.from_ndarray(np.repeat(wave, 2).reshape(1, -1), "s16", "stereo")
            heard.sample_rate, heard.pts, heard.time_base = 48_000, number * 1_600, Fraction(1, 48_000)
            file.mux(sound.encode(heard))
        file.mux(stream.encode(None))
        file.mux(sound.encode(None))
    return held.getvalue()


def photograph() -> bytes:
    """Draw twelve million pixels, as a telephone takes them."""
    small = np.random.default_rng(2).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    held = io.BytesIO()
    Image.fromarray(small).resize((4000, 3000)).save(held, "JPEG", quality=92)
    return held.getvalue()


def leaflet() -> bytes:
    """Write twenty pages of A4."""
    held = io.BytesIO()
    writer = PdfWriter(held)
    for number in range(20):
        page = np.full((1400, 1000, 3), 255, np.uint8)
        page[100:1300:40, 100:900] = 0
        lines = [Line(f"line {n} of page {number}", 60, 700 - 20 * n, 300, 12) for n in range(30)]
        writer.page(page, (595.0, 842.0), lines)
    writer.close()
    return held.getvalue()


def tried(name: str, original: bytes, recipe: Recipe) -> None:
    """Make and check one copy."""
    begin = time.process_time()
    copy, made = copied(io.BytesIO(original), recipe)
    middle = time.process_time()
    faults = check_copy(io.BytesIO(original), io.BytesIO(copy), recipe)
    end = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{name}: {len(original) / 1e6:.1f} MB in, {len(copy) / 1e6:.1f} MB out ({made.media_type}); "
        f"made in {middle - begin:.2f}, checked in {end - middle:.2f} CPU s; faults {len(faults)}; "
        f"peak memory so far {peak} MiB"
    )


def main() -> None:
    """Measure all."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    face = Area(path=(Key(0, Box(100, 200, 120, 200)), Key(seconds * 500, Box(700, 300, 120, 200))))
    plate = Area.still(Box(400, 700, 200, 80))
    areas = (Area.still(Box(300, 300, 200, 200)), Area.still(Box(700, 600, 100, 100)))
    tried("photograph, 12 MP", photograph(), Recipe(make=Making.REDACTED, of=Kind.IMAGE, areas=areas))
    document = Recipe(
        make=Making.REDACTED, of=Kind.DOCUMENT, texts=("line 7 of page 3",), other_pages=OtherPages.TEXT
    )
    tried("document, 20 pages", leaflet(), document)
    original = film(seconds)
    film_recipe = Recipe(
        make=Making.REDACTED, of=Kind.VIDEO, areas=(face, plate), silences=(Span(10_000, 20_000),)
    )
    tried(f"video 720p, {seconds} s, two boxes, 10 s muted", original, film_recipe)
    tried("the same, stripped", original, Recipe(make=Making.STRIPPED, of=Kind.VIDEO))
    tried("the same, transcoded", original, Recipe(make=Making.TRANSCODED, of=Kind.VIDEO, longest_side=1280))


if __name__ == "__main__":
    main()
