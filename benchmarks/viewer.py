"""How long one frame of a 1080p film takes: from the vault, through a reading process, to a JPEG of our own.

Run: python benchmarks/viewer.py. Needs no network and no data; the film is drawn (noise, a moving block).
"""

import io
import resource
import statistics
import time

import av
import numpy as np

from kuager.engines.media import viewing
from kuager.engines.sealing import Decrypted, SecretKey, encrypt

FRAMES, RATE, SIZE = 300, 25, (1920, 1080)


def film(every: int) -> bytes:
    """Return a film with a key frame every so many frames."""
    dice, held = np.random.default_rng(1), io.BytesIO()
    ground = dice.integers(60, 180, (SIZE[1] // 8, SIZE[0] // 8, 3), dtype=np.uint8)
    ground = np.kron(ground, np.ones((8, 8, 1), np.uint8))
    with av.open(held, "w", format="mp4") as target:
        stream = target.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        stream.options = {
            "g": str(every),
            "keyint_min": str(every),
            "sc_threshold": "0",
            "preset": "veryfast",
        }
        for number in range(FRAMES):
            points = np.roll(ground, number * 3, axis=1)
            points[400:700, number * 4 : number * 4 + 300] = 240
            target.mux(stream.encode(av.VideoFrame.from_ndarray(points, format="rgb24")))
        target.mux(stream.encode())
    return held.getvalue()


def cpu_seconds() -> float:
    """Return the processor time of this process and of the reading processes that ended."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(one) for one in whose]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    """Print one line for each film and size."""
    key = SecretKey.generate()
    for every in (12, 50, 250):
        sealed = encrypt(film(every), [key.public])
        for side, ahead in ((480, 0), (1280, 0), (1280, 4)):
            walls, cpus = [], []
            for place in range(0, FRAMES - 10, 29):
                plain = io.BufferedReader(Decrypted(io.BytesIO(sealed), [key]), 1 << 18)
                began, cpu = time.perf_counter(), cpu_seconds()
                viewing.moments(plain, ms=place * 1000 // RATE, side=side, ahead=ahead)
                walls.append(time.perf_counter() - began)
                cpus.append(cpu_seconds() - cpu)
            line = f"key frame every {every:3}, side {side:4}, {ahead} ahead: "
            line += f"CPU median {statistics.median(cpus) * 1000:4.0f} ms, most {max(cpus) * 1000:4.0f} ms; "
            print(line + f"wall median {statistics.median(walls) * 1000:4.0f} ms ({len(sealed) >> 20} MiB)")


if __name__ == "__main__":
    main()
