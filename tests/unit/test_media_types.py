"""The kind of a file is told by its bytes, and by nothing else; files that are several things tell all."""

import io
import tarfile
import zipfile

import pytest

from kuager.engines.media.errors import Reason, UnreadableMediaError
from kuager.engines.media.types import UNKNOWN, Family, family_of, media_types
from tests import made_media


def kinds(data: bytes) -> tuple[str, ...]:
    return media_types(io.BytesIO(data))


def zipped(*names: str, first: str = "") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        if first:
            archive.writestr("mimetype", first)
        for name in names:
            archive.writestr(name, "x")
    return target.getvalue()


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("PNG", "image/png"),
        ("GIF", "image/gif"),
        ("WEBP", "image/webp"),
        ("BMP", "image/bmp"),
        ("TIFF", "image/tiff"),
        ("JPEG", "image/jpeg"),
        ("JPEG2000", "image/jp2"),
        ("AVIF", "image/avif"),
    ],
)
def test_pictures_are_known(form: str, kind: str) -> None:
    assert kinds(made_media.picture(form)) == (kind,)


@pytest.mark.parametrize(
    ("form", "codec", "kind"),
    [
        ("mp4", "libx264", "video/mp4"),
        ("mov", "libx264", "video/quicktime"),
        ("3gp", "mpeg4", "video/3gpp"),
        ("webm", "libvpx", "video/webm"),
        ("matroska", "libx264", "video/x-matroska"),
        ("avi", "mpeg4", "video/x-msvideo"),
        ("mpegts", "libx264", "video/mp2t"),
        ("flv", "libx264", "video/x-flv"),
    ],
)
def test_videos_are_known(form: str, codec: str, kind: str) -> None:
    data = made_media.video(form=form, codec=codec, frames=12)

    assert kinds(data)[0] == kind
    assert family_of(kind) == Family.VIDEO


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (made_media.sound(seconds=0.1), "audio/wav"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"garbage first\n%PDF-1.7\n", "application/pdf"),
        (b"WARC/1.1\r\n", "application/warc"),
        (b"\x1f\x8b\x08\0rest", "application/gzip"),
        (zipped("a.txt"), "application/zip"),
        (zipped("word/x.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (zipped(first="application/vnd.oasis.opendocument.text"), "application/vnd.oasis.opendocument.text"),
        (zipped("datapackage.json", "archive/data.warc.gz"), "application/wacz"),
        (b"<!DOCTYPE html><p>", "text/html"),
        (b"<?xml version='1.0'?><svg xmlns='x'>", "image/svg+xml"),
        ("Сәлем, әлем\n".encode(), "text/plain"),
        (b"\x01\x02\x03\x04", UNKNOWN),
        (b"\x7fELF\x02", "application/x-elf"),
    ],
)  # fmt: skip
def test_other_files_are_known(data: bytes, kind: str) -> None:
    assert kinds(data)[0] == kind


def test_a_tar_is_known() -> None:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a"), io.BytesIO())

    assert kinds(target.getvalue()) == ("application/x-tar",)


def test_a_picture_that_is_also_an_archive_and_a_page_tells_all_three() -> None:
    gif = made_media.picture("GIF")
    data = gif[:13] + b"<script>alert(1)</script>" + gif[13:] + zipped("secret.txt")

    assert kinds(data) == ("image/gif", "application/zip", "text/html")


def test_an_empty_file_says_so() -> None:
    with pytest.raises(UnreadableMediaError) as caught:
        kinds(b"")

    assert caught.value.reason == Reason.EMPTY
