"""Measure the vault: ingest beside the disk's own rate, the log, and power cuts.

Usage: python benchmarks/vault.py ingest|log|crashes [--folder DIR] [--mib 4096] [--events N] [--states N]

``ingest`` writes the same number of bytes to the same disk first without any sealing (fsync at the end), then
through the vault, and reads them again; ``log`` appends events one by one and in batches, and makes proofs;
``crashes`` cuts the power in a simulated disk. Prints one JSON object.
"""

import argparse
import json
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.faults.vault_crashes import cuts, moments, prepared, violation

from kuager.engines.vault.custody import Act
from kuager.engines.vault.files import OsFiles
from kuager.engines.vault.merkle import check_inclusion, inclusion_proof, leaf_hash
from kuager.engines.vault.vault import PIECE, Vault

AT = datetime(2022, 1, 6, tzinfo=UTC)
BLOCK = os.urandom(16 * PIECE)


def pieces(mib: int) -> Iterator[bytes]:
    """Give bytes that no disk can make smaller, without a file to read them from."""
    for number in range(mib):
        start = number % 16 * PIECE
        yield number.to_bytes(8, "big") + BLOCK[start + 8 : start + PIECE]


def timed(act: Callable[[], object]) -> dict[str, float]:
    """Return wall and CPU seconds."""
    wall, processor = time.perf_counter(), time.process_time()
    act()
    return {"seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - processor}


def raw(folder: Path, mib: int) -> None:
    """Write the bytes as they are, durable at the end."""
    with (folder / "raw").open("wb") as file:
        for number, piece in enumerate(pieces(mib)):
            file.write(piece)
            if number % 64 == 63:
                os.fdatasync(file.fileno())
        os.fsync(file.fileno())
    (folder / "raw").unlink()


def ingest(folder: Path, mib: int) -> dict[str, object]:
    """Keep one large file and read it again, twice in turn with the raw disk."""
    rounds = []
    for number in range(2):
        vault = prepared(OsFiles(folder / f"vault-{number}"))
        bare = timed(lambda: raw(folder, mib))
        kept = timed(lambda vault=vault: vault.add(pieces(mib), by="bench", at=AT, detail={}))  # type: ignore[misc]
        read = timed(lambda vault=vault: vault.check(vault.item(0)))  # type: ignore[misc]
        shutil.rmtree(folder / f"vault-{number}")
        rounds.append(
            {"raw": bare, "ingest": kept, "verify": read, "ratio": bare["seconds"] / kept["seconds"]}
        )
    return {"mib": mib, "rounds": rounds}


def log(folder: Path, events: int) -> dict[str, object]:
    """Append single durable events, then batches, then make and check proofs."""
    vault = prepared(OsFiles(folder / "log"))
    vault.add([b"x"], by="bench", at=AT, detail={})
    one = [(Act.VIEWED, "bench", AT, {}, 0)]
    single = timed(lambda: [vault.record_many(one) for _ in range(500)])

    def batches() -> None:
        left = events - 501
        while left > 0:
            count = min(left, 4_096)
            vault.record_many(one * count)
            left -= count

    many = timed(batches)
    size, node, root = vault.journal.size, vault.journal.tiles.node, vault.journal.root()
    asked = [number * 7_919 % size for number in range(2_000)]

    def prove() -> None:
        for number in asked:
            proof = inclusion_proof(node, number, size)
            if number < 2:
                check_inclusion(leaf_hash(vault.journal.entry(number).public), number, size, proof, root)

    proofs = timed(prove)
    opened = timed(lambda: Vault(vault._files, vault._keys))
    return {
        "events": size,
        "durable_events_a_second": 500 / single["seconds"],
        "sealed_events_a_cpu_second_in_batches": (events - 501) / many["cpu_seconds"],
        "proof_milliseconds": proofs["seconds"] / len(asked) * 1_000,
        "open_seconds": opened["seconds"],
    }


def crashes(states: int) -> dict[str, object]:
    """Cut the power in at least so many different ways."""
    counted, wrong, seed = 0, [], 0
    while counted < states:
        seed += 1
        for number, moment in enumerate(moments(rounds=2)):
            for disk in cuts(moment, drawn=12, seed=seed * 10_000 + number):
                counted += 1
                found = violation(disk, moment.promised)
                if found is not None:
                    wrong.append(found)
    return {"states": counted, "violations": len(wrong), "first": wrong[:3]}


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["ingest", "log", "crashes"])
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--mib", type=int, default=4_096)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--states", type=int, default=10_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        folder = Path(name)
        begun = time.process_time()
        acts = {"ingest": lambda: ingest(folder, asked.mib), "log": lambda: log(folder, asked.events)}
        found = crashes(asked.states) if asked.what == "crashes" else acts[asked.what]()
    found["cpu_seconds"] = time.process_time() - begun
    found["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
