"""A calendar of OpenTimestamps and a block chain of one block, made with the public library."""

import hashlib
import os
import struct
from http.server import BaseHTTPRequestHandler

from opentimestamps.core.notary import BitcoinBlockHeaderAttestation, PendingAttestation
from opentimestamps.core.op import OpAppend, OpPrepend, OpSHA256
from opentimestamps.core.serialize import BytesSerializationContext
from opentimestamps.core.timestamp import Timestamp, make_merkle_tree

from kuager.core.errors import BadInputError, NotFoundError

HEIGHT, BLOCK_SECONDS = 716_000, 1_641_500_000
EASY = 0x207FFFFF


def written(stamp: Timestamp) -> bytes:
    """Return a time stamp as calendars send it."""
    context = BytesSerializationContext()
    stamp.serialize(context)
    return bytes(context.getbytes())


class Calendar:
    """A calendar at ``url``; digests wait until ``mine`` puts all of them under one block."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._promised: list[bytes] = []
        self._kept: dict[bytes, Timestamp] = {}
        self.header = b""

    def submit(self, digest: bytes) -> bytes:
        """Return the promise for a digest."""
        stamp = Timestamp(digest)
        end = stamp.ops.add(OpAppend(os.urandom(8))).ops.add(OpSHA256())
        end.attestations.add(PendingAttestation(self.url))
        self._promised.append(end.msg)
        return written(stamp)

    def mine(self) -> None:
        """Put all promised digests under the Merkle root of a block, and work for its header."""
        leaves = [Timestamp(message) for message in self._promised]
        tip = make_merkle_tree(leaves)
        root = tip.ops.add(OpPrepend(b"coinbase")).ops.add(OpSHA256())
        root.attestations.add(BitcoinBlockHeaderAttestation(HEIGHT))
        self._kept = {leaf.msg: leaf for leaf in leaves}
        for nonce in range(1 << 16):
            self.header = struct.pack(
                "<4s32s32sIII", b"\1\0\0\0", bytes(32), root.msg, BLOCK_SECONDS, EASY, nonce
            )
            digest = hashlib.sha256(hashlib.sha256(self.header).digest()).digest()
            if int.from_bytes(digest, "little") <= 0x7FFFFF << 8 * (0x20 - 3):
                return

    def timestamp(self, digest: bytes) -> bytes:
        """Return what became of a promise; raises NotFoundError before ``mine``."""
        if digest not in self._kept:
            raise NotFoundError("Pending confirmation in Bitcoin blockchain")
        return written(self._kept[digest])

    def fetch(self, url: str, *, body: bytes | None, kind: str, largest: int) -> bytes:
        """Answer as over the network."""
        del kind, largest
        if not url.startswith(self.url):
            raise BadInputError(f"{url} cannot be reached")
        path = url.removeprefix(self.url)
        return self.submit(body) if body is not None else self.timestamp(bytes.fromhex(path.split("/")[-1]))

    def handler(self) -> type[BaseHTTPRequestHandler]:
        """Return a handler for an HTTP server."""
        calendar = self

        class Answers(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self._answer(calendar.submit(self.rfile.read(int(self.headers["Content-Length"]))))

            def do_GET(self) -> None:
                try:
                    self._answer(calendar.timestamp(bytes.fromhex(self.path.split("/")[-1])))
                except NotFoundError as error:
                    self.send_error(404, str(error))

            def _answer(self, content: bytes) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *words: object) -> None:
                """Say nothing."""

        return Answers
