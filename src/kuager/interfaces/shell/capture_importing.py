"""Files of bundles as items of the vault: each with what the bundle says of it and what was checked.

The bundle itself is kept first, whole: its signatures and digests are over its own bytes. What is taken out
of it tells from which item it came.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from kuager.core.digest import JsonValue
from kuager.domain.accounts.rules import may
from kuager.domain.accounts.terms import Capability
from kuager.domain.evidence import operations, queries
from kuager.domain.evidence.terms import AcquisitionMethod
from kuager.engines.captures import Capture, CapturedFile, FileKind, Tool

if TYPE_CHECKING:
    from kuager.domain.accounts.models import User
    from kuager.domain.evidence.models import DigitalItem
    from kuager.domain.sources.models import Source
    from kuager.engines.vault.vault import Vault

METHODS = {
    Tool.WARC: AcquisitionMethod.WEB_CAPTURE,
    Tool.WACZ: AcquisitionMethod.WEB_CAPTURE,
    Tool.AUTO_ARCHIVER: AcquisitionMethod.AUTO_ARCHIVER,
    Tool.PROOFMODE: AcquisitionMethod.PROOFMODE,
    Tool.TELLA: AcquisitionMethod.TELLA,
}
_LONGEST_ADDRESS = 1_000
_MEDIA = ("image/", "video/", "audio/", "application/pdf")
_FINDINGS = 200


def chosen_by_default(capture: Capture) -> list[int]:
    """Return the files that are worth an item of their own: pictures, videos, sound, PDF.

    None of a web archive: a page has hundreds of small pictures, and the archive holds them all.
    """
    if capture.tool in {Tool.WARC, Tool.WACZ}:
        return []
    return [number for number, file in enumerate(capture.files) if is_media(file)]


def is_media(file: CapturedFile) -> bool:
    """Return whether a file is content that people look at or listen to."""
    return file.kind is FileKind.CONTENT and file.size > 0 and file.media_type.startswith(_MEDIA)


def told_of_bundle(capture: Capture) -> dict[str, JsonValue]:
    """Return what is sealed with the bundle itself."""
    return {
        "tool": capture.tool.value,
        "made_at": capture.made_at,
        "claims": dict(capture.claims),
        "findings": _findings(capture, None),
        "files": len(capture.files),
    }


def told_of_file(capture: Capture, number: int, container: int | None) -> dict[str, JsonValue]:
    """Return what is sealed with a file of a bundle."""
    file = capture.files[number]
    return {
        "tool": capture.tool.value,
        "bundle": container,
        "found": file.found,
        "address": file.url,
        "taken_at": "" if file.taken_at is None else file.taken_at.isoformat(),
        "claims": dict(file.claims),
        "findings": [*_findings(capture, number), *_findings(capture, None)][:_FINDINGS],
    }


def _findings(capture: Capture, number: int | None) -> list[JsonValue]:
    return [[one.code.value, dict(one.values)] for one in capture.about(number)[:_FINDINGS]]


def keep_files(  # noqa: PLR0913  # keyword-only, one for each thing told
    *,
    vault: "Vault",
    capture: Capture,
    given: Iterable[tuple[int, Iterator[bytes]]],
    container: "DigitalItem | None",
    source: "Source | None" = None,
    by: "User",
    at: datetime,
) -> Iterator["DigitalItem"]:
    """Keep files of a bundle, one after the other; give each item when it is kept.

    Parameters
    ----------
    given
        Number of a file, and its bytes.
    container
        The bundle as an item; None when it was a folder.
    """
    for number, pieces in given:
        file = capture.files[number]
        item = operations.keep_item(
            vault=vault,
            pieces=pieces,
            name=file.name,
            media_type=file.media_type,
            method=METHODS.get(capture.tool, AcquisitionMethod.COMMAND),
            told=told_of_file(capture, number, None if container is None else container.number),
            source=source,
            is_restricted=container is not None and container.is_restricted,
            by=by,
            at=at,
        )
        note_appearance(item, file, by=by, at=at)
        yield item


def note_appearance(item: "DigitalItem", file: CapturedFile, *, by: "User", at: datetime) -> bool:
    """Write down where and when a file was seen, as the bundle tells; return whether that was new."""
    if not file.url or len(file.url) > _LONGEST_ADDRESS or file.taken_at is None or file.taken_at > at:
        return False
    if not may(by, Capability.VERIFY_EVIDENCE) or _is_known(item, file, by):
        return False
    platform = (urlsplit(file.url).hostname or "").removeprefix("www.")[:100]
    operations.add_appearance(item=item, seen_at=file.taken_at, url=file.url, platform=platform, by=by, at=at)
    return True


def _is_known(item: "DigitalItem", file: CapturedFile, by: "User") -> bool:
    there = queries.appearances_of_group(item, user=by)
    return any(
        one.item.pk == item.pk and one.url == file.url and one.seen_at == file.taken_at for one in there
    )


def numbered(
    numbers: Sequence[int], given: Iterable[tuple[CapturedFile, Iterator[bytes]]]
) -> Iterator[tuple[int, Iterator[bytes]]]:
    """Give the bytes of chosen files with their numbers."""
    for number, (_, pieces) in zip(numbers, given, strict=True):
        yield number, pieces
