"""Look into zip, tar and gzip files of strangers without unpacking them anywhere.

Promise: nothing is written but into the sink that the caller gives, and never under a name of the archive:
entries are asked for by their number. What is dangerous about a name or an entry is told beside it, not
mended in silence. Attack model: names that lead out of a folder, that hide letters or turn them round, links
and devices, bombs by size, by number, by overlap and by nesting, two entries of one name. The archive is
parsed by the limited process; names are judged here, where a process that was taken over has no say.
"""

import io
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, BinaryIO

from kuager.engines.media.archive_entries import (
    BOMB_BYTES,
    MAX_ENTRIES,
    MAX_NAME,
    MAX_RATIO,
    Entry,
    EntryKind,
    Problem,
    problems_of_name,
    shown,
)
from kuager.engines.media.errors import Reason, UnreadableMediaError
from kuager.engines.media.limited import DEFAULT, MIB, Limits, run_limited
from kuager.engines.media.types import UNKNOWN, Family, family_of, media_types

_ARCHIVES = {"application/zip", "application/x-tar", "application/gzip"}
_READ_LIKE_ZIP = (
    "application/wacz",
    "application/vnd.openxmlformats",
    "application/vnd.oasis",
    "application/epub",
)


def entries(source: BinaryIO, *, limits: Limits = DEFAULT) -> list[Entry]:
    """List what an archive holds, at most 10,000 entries, with what is dangerous about each.

    Raises
    ------
    UnreadableMediaError
        When it is no archive that is read here (unknown kind), damaged, or holds more entries (too large).
    """
    answer = run_limited("list_archive", {"media_type": _kind_of(source)}, source, limits=limits)
    size = source.seek(0, io.SEEK_END)
    try:
        told = json.loads(answer)
        found = [_entry(number, one, size) for number, one in enumerate(told[: MAX_ENTRIES + 1])]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UnreadableMediaError(Reason.BROKEN_RULES) from None
    if len(found) > MAX_ENTRIES:
        raise UnreadableMediaError(Reason.TOO_LARGE)
    return _with_same_names(found)


def open_entry(
    source: BinaryIO, number: int, *, sink: BinaryIO, most_bytes: int = 256 * MIB, limits: Limits = DEFAULT
) -> int:
    """Unpack one entry into a sink; return how many bytes it has.

    Parameters
    ----------
    number : int
        As `entries` gave it.
    sink : BinaryIO
        Something that keeps sealed, not a plain file. After an error it holds a part that must be dropped.

    Raises
    ------
    UnreadableMediaError
        When there is no such file, it is longer than `most_bytes`, or its check sum is wrong.
    """
    request = {"media_type": _kind_of(source), "number": number, "most_bytes": most_bytes}
    bounds = replace(limits, output_bytes=most_bytes)
    answer = run_limited("take_entry", request, source, limits=bounds, sink=sink)
    try:
        return int(json.loads(answer)["size"])
    except (ValueError, KeyError, TypeError):
        raise UnreadableMediaError(Reason.BROKEN_RULES) from None


def _kind_of(source: BinaryIO) -> str:
    for kind in media_types(source):
        if kind in _ARCHIVES:
            return kind
        if (family_of(kind) == Family.CAPTURE and kind.endswith("wacz")) or kind.startswith(_READ_LIKE_ZIP):
            return "application/zip"
    raise UnreadableMediaError(Reason.UNKNOWN_KIND)


def _entry(number: int, told: Mapping[str, Any], archive_size: int) -> Entry:
    name = str(told["name"])
    kind = EntryKind(told["kind"])
    size, packed = _count(told["size"]), _count(told["packed_size"])
    media_type = str(told["media_type"])[:100]
    if media_type and not re.fullmatch(r"[a-z]+/[a-z0-9.+\-]+", media_type):
        raise ValueError(media_type)
    problems = list(problems_of_name(name))
    problems += [problem for problem, holds in {
        Problem.LINK: kind == EntryKind.LINK,
        Problem.DEVICE: kind == EntryKind.DEVICE,
        Problem.LOCKED: told["is_locked"] is True,
        Problem.BOMB: size > BOMB_BYTES and size > MAX_RATIO * max(min(packed, archive_size), 1),
        Problem.OVERLAPS: told["overlaps"] is True,
        Problem.ARCHIVE_INSIDE: family_of(media_type) in {Family.ARCHIVE, Family.CAPTURE},
        Problem.DAMAGED: told["is_damaged"] is True,
    }.items() if holds]  # fmt: skip
    return Entry(
        number=number,
        name=_storable(name[:MAX_NAME]),
        shown=shown(name[:MAX_NAME]),
        kind=kind,
        size=size,
        packed_size=packed,
        media_type="" if media_type == UNKNOWN else media_type,
        modified=str(told["modified"])[:40],
        problems=tuple(problems),
    )


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise ValueError("no count of bytes")
    return value


def _with_same_names(found: list[Entry]) -> list[Entry]:
    """Tell entries whose names are one to some system: letter case counts on some only."""
    folded = [unicodedata.normalize("NFKC", entry.name).casefold().rstrip("/. ") for entry in found]
    times = Counter(folded)
    return [
        replace(entry, problems=(*entry.problems, Problem.SAME_NAME)) if times[name] > 1 else entry
        for entry, name in zip(found, folded, strict=True)
    ]


def _storable(name: str) -> str:
    return name.encode("utf-8", "replace").decode("utf-8")
