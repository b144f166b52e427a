"""A bundle while it is being read: every file examined once, claims and findings gathered, then closed."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from kuager.core.digest import JsonValue
from kuager.core.errors import BadInputError
from kuager.engines.captures.capture import Capture, CapturedFile, Code, FileKind, Finding, Tool
from kuager.engines.captures.containers import Container
from kuager.engines.captures.digests import Told
from kuager.engines.captures.entries import Entry, Refusal
from kuager.engines.captures.file_names import Names, guessed_type, safe_name, shown
from kuager.engines.captures.told import flat

_ARCHIVES = {
    "application/zip",
    "application/x-7z-compressed",
    "application/vnd.rar",
    "application/x-rar-compressed",
    "application/x-tar",
    "application/gzip",
    "application/wacz",
    "application/warc",
}


@dataclass(slots=True, eq=False)
class Known:
    """A file of the bundle, examined.

    Attributes
    ----------
    sha256
        Hex.
    running
        SHA-256 over the file, to be copied and continued with a signature's trailer.
    said
        What the bundle says of it, not yet made harmless.
    """

    entry: Entry
    sha256: str
    running: "hashlib._Hash"
    size: int
    kind: FileKind = FileKind.CONTENT
    media_type: str = ""
    url: str = ""
    taken_at: datetime | None = None
    said: dict[str, object] = field(default_factory=dict)
    notes: list[tuple[Code, dict[str, JsonValue]]] = field(default_factory=list)

    def note(self, code: Code, **values: JsonValue) -> None:
        """Add a finding about this file."""
        self.notes.append((code, values))

    def digest(self, algorithm: str, trailer: bytes = b"") -> bytes:
        """Return a digest of the file and of what follows it."""
        if algorithm == "sha256":
            running = self.running.copy()
        else:
            running = hashlib.new(algorithm, usedforsecurity=False)
            for piece in self.entry.checked():
                running.update(piece)
        running.update(trailer)
        return running.digest()

    def compare(self, told: Told | None, what: str) -> None:
        """Note whether a digest that ``what`` tells is that of the file."""
        if told is None:
            self.note(Code.DIGEST_UNKNOWN, what=shown(what))
            return
        running = told.new()
        found = self.digest(running.name) if running.name in hashlib.algorithms_guaranteed else b""
        code = Code.DIGEST_AGREES if told.agrees(found) else Code.DIGEST_DISAGREES
        self.note(code, what=shown(what), algorithm=told.algorithm)


class Bundle:
    """The files of a bundle.

    Attributes
    ----------
    files
        In the order found.
    """

    def __init__(self, container: Container) -> None:
        self.files: list[Known] = []
        self.notes: list[Finding] = list(container.findings)
        for entry in container.entries:
            self._examine(entry)
        self._by_digest: dict[str, list[Known]] = defaultdict(list)
        self._by_base: dict[str, list[Known]] = defaultdict(list)
        self._others: dict[str, dict[bytes, list[Known]]] = {}
        for file in self.files:
            self._by_digest[file.sha256].append(file)
            self._by_base[file.entry.base.casefold()].append(file)

    def _examine(self, entry: Entry) -> None:
        running, size = hashlib.sha256(), 0
        try:
            for piece in entry.checked():
                running.update(piece)
                size += len(piece)
        except (BadInputError, OSError):
            why = Refusal.DAMAGED.value
            self.note(Code.FILE_REFUSED, name=shown(entry.found), why=why)
            return
        self.files.append(
            Known(entry, running.hexdigest(), running, size, media_type=guessed_type(entry.base))
        )

    def note(self, code: Code, **values: JsonValue) -> None:
        """Add a finding about the whole."""
        self.notes.append(Finding(code, values))

    def with_sha256(self, digest: str) -> list[Known]:
        """Return the files with a digest (hex)."""
        return self._by_digest.get(digest.lower(), [])

    def with_digest(self, told: Told) -> list[Known]:
        """Return the files with a digest; for any but SHA-256 all files are read once more, together."""
        algorithm = told.new().name
        if algorithm == "sha256":
            return self.with_sha256(told.digest.hex())
        if algorithm not in self._others:
            found: dict[bytes, list[Known]] = defaultdict(list)
            for file in self.files:
                found[file.digest(algorithm)].append(file)
            self._others[algorithm] = found
        return self._others[algorithm].get(told.digest, [])

    def named(self, base: str) -> list[Known]:
        """Return the files whose last part of the name is this one, whatever the case of its letters."""
        return self._by_base.get(base.casefold(), [])

    def ending(self, *endings: str) -> list[Known]:
        """Return the files whose names end so."""
        return [file for file in self.files if file.entry.base.lower().endswith(endings)]

    def finish(self, tool: Tool, *, made_at: str = "", said: dict[str, object] | None = None) -> Capture:
        """Close the bundle."""
        names, seen = Names(), set[str]()
        findings, files = list(self.notes), list[CapturedFile]()
        for place, file in enumerate(self.files):
            notes = [*_about_name(file, seen), *file.notes]
            findings += [Finding(code, values, place) for code, values in notes]
            files.append(_finished(file, names))
        return Capture(
            tool=tool,
            made_at=shown(made_at, 60),
            files=files,
            claims=flat(said or {}),
            findings=findings,
        )


def _about_name(file: Known, seen: set[str]) -> Iterable[tuple[Code, dict[str, JsonValue]]]:
    if safe_name(file.entry.base) != file.entry.base:
        yield Code.NAME_CHANGED, {"name": shown(file.entry.found)}
    if file.entry.found in seen:
        yield Code.NAME_TWICE, {"name": shown(file.entry.found)}
    seen.add(file.entry.found)
    if file.media_type in _ARCHIVES and file.kind is FileKind.CONTENT:
        yield Code.NESTED_ARCHIVE, {}


def _finished(file: Known, names: Names) -> CapturedFile:
    return CapturedFile(
        found=shown(file.entry.found, 500),
        name=names.give(file.entry.base),
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        opener=file.entry.opener,
        kind=file.kind,
        url=file.url,
        taken_at=file.taken_at,
        claims=flat(file.said),
    )
