"""Files as other tools hand them over: web archives, auto-archiver, ProofMode, Tella; read, never trusted.

Promises: nothing is ever written, neither inside nor outside of the source; no name from a bundle is used to
open anything; every size is bounded before and while it is unpacked; one bad file never loses the others;
what a bundle says of itself is told apart from what was checked. Attack model: the bundle was made by the one
who wants to mislead or harm the reader: bombs, links, devices, traversal, names that lie, lengths that lie,
digests over other files. Not promised: that a bundle which agrees with itself tells the truth; whoever makes
a bundle can make every digest and signature in it.
"""

from kuager.engines.captures.capture import (
    FAULTS,
    Capture,
    CapturedFile,
    Claims,
    Code,
    FileKind,
    Finding,
    Tool,
)
from kuager.engines.captures.reading import read_capture
from kuager.engines.captures.wacz_writing import Archive, write_wacz
from kuager.engines.captures.warc_writing import CapturedPage, write_warc

__all__ = [
    "FAULTS",
    "Archive",
    "Capture",
    "CapturedFile",
    "CapturedPage",
    "Claims",
    "Code",
    "FileKind",
    "Finding",
    "Tool",
    "read_capture",
    "write_wacz",
    "write_warc",
]
