"""Web archives out as WACZ 1.1.1: one zip that a browser can replay, with a digest of everything in it.

Reference: Webrecorder, Web Archive Collection Zipped (WACZ) 1.1.1, sections 5 (directory layout), 6 (zip),
and WACZ Auth 0.1.0, section 4 (datapackage-digest.json; written here without a signature).
"""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO

from kuager.core.errors import BadInputError
from kuager.engines.captures.file_names import Names
from kuager.engines.captures.warc_index import Indexed, index_warc
from kuager.engines.captures.warc_writing import packed
from kuager.engines.captures.windows import pieces

if TYPE_CHECKING:
    from kuager.core.digest import JsonValue

VERSION = "1.1.1"


@dataclass(frozen=True, slots=True)
class Archive:
    """A web archive that goes into a WACZ as it is.

    Attributes
    ----------
    name
        Its file name; made harmless and given the right ending.
    opener
        Opens its bytes for reading and seeking; called twice.
    """

    name: str
    opener: Callable[[], BinaryIO]


def write_wacz(
    sink: BinaryIO, archives: Sequence[Archive], *, at: datetime, software: str, title: str = ""
) -> None:
    """Write a WACZ.

    Parameters
    ----------
    sink
        Takes the bytes; need not be seekable.
    archives
        At least one.
    at
        When it is made, with time zone.
    """
    if not archives:
        raise BadInputError("a WACZ needs at least one web archive")
    writing = _Writing(sink, at)
    names, index, pages = Names(), list[str](), list[Indexed]()
    for archive in archives:
        name = names.give(_archive_name(archive))
        with archive.opener() as stream:
            found = index_warc(stream)
        index += [one.line(name) for one in found]
        pages += [one for one in found if one.is_page]
        with archive.opener() as stream:
            writing.add(f"archive/{name}", pieces(stream))
    writing.add("indexes/index.cdx.gz", [packed("".join(sorted(index)).encode())])
    writing.add("pages/pages.jsonl", [_page_list(pages)])
    writing.finish(software=software, title=title)


def _archive_name(archive: Archive) -> str:
    with archive.opener() as stream:
        ending = ".warc.gz" if stream.read(2) == b"\x1f\x8b" else ".warc"
    stem = archive.name.lower().removesuffix(".gz").removesuffix(".warc")
    return stem + ending


class _Writing:
    def __init__(self, sink: BinaryIO, at: datetime) -> None:
        self._zip = zipfile.ZipFile(sink, "w", allowZip64=True)
        self._at = at.astimezone(UTC)
        self._resources: list[JsonValue] = []

    def add(self, path: str, found: Iterable[bytes]) -> None:
        """Write one file, not packed: readers take parts of it by their place."""
        digest, size = hashlib.sha256(), 0
        with self._zip.open(self._info(path), "w", force_zip64=True) as stream:
            for piece in found:
                digest.update(piece)
                size += len(piece)
                stream.write(piece)
        name = path.rpartition("/")[2].lower()
        told: JsonValue = {"name": name, "path": path, "hash": f"sha256:{digest.hexdigest()}", "bytes": size}
        self._resources.append(told)

    def finish(self, *, software: str, title: str) -> None:
        """Write what describes the rest."""
        package = {
            "profile": "data-package",
            "resources": self._resources,
            **({"title": title} if title else {}),
            "created": self._at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "wacz_version": VERSION,
            "software": software,
        }
        said = json.dumps(package, indent=2, ensure_ascii=False).encode()
        self._zip.writestr(self._info("datapackage.json"), said)
        digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(said).hexdigest()}"}
        self._zip.writestr(self._info("datapackage-digest.json"), json.dumps(digest, indent=2))
        self._zip.close()

    def _info(self, path: str) -> zipfile.ZipInfo:
        return zipfile.ZipInfo(path, self._at.timetuple()[:6])


def _page_list(pages: Sequence[Indexed]) -> bytes:
    def lines() -> Iterator[str]:
        yield json.dumps({"format": "json-pages-1.0", "id": "pages", "title": "Pages"})
        for number, page in enumerate(pages, 1):
            when = page.at.strftime("%Y-%m-%dT%H:%M:%SZ")
            yield json.dumps(
                {"id": str(number), "url": page.url, "title": page.url, "ts": when}, ensure_ascii=False
            )

    return "".join(f"{line}\n" for line in lines()).encode()
