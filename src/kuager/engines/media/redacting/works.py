"""What the limited process is asked to do with redactions: make, check, show (the table in ``child.py``)."""

import io
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from kuager.core.errors import BadInputError
from kuager.engines.media.redacting.checking import check_copy
from kuager.engines.media.redacting.copying import make_copy, tool_versions
from kuager.engines.media.redacting.documents import TextNotFoundError
from kuager.engines.media.redacting.recipe import Kind
from kuager.engines.media.redacting.recipe_reading import read_recipe
from kuager.engines.media.redacting.rehearsal import rehearse
from kuager.engines.media.redacting.stills import shown_frame

if TYPE_CHECKING:
    from kuager.engines.media.child import Output


def prepare() -> None:
    """Load what libraries load late: afterwards nothing can be opened."""
    tool_versions()
    rehearse()


def make(request: Mapping[str, Any], source: BinaryIO, output: "Output") -> None:
    """Make a copy: the bytes go to the sink, what was made is the result.

    The result is ``{"made": …}``, or ``{"refused": code}`` with the code ``text_not_found`` (and
    ``number``) or ``not_understood``.
    """
    try:
        made = make_copy(source, read_recipe(request["recipe"]), cast(BinaryIO, output))
    except TextNotFoundError as error:
        answer: dict[str, Any] = {"refused": "text_not_found", "number": error.number}
    except BadInputError:
        answer = {"refused": "not_understood"}
    else:
        answer = {"made": made.as_json()}
    output.result(json.dumps(answer).encode())


def check(request: Mapping[str, Any], source: BinaryIO, output: "Output") -> None:
    """Check a copy; the source holds the original and behind it, from ``copy_begins`` on, the copy."""
    begins = int(request["copy_begins"])
    end = source.seek(0, io.SEEK_END)
    original, copy = Part(source, 0, begins), Part(source, begins, end)
    faults = check_copy(
        io.BufferedReader(original, 1 << 18),
        io.BufferedReader(copy, 1 << 18),
        read_recipe(request["recipe"]),
    )
    output.result(json.dumps([fault.as_json() for fault in faults]).encode())


def show(request: Mapping[str, Any], source: BinaryIO, output: "Output") -> None:
    """Draw a picture, a frame or a page, covered where the request has a recipe.

    The result is a line of JSON (``width``, ``height``, ``duration_ms``, ``pages``) and the points, three
    bytes each: whoever receives it makes a picture of his own of them (``showing``).
    """
    recipe = request.get("recipe")
    seen = shown_frame(
        source,
        Kind(request["kind"]),
        at_ms=int(request.get("at_ms", 0)),
        page=int(request.get("page", 1)),
        longest_side=int(request.get("longest_side", 960)),
        recipe=None if recipe is None else read_recipe(recipe),
    )
    height, width = seen.pixels.shape[:2]
    told = {"width": width, "height": height, "duration_ms": seen.duration_ms, "pages": seen.pages}
    output.result(json.dumps(told).encode() + b"\n" + seen.pixels.tobytes())


class Part(io.RawIOBase):
    """A part of a file as a file of its own.

    Parameters
    ----------
    whole
        Readable and seekable.
    begin, end
        Bytes of the part; ``end`` is exclusive.
    """

    def __init__(self, whole: BinaryIO, begin: int, end: int) -> None:
        super().__init__()
        self._whole, self._begin, self._end, self._at = whole, begin, end, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._end - self._begin}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        count = max(0, min(len(view), self._end - self._begin - self._at))
        self._whole.seek(self._begin + self._at)
        data = self._whole.read(count)
        view[: len(data)] = data
        self._at += len(data)
        return len(data)
