"""What the reading process does with bundles: list one, and give out chosen files of it.

Named in the closed table of ``kuager.engines.media.child``; started by that process only. There nothing can
be opened, so what libraries look up when they are first used is looked up in ``prepare``.
"""

import codecs
import hashlib
import json
import mimetypes
from collections.abc import Mapping
from datetime import datetime
from importlib import import_module
from typing import Any, BinaryIO, Protocol

from kuager.core.errors import BadInputError
from kuager.engines.captures.capture import Tool
from kuager.engines.captures.listing import as_json
from kuager.engines.captures.reading import read_capture
from kuager.engines.captures.windows import pieces


class Output(Protocol):
    """What leaves the reading process."""

    def write(self, data: bytes) -> int: ...

    def result(self, data: bytes) -> None: ...


def prepare() -> None:
    """Load what is otherwise loaded when it is first used."""
    mimetypes.init()
    datetime.strptime("+0000", "%z")
    import_module("opentimestamps.core.dubious.notary")
    for name in ("utf-8-sig", "unicode_escape", "iso8859-1", "idna"):
        codecs.lookup(name)
    for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "sha3_512", "ripemd160"):
        try:
            hashlib.new(name, b"", usedforsecurity=False)
        except ValueError:
            continue


def list_capture(request: Mapping[str, Any], source: BinaryIO, output: Output) -> None:
    """Answer with the listing of a bundle, or with the reason why it is refused, as JSON."""
    try:
        output.result(as_json(read_capture(source, _tool(request))))
    except BadInputError as error:
        output.result(json.dumps({"refused": str(error)}).encode())


def give_files(request: Mapping[str, Any], source: BinaryIO, output: Output) -> None:
    """Write the bytes of the chosen files, one after the other, in the order asked for."""
    capture = read_capture(source, _tool(request))
    for number in request["numbers"]:
        with capture.files[int(number)].open() as stream:
            for piece in pieces(stream):
                output.write(piece)


def _tool(request: Mapping[str, Any]) -> Tool | None:
    told = request.get("tool")
    return None if told is None else Tool(str(told))
