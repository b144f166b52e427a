"""Web archives in as WACZ: the digests of the package are checked, then every record of its archives is read.

Reference: Webrecorder, WACZ 1.1.1, section 5; WACZ Auth 0.1.0. A signature in ``datapackage-digest.json`` is
told but not checked: it needs certificates of the signing site. The digests are made by whoever made the
file; they show damage and later change, not what the site said.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import BinaryIO

from kuager.core.errors import BadInputError
from kuager.engines.captures.capture import Capture, Code, Finding, Tool
from kuager.engines.captures.containers import Container
from kuager.engines.captures.digests import read_digest
from kuager.engines.captures.entries import Entry
from kuager.engines.captures.file_names import shown
from kuager.engines.captures.limits import MAX_PROOF, MAX_TEXT
from kuager.engines.captures.rows import read_object
from kuager.engines.captures.told import flat, moment, web_address
from kuager.engines.captures.warc import read_warcs

_PACKAGE, _DIGEST = "datapackage.json", "datapackage-digest.json"
_PAGES = 1_000


def is_wacz(container: Container) -> bool:
    """Return whether a container has the files of a WACZ."""
    names = {entry.found for entry in container.entries}
    return _PACKAGE in names and any(name.startswith("archive/") for name in names)


def read_wacz(container: Container) -> Capture:
    """Read a WACZ.

    Raises
    ------
    BadInputError
        When no archive in it holds a single record.
    """
    entries = {entry.found: entry for entry in reversed(container.entries)}
    findings = [*container.findings, *_repeated(container)]
    package = _package(entries, findings)
    findings += _check_resources(entries, package)
    findings += _check_package(entries)
    archives = _archives(container, findings)
    inner = read_warcs(archives)
    said = {name: package.get(name) for name in ("title", "description", "software", "wacz_version")}
    claims = {**flat({**said, "pages": _pages(entries)}), "records": len(inner.files)}
    made = str(package.get("created") or package.get("modified") or inner.made_at)
    return Capture(
        tool=Tool.WACZ,
        made_at=shown(made, 60),
        files=inner.files,
        claims=claims,
        findings=[*findings, *inner.findings],
    )


def _repeated(container: Container) -> list[Finding]:
    counted = Counter(entry.found for entry in container.entries)
    return [Finding(Code.NAME_TWICE, {"name": shown(name)}) for name, count in counted.items() if count > 1]


def _archives(container: Container, findings: list[Finding]) -> list[tuple[str, Callable[[], BinaryIO]]]:
    """Return the archives in the package; one that the zip packs once more cannot be read from any place."""
    found: list[tuple[str, Callable[[], BinaryIO]]] = []
    for entry in container.entries:
        if not entry.found.startswith("archive/") or not entry.base.lower().endswith((".warc", ".warc.gz")):
            continue
        try:
            with entry.opener() as stream:
                seekable = stream.seekable()
        except BadInputError:
            seekable = False
        if seekable:
            found.append((entry.base, entry.opener))
        else:
            findings.append(Finding(Code.FILE_REFUSED, {"name": shown(entry.found), "why": "packing"}))
    return found


def _package(entries: Mapping[str, Entry], findings: list[Finding]) -> Mapping[str, object]:
    try:
        return read_object(entries[_PACKAGE])
    except BadInputError as error:
        findings.append(Finding(Code.NOT_UNDERSTOOD, {"name": _PACKAGE, "why": str(error)}))
        return {}


def _check_resources(entries: Mapping[str, Entry], package: Mapping[str, object]) -> list[Finding]:
    """Compare every file with the digest the package tells."""
    found: list[Finding] = []
    resources = package.get("resources")
    named = set[str]()
    for one in resources if isinstance(resources, list) else []:
        if not isinstance(one, dict) or not isinstance(one.get("path"), str):
            continue
        path = one["path"]
        named.add(path)
        if path not in entries:
            found.append(Finding(Code.FILE_MISSING, {"name": shown(path)}))
        else:
            found.append(_compared(entries[path], str(one.get("hash") or "")))
    left = [name for name in entries if name not in named and name not in {_PACKAGE, _DIGEST}]
    return found + [Finding(Code.FILE_UNNAMED, {"name": shown(name)}) for name in left]


def _compared(entry: Entry, told: str) -> Finding:
    digest = read_digest(told)
    what = shown(entry.found)
    if digest is None:
        return Finding(Code.DIGEST_UNKNOWN if told else Code.DIGEST_ABSENT, {"what": what})
    running = digest.new()
    try:
        for piece in entry.checked():
            running.update(piece)
    except BadInputError:
        return Finding(Code.FILE_REFUSED, {"name": shown(entry.found), "why": "damaged"})
    code = Code.DIGEST_AGREES if digest.agrees(running.digest()) else Code.DIGEST_DISAGREES
    return Finding(code, {"what": what, "algorithm": digest.algorithm})


def _check_package(entries: Mapping[str, Entry]) -> list[Finding]:
    """Compare the package's own description with its digest, and tell of a signature."""
    if _DIGEST not in entries:
        return [Finding(Code.DIGEST_ABSENT, {"what": _PACKAGE})]
    try:
        said = read_object(entries[_DIGEST])
        package = entries[_PACKAGE].whole(MAX_TEXT)
    except BadInputError as error:
        return [Finding(Code.NOT_UNDERSTOOD, {"name": _DIGEST, "why": str(error)})]
    told = read_digest(str(said.get("hash") or ""))
    agrees = told is not None and told.agrees(hashlib.new(told.new().name, package).digest())
    code = Code.DIGEST_AGREES if agrees else Code.DIGEST_DISAGREES
    found = [Finding(code, {"what": _PACKAGE, "algorithm": told.algorithm if told is not None else ""})]
    if said.get("signedData"):
        found.append(Finding(Code.SIGNATURE_UNCHECKED, {"name": _DIGEST, "why": "wacz"}))
    return found


def _pages(entries: Mapping[str, Entry]) -> list[str]:
    """Return the pages that the list of pages names, with their times."""
    found = []
    for path in ("pages/pages.jsonl", "pages/extraPages.jsonl"):
        if path not in entries:
            continue
        try:
            lines = entries[path].whole(MAX_TEXT).splitlines()[:_PAGES]
        except BadInputError:
            continue
        for line in lines:
            page = _page(line)
            if page:
                found.append(page)
    return found


def _page(line: bytes) -> str:
    try:
        said = json.loads(line[:MAX_PROOF])
    except (ValueError, RecursionError):
        return ""
    address = web_address(said.get("url")) if isinstance(said, dict) else ""
    when = moment(said.get("ts")) if address else None
    return f"{address} {when.isoformat()}" if when is not None else address
