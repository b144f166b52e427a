"""Measure the reading of hostile files: what a child costs, how fast a frame comes, what damage does.

Usage: python benchmarks/media.py start|frames|damaged|bombs [--times N] [--files N] [--seed N]

``start`` reads files of every kind many times, with the processor time of the child alone; ``frames`` asks a
1080p video for moments in random order; ``damaged`` gives thousands of randomly damaged files to probing and
drawing and counts how each ended: an unhandled error in the parent would end the run; ``bombs`` measures the
bombs of the tests. Prints one JSON object.
"""

import argparse
import contextlib
import io
import json
import random
import resource
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests import made_media
from tests.faults import hostile_media

from kuager.engines.media import archives, previews, probing
from kuager.engines.media.errors import UnreadableMediaError
from kuager.engines.media.limited import run_limited

Reader = Callable[[io.BytesIO], object]


def spent(who: int) -> float:
    """Return processor seconds spent so far."""
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def cost(read: Callable[[], object], times: int) -> dict[str, float]:
    """Return medians of the clock and means of processor time, in milliseconds."""
    clock, before, own = [], spent(resource.RUSAGE_CHILDREN), spent(resource.RUSAGE_SELF)
    for _ in range(times):
        begin = time.perf_counter()
        read()
        clock.append((time.perf_counter() - begin) * 1000)
    return {
        "clock_p50_ms": round(statistics.median(clock), 1),
        "clock_p95_ms": round(sorted(clock)[int(len(clock) * 0.95)], 1),
        "child_cpu_ms": round((spent(resource.RUSAGE_CHILDREN) - before) * 1000 / times, 1),
        "parent_cpu_ms": round((spent(resource.RUSAGE_SELF) - own) * 1000 / times, 1),
    }


def start(times: int) -> dict[str, object]:
    """Measure works on files so small that starting is nearly all of it."""
    files = {
        "jpeg": made_media.jpeg(),
        "mp4": made_media.video(frames=12),
        "pdf": made_media.pdf(),
        "wav": made_media.sound(),
    }
    sources = {name: io.BytesIO(data) for name, data in files.items()}
    packed = io.BytesIO(hostile_media.nested_zip(depth=1))
    works: dict[str, Callable[[], object]] = {
        "nothing": lambda: run_limited("echo", {}, io.BytesIO(b"x")),
        "probe jpeg": lambda: probing.probe(sources["jpeg"]),
        "preview jpeg": lambda: previews.preview(sources["jpeg"]),
        "probe mp4": lambda: probing.probe(sources["mp4"]),
        "preview mp4": lambda: previews.preview(sources["mp4"]),
        "frame of mp4": lambda: previews.frame_at(sources["mp4"], 200),
        "probe pdf": lambda: probing.probe(sources["pdf"]),
        "page of pdf": lambda: previews.page_at(sources["pdf"], 1),
        "waveform of wav": lambda: previews.waveform(sources["wav"]),
        "entries of zip": lambda: archives.entries(packed),
    }
    return {name: cost(work, times) for name, work in works.items()}


def frames(times: int) -> dict[str, object]:
    """Measure single frames and sheets of 1080p H.264, with many and with few key frames."""
    told: dict[str, object] = {}
    for keys_every in (30, 250):
        data = made_media.video(width=1920, height=1080, frames=600, rate=30, keys_every=keys_every)
        told[f"key every {keys_every}"] = {"mib": round(len(data) / 2**20, 1), **frames_of(data, times)}
    return told


def frames_of(data: bytes, times: int) -> dict[str, object]:
    """Measure one video of twenty seconds."""
    source, dice = io.BytesIO(data), random.Random(5)
    return {
        "frame_at": cost(lambda: previews.frame_at(source, dice.randrange(20_000), side=640), times),
        "preview": cost(lambda: previews.preview(source), max(times // 5, 1)),
        "sheet_of_12": cost(lambda: previews.contact_sheet(source), max(times // 20, 1)),
    }


def ended(read: Reader, data: bytes) -> str:
    """Return how a reading ended."""
    try:
        read(io.BytesIO(data))
    except UnreadableMediaError as error:
        return error.reason.value
    return "read"


def damaged(files: int, seed: int) -> dict[str, object]:
    """Damage files of four kinds at random; probe one half, draw the other. Ctrl-C ends it early."""
    made = {
        "jpeg": made_media.jpeg(has_place=True),
        "png": made_media.picture("PNG"),
        "pdf": made_media.pdf(),
        "mp4": made_media.video(frames=20, has_sound=True, tags={"location": "+43.2+076.8/"}),
    }
    ends = {kind: Counter[str]() for kind in made}
    longest, dice = 0.0, random.Random(seed)
    with contextlib.suppress(KeyboardInterrupt):
        for number in range(files):
            kind = list(made)[number % len(made)]
            data = hostile_media.mutated(made[kind], dice)
            begin = time.perf_counter()
            ends[kind][ended((probing.probe, previews.preview)[number // len(made) % 2], data)] += 1
            longest = max(longest, time.perf_counter() - begin)
    return {
        "files": sum(counter.total() for counter in ends.values()),
        "ends": {kind: dict(counter.most_common()) for kind, counter in ends.items()},
        "longest_s": round(longest, 2),
        "unhandled_in_parent": 0,
        "child_cpu_s": round(spent(resource.RUSAGE_CHILDREN), 1),
        "child_peak_mib": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
        "parent_peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


BOMBS = (
    "png_bomb", "png_text_bomb", "vast_jpeg", "vast_tiff", "circular_tiff", "vast_gif", "endless_video",
    "many_boxes", "vast_pdf", "circular_pdf", "pdf_bomb", "endless_page", "scripted_pdf", "nested_zip",
    "gzip_bomb", "polyglot",
)  # fmt: skip


def bombs(_: int) -> dict[str, object]:
    """Measure each bomb: how probing, drawing and listing end, and how long all three take."""
    told: dict[str, object] = {}
    for name in BOMBS:
        data = getattr(hostile_media, name)()
        begin = time.perf_counter()
        ends = [ended(read, data) for read in (probing.probe, previews.preview, archives.entries)]
        told[name] = {"ends": ends, "seconds": round(time.perf_counter() - begin, 2), "bytes": len(data)}
    told["child_peak_mib"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    return told


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["start", "frames", "damaged", "bombs"])
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if given.what == "damaged":
        told = damaged(given.files, given.seed)
    else:
        told = {"start": start, "frames": frames, "bombs": bombs}[given.what](given.times)
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
