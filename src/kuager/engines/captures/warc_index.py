"""An index of a web archive in CDXJ, so that a reader of WACZ finds an address without reading all.

References: Webrecorder, CDXJ 0.1.0; Internet Archive, Sort-friendly URI Reordering Transform (SURT).
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO
from urllib.parse import quote, urlsplit

from kuager.core.errors import BadInputError
from kuager.engines.captures.limits import Budget
from kuager.engines.captures.told import moment
from kuager.engines.captures.warc import Look, address_of, look_at, media_type_of
from kuager.engines.captures.warc_flow import is_packed, size_of
from kuager.engines.captures.warc_records import Gap, Record, read_records

_PLAIN = "/%:@!$&'()*+,;=?~-._"
_INDEXED = {"response", "resource", "revisit"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """Where an address is found in a web archive.

    Attributes
    ----------
    offset, length
        Place and size of the record in the archive's file, packed as it is.
    """

    url: str
    at: datetime
    media_type: str
    status: str
    digest: str
    offset: int
    length: int

    @property
    def is_page(self) -> bool:
        """Whether a person would call it a page."""
        good = self.status in {"", "200"}
        return good and self.media_type in {"text/html", "application/xhtml+xml"}

    def line(self, archive: str) -> str:
        """Return the line of the index."""
        told = {
            "url": self.url,
            "mime": self.media_type,
            **({"status": self.status} if self.status else {}),
            "digest": self.digest,
            "length": str(self.length),
            "offset": str(self.offset),
            "filename": archive,
        }
        moment_told = self.at.strftime("%Y%m%d%H%M%S")
        return f"{sort_key(self.url)} {moment_told} {json.dumps(told, ensure_ascii=False)}\n"


def index_warc(source: BinaryIO) -> list[Indexed]:
    """Return the places of all addresses in a web archive.

    Raises
    ------
    BadInputError
        When several records share one packed member: no reader could then find a single one.
    """
    size, is_gzip = size_of(source), is_packed(source)
    found = [
        one
        for one in read_records(source, look_at, Budget(size, is_packed=is_gzip))
        if not isinstance(one, Gap)
    ]
    places = [one.begin.member if is_gzip else one.begin.skip for one in found]
    if len(set(places)) != len(places):
        msg = (
            "the web archive packs several records together; expected each by itself: warcio recompress helps"
        )
        raise BadInputError(msg)
    ends = [*places[1:], size]
    return [
        made
        for record, begin, end in zip(found, places, ends, strict=True)
        for made in _indexed(record, begin, end - begin)
    ]


def _indexed(record: Record[Look], offset: int, length: int) -> Iterator[Indexed]:
    at = moment(record.headers.get_header("WARC-Date"))
    url = address_of(record.headers)
    if str(record.headers.get_header("WARC-Type")) not in _INDEXED or not url or at is None:
        return
    http = record.seen.http
    yield Indexed(
        url=url,
        at=at,
        media_type=media_type_of(record),
        status=str(http.statusline or "").partition(" ")[0] if http is not None else "",
        digest=str(record.headers.get_header("WARC-Payload-Digest") or f"sha256:{record.seen.sha256}"),
        offset=offset,
        length=length,
    )


def sort_key(url: str) -> str:
    """Return an address so that those of one site stand together.

    Examples
    --------
    >>> sort_key("https://www.Example.org/A?b=2&a=1")
    'org,example)/a?a=1&b=2'
    >>> sort_key("urn:item:7")
    'urn:item:7'
    """
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return re.sub(r"\s", "%20", url)
    if not host:
        return re.sub(r"\s", "%20", url)
    site = ",".join(reversed(re.sub(r"^www\d*\.", "", host).split(".")))
    standard = {"http": 80, "https": 443}.get(parts.scheme)
    where = f":{port}" if port is not None and port != standard else ""
    query = "&".join(sorted(quote(parts.query, safe=_PLAIN).lower().split("&"))) if parts.query else ""
    path = quote(parts.path, safe=_PLAIN).lower().rstrip("/") or "/"
    return f"{site}{where}){path}" + (f"?{query}" if query else "")
