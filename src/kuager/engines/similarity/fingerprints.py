"""What is kept of a video or picture so that copies of it are found without opening it again.

Bytes, big end first: ``KGFP``, a version (1 byte), CRC-32 of the body (4), its length (4); the body is the
length of a JSON head (4), the head, the packed columns and the waves. Every length is checked before it is
believed. Fingerprints are telling (places can be recognised by them): whoever keeps them seals them.
"""

import json
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kuager.core.errors import BadInputError
from kuager.engines.similarity.features import Features
from kuager.engines.similarity.landmarks import Marks
from kuager.engines.similarity.motion import BLOCK, Greys, PackedBlock, unpack

MAGIC, VERSION = b"KGFP", 1
FRONT = struct.Struct(">4sBII")
# Sizes of points, stored in steps of an eighth of an octave from 2 ** -12.
SIZE_STEPS, SMALLEST_SIZE = 8, -12.0


class FingerprintError(BadInputError):
    """The bytes are no fingerprint of a known version, or are damaged; it has to be made again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyFrame:
    """A moment of a video (or the whole of a picture) with its points."""

    seconds: float
    features: Features


@dataclass(frozen=True, kw_only=True, slots=True)
class Fingerprint:
    """What is kept of one item.

    Attributes
    ----------
    is_still
        Whether it is a picture without time.
    full_size
        Width and height of the item in points.
    seconds
        Length; 0 for a picture.
    key_frames
        In order of time; fewer where a video stands still.
    small_size
        Width and height of the small pictures.
    blocks
        Small pictures, packed; 12.5 to the second, or the single one of a still.
    marks
        Of the sound.
    """

    is_still: bool
    full_size: tuple[int, int]
    seconds: float
    key_frames: tuple[KeyFrame, ...]
    small_size: tuple[int, int]
    blocks: tuple[PackedBlock, ...]
    marks: Marks

    def small_pictures(self) -> Greys:
        """Unpack all small pictures, shape ``(n, height, width)``."""
        width, height = self.small_size
        parts = [unpack(block, height, width) for block in self.blocks]
        return np.concatenate(parts) if parts else np.zeros((0, height, width), dtype=np.float32)

    def to_bytes(self) -> bytes:
        """Write it down; equal fingerprints give equal bytes."""
        arrays = [array.tobytes() for array in _arrays(self)]
        head = {
            "still": self.is_still,
            "full_size": list(self.full_size),
            "seconds": round(self.seconds, 3),
            "small_size": list(self.small_size),
            "points": [len(frame.features) for frame in self.key_frames],
            "marks": len(self.marks.steps),
            "blocks": [[block.number, block.step, len(block.waves)] for block in self.blocks],
        }
        text = json.dumps(head, separators=(",", ":"), sort_keys=True).encode()
        body = struct.pack(">I", len(text)) + text + zlib.compress(b"".join(arrays), 6)
        body += b"".join(block.waves for block in self.blocks)
        return FRONT.pack(MAGIC, VERSION, zlib.crc32(body), len(body)) + body

    @classmethod
    def from_bytes(cls, data: bytes) -> "Fingerprint":
        """Read what ``to_bytes`` wrote.

        Raises
        ------
        FingerprintError
            If the bytes are damaged, cut off, of another version or of another kind.
        """
        body = _body(data)
        try:
            return _read(body)
        except (
            ValueError,
            KeyError,
            TypeError,
            IndexError,
            OverflowError,
            struct.error,
            zlib.error,
        ) as error:
            raise FingerprintError("This fingerprint is damaged: its parts do not fit together.") from error


def _body(data: bytes) -> bytes:
    if len(data) < FRONT.size or data[:4] != MAGIC:
        raise FingerprintError("These bytes are no fingerprint: the first four would be KGFP.")
    _, version, checksum, length = FRONT.unpack_from(data)
    if version != VERSION:
        raise FingerprintError(
            f"Fingerprints of version {version} cannot be read here, only version {VERSION}."
        )
    body = data[FRONT.size :]
    if len(body) != length or zlib.crc32(body) != checksum:
        raise FingerprintError("This fingerprint is damaged: its checksum does not fit.")
    return body


def _arrays(fingerprint: Fingerprint) -> list[npt.NDArray[Any]]:
    """List the arrays in the order of the format, each a column over all key frames."""
    features = [frame.features for frame in fingerprint.key_frames]
    sizes = [(one.sizes - SMALLEST_SIZE) * SIZE_STEPS for one in features]
    return [
        np.array([frame.seconds * 1000 for frame in fingerprint.key_frames]).round().astype("<u4"),
        *[(one.points * 65535).round().clip(0, 65535).astype("<u2") for one in features],
        *[column.round().clip(0, 255).astype("u1") for column in sizes],
        *[(one.angles / (2 * np.pi) * 256).round().astype("<i8").astype("u1") for one in features],
        *[one.codes for one in features],
        fingerprint.marks.steps.astype("<u4"),
        fingerprint.marks.bins.astype("<u2"),
    ]


class _Columns:
    """Takes arrays off the front of the unpacked bytes."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, kind: str, count: int) -> npt.NDArray[Any]:
        size = np.dtype(kind).itemsize * count
        if count < 0 or self.at + size > len(self.data):
            raise ValueError("too short")
        taken = np.frombuffer(self.data, dtype=kind, count=count, offset=self.at)
        self.at += size
        return taken


def _read(body: bytes) -> Fingerprint:
    (length,) = struct.unpack_from(">I", body)
    head = json.loads(body[4 : 4 + length])
    waves_bytes = sum(int(block[2]) for block in head["blocks"])
    columns = _Columns(_unpacked(body[4 + length : len(body) - waves_bytes], head))
    key_frames = _key_frames(columns, [int(count) for count in head["points"]])
    marks = Marks(steps=columns.take("<u4", head["marks"]), bins=columns.take("<u2", head["marks"]))
    width, height = (int(size) for size in head["small_size"])
    full_width, full_height = (int(size) for size in head["full_size"])
    if not (0 < width <= 256 and 0 < height <= 256 and full_width > 0 and full_height > 0):
        raise ValueError("impossible sizes")
    return Fingerprint(
        is_still=bool(head["still"]),
        full_size=(full_width, full_height),
        seconds=float(head["seconds"]),
        key_frames=key_frames,
        small_size=(width, height),
        blocks=_blocks(head["blocks"], body[len(body) - waves_bytes :]),
        marks=marks,
    )


def _unpacked(data: bytes, head: Mapping[str, Any]) -> bytes:
    points, frames = sum(int(count) for count in head["points"]), len(head["points"])
    wanted = frames * 4 + points * (4 + 1 + 1 + 16) + int(head["marks"]) * 6
    opened = zlib.decompressobj()
    unpacked = opened.decompress(data, max(1, wanted))
    if len(unpacked) != wanted or opened.unconsumed_tail:
        raise ValueError("another length was promised")
    return unpacked


def _key_frames(columns: _Columns, counts: list[int]) -> tuple[KeyFrame, ...]:
    seconds = columns.take("<u4", len(counts)) / 1000
    points = [columns.take("<u2", 2 * count).reshape(-1, 2) / np.float32(65535) for count in counts]
    sizes = [
        columns.take("u1", count) / np.float32(SIZE_STEPS) + np.float32(SMALLEST_SIZE) for count in counts
    ]
    angles = [columns.take("u1", count) * np.float32(2 * np.pi / 256) for count in counts]
    codes = [columns.take("u1", 16 * count).reshape(-1, 16) for count in counts]
    rows = zip(seconds, points, sizes, angles, codes, strict=True)
    return tuple(
        KeyFrame(
            seconds=float(when),
            features=Features(
                points=at.astype(np.float32), sizes=size.astype(np.float32), angles=angle, codes=code
            ),
        )
        for when, at, size, angle, code in rows
    )


def _blocks(heads: list[list[Any]], waves: bytes) -> tuple[PackedBlock, ...]:
    blocks, at = [], 0
    for number, step, length in heads:
        if not (0 < number <= BLOCK and step > 0 and length >= 0):
            raise ValueError("impossible block")
        blocks.append(PackedBlock(number=int(number), step=float(step), waves=waves[at : at + length]))
        at += length
    return tuple(blocks)
