"""The words between the reading process and its parent: one header, one bounded payload, no pickle.

Every message is a kind (1 byte), the length of its payload (4 bytes) and a position (8 bytes), big-endian,
then the payload. Structured payloads are JSON; everything else is plain bytes. The parent believes nothing:
it checks kind, length and position of each message before it acts.
"""

import struct
from enum import Enum

HEADER = struct.Struct(">cIQ")
MAX_PAYLOAD = 1024 * 1024


class Kind(bytes, Enum):
    """What a message means."""

    # From the child.
    READY = b"Y"  # locked in; payload: JSON, which protections hold
    READ = b"R"  # wants bytes; position: where, payload: 4 bytes, how many
    OUTPUT = b"O"  # bytes for the sink; position: where
    RESULT = b"Z"  # further bytes of the result
    DONE = b"E"  # finished
    FAILED = b"F"  # payload: JSON, the reason's code and the error's class
    # From the parent.
    JOB = b"J"  # payload: JSON, the request and the size of the source
    DATA = b"D"  # the bytes asked for; shorter only where the source ends


COUNT = struct.Struct(">I")


def packed(kind: Kind, payload: bytes = b"", position: int = 0) -> bytes:
    """Return one message as bytes."""
    return HEADER.pack(kind.value, len(payload), position) + payload
