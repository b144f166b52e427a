"""Bundles made to harm their reader: nothing is written outside, nothing runs away, nothing else is lost."""

import gzip
import io
import os
import random
import resource
import stat
import struct
import time
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuager.core.errors import BadInputError, KuagerError
from kuager.engines.captures import Capture, Code, read_capture
from kuager.engines.captures.file_names import safe_name
from kuager.engines.captures.listing import as_json
from kuager.engines.captures.openpgp import read_keys, read_signatures
from kuager.engines.captures.python_values import read_value
from kuager.engines.captures.time_stamps import read_proof, read_token
from kuager.engines.captures.zips import read_zip
from kuager.engines.media.limited import Limits, run_limited
from tests.unit.capture_bundles import PHOTO, Key, auto_archiver, ots, proofmode, tella, warc, zipped

HOSTILE_NAMES = [
    "../../../etc/passwd",
    "/etc/passwd",
    "C:\\Windows\\system32\\x.dll",
    "..\\..\\x.jpg",
    "photo\u202egpj.exe",
    "a\x1b[2Jb.jpg",
    "new\nline.jpg",
    "con.txt",
    "....",
    " ",
    "видео 5 қаңтар.mp4",
    "動画.mp4",
    "تصویر.jpg",
    "x" * 5_000 + ".jpg",
    "emoji 👩‍👩‍👧.jpg",
    "a/" * 500 + "deep.jpg",
]


def seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def codes(capture: Capture) -> set[Code]:
    return {finding.code for finding in capture.findings}


def test_no_name_leads_out_and_none_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    capture = read_capture(io.BytesIO(zipped({name: name.encode() for name in HOSTILE_NAMES})))
    assert len(capture.files) == len(HOSTILE_NAMES)
    assert sorted(file.open().read() for file in capture.files) == sorted(
        name.encode() for name in HOSTILE_NAMES
    )
    for file in capture.files:
        assert "/" not in file.name
        assert "\\" not in file.name
        assert file.name.isprintable()
        assert len(file.name) < 150
        assert file.found.isprintable()
    assert len({file.name.casefold() for file in capture.files}) == len(HOSTILE_NAMES)
    assert list(tmp_path.iterdir()) == []


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_every_name_becomes_harmless(name: str) -> None:
    safe = safe_name(name)
    assert safe
    assert safe.isprintable()
    assert not set(safe) & set('/\\:*?"<>|\0')
    assert safe.strip(". ") == safe
    assert safe_name(safe) == safe


def archive_of(*infos: tuple[zipfile.ZipInfo, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for info, data in infos:
            archive.writestr(info, data)
    return sink.getvalue()


def special(name: str, mode: int, data: bytes) -> tuple[zipfile.ZipInfo, bytes]:
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, (mode | 0o644) << 16
    return info, data


def test_links_and_devices_in_a_zip_are_refused_alone() -> None:
    data = archive_of(
        special("link.jpg", stat.S_IFLNK, b"/etc/passwd"),
        special("device", stat.S_IFCHR, b""),
        special("pipe", stat.S_IFIFO, b""),
        special("photo.jpg", stat.S_IFREG, PHOTO),
    )
    capture = read_capture(io.BytesIO(data))
    assert [file.name for file in capture.files] == ["photo.jpg"]
    refused = {finding.values["name"]: finding.values["why"] for finding in capture.about(None)}
    assert refused == {"link.jpg": "link", "device": "device", "pipe": "device"}


def test_links_and_devices_in_a_folder_are_never_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key.txt").write_bytes(b"secret")
    root = tmp_path / "bundle"
    root.mkdir()
    (root / "photo.jpg").write_bytes(PHOTO)
    (root / "link").symlink_to("/dev/zero")
    (root / "folder").symlink_to(tmp_path / "secret")
    (root / "loop").symlink_to(root)
    os.mkfifo(root / "pipe")
    (root / os.fsdecode(b"caf\xe9.jpg")).write_bytes(b"latin")
    capture = read_capture(root)
    assert sorted(file.size for file in capture.files) == sorted([len(PHOTO), 5])
    refused = {finding.values["name"]: finding.values["why"] for finding in capture.about(None)}
    assert refused == {"link": "link", "folder": "link", "loop": "link", "pipe": "device"}


def test_a_file_that_becomes_a_link_after_the_listing_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(PHOTO)
    capture = read_capture(tmp_path)
    (tmp_path / "photo.jpg").unlink()
    (tmp_path / "photo.jpg").symlink_to("/etc/hostname")
    with pytest.raises(BadInputError):
        capture.files[0].open()


def test_a_bomb_in_a_zip_is_refused_alone_and_in_bounded_time() -> None:
    data = zipped({"bomb.bin": bytes(120 << 20), "photo.jpg": PHOTO})
    before = seconds()
    capture = read_capture(io.BytesIO(data))
    assert [file.name for file in capture.files] == ["photo.jpg"]
    assert [finding.values["why"] for finding in capture.about(None)] == ["bomb"]
    assert seconds() - before < 2


def test_files_that_share_their_bytes_are_a_bomb() -> None:
    data = bytearray(zipped({"a.bin": bytes(1 << 20), "b.bin": bytes(1 << 20), "c.bin": bytes(1 << 20)}))
    # Let every entry of the list of contents point to the first file.
    place = data.index(b"PK\x01\x02")
    while place >= 0:
        data[place + 42 : place + 46] = bytes(4)
        place = data.find(b"PK\x01\x02", place + 4)
    with pytest.raises(BadInputError, match="bomb"):
        read_capture(io.BytesIO(bytes(data)))


def empty_files(count: int) -> bytes:
    """Return an archive of empty files, made by hand: the library takes seconds for that many."""
    local = b"".join(
        b"PK\x03\x04\x14" + bytes(21) + b"\x06\0\0\0" + b"%06d" % number for number in range(count)
    )
    listed = b"".join(
        b"PK\x01\x02\x14\0\x14"
        + bytes(21)
        + b"\x06"
        + bytes(13)
        + (36 * number).to_bytes(4, "little")
        + b"%06d" % number
        for number in range(count)
    )
    end = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, len(listed), len(local))
    where = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(local) + len(listed), 1)
    last = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return local + listed + end + where + last


@pytest.mark.parametrize("count", [100_000, 100_001])
def test_a_hundred_thousand_files_are_listed_and_one_more_is_refused(count: int) -> None:
    sink = io.BytesIO(empty_files(count))
    before = seconds()
    if count > 100_000:
        with pytest.raises(BadInputError, match="100001 files"):
            read_zip(sink)
        assert seconds() - before < 0.5
    else:
        listed, _ = read_zip(sink)
        assert len(listed) == count
        assert seconds() - before < 10


def test_a_zip_in_a_zip_is_not_unpacked() -> None:
    inner = zipped({"inner.bin": bytes(50 << 20)})
    capture = read_capture(io.BytesIO(zipped({"nested.zip": inner})))
    assert [file.sha256 for file in capture.files]
    assert Code.NESTED_ARCHIVE in codes(capture)


def test_two_files_of_one_name_are_both_kept_and_told() -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        data = archive_of((zipfile.ZipInfo("x.jpg"), b"one"), (zipfile.ZipInfo("x.jpg"), b"two"))
    capture = read_capture(io.BytesIO(data))
    assert [file.open().read() for file in capture.files] == [b"one", b"two"]
    assert Code.NAME_TWICE in codes(capture)


def test_a_locked_and_a_damaged_file_do_not_lose_the_others() -> None:
    data = bytearray(zipped({"bad.jpg": PHOTO * 50, "photo.jpg": PHOTO, "locked.jpg": PHOTO}))
    data[60] ^= 0xFF
    place = data.rindex(b"PK\x01\x02")
    data[place + 8] |= 1
    capture = read_capture(io.BytesIO(bytes(data)))
    assert [file.name for file in capture.files] == ["photo.jpg"]
    assert {finding.values["why"] for finding in capture.about(None)} == {"damaged", "locked"}


def test_a_web_archive_that_unpacks_to_gigabytes_is_left_in_time() -> None:
    head = b"WARC/1.1\r\nWARC-Type: resource\r\nContent-Length: 3000000000\r\n\r\n"
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    data = (
        packer.compress(head) + b"".join(packer.compress(bytes(1 << 22)) for _ in range(60)) + packer.flush()
    )
    before = seconds()
    capture = read_capture(io.BytesIO(data))
    assert {Code.RECORD_CUT, Code.RECORD_DAMAGED, Code.LISTING_CUT} & codes(capture)
    assert seconds() - before < 10


def test_a_header_without_end_is_left() -> None:
    with pytest.raises(BadInputError):
        read_capture(io.BytesIO(gzip.compress(b"WARC/1.1\r\nX: " + b"y" * (80 << 20))))


def test_lengths_that_send_the_reader_back_again_and_again_are_left_in_time() -> None:
    record = b"WARC/1.1\r\nWARC-Type: resource\r\nContent-Length: %d\r\n\r\nxx\r\n\r\n"
    data = b"".join(record % (300_000 - 60 * number) for number in range(4_000))
    before = seconds()
    read_capture(io.BytesIO(data))
    assert seconds() - before < 15


def test_a_body_packed_as_a_bomb_is_given_as_it_stands() -> None:
    body = gzip.compress(bytes(100 << 20))
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Type: text/html\r\n\r\n"
    fields = (
        b"WARC-Type: response\r\nContent-Type: application/http\r\nWARC-Target-URI: https://example.org/\r\n"
    )
    data = (
        b"WARC/1.1\r\n"
        + fields
        + b"Content-Length: %d\r\n\r\n" % (len(head) + len(body))
        + head
        + body
        + b"\r\n\r\n"
    )
    capture = read_capture(io.BytesIO(data))
    assert capture.files[0].size == len(body)
    assert Code.ENCODING_KEPT in codes(capture)


@pytest.mark.parametrize("kind", ["proofmode", "tella", "csv", "html", "json", "warc"])
def test_flipped_bits_never_end_in_anything_but_a_deliberate_error(kind: str) -> None:
    made = {
        "proofmode": lambda: zipped(proofmode(), stored=True),
        "tella": lambda: zipped(tella(), stored=True),
        "csv": lambda: zipped(auto_archiver(form="csv"), stored=True),
        "html": lambda: zipped(auto_archiver(form="html"), stored=True),
        "json": lambda: zipped(auto_archiver(), stored=True),
        "warc": lambda: warc(packed=True, pages=3),
    }[kind]()
    dice = random.Random(7)  # noqa: S311  # repeatable, not secret
    for _ in range(150):
        data = bytearray(made)
        for _ in range(dice.choice([1, 1, 4, 40])):
            data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        try:
            capture = read_capture(
                io.BytesIO(bytes(data[: dice.choice([len(data), dice.randrange(len(data))])]))
            )
            for file in capture.files:
                file.open().read(10)
        except KuagerError:
            continue


@given(st.binary(max_size=400))
@settings(max_examples=400, deadline=None)
def test_no_bytes_make_a_proof_reader_fail_in_another_way(data: bytes) -> None:
    marks = (b"", bytes.fromhex("3003020100"), b"\x88", ots(PHOTO)[:40], Key.__name__.encode())
    for reader in (read_proof, read_token, read_signatures, read_keys):
        for mark in marks:
            try:
                reader(mark + data)
            except BadInputError:
                continue


@pytest.mark.parametrize(
    "cell",
    [
        "(" * 10_000,
        "-" * 50_000 + "1",
        "[" * 150 + "]" * 150,
        "'" + "x" * 300_000 + "'",
        "a" + ".b" * 20_000,
        "1" * 5_000,
    ],
)
def test_cells_made_to_exhaust_the_parser_are_refused_or_read(cell: str) -> None:
    try:
        read_value(cell)
    except BadInputError:
        return


def test_a_deep_json_and_a_page_without_end_do_not_lose_the_files() -> None:
    files = {
        "deep.json": b"[" * 100_000,
        "page.html": b"<table class='content'><tr>" * 50_000,
        "photo.jpg": PHOTO,
    }
    assert len(read_capture(io.BytesIO(zipped(files))).files) == 3


BUNDLES = {
    "proofmode": lambda: zipped(proofmode()),
    "tella": lambda: zipped(tella()),
    "csv": lambda: zipped(auto_archiver(form="csv", algorithm="SHA3-512")),
    "html": lambda: zipped(auto_archiver(form="html")),
    "json": lambda: zipped(auto_archiver()),
    "warc": lambda: warc(pages=3),
    "names": lambda: zipped({name: b"x" for name in HOSTILE_NAMES}),
}


@pytest.mark.parametrize("kind", BUNDLES)
def test_the_limited_process_finds_what_is_found_here_and_gives_the_files(kind: str) -> None:
    """Nothing is loaded late there: a codec or module that were missing would end the reading."""
    source, sink = io.BytesIO(BUNDLES[kind]()), io.BytesIO()
    here = read_capture(source)
    assert run_limited("capture_list", {}, source) == as_json(here)
    limits = Limits(output_bytes=1 << 20)
    run_limited("capture_files", {"numbers": [1, 0]}, source, sink=sink, limits=limits)
    assert sink.getvalue() == here.files[1].open().read() + here.files[0].open().read()


def test_a_bundle_that_takes_too_long_is_left() -> None:
    started = time.monotonic()
    with pytest.raises(KuagerError):
        run_limited(
            "capture_list", {}, io.BytesIO(warc(pages=900)), limits=Limits(cpu_seconds=1, wall_seconds=0.2)
        )
    assert time.monotonic() - started < 60
