"""The HTML pages in which auto-archiver shows a result: address, title, table of fields, digests, links.

Read as text; nothing in them is run or fetched. The format was read in bellingcat/auto-archiver:
modules/html_formatter/html_formatter.py and templates/html_template.html (heading, table ``content`` with a
row for each file, table ``metadata``, last line with the version).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote

from kuager.engines.captures.file_names import shown

_DIGEST = re.compile(r"(SHA-256:[0-9a-f]{64}|SHA3-512:[0-9a-f]{128})", re.IGNORECASE)
_MADE = "bellingcat/auto-archiver"
_LONGEST = 4_000


@dataclass(slots=True)
class Row:
    """A row about a file: what it says, the digests in it, and the names its links end in."""

    text: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)

    @property
    def digests(self) -> list[str]:
        """Digests in the order they stand; the first is that of the file itself."""
        return _DIGEST.findall(" ".join(self.text))

    @property
    def names(self) -> list[str]:
        """Last parts of the links, each once."""
        bases = [unquote(link).partition("?")[0].rstrip("/").rpartition("/")[2] for link in self.links]
        return list(dict.fromkeys(base for base in bases if base))


@dataclass(frozen=True, slots=True)
class ReportPage:
    """What a result page says."""

    url: str
    version: str
    rows: Sequence[Row]
    fields: dict[str, str]


def is_report(text: str) -> bool:
    """Return whether an HTML text calls itself a page of auto-archiver."""
    return _MADE in text and 'class="content"' in text.replace("'", '"')


def read_report(text: str) -> ReportPage:
    """Read a result page."""
    parser = _Parser()
    parser.feed(text)
    parser.close()
    fields = {row[0]: " ".join(row[1:]) for row in parser.pairs if len(row) > 1 and row[0] != "key"}
    version = re.search(r"auto-archiver</a>\s*v([\w.\-]{1,30})", text)
    return ReportPage(parser.url.strip(), version.group(1) if version else "", parser.rows, fields)


class _Parser(HTMLParser):
    """Walks through the page once; tables within tables do not occur in it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.url, self.rows, self.pairs = "", list[Row](), list[list[str]]()
        self._table, self._in_title = "", False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "table":
            self._table = told.get("class", "")
        elif tag == "title":
            self._in_title = True
        elif tag == "tr" and self._table == "content":
            self.rows.append(Row())
        elif tag == "tr" and self._table == "metadata":
            self.pairs.append([])
        elif tag in {"td", "th"} and self._table == "metadata" and self.pairs:
            self.pairs[-1].append("")
        elif self._table == "content" and self.rows and told.get("href"):
            self.rows[-1].links.append(told["href"][:_LONGEST])

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self._table = ""
        elif tag == "title":
            self._in_title = False

    def handle_data(self, data: str) -> None:
        text = data.strip()
        if not text:
            return
        if self._in_title:
            self.url += shown(text, _LONGEST)
        elif self._table == "content" and self.rows:
            self.rows[-1].text.append(text[:_LONGEST])
        elif self._table == "metadata" and self.pairs and self.pairs[-1]:
            cell = self.pairs[-1][-1]
            self.pairs[-1][-1] = f"{cell} {text[:_LONGEST]}".strip()[:_LONGEST]
