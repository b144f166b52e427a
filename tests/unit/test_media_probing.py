"""What a file says of itself is given as found, and parsed only where certain."""

import contextlib
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from kuager.engines.media.errors import Reason, UnreadableMediaError
from kuager.engines.media.inside import describing, heif
from kuager.engines.media.probing import Probe, probe
from kuager.engines.media.types import Family
from tests import made_media


def probed(data: bytes) -> Probe:
    return probe(io.BytesIO(data))


def value(found: Probe, group: str, name: str) -> str:
    return next(one.value for one in found.found if (one.group, one.name) == (group, name))


def parsed(found: Probe, group: str, name: str) -> str:
    return next(one.parsed for one in found.found if (one.group, one.name) == (group, name))


def test_a_photograph_tells_where_when_and_by_which_camera() -> None:
    found = probed(made_media.jpeg(has_place=True))

    assert (found.media_type, found.width, found.height) == ("image/jpeg", 120, 80)
    assert found.position is not None
    assert found.position.latitude == pytest.approx(43 + 14 / 60 + 15.6 / 3600, abs=1e-6)
    assert found.position.longitude == pytest.approx(76 + 56 / 60 + 45 / 3600, abs=1e-6)
    assert found.position.altitude_m == 812.5
    assert value(found, "exif exif", "BodySerialNumber") == "SN-000123"
    assert value(found, "exif exif", "DateTimeOriginal") == "2022:01:06 14:03:22"
    assert parsed(found, "exif exif", "DateTimeOriginal") == "2022-01-06T14:03:22+06:00"


def heic(exif: bytes) -> bytes:
    """A photograph framed by libavif as HEIF, under the name of HEIC; its pixels are never read."""
    target = io.BytesIO()
    picture = Image.fromarray(made_media.scene(1, width=120, height=80))
    picture.save(target, "AVIF", exif=exif)
    data = target.getvalue()
    length = int.from_bytes(data[:4], "big")
    return data[:8] + b"heic" + data[12:16] + b"heicmif1".ljust(length - 16, b" ") + data[length:]


def test_a_photograph_of_a_telephone_tells_where_and_when() -> None:
    exif = Image.open(io.BytesIO(made_media.jpeg(has_place=True))).info["exif"]
    found = probed(heic(exif))

    assert (found.media_type, found.width, found.height) == ("image/heic", 120, 80)
    assert found.position is not None
    assert found.position.altitude_m == 812.5
    assert parsed(found, "exif exif", "DateTimeOriginal") == "2022-01-06T14:03:22+06:00"


HEIC = heic(b"")


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=400), st.binary(min_size=1, max_size=8))
def test_lists_of_items_that_lie_end_in_a_reason(place: int, lie: bytes) -> None:
    data = HEIC[:place] + lie + HEIC[place + len(lie) :]
    answers: list[bytes] = []
    output = type("Kept", (), {"result": lambda self, part: answers.append(part)})()
    with contextlib.suppress(UnreadableMediaError):
        heif.probe({}, io.BytesIO(data), output)


def test_a_time_without_a_zone_is_given_none() -> None:
    assert parsed(probed(made_media.jpeg()), "exif image", "DateTime") == "2022-01-06T14:03:22"


def test_a_video_tells_its_streams_place_and_time() -> None:
    tags = {"location": "+43.2389+076.8897+785.0/", "creation_time": "2022-01-06T08:03:22.000000Z"}
    found = probed(made_media.video(tags=tags, has_sound=True))

    assert (found.width, found.height, found.duration_ms, found.frame_rate) == (160, 96, 2000, 25.0)
    assert [(stream.kind, stream.codec) for stream in found.streams] == [("video", "h264"), ("audio", "aac")]
    assert found.streams[0].frames == 50
    assert found.position is not None
    assert (found.position.latitude, found.position.altitude_m) == (43.2389, 785.0)
    assert parsed(found, "container", "creation_time") == "2022-01-06T08:03:22.000000Z"


def test_a_pdf_tells_its_pages_and_its_author() -> None:
    found = probed(made_media.pdf(pages=3))

    assert (found.pages, found.width, found.height) == (3, 300, 400)
    assert (found.attachments, found.scripts) == (0, 0)
    assert value(found, "pdf", "Author") == "Invented Author"
    assert parsed(found, "pdf", "CreationDate") == "2022-01-06T14:03:22+06:00"


def test_a_locked_pdf_says_that_it_is_locked() -> None:
    with pytest.raises(UnreadableMediaError) as caught:
        probed(made_media.pdf(password="invented"))

    assert caught.value.reason == Reason.LOCKED


def test_a_file_of_a_kind_that_is_not_read_here_is_named_only() -> None:
    found = probed(b"<html><script>alert(1)</script>")

    assert (found.media_type, found.family, found.was_read) == ("text/html", Family.TEXT, False)


def test_what_is_kept_of_metadata_is_bounded() -> None:
    description = describing.Description()
    for number in range(2000):
        description.found("picture", f"name {number}", "x" * 10_000)

    assert len(description.to_json()) < 1_500_000


@settings(deadline=None)
@given(st.one_of(st.none(), st.integers(), st.floats(), st.text()))
def test_absurd_facts_are_left_out_so_that_the_rest_can_be_told(value: float | str | None) -> None:
    description = describing.Description()
    description.fact("width", value)
    description.stream(kind="video", frames=value)

    told = json.loads(description.to_json())
    assert told["streams"][0]["kind"] == "video"
    assert "width" not in told or isinstance(told["width"], str) or 0 <= told["width"] < 2**53


@settings(deadline=None)
@given(st.one_of(st.text(), st.binary(), st.lists(st.integers()), st.floats()))
def test_any_value_of_a_parser_becomes_text_that_can_be_stored(found: object) -> None:
    assert describing.text_of(found).encode("utf-8") is not None


@settings(deadline=None)
@given(st.text(max_size=60))
def test_times_and_places_of_any_text_are_parsed_or_left(text: str) -> None:
    for parse in (describing.exif_time, describing.pdf_time, describing.iso_time):
        assert parse(text) == "" or parse(text)[:1].isdigit()
    assert describing.iso_position(text) is None or isinstance(describing.iso_position(text), tuple)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("D:20220106140322+06'00'", "2022-01-06T14:03:22+06:00"),
        ("D:20220106140322Z", "2022-01-06T14:03:22+00:00"),
        ("D:20220106140322", "2022-01-06T14:03:22"),
        ("D:20221306140322", ""),
        ("yesterday", ""),
    ],
)
def test_dates_of_pdf_are_parsed(text: str, time: str) -> None:
    assert describing.pdf_time(text) == time
