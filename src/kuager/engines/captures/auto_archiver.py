"""Folders of bellingcat's auto-archiver: files, result rows (JSON, CSV, HTML), digests, time stamps.

The format was read in bellingcat/auto-archiver: core/metadata.py and core/media.py (a result: ``status``,
``metadata``, ``media`` with ``filename``, ``urls``, ``properties``), modules/csv_db (the same as a row of
Python values), modules/json_enricher (the same as JSON, before files get their final names),
modules/html_formatter (a page), modules/hash_enricher (``SHA-256:…`` or ``SHA3-512:…`` in
``properties.hash``), core/storage.py (files are renamed: by chance, or to the first 24 digits of their
digest), modules/timestamping_enricher (tokens over a text file that lists the digests, and certificates),
modules/opentimestamps_enricher (``….ots``). As names change, files are recognised by their digests.

A digest in a result was made by the same program that saved the file; it shows that the file is the one
saved, not that the site showed it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from kuager.core.errors import BadInputError
from kuager.engines.captures.bundles import Bundle, Known
from kuager.engines.captures.capture import Capture, Code, FileKind, Tool
from kuager.engines.captures.checks import check_proofs, check_token, find_certificates, find_tokens, supports
from kuager.engines.captures.digests import WEAK, Told, read_digest
from kuager.engines.captures.file_names import shown
from kuager.engines.captures.limits import MAX_PROOF
from kuager.engines.captures.python_values import read_value
from kuager.engines.captures.report_pages import is_report, read_report
from kuager.engines.captures.rows import read_object, read_rows, text_of
from kuager.engines.captures.told import moment, web_address

_INNER = 8


@dataclass(frozen=True, slots=True)
class Saved:
    """A file as a result tells of it."""

    names: Sequence[str]
    digest: str
    media_type: str
    said: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Result:
    """One archived address."""

    where: Known
    status: str
    fields: Mapping[str, object]
    saved: Sequence[Saved]

    @property
    def url(self) -> str:
        """The address, as told."""
        return web_address(self.fields.get("url"))


def is_auto_archiver(bundle: Bundle) -> bool:
    """Return whether the bundle holds a result of auto-archiver."""
    return any(True for _ in _results(bundle))


def read_auto_archiver(bundle: Bundle) -> Capture:
    """Read a folder or archive of auto-archiver."""
    results = list(_results(bundle))
    for result in results:
        result.where.kind = FileKind.DESCRIPTION
        if result.status and "success" not in result.status:
            result.where.note(Code.RESULT_FAILED, status=shown(result.status), url=result.url)
        for saved in result.saved:
            _match(bundle, result, saved)
    _check_tokens(bundle)
    check_proofs(bundle, lambda file: bundle.named(file.entry.base[: -len(".ots")]))
    for file in bundle.files:
        if file.kind is FileKind.CONTENT and not file.said:
            file.note(Code.FILE_UNNAMED)
    times = [str(result.fields.get("_processed_at") or "") for result in results]
    addresses = list(dict.fromkeys(result.url for result in results if result.url))
    made = min((one for one in times if one), default="")
    return bundle.finish(Tool.AUTO_ARCHIVER, made_at=made, said={"addresses": addresses})


def _results(bundle: Bundle) -> Iterator[Result]:
    for file in bundle.files:
        ending = PurePosixPath(file.entry.base.lower()).suffix
        try:
            if ending == ".json":
                yield from _of_object(file, read_object(file.entry))
            elif ending == ".csv":
                yield from _of_rows(file)
            elif ending in {".html", ".htm"}:
                yield from _of_page(file)
        except BadInputError:
            continue


def _of_rows(file: Known) -> Iterator[Result]:
    for row in read_rows(file.entry):
        if not {"status", "metadata", "media"} <= row.keys():
            return
        try:
            made = {"metadata": read_value(row["metadata"]), "media": read_value(row["media"])}
        except BadInputError as error:
            file.note(Code.NOT_UNDERSTOOD, why=str(error))
            continue
        yield from _of_object(file, {"status": row["status"], **made})


def _of_object(file: Known, said: Mapping[str, object]) -> Iterator[Result]:
    fields, media = said.get("metadata"), said.get("media")
    if not isinstance(fields, Mapping) or not isinstance(media, list) or "status" not in said:
        return
    saved = [one for entry in media for one in _saved(entry)]
    yield Result(file, str(said["status"]), fields, saved)


def _saved(entry: object, depth: int = 0) -> Iterator[Saved]:
    """Give a file of a result and those within its properties (thumbnails, tokens)."""
    if not isinstance(entry, Mapping) or depth > _INNER:
        return
    properties = entry.get("properties")
    properties = properties if isinstance(properties, Mapping) else {}
    urls = entry.get("urls")
    paths = [
        entry.get("filename"),
        entry.get("key"),
        entry.get("_key"),
        *(urls if isinstance(urls, list) else []),
    ]
    names = [PurePosixPath(str(path).partition("?")[0]).name for path in paths if path]
    inner = [one for value in properties.values() for one in (value if isinstance(value, list) else [value])]
    own = {name: value for name, value in properties.items() if not isinstance(value, Mapping | list)}
    told_type = str(entry.get("_mimetype") or entry.get("mimetype") or "")
    if names:
        yield Saved(list(dict.fromkeys(names)), str(properties.get("hash") or ""), told_type, own)
    for one in inner:
        if isinstance(one, Mapping) and ("filename" in one or "urls" in one):
            yield from _saved(one, depth + 1)


def _of_page(file: Known) -> Iterator[Result]:
    text = text_of(file.entry)
    if not is_report(text):
        return
    page = read_report(text)
    fields: dict[str, object] = {**page.fields, "url": page.url, "auto-archiver": page.version}
    saved = [
        Saved(row.names, next(iter(row.digests), ""), "", {}) for row in page.rows if row.names or row.digests
    ]
    yield Result(file, "", fields, saved)


def _match(bundle: Bundle, result: Result, saved: Saved) -> None:
    """Find the file that a result tells of, and compare its digest."""
    told = read_digest(saved.digest) if saved.digest else None
    named = [file for name in saved.names for file in bundle.named(name) if file is not result.where]
    same = _with_digest(bundle, told)
    for file in same or named:
        if file is result.where:
            continue
        _tell(file, result, saved)
        if saved.digest:
            file.compare(told, result.where.entry.base)
        else:
            file.note(Code.DIGEST_ABSENT)
    if not same and not named:
        missing = shown(next(iter(saved.names), "") or saved.digest)
        result.where.note(Code.FILE_MISSING, name=missing, digest=shown(saved.digest))


def _with_digest(bundle: Bundle, told: Told | None) -> list[Known]:
    """Return the files with a digest; weak ones recognise nothing."""
    return [] if told is None or told.algorithm in WEAK else bundle.with_digest(told)


def _tell(file: Known, result: Result, saved: Saved) -> None:
    file.url = file.url or result.url
    file.taken_at = file.taken_at or moment(result.fields.get("_processed_at"))
    file.media_type = saved.media_type or file.media_type
    file.said |= {"result": {name: value for name, value in result.fields.items() if name != "media"}}
    file.said |= {"file": {"names": ", ".join(saved.names), **saved.said}}


def _check_tokens(bundle: Bundle) -> None:
    """Compare each time stamp with the lists of digests, and those with the files."""
    certificates = find_certificates(bundle)
    tokens = find_tokens(bundle)
    lists = [file for file in bundle.ending(".txt") if _digests_in(file)]
    for file in lists:
        file.kind = FileKind.PROOF
    for file, token in tokens:
        if not supports(token):
            file.note(Code.STAMP_UNREADABLE)
            continue
        covered = [one for one in lists if one.digest(token.digest_name) == token.digest]
        covered += [one for one in bundle.with_sha256(token.digest.hex()) if one not in covered]
        if not covered:
            file.note(Code.FILE_MISSING, name=token.digest.hex())
        check_token(file, token, covered, certificates)
        for listed in (one for one in covered if one in lists):
            targets = [one for digest in _digests_in(listed) for one in _with_digest(bundle, digest)]
            for target in targets:
                target.note(
                    Code.STAMP_FITS,
                    name=shown(file.entry.base),
                    at=token.at.isoformat(),
                    authority=token.authority,
                    signed=token.is_signed_by(certificates),
                )


def _digests_in(file: Known) -> list[Told]:
    """Return the digests that a text file lists, one on each line, and nothing else."""
    if file.size > MAX_PROOF:
        return []
    lines = [line.strip() for line in text_of(file.entry).splitlines() if line.strip()]
    found = [read_digest(line, "sha256" if len(line) == 64 else "sha3-512") for line in lines]
    return [one for one in found if one is not None] if all(found) else []
