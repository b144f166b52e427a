"""What the reading process answers is what the same work answers outside of it: the locks change nothing."""

import gzip
import importlib
import io
import tarfile
from collections.abc import Mapping

import pytest

from kuager.engines.media.child import WORKS, Output
from kuager.engines.media.limited import Limits, run_limited
from tests import made_media


class Kept(Output):
    """Keeps what a work gives, in place of sending it."""

    def __init__(self) -> None:
        self.given = bytearray()
        self.written = bytearray()

    def result(self, data: bytes) -> None:
        self.given += data

    def write(self, data: bytes) -> int:
        self.written += data
        return len(data)


def packed_tar() -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        member = tarfile.TarInfo("words.txt")
        member.size = 5
        archive.addfile(member, io.BytesIO(b"words"))
    return target.getvalue()


PDF = made_media.pdf()
FILM = made_media.video(frames=30, has_sound=True, tags={"location": "+43.2+076.8/"})
TIFF = made_media.picture("TIFF")
ZIP = {"media_type": "application/zip"}
TAR = {"media_type": "application/gzip"}


@pytest.mark.parametrize(
    ("work", "request_", "data"),
    [
        ("probe_picture", {"media_type": "image/jpeg"}, made_media.jpeg(has_place=True)),
        ("probe_picture", {"media_type": "image/tiff"}, TIFF),
        ("preview_picture", {"media_type": "image/tiff", "side": 40}, TIFF),
        ("preview_picture", {"media_type": "image/jpeg", "side": 40}, made_media.jpeg(orientation=7)),
        ("preview_picture", {"media_type": "image/png", "side": 40}, made_media.picture("PNG", mode="RGBA")),
        ("preview_picture", {"media_type": "image/png", "side": 40}, made_media.picture("PNG", mode="I;16")),
        ("probe_container", {"media_type": "video/mp4"}, FILM),
        ("preview_video", {"media_type": "video/mp4", "side": 40}, FILM),
        ("sheet_video", {"media_type": "video/mp4", "side": 40, "count": 4}, FILM),
        ("waveform", {"media_type": "video/mp4", "columns": 20}, FILM),
        ("probe_document", {}, PDF),
        ("draw_page", {"page": 2, "side": 60}, PDF),
        ("text_of_page", {"page": 1}, PDF),
        ("list_archive", TAR, packed_tar()),
        ("take_entry", {**TAR, "number": 0, "most_bytes": 100}, packed_tar()),
        ("list_archive", TAR, gzip.compress(b"words", mtime=0)),
    ],
)
def test_a_work_answers_the_same_inside_and_outside(
    work: str, request_: Mapping[str, object], data: bytes
) -> None:
    module = importlib.import_module(WORKS[work].module)
    kept, sink = Kept(), io.BytesIO()
    getattr(module, WORKS[work].function)(request_, io.BytesIO(data), kept)

    answer = run_limited(work, request_, io.BytesIO(data), limits=Limits(output_bytes=1000), sink=sink)

    assert answer == bytes(kept.given)
    assert sink.getvalue() == bytes(kept.written)


@pytest.mark.parametrize("work", WORKS)
def test_every_work_of_the_table_is_there(work: str) -> None:
    module = importlib.import_module(WORKS[work].module)

    assert callable(getattr(module, WORKS[work].function))
