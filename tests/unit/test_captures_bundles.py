"""Bundles of ProofMode, Tella and auto-archiver: what agrees, what does not, and what nobody can say."""

import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kuager.core.errors import BadInputError
from kuager.engines.captures import Capture, CapturedFile, Code, FileKind, Tool, read_capture
from kuager.engines.captures.listing import as_json, from_json
from tests.unit.capture_bundles import (
    AT,
    PHOTO,
    VIDEO,
    Key,
    auto_archiver,
    ots,
    proofmode,
    sha256,
    tella,
    warc,
    zipped,
)


def read(files: Mapping[str, bytes], tool: Tool | None = None) -> Capture:
    return read_capture(io.BytesIO(zipped(files)), tool)


def one(capture: Capture, name: str) -> tuple[CapturedFile, set[Code]]:
    number = next(number for number, file in enumerate(capture.files) if file.name == name)
    return capture.files[number], {finding.code for finding in capture.about(number)}


def test_a_sound_proofmode_bundle_agrees_in_every_part() -> None:
    key = Key()
    capture = read(proofmode(key=key))
    photo, codes = one(capture, "IMG_20220106.jpg")
    assert capture.tool is Tool.PROOFMODE
    assert codes == {Code.DIGEST_AGREES, Code.SIGNATURE_GOOD, Code.OTS_PENDING, Code.TIME_ZONE_UNSURE}
    assert photo.claims["Location.Latitude"] == "43.25"
    assert photo.open().read() == PHOTO
    assert capture.claims["keys.1"] == key.fingerprint
    assert [file.name for file in capture.files if file.kind is FileKind.CONTENT] == ["IMG_20220106.jpg"]
    signed = [finding for finding in capture.findings if finding.code is Code.SIGNATURE_GOOD]
    assert len(signed) == 3
    assert {finding.values["key"] for finding in signed} == {key.fingerprint}


def test_the_phones_local_time_is_not_taken_for_utc() -> None:
    photo, _ = one(read(proofmode()), "IMG_20220106.jpg")
    assert photo.taken_at is None


def test_a_photo_changed_after_its_proof_is_found_by_digest_and_signature() -> None:
    files = proofmode() | {"IMG_20220106.jpg": PHOTO + b"!"}
    capture = read(files)
    _, codes = one(capture, "IMG_20220106.jpg")
    assert {Code.DIGEST_DISAGREES, Code.SIGNATURE_BAD, Code.OTS_OTHER} <= codes
    assert capture.has_faults


def test_a_proof_changed_after_it_was_signed_is_found() -> None:
    files = proofmode()
    name = next(name for name in files if name.endswith(".proof.csv"))
    capture = read(files | {name: files[name].replace(b"43.25", b"51.16")})
    _, codes = one(capture, name)
    assert codes == {Code.SIGNATURE_BAD}


def test_a_signature_of_another_key_is_told_as_not_checked() -> None:
    files = proofmode()
    capture = read(files | {"pubkey.asc": Key().public})
    _, codes = one(capture, "IMG_20220106.jpg")
    assert Code.SIGNATURE_UNCHECKED in codes
    assert not capture.has_faults


def test_a_file_slipped_into_a_bundle_is_told_as_unnamed() -> None:
    capture = read(proofmode() | {"other.jpg": b"other"})
    assert one(capture, "other.jpg")[1] == {Code.FILE_UNNAMED}


def test_a_proof_without_its_photo_says_which_is_missing() -> None:
    files = {name: data for name, data in proofmode().items() if name != "IMG_20220106.jpg"}
    capture = read(files)
    missing = [finding.values["name"] for finding in capture.findings if finding.code is Code.FILE_MISSING]
    assert "IMG_20220106.jpg" in missing


def test_a_renamed_photo_is_recognised_by_its_digest() -> None:
    files = proofmode()
    capture = read(
        {("new.jpg" if name == "IMG_20220106.jpg" else name): data for name, data in files.items()}
    )
    assert {Code.DIGEST_AGREES, Code.SIGNATURE_GOOD} <= one(capture, "new.jpg")[1]


def test_a_sound_tella_export_agrees() -> None:
    capture = read({f"export/{name}": data for name, data in tella().items()})
    photo, codes = one(capture, "photo.jpg")
    assert (capture.tool, codes) == (Tool.TELLA, {Code.DIGEST_AGREES})
    assert photo.taken_at == AT
    assert photo.claims["Location longitude"] == "76.95"
    assert one(capture, "photo.csv")[0].kind is FileKind.DESCRIPTION


def test_a_tella_photo_that_was_changed_is_found() -> None:
    assert one(read(tella() | {"photo.jpg": b"changed"}), "photo.jpg")[1] == {Code.DIGEST_DISAGREES}


def test_other_tables_are_not_taken_for_tellas() -> None:
    capture = read({"names.csv": b"name,age\nAsel,30\n", "photo.jpg": PHOTO})
    assert capture.tool is Tool.UNKNOWN
    with pytest.raises(BadInputError, match="Tella"):
        read({"names.csv": b"name,age\nAsel,30\n"}, Tool.TELLA)


@pytest.mark.parametrize("form", ["json", "csv", "html"])
@pytest.mark.parametrize("algorithm", ["SHA-256", "SHA3-512"])
def test_an_auto_archiver_folder_is_matched_by_digest_whatever_its_result_is(
    form: str, algorithm: str
) -> None:
    capture = read(auto_archiver(form=form, algorithm=algorithm))
    video = next(file for file in capture.files if file.name.endswith(".mp4"))
    codes = one(capture, video.name)[1]
    assert capture.tool is Tool.AUTO_ARCHIVER
    assert codes == {Code.DIGEST_AGREES, Code.OTS_COMPLETE}
    assert video.url == "https://example.org/video/7"
    assert capture.claims["addresses.1"] == "https://example.org/video/7"
    if form != "html":
        assert video.taken_at == datetime(2022, 1, 6, 10, 20, tzinfo=UTC)


@pytest.mark.parametrize("algorithm", ["SHA-256", "SHA3-512"])
def test_a_file_that_was_stored_under_a_chance_name_is_recognised(algorithm: str) -> None:
    files = auto_archiver(form="json", algorithm=algorithm)
    name = next(name for name in files if name.endswith(".mp4"))
    capture = read(
        {("local_archive/k3v9.mp4" if path == name else path): data for path, data in files.items()}
    )
    assert Code.DIGEST_AGREES in one(capture, "k3v9.mp4")[1]


@pytest.mark.parametrize("form", ["csv", "html"])
def test_an_archived_video_that_was_exchanged_is_found(form: str) -> None:
    files = auto_archiver(form=form)
    name = next(name for name in files if name.endswith(".mp4"))
    capture = read(files | {name: VIDEO + b"cut"})
    assert {Code.DIGEST_DISAGREES, Code.OTS_OTHER} <= one(capture, name.rpartition("/")[2])[1]


def test_a_result_that_failed_says_so() -> None:
    result = {"status": "no archiver", "metadata": {"url": "https://example.org/gone"}, "media": []}
    capture = read({"metadata.json": json.dumps(result).encode(), "a.txt": b"x"})
    assert Code.RESULT_FAILED in one(capture, "metadata.json")[1]


def test_a_folder_is_read_like_its_zip(tmp_path: Path) -> None:
    files = proofmode()
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    folder, archive = read_capture(tmp_path), read(files)
    described = [
        sorted(
            (finding.code, capture.files[finding.file].name)
            for finding in capture.findings
            if finding.file is not None
        )
        for capture in (folder, archive)
    ]
    assert described[0] == described[1]


def test_a_bundle_of_nobody_known_is_a_list_of_files() -> None:
    capture = read({"a/photo.jpg": PHOTO, "a/photo.jpg.ots": ots(PHOTO), "inner.warc.gz": warc()})
    assert capture.tool is Tool.UNKNOWN
    assert {Code.FILE_UNNAMED, Code.OTS_PENDING} == one(capture, "photo.jpg")[1]
    assert Code.NESTED_ARCHIVE in one(capture, "inner.warc.gz")[1]


def test_a_listing_survives_its_way_between_processes() -> None:
    capture = read(proofmode())
    again = from_json(as_json(capture), lambda number: capture.files[number].open())
    assert again.findings == capture.findings
    assert [(file.name, file.sha256, file.claims) for file in again.files] == [
        (file.name, file.sha256, file.claims) for file in capture.files
    ]
    assert again.files[0].open().read() == PHOTO
    assert again.files[0].sha256 == sha256(PHOTO)


@pytest.mark.parametrize("answer", [b"", b"[]", b"{}", b'{"tool":"x"}', b'{"tool":"warc","made_at":1}'])
def test_a_process_that_was_taken_over_is_not_believed(answer: bytes) -> None:
    with pytest.raises(BadInputError, match="never should"):
        from_json(answer, lambda _: io.BytesIO())


def test_the_reason_of_a_refusal_reaches_the_reader() -> None:
    with pytest.raises(BadInputError, match="zip bomb"):
        from_json(b'{"refused": "it is a zip bomb"}', lambda _: io.BytesIO())
