"""Exports of Tella: a file, and beside it a CSV of the same name with what the phone recorded.

The format was read in Horizontal-org/Tella-Android: media/VerificationMetadataCsv.kt (name of the CSV; one
row of names, one of values, not quoted, commas in values replaced by blanks) and
presentation/entity/mapper/PublicMetadataMapper.java (the names). The digest is SHA-256 in upper-case hex
(tella-vault, BaseVault.java). Nothing is signed: whoever has the two files can write any CSV for any file.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from kuager.core.errors import BadInputError
from kuager.engines.captures.bundles import Bundle, Known
from kuager.engines.captures.capture import Capture, Code, FileKind, Tool
from kuager.engines.captures.digests import read_digest
from kuager.engines.captures.file_names import shown
from kuager.engines.captures.rows import read_rows

_FIRST = "File hash"
_CREATED = "File created"
_NAME = "File name"


def is_tella(bundle: Bundle) -> bool:
    """Return whether any CSV of the bundle is one of Tella's."""
    return any(True for _ in _descriptions(bundle))


def _descriptions(bundle: Bundle) -> Iterator[tuple[Known, dict[str, str]]]:
    for file in bundle.ending(".csv"):
        try:
            rows = read_rows(file.entry)
        except BadInputError:
            continue
        if len(rows) == 1 and _FIRST in rows[0] and _NAME in rows[0]:
            yield file, rows[0]


def read_tella(bundle: Bundle) -> Capture:
    """Read a folder or archive with files and CSVs of Tella."""
    told: list[str] = []
    for description, row in _descriptions(bundle):
        description.kind = FileKind.DESCRIPTION
        said = {name: value.strip() for name, value in row.items() if name and value and value.strip()}
        told.append(said.get(_CREATED, ""))
        media = _media(bundle, description, said)
        if media is None:
            description.note(Code.FILE_MISSING, name=shown(said.get(_NAME, "")))
            continue
        media.said |= said
        media.taken_at = _created(said.get(_CREATED, ""))
        if said.get(_FIRST):
            media.compare(read_digest(said[_FIRST], "sha256"), description.entry.base)
        else:
            media.note(Code.DIGEST_ABSENT)
    for file in bundle.files:
        if file.kind is FileKind.CONTENT and not file.said:
            file.note(Code.FILE_UNNAMED)
    return bundle.finish(Tool.TELLA, made_at=min((one for one in told if one), default=""))


def _media(bundle: Bundle, description: Known, said: dict[str, str]) -> Known | None:
    """Return the file a CSV is about: the one with the digest, else the one of the name beside it."""
    digest = read_digest(said.get(_FIRST, ""), "sha256")
    stem = description.entry.base.rpartition(".")[0].casefold()
    beside = [
        file
        for file in bundle.files
        if file is not description
        and file.kind is FileKind.CONTENT
        and file.entry.folder == description.entry.folder
        and stem in {file.entry.base.rpartition(".")[0].casefold(), file.entry.base.casefold()}
    ]
    same = [] if digest is None else bundle.with_sha256(digest.digest.hex())
    both = [file for file in beside if file in same]
    return next(iter([*both, *beside, *same]), None)


def _created(text: str) -> datetime | None:
    """Return a moment written as ``dd-MM-yyyy HH:mm:ss Z``.

    Examples
    --------
    >>> _created("06-01-2022 16:20:00 +0600").isoformat()
    '2022-01-06T10:20:00+00:00'
    """
    try:
        return datetime.strptime(text.strip(), "%d-%m-%Y %H:%M:%S %z").astimezone(UTC)
    except (ValueError, OverflowError):
        return None
