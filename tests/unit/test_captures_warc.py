"""Web archives in: whatever is wrong with one record, the others are read."""

import gzip
import io

import pytest

from kuager.core.errors import BadInputError
from kuager.engines.captures import Capture, Code, FileKind, Tool, read_capture
from tests.unit.capture_bundles import AT, warc

CODES_OF_A_SOUND_ANSWER = {Code.DIGEST_AGREES}


def read(data: bytes) -> Capture:
    return read_capture(io.BytesIO(data))


def codes(capture: Capture, file: int | None = None) -> set[Code]:
    return {finding.code for finding in capture.about(file)}


@pytest.mark.parametrize(
    "data",
    [warc(packed=True, pages=3), warc(packed=False, pages=3), gzip.compress(warc(packed=False, pages=3))],
)
def test_every_record_is_listed_with_address_date_status_and_checked_digest(data: bytes) -> None:
    capture = read(data)
    assert capture.tool is Tool.WARC
    kinds = [file.claims["WARC-Type"] for file in capture.files]
    assert kinds == ["warcinfo", "response", "response", "response", "request", "revisit"]
    page = capture.files[1]
    assert (page.url, page.taken_at, page.media_type) == ("https://example.org/page/0", AT, "text/html")
    assert page.claims["http-status"] == "200 OK"
    assert all(codes(capture, number) == CODES_OF_A_SOUND_ANSWER for number in (1, 2, 3))
    assert not capture.has_faults


@pytest.mark.parametrize("packed", [True, False])
def test_bodies_come_out_as_a_browser_saw_them(packed: bool) -> None:
    capture = read(warc(packed=packed, pages=3))
    found = [capture.files[number].open().read() for number in (1, 2, 3)]
    assert found == [b"<html>page</html>" * 50, b"<html>packed</html>" * 50, b"hello"]
    assert [file.size for file in capture.files[1:4]] == [len(body) for body in found]


def test_requests_and_revisits_are_descriptions_not_content() -> None:
    capture = read(warc())
    assert [file.kind for file in capture.files[-2:]] == [FileKind.DESCRIPTION] * 2


def test_a_changed_body_is_told_apart_from_its_digest() -> None:
    data = warc(packed=False).replace(b"<html>page", b"<html>pigs", 1)
    capture = read(data)
    assert Code.DIGEST_DISAGREES in codes(capture, 1)
    assert capture.has_faults
    assert codes(capture, 2) == CODES_OF_A_SOUND_ANSWER


@pytest.mark.parametrize("wrong", ["9999999", "3", "1"])
def test_a_wrong_length_loses_no_other_record(wrong: str) -> None:
    whole = warc(packed=False)
    begin = whole.index(b"WARC-Type: response")
    place = whole.index(b"Content-Length: ", begin)
    data = whole[:place] + f"Content-Length: {wrong}".encode() + whole[whole.index(b"\r\n", place) :]
    capture = read(data)
    assert len(capture.files) == len(read(whole).files)
    assert Code.RECORD_LENGTH in codes(capture, 1)
    assert capture.files[1].open().read() == b"<html>page</html>" * 50


@pytest.mark.parametrize("packed", [True, False])
def test_an_archive_that_is_cut_off_gives_what_is_there(packed: bool) -> None:
    whole = warc(packed=packed)
    capture = read(whole[: int(len(whole) * 0.6)])
    assert 2 <= len(capture.files) < len(read(whole).files) + 1
    assert {Code.RECORD_CUT, Code.RECORD_DAMAGED} & {finding.code for finding in capture.findings}


def test_a_damaged_member_is_skipped() -> None:
    whole = bytearray(warc(packed=True))
    second = whole.index(b"\x1f\x8b\x08", 20)
    whole[second + 30] ^= 0xFF
    capture = read(bytes(whole))
    assert {"response", "revisit"} <= {str(file.claims["WARC-Type"]) for file in capture.files}
    assert Code.RECORD_DAMAGED in codes(capture)


def test_what_stands_between_records_is_told() -> None:
    whole = warc(packed=False)
    place = whole.index(b"WARC/1.1\r\n", 20)
    capture = read(whole[:place] + b"something else\r\n" * 9 + whole[place:])
    assert len(capture.files) == len(read(whole).files)
    assert Code.RECORD_DAMAGED in codes(capture)


def test_a_page_told_as_packed_that_is_not_is_given_as_it_stands() -> None:
    data = warc(packed=False, pages=1).replace(
        b"text/html; charset=utf-8\r\n", b"text/html\r\nContent-Encoding: br\r\n", 1
    )
    capture = read(data)
    assert Code.ENCODING_KEPT in codes(capture, 1)
    assert capture.files[1].open().read().startswith(b"<html>")


def test_something_else_is_refused_in_words() -> None:
    with pytest.raises(BadInputError, match="expected"):
        read(b"hello")
    with pytest.raises(BadInputError, match="no record"):
        read(gzip.compress(b"hello"))
