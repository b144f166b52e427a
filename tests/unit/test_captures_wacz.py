"""Web archives out and WACZ in; py-wacz and warcio judge what we write."""

import io
import json
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from kuager.core.errors import BadInputError
from kuager.engines.captures import Archive, CapturedPage, Code, Tool, read_capture, write_wacz, write_warc
from kuager.engines.captures.warc_index import sort_key
from tests.unit.capture_bundles import AT, PHOTO, warc, zipped

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import surt
    from wacz.main import main as py_wacz

PAGES = [
    CapturedPage(
        url="https://example.org/бет?b=2&a=1",
        at=AT,
        opener=lambda: io.BytesIO(b"<html>page</html>" * 99),
        media_type="text/html",
        status="200 OK",
        headers=[("Server", "invented\r\nX-Injected: no")],
    ),
    CapturedPage(
        url="urn:kuager:item:7", at=AT, opener=lambda: io.BytesIO(PHOTO * 2000), media_type="image/jpeg"
    ),
]


def written_warc() -> bytes:
    sink = io.BytesIO()
    assert write_warc(sink, PAGES, at=AT, software="kuager test") == sink.tell()
    return sink.getvalue()


def archive(name: str, data: bytes) -> Archive:
    return Archive(name, lambda: io.BytesIO(data))


def written_wacz(*archives: bytes) -> bytes:
    sink = io.BytesIO()
    found = [archive(f"{number}.warc.gz", data) for number, data in enumerate(archives)]
    write_wacz(sink, found, at=AT, software="kuager test", title="Көшірме")
    return sink.getvalue()


def test_warcio_reads_what_we_write_and_finds_every_digest_right() -> None:
    found = []
    for record in ArchiveIterator(io.BytesIO(written_warc()), check_digests="raise"):
        found.append(
            (
                record.rec_type,
                record.rec_headers.get_header("WARC-Target-URI"),
                record.content_stream().read(),
            )
        )
        assert record.digest_checker.passed is not False
    assert [kind for kind, _, _ in found] == ["warcinfo", "response", "resource"]
    assert [body for _, _, body in found[1:]] == [b"<html>page</html>" * 99, PHOTO * 2000]


def test_a_field_cannot_begin_another() -> None:
    response = next(one for one in ArchiveIterator(io.BytesIO(written_warc())) if one.rec_type == "response")
    assert response.http_headers.get_header("X-Injected") is None


def test_the_same_captures_give_the_same_bytes() -> None:
    assert written_warc() == written_warc()


def test_a_file_that_changes_while_it_is_written_is_noticed() -> None:
    bodies = iter([b"first", b"second longer"])
    page = CapturedPage(url="https://example.org/", at=AT, opener=lambda: io.BytesIO(next(bodies)))
    with pytest.raises(BadInputError, match="changed"):
        write_warc(io.BytesIO(), [page], at=AT, software="kuager test")


@pytest.mark.filterwarnings("ignore")
def test_py_wacz_finds_our_wacz_valid(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "out.wacz"
    path.write_bytes(written_wacz(written_warc(), warc(packed=True), warc(packed=False)))
    assert py_wacz(["validate", "-f", str(path)]) == 0, capsys.readouterr().out


@pytest.mark.filterwarnings("ignore")
def test_the_index_leads_to_the_records_and_is_that_of_py_wacz(tmp_path: Path) -> None:
    path = tmp_path / "in.warc.gz"
    path.write_bytes(warc(packed=True, pages=2))
    assert py_wacz(["create", "-o", str(tmp_path / "theirs.wacz"), "-d", str(path)]) == 0
    theirs = _index((tmp_path / "theirs.wacz").read_bytes())
    ours = _index(written_wacz(path.read_bytes()))
    assert {key: (one["offset"], one["length"], one["url"]) for key, one in ours.items()} == {
        key: (one["offset"], one["length"], one["url"]) for key, one in theirs.items()
    }


def _index(data: bytes) -> Mapping[str, dict[str, str]]:
    import gzip

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        lines = gzip.decompress(archive.read("indexes/index.cdx.gz")).decode().splitlines()
    rows = [line.split(" ", 2) for line in lines if line and not line.startswith("!")]
    return {f"{key} {when} {json.loads(said)['offset']}": json.loads(said) for key, when, said in rows}


@pytest.mark.parametrize(
    "url",
    [
        "https://www.Example.org/A?b=2&a=1",
        "http://example.org",
        "https://m.vk.com/video?x=Й",
        "https://t.me/s/x/",
        "http://example.org:8080/a/b/",
        "https://example.org/a%20b",
    ],
)
def test_addresses_are_sorted_as_other_tools_sort_them(url: str) -> None:
    assert sort_key(url) == surt.surt(url)


def test_a_wacz_is_read_with_its_digests_and_records() -> None:
    capture = read_capture(io.BytesIO(written_wacz(written_warc())))
    assert capture.tool is Tool.WACZ
    assert capture.claims["title"] == "Көшірме"
    assert [file.url for file in capture.files if file.url] == ["https://example.org/бет?b=2&a=1"]
    told = {str(one.values["what"]) for one in capture.about(None) if one.code is Code.DIGEST_AGREES}
    assert told == {"archive/0.warc.gz", "indexes/index.cdx.gz", "pages/pages.jsonl", "datapackage.json"}
    assert capture.files[2].open().read() == PHOTO * 2000
    assert not capture.has_faults


def changed(data: bytes, **files: bytes | None) -> bytes:
    names = {name.replace("__", "/").replace("_", ".").replace("..", "-"): new for name, new in files.items()}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        there = {info.filename: archive.read(info) for info in archive.infolist()}
    there |= {name: new for name, new in names.items() if new is not None}
    return zipped({name: new for name, new in there.items() if names.get(name, b"") is not None}, stored=True)


def test_a_changed_list_of_pages_is_found() -> None:
    capture = read_capture(io.BytesIO(changed(written_wacz(written_warc()), pages__pages_jsonl=b"{}\n")))
    assert [one.values["what"] for one in capture.findings if one.code is Code.DIGEST_DISAGREES] == [
        "pages/pages.jsonl"
    ]


def test_a_changed_description_is_found() -> None:
    whole = written_wacz(written_warc())
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        package = archive.read("datapackage.json").replace(b"kuager test", b"another one")
    capture = read_capture(io.BytesIO(changed(whole, datapackage_json=package)))
    assert [one.values["what"] for one in capture.findings if one.code is Code.DIGEST_DISAGREES] == [
        "datapackage.json"
    ]


def test_what_is_missing_and_what_was_added_is_told() -> None:
    whole = changed(written_wacz(written_warc()), pages__pages_jsonl=None, archive__extra_txt=b"added")
    found = {
        one.code: one.values["name"]
        for one in read_capture(io.BytesIO(whole)).about(None)
        if "name" in one.values
    }
    assert found == {Code.FILE_MISSING: "pages/pages.jsonl", Code.FILE_UNNAMED: "archive/extra.txt"}


def test_records_that_share_a_packed_member_are_not_indexed_wrongly() -> None:
    import gzip

    with pytest.raises(BadInputError, match="several records"):
        written_wacz(gzip.compress(warc(packed=False)))
