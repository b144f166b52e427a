"""Archives are looked into without unpacking; names that lie are told; entries come out by number only."""

import gzip
import io
import stat
import tarfile
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuager.engines.media.archive_entries import Entry, EntryKind, Problem, problems_of_name, shown
from kuager.engines.media.archives import entries, open_entry
from kuager.engines.media.errors import Reason, UnreadableMediaError
from tests import made_media


def zipped(*named: tuple[str | zipfile.ZipInfo, bytes]) -> io.BytesIO:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in named:
            archive.writestr(name, data)
    return target


def tarred(*members: tuple[tarfile.TarInfo, bytes], packing: str = "") -> io.BytesIO:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode=f"w:{packing}" if packing else "w") as archive:  # type: ignore[call-overload]
        for member, data in members:
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return target


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


def taken(source: io.BytesIO, number: int, most_bytes: int = 1000) -> bytes:
    sink = io.BytesIO()
    assert open_entry(source, number, sink=sink, most_bytes=most_bytes) == len(sink.getvalue())
    return sink.getvalue()


def reason(source: io.BytesIO, number: int, most_bytes: int = 1000) -> Reason:
    with pytest.raises(UnreadableMediaError) as caught:
        open_entry(source, number, sink=io.BytesIO(), most_bytes=most_bytes)
    return caught.value.reason


def test_a_zip_tells_names_sizes_and_kinds_by_content() -> None:
    source = zipped(("куәлік.txt", b"words"), ("photo.exe", made_media.picture("PNG")), ("folder/", b""))
    listed = entries(source)

    assert [(entry.name, entry.kind, entry.media_type) for entry in listed] == [
        ("куәлік.txt", EntryKind.FILE, "text/plain"),
        ("photo.exe", EntryKind.FILE, "image/png"),
        ("folder/", EntryKind.FOLDER, ""),
    ]
    assert listed[0].size == 5
    assert all(entry.problems == () for entry in listed)
    assert taken(source, 0) == b"words"


@pytest.mark.parametrize("packing", ["", "gz"])
def test_a_tar_tells_links_and_devices_and_gives_only_files(packing: str) -> None:
    source = tarred(
        (member("a.txt"), b"words"),
        (member("link", tarfile.SYMTYPE, "/etc/passwd"), b""),
        (member("hard", tarfile.LNKTYPE, "../../x"), b""),
        (member("dev", tarfile.CHRTYPE), b""),
        (member("fifo", tarfile.FIFOTYPE), b""),
        packing=packing,
    )
    listed = entries(source)

    assert [entry.kind for entry in listed] == [
        EntryKind.FILE, EntryKind.LINK, EntryKind.LINK, EntryKind.DEVICE, EntryKind.DEVICE
    ]  # fmt: skip
    assert [entry.is_takeable for entry in listed] == [True, False, False, False, False]
    assert taken(source, 0) == b"words"
    assert reason(source, 1) == Reason.NOT_THERE


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("../../etc/passwd", Problem.LEADS_OUT),
        ("a/../../b", Problem.LEADS_OUT),
        ("..\\..\\windows\\system32\\x", Problem.LEADS_OUT),
        ("a/.. /b", Problem.LEADS_OUT),
        ("/etc/passwd", Problem.ABSOLUTE),
        ("\\\\server\\share", Problem.ABSOLUTE),
        ("C:\\x", Problem.ABSOLUTE),
        ("c:x", Problem.ABSOLUTE),
        ("a\nb", Problem.CONTROL_LETTERS),
        ("a\x00b", Problem.CONTROL_LETTERS),
        ("a\x1b[31mb", Problem.CONTROL_LETTERS),
        ("a\u2028b", Problem.CONTROL_LETTERS),
        ("photo\u202egpj.exe", Problem.TURNED_LETTERS),
        ("pho\u200bto.jpg", Problem.TURNED_LETTERS),
        ("a" * 300, Problem.LONG_NAME),
        ("ж" * 130, Problem.LONG_NAME),
        ("a/" * 600, Problem.LONG_NAME),
        ("", Problem.NO_NAME),
        ("/", Problem.NO_NAME),
        ("aux.txt", Problem.RESERVED_NAME),
        ("folder/COM1", Problem.RESERVED_NAME),
        ("name. ", Problem.RESERVED_NAME),
    ],
)
def test_names_that_lie_are_told(name: str, problem: Problem) -> None:
    assert problem in problems_of_name(name)


@pytest.mark.parametrize(
    "name", ["Алматы, қаңтар.mp4", "фото 1.jpg", "صورة.jpg", "写真.png", "a/b/c.txt", "..a", "a..b"]
)
def test_names_of_every_script_are_fine(name: str) -> None:
    assert problems_of_name(name) == ()


@settings(deadline=None)
@given(st.text(max_size=60))
def test_what_is_shown_hides_and_turns_nothing(name: str) -> None:
    assert problems_of_name(shown(name)) == tuple(
        problem
        for problem in problems_of_name(shown(name))
        if problem not in {Problem.CONTROL_LETTERS, Problem.TURNED_LETTERS}
    )
    assert shown(name).isprintable() or any(letter in shown(name) for letter in name)


def test_a_zip_with_lying_entries_tells_them() -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    device = zipfile.ZipInfo("device")
    device.external_attr = (stat.S_IFCHR | 0o666) << 16
    source = zipped((link, b"/etc/passwd"), (device, b""), ("A.txt", b"1"), ("a.txt", b"2"), ("in.zip",
                    zipped(("x", b"y")).getvalue()))  # fmt: skip
    listed = entries(source)

    assert [entry.problems for entry in listed] == [
        (Problem.LINK,),
        (Problem.DEVICE,),
        (Problem.SAME_NAME,),
        (Problem.SAME_NAME,),
        (Problem.ARCHIVE_INSIDE,),
    ]
    assert reason(source, 0) == Reason.NOT_THERE


def test_a_bomb_is_told_and_not_taken() -> None:
    source = zipped(("zeros", bytes(80 * 2**20)))

    assert Problem.BOMB in entries(source)[0].problems
    assert not entries(source)[0].is_takeable
    assert reason(source, 0, most_bytes=10**6) == Reason.TOO_LARGE


def test_entries_that_share_their_bytes_are_told() -> None:
    data = bytearray(zipped(("first", b"x" * 500), ("other", b"y" * 500)).getvalue())
    listing = data.rindex(b"PK\x01\x02")
    data[listing + 42 : listing + 46] = bytes(4)  # the second entry begins where the first does

    problems = [entry.problems for entry in entries(io.BytesIO(bytes(data)))]

    assert all(Problem.OVERLAPS in held for held in problems)


def test_more_entries_than_can_be_looked_at_are_refused() -> None:
    source = zipped(*((f"{number}", b"") for number in range(10_050)))
    with pytest.raises(UnreadableMediaError) as caught:
        entries(source)

    assert caught.value.reason == Reason.TOO_LARGE


def test_names_of_old_windows_archives_are_read_in_cyrillic() -> None:
    info = zipfile.ZipInfo("xxxx.txt")
    data = zipped((info, b"1")).getvalue().replace(b"xxxx", "фото".encode("cp866"))

    assert entries(io.BytesIO(data))[0].name == "фото.txt"


def test_a_gzip_tells_the_name_in_its_header_and_its_length() -> None:
    target = io.BytesIO()
    with gzip.GzipFile("../../x", "wb", fileobj=target) as file:
        file.write(b"a" * 1000)
    (entry,) = entries(target)

    assert (entry.size, entry.media_type) == (1000, "text/plain")
    assert taken(target, 0) == b"a" * 1000


def test_a_gzip_name_that_leads_out_is_told() -> None:
    packed = gzip.compress(b"x")
    data = packed[:3] + b"\x08" + packed[4:10] + b"../../x\0" + packed[10:]

    assert Problem.LEADS_OUT in entries(io.BytesIO(data))[0].problems


def test_a_wrong_check_sum_is_damage() -> None:
    data = zipped(("a", b"some words that stand here")).getvalue()
    place = data.index(b"PK\x01\x02") - 4
    harmed = data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]

    assert reason(io.BytesIO(harmed), 0) == Reason.NOT_UNDERSTOOD


def test_a_locked_entry_is_told() -> None:
    data = bytearray(zipped(("a", b"words")).getvalue())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (entry,) = entries(io.BytesIO(bytes(data)))

    assert entry.problems == (Problem.LOCKED,)
    assert reason(io.BytesIO(bytes(data)), 0) == Reason.LOCKED


@pytest.mark.parametrize("data", [b"PK\x05\x06", b"PK\x03\x04" + bytes(100), b"\x1f\x8b\x08\0" + bytes(20)])
def test_broken_archives_end_in_a_reason(data: bytes) -> None:
    with pytest.raises(UnreadableMediaError):
        entries(io.BytesIO(data))


def test_what_is_no_archive_says_so() -> None:
    with pytest.raises(UnreadableMediaError) as caught:
        entries(io.BytesIO(b"words"))

    assert caught.value.reason == Reason.UNKNOWN_KIND


def test_an_entry_is_plain_data() -> None:
    assert isinstance(entries(zipped(("a", b"1")))[0], Entry)
