"""A capture as JSON, to come out of the process that read it; and back, believing nothing.

Who reads it back knows that the process may have been taken over by the bundle it read: everything is
checked for its kind and length, and codes that are not known are refused.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import BinaryIO

from kuager.core.digest import JsonValue
from kuager.core.errors import BadInputError
from kuager.engines.captures.capture import Capture, CapturedFile, Code, FileKind, Finding, Tool
from kuager.engines.captures.file_names import Names, shown
from kuager.engines.captures.limits import MAX_ENTRIES
from kuager.engines.captures.told import flat, web_address

Opener = Callable[[int], BinaryIO]


def as_json(capture: Capture) -> bytes:
    """Return a capture without its bytes."""
    said = {
        "tool": capture.tool.value,
        "made_at": capture.made_at,
        "claims": dict(capture.claims),
        "findings": [[one.code.value, dict(one.values), one.file] for one in capture.findings],
        "files": [
            {
                "found": file.found,
                "name": file.name,
                "media_type": file.media_type,
                "size": file.size,
                "sha256": file.sha256,
                "kind": file.kind.value,
                "url": file.url,
                "taken_at": None if file.taken_at is None else file.taken_at.isoformat(),
                "claims": dict(file.claims),
            }
            for file in capture.files
        ],
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def from_json(data: bytes, opener: Opener) -> Capture:
    """Return a capture from what another process told.

    Parameters
    ----------
    opener
        Opens a file by its number.

    Raises
    ------
    BadInputError
        When the bundle was refused, with the reason; or when this is nothing that ``as_json`` writes.
    """
    try:
        said = _mapping(json.loads(data))
        if "refused" in said:
            refused = shown(_text(said["refused"]), 500)
        else:
            return _capture(said, opener)
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError) as error:
        raise BadInputError("the process that read the bundle answered what it never should") from error
    raise BadInputError(refused)


def _capture(said: Mapping[str, object], opener: Opener) -> Capture:
    names = Names()
    files = [_file(_mapping(one), number, names, opener) for number, one in enumerate(_list(said["files"]))]
    return Capture(
        tool=Tool(_text(said["tool"])),
        made_at=shown(_text(said["made_at"]), 60),
        files=files,
        claims=flat(_mapping(said["claims"])),
        findings=[_finding(_list(one), len(files)) for one in _list(said["findings"])],
    )


def _file(said: Mapping[str, object], number: int, names: Names, opener: Opener) -> CapturedFile:
    taken = said["taken_at"]
    digest = bytes.fromhex(_text(said["sha256"]))
    if len(digest) != 32:
        raise ValueError("a digest of another length")
    return CapturedFile(
        found=shown(_text(said["found"]), 2_000),
        name=names.give(_text(said["name"])),
        media_type=shown(_text(said["media_type"]), 100),
        size=_count(said["size"]),
        sha256=digest.hex(),
        opener=lambda: opener(number),
        kind=FileKind(_text(said["kind"])),
        url=web_address(_text(said["url"])),
        taken_at=None if taken is None else datetime.fromisoformat(_text(taken)).astimezone(UTC),
        claims=flat(_mapping(said["claims"])),
    )


def _finding(said: list[object], count: int) -> Finding:
    code, values, file = said
    if file is not None and _count(file) >= count:
        raise ValueError("a finding about a file that is not there")
    return Finding(Code(_text(code)), _values(_mapping(values)), None if file is None else _count(file))


def _values(said: Mapping[str, object]) -> dict[str, JsonValue]:
    return {
        shown(name, 40): value if isinstance(value, bool | int) else shown(str(value), 500)
        for name, value in list(said.items())[:20]
    }


def _mapping(said: object) -> Mapping[str, object]:
    if not isinstance(said, dict):
        raise TypeError
    return said


def _list(said: object) -> list[object]:
    if not isinstance(said, list) or len(said) > 16 * MAX_ENTRIES:
        raise TypeError
    return said


def _text(said: object) -> str:
    if not isinstance(said, str):
        raise TypeError
    return said


def _count(said: object) -> int:
    if not isinstance(said, int) or isinstance(said, bool) or not 0 <= said < 1 << 60:
        raise TypeError
    return said
