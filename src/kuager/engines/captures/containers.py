"""A bundle as a list of files, whether it is a folder, a zip archive or a single file.

A file that cannot be trusted is refused alone, with a reason; the others stay. Nothing is unpacked to disk.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kuager.core.errors import BadInputError
from kuager.engines.captures.capture import Code, Finding
from kuager.engines.captures.entries import Entry
from kuager.engines.captures.file_names import shown
from kuager.engines.captures.folders import read_folder
from kuager.engines.captures.zips import is_zip, read_zip

Source = BinaryIO | Path


@dataclass(frozen=True, slots=True)
class Container:
    """The files of a bundle that can be read, and what was refused."""

    entries: Sequence[Entry]
    findings: Sequence[Finding]


def open_container(source: Source) -> Container:
    """List a folder or a zip archive.

    Raises
    ------
    BadInputError
        When it is neither, is damaged as a whole, or is too large in any way.
    """
    if isinstance(source, Path):
        listed, refused = read_folder(source)
    elif is_zip(source):
        listed, refused = read_zip(source)
    else:
        raise BadInputError("expected a folder or a zip archive")
    findings = [Finding(Code.FILE_REFUSED, {"name": shown(name), "why": why.value}) for name, why in refused]
    return Container(listed, findings)
