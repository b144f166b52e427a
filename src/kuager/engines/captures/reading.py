"""Recognise whose bundle it is, and read it."""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from kuager.core.errors import BadInputError
from kuager.engines.captures.auto_archiver import is_auto_archiver, read_auto_archiver
from kuager.engines.captures.bundles import Bundle
from kuager.engines.captures.capture import Capture, Code, FileKind, Tool
from kuager.engines.captures.checks import check_proofs
from kuager.engines.captures.containers import Container, Source, open_container
from kuager.engines.captures.proofmode import is_proofmode, read_proofmode
from kuager.engines.captures.tella import is_tella, read_tella
from kuager.engines.captures.wacz import is_wacz, read_wacz
from kuager.engines.captures.warc import read_warc
from kuager.engines.captures.windows import read_exactly
from kuager.engines.captures.zips import is_zip

_READERS: dict[Tool, tuple[Callable[[Bundle], bool], Callable[[Bundle], Capture]]] = {
    Tool.PROOFMODE: (is_proofmode, read_proofmode),
    Tool.AUTO_ARCHIVER: (is_auto_archiver, read_auto_archiver),
    Tool.TELLA: (is_tella, read_tella),
}


def read_capture(source: Source, tool: Tool | None = None) -> Capture:
    """Read what another tool handed over.

    Parameters
    ----------
    source
        A folder (``Path``), or an open file that can be read from any place. It must stay open as long as
        files of the capture are read.
    tool
        Whose bundle it is; None to recognise it. A bundle of nobody known is read as a list of files.

    Raises
    ------
    BadInputError
        When it cannot be read as a whole, or is not what ``tool`` says.
    """
    if not isinstance(source, Path) and not is_zip(source):
        if tool not in {None, Tool.WARC} or not _looks_like_warc(source):
            raise BadInputError(_expected(tool))
        return read_warc(source)
    if tool is Tool.WARC:
        raise BadInputError(_expected(tool))
    container = open_container(source)
    if tool is Tool.WACZ or (tool is None and is_wacz(container)):
        if not is_wacz(container):
            raise BadInputError(_expected(tool))
        return read_wacz(container)
    return _bundle(container, tool)


def _looks_like_warc(source: BinaryIO) -> bool:
    source.seek(0)
    start = read_exactly(source, 5)
    return start.startswith((b"WARC/", b"\x1f\x8b\x08"))


def _bundle(container: Container, tool: Tool | None) -> Capture:
    bundle = Bundle(container)
    if not bundle.files:
        raise BadInputError("the bundle holds no file that can be read")
    for one, (fits, read) in _READERS.items():
        if tool in {None, one} and fits(bundle):
            return read(bundle)
    if tool not in {None, Tool.UNKNOWN}:
        raise BadInputError(_expected(tool))
    check_proofs(bundle, lambda file: bundle.named(file.entry.base[: -len(".ots")]))
    for file in bundle.files:
        if file.kind is FileKind.CONTENT:
            file.note(Code.FILE_UNNAMED)
    return bundle.finish(Tool.UNKNOWN)


def _expected(tool: Tool | None) -> str:
    wanted = {
        Tool.WARC: "a web archive (.warc or .warc.gz)",
        Tool.WACZ: "a WACZ: a zip with datapackage.json and archive/",
        Tool.AUTO_ARCHIVER: "a folder or zip of auto-archiver, with a result as JSON, CSV or HTML",
        Tool.PROOFMODE: "a folder or zip of ProofMode, with files ending in .proof.csv or .proof.json",
        Tool.TELLA: "a folder or zip of Tella, with a CSV that begins with File hash",
    }
    return (
        f"expected {wanted[tool]}" if tool in wanted else "expected a folder, a zip archive or a web archive"
    )
