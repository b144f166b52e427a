"""What reading bundles of other tools costs: ``python benchmarks/captures.py [--mib 200]``.

Bundles are made here, of random bytes. Processor seconds of this process and its children, by phase; the
machine is shared, so the clock says little.
"""

import argparse
import hashlib
import io
import json
import os
import resource
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime

from kuager.engines.captures import Archive, CapturedPage, read_capture, write_wacz, write_warc
from kuager.interfaces.shell.captures import give_files, list_bundle

_MIB = 1 << 20
_AT = datetime(2022, 1, 6, tzinfo=UTC)


def cpu() -> float:
    """Return processor seconds of this process and of children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def timed(what: str, act: Callable[[], object]) -> object:
    """Do something and print what it cost."""
    before = cpu()
    found = act()
    print(f"{what:60} {cpu() - before:7.2f} CPU s")
    return found


def proofmode(mib: int) -> bytes:
    """Return a zip with one video of that size and its proof."""
    video = os.urandom(mib * _MIB)
    digest = hashlib.sha256(video).hexdigest()
    said = {"File Path": "/sdcard/video.mp4", "File Hash SHA256": digest}
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("video.mp4", video)
        archive.writestr(f"{digest}.proof.json", json.dumps(said))
    return sink.getvalue()


def web_archive(mib: int, size: int) -> bytes:
    """Return a WARC of pages of that size."""
    sink = io.BytesIO()
    body = os.urandom(size)
    count = mib * _MIB // size
    pages = (
        CapturedPage(
            url=f"https://example.org/{number}",
            at=_AT,
            opener=lambda: io.BytesIO(body),
            media_type="text/html",
            status="200 OK",
        )
        for number in range(count)
    )
    write_warc(sink, pages, at=_AT, software="benchmark")
    return sink.getvalue()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=200)
    mib = parser.parse_args().mib
    bundle = io.BytesIO(proofmode(mib))
    timed(f"ProofMode zip, {mib} MiB, listed and checked here", lambda: read_capture(bundle))
    capture = list_bundle(bundle)
    timed("… in the limited process", lambda: list_bundle(bundle))
    timed(
        "… and the video given out",
        lambda: [sum(map(len, found)) for _, found in give_files(bundle, capture, [0])],
    )
    archive = timed(f"WARC, {mib} MiB in pages of 100 kB, written", lambda: web_archive(mib, 100_000))
    data = archive if isinstance(archive, bytes) else b""
    timed("… listed and checked here", lambda: read_capture(io.BytesIO(data)))
    timed("… in the limited process", lambda: list_bundle(io.BytesIO(data)))
    wacz = io.BytesIO()
    timed(
        "… as WACZ",
        lambda: write_wacz(wacz, [Archive("a", lambda: io.BytesIO(data))], at=_AT, software="benchmark"),
    )
    timed("… and that WACZ listed and checked", lambda: read_capture(wacz))
    small = web_archive(20, 1_000)
    timed("WARC of 20,971 records of 1 kB, listed", lambda: read_capture(io.BytesIO(small)))
    print(f"peak with the bundles in memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")


if __name__ == "__main__":
    main()
