"""Content Credentials (C2PA) of a file, for the reading process only: native code reads hostile input here.

Nothing is fetched: manifests kept elsewhere, lists of certificates and answers about withdrawn certificates
stay where they are. No authority is trusted unless the caller names its certificates, so a right signature by
itself shows only that file and manifest belong together and were not changed since.
Reference: C2PA Technical Specification 2.2, sections 15.2 (codes) and 15.10 (states).
"""

import io
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

from kuager.engines.media.errors import Reason, UnreadableMediaError

if TYPE_CHECKING:
    from kuager.engines.media.child import Output

_LARGEST = 1 << 20
_OFFLINE = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False}}
_NOT_THERE = {"ManifestNotFound", "_C2paManifestNotFound", "NotSupported", "_C2paNotSupported"}
# A file of a kind that cannot carry credentials, and one that only says where they are.
_TINY = b"\xff\xd8\xff\xd9"


def prepare() -> None:
    """Load the library and let it take what it needs later, before the door closes.

    It asks for the working folder while it is loaded, and the reading process has left its own; memory for
    its calls back into Python has to be had before the locks forbid memory that can be executed.
    """
    with _elsewhere():
        import c2pa
    try:
        c2pa.Reader.try_create("image/jpeg", io.BytesIO(_TINY), None, c2pa.Context.from_dict(_OFFLINE))
    except c2pa.C2paError:
        return


@contextmanager
def _elsewhere() -> Iterator[None]:
    before = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.chdir("/")
        yield
    finally:
        os.fchdir(before)
        os.close(before)


def read_credentials(request: Mapping[str, Any], source: BinaryIO, output: "Output") -> None:
    """Answer with JSON: ``absent``, or ``present`` with what the library says of the manifests.

    The request holds ``media_type`` (or nothing) and ``anchors``: certificates in PEM of those who are
    trusted, or nothing.
    """
    import c2pa

    anchors = str(request.get("anchors") or "")
    settings: dict[str, Any] = {**_OFFLINE, **({"trust": {"trust_anchors": anchors}} if anchors else {})}
    said: dict[str, object] = {"there": "absent"}
    try:
        context = c2pa.Context.from_dict(settings)
        reader = c2pa.Reader.try_create(str(request.get("media_type") or "") or None, source, None, context)
        if reader is not None:
            with reader:
                said = {"there": "present", "said": json.loads(reader.json())}
    except c2pa.C2paError as error:
        if type(error).__name__ not in _NOT_THERE:
            raise UnreadableMediaError(Reason.NOT_UNDERSTOOD, kind=type(error).__name__) from error
    answer = json.dumps(said).encode()
    if len(answer) > _LARGEST:
        raise UnreadableMediaError(Reason.TOO_MUCH_OUTPUT)
    output.result(answer)
