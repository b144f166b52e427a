"""Draws of who is who in few bytes, to be kept with what rests on them.

Promises: what is unpacked is what was packed, to the last record of the last draw; the format carries its
version and is read for ever; no name of a person is in it, only lists, ids and numbers of persons. Most
records are the same person in every draw, so that the first draw is written out and of each other one only
where it differs. Failure model: bytes that are no draws, or are cut or changed, are refused.

Format 1: the line ``KUAGER-DRAWS-1``; then, compressed by zlib (RFC 1950), numbers of 32 bits, lowest byte
first, around one text: its length in bytes; the text, JSON with ``draws`` (how many), ``lists``, ``ids`` and
``list_of`` (of every record, its list by place) and ``in_doubt`` (persons, records); the persons of the first
draw; and for each other draw how many records differ from the first, which, and their persons.
"""

import json
import struct
import zlib
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import polars as pl

from kuager.core.errors import BadInputError
from kuager.engines.linkage.drawing.draws import PartitionDraws

_MAGIC = b"KUAGER-DRAWS-1\n"
Persons = npt.NDArray[np.int32]


def pack(draws: PartitionDraws) -> bytes:
    """Return the draws as bytes; the same draws give the same bytes."""
    lists = draws.records["list"].unique(maintain_order=True).to_list()
    place = {name: number for number, name in enumerate(lists)}
    header = {
        "draws": len(draws.clusters),
        "in_doubt": [draws.clusters_in_doubt, draws.records_in_doubt],
        "lists": lists,
        "list_of": [place[name] for name in draws.records["list"]],
        "ids": draws.records["id"].to_list(),
    }
    line = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    body = b"".join([struct.pack("<I", len(line)), line, *_numbers(draws.clusters)])
    return _MAGIC + zlib.compress(body, 6)


def _numbers(clusters: Persons) -> Iterator[bytes]:
    first = clusters[0]
    yield first.astype("<i4").tobytes()
    for row in clusters[1:]:
        differs = np.flatnonzero(row != first)
        yield struct.pack("<I", len(differs))
        yield differs.astype("<i4").tobytes()
        yield row[differs].astype("<i4").tobytes()


def unpack(packed: bytes) -> PartitionDraws:
    """Return the draws that were packed.

    Raises
    ------
    BadInputError
        The bytes are not such draws, or not all of them.
    """
    if not packed.startswith(_MAGIC):
        raise BadInputError("these are no draws of who is who in a format that is known")
    try:
        body = zlib.decompress(packed[len(_MAGIC) :])
        length = struct.unpack_from("<I", body)[0]
        header = json.loads(body[4 : 4 + length])
        clusters = _rows(body, 4 + length, header["draws"], len(header["ids"]))
        lists = np.array(header["lists"], dtype=object)[header["list_of"]]
        records = pl.DataFrame(
            {"list": lists.tolist(), "id": header["ids"]}, schema={"list": pl.String, "id": pl.String}
        )
        return PartitionDraws(records, clusters, *header["in_doubt"])
    except (zlib.error, struct.error, ValueError, KeyError, IndexError, TypeError) as error:
        raise BadInputError("these draws of who is who are cut or changed; use nothing of them") from error


def _rows(body: bytes, start: int, draws: int, records: int) -> Persons:
    """Read the persons of every draw, shape ``(draws, records)``."""
    clusters = np.empty((draws, records), dtype=np.int32)
    clusters[:] = np.frombuffer(body, dtype="<i4", count=records, offset=start)
    at = start + 4 * records
    for row in clusters[1:]:
        count = struct.unpack_from("<I", body, at)[0]
        where = np.frombuffer(body, dtype="<i4", count=count, offset=at + 4)
        row[where] = np.frombuffer(body, dtype="<i4", count=count, offset=at + 4 + 4 * count)
        at += 4 + 8 * count
    if at != len(body):
        raise ValueError("bytes are left over")
    return clusters
