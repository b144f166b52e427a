"""Measure the vault: ingest beside the disk's own rate, the log, and power cuts.

Usage: python benchmarks/vault.py ingest|log|verify|crashes [--folder DIR] [--mib 4096] [--rounds N]
       [--events N] [--states N]

``ingest`` writes the same number of bytes to the same disk first without any sealing (fsync at the end), then
through the vault, and reads them again; ``log`` appends events one by one and in batches, and makes proofs;
``verify`` fills a vault with items of 256 MiB, reads all of it, once stopped in the middle and gone on with,
and reads the sealed files bare beside it; ``crashes`` cuts the power in a simulated disk. Prints one JSON
object.
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
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.faults.vault_crashes import cuts, moments, prepared, violation

from kuager.engines.vault.custody import Act
from kuager.engines.vault.files import OsFiles
from kuager.engines.vault.fixity import check_items
from kuager.engines.vault.merkle import check_inclusion, inclusion_proof, leaf_hash
from kuager.engines.vault.vault import PIECE, Vault

AT = datetime(2022, 1, 6, tzinfo=UTC)
BLOCK = os.urandom(16 * PIECE)


def pieces(mib: int, seed: int = 0) -> Iterator[bytes]:
    """Give bytes that no disk can make smaller, without a file to read them from."""
    for number in range(mib):
        start = number % 16 * PIECE
        yield (seed * 1_000_000 + number).to_bytes(8, "big") + BLOCK[start + 8 : start + PIECE]


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


def ingest(folder: Path, mib: int, count: int) -> dict[str, object]:
    """Keep one large file and read it again, several times in turn with the raw disk."""
    rounds: list[dict[str, object]] = []
    ratios = []
    for number in range(count):
        vault = prepared(OsFiles(folder / f"vault-{number}"))
        bare = timed(lambda: raw(folder, mib))
        kept = timed(lambda vault=vault: vault.add(pieces(mib), by="bench", at=AT, detail={}))  # type: ignore[misc]
        read = timed(lambda vault=vault: vault.check(vault.item(0)))  # type: ignore[misc]
        shutil.rmtree(folder / f"vault-{number}")
        ratios.append(bare["seconds"] / kept["seconds"])
        rounds.append({"raw": bare, "ingest": kept, "verify": read, "ratio": ratios[-1]})
    return {"mib": mib, "median_ratio": median(ratios), "rounds": rounds}


EACH_MIB = 256


def verify(folder: Path, mib: int) -> dict[str, object]:
    """Fill a vault, and read all of it again; stop once in the middle and go on."""
    vault = prepared(OsFiles(folder / "vault"))
    count = mib // EACH_MIB

    def fill() -> None:
        for number in range(count):
            vault.add(pieces(EACH_MIB, number + 1), by="bench", at=AT, detail={})

    filled = timed(fill)
    seen: list[int] = []

    def read_all() -> None:
        for finding in check_items(vault):
            seen.append(finding.item)
            if len(seen) == count // 2:
                break
        # Another process goes on.
        seen.extend(one.item for one in check_items(Vault(vault.files, vault._keys), after=seen[-1]))

    again = timed(read_all)
    bare = timed(lambda: bare_read(folder / "vault/objects"))
    sizes = [path.stat().st_size for path in (folder / "vault/objects").rglob("*.age")]
    return {
        "mib": mib,
        "items": len(seen),
        "each_once": seen == sorted(set(seen)),
        "sealed_bytes": sum(sizes),
        "fill": filled,
        "verify": again,
        "verify_mib_a_second": mib / again["seconds"],
        "verify_mib_a_cpu_second": mib / again["cpu_seconds"],
        "bare_read": bare,
    }


def bare_read(folder: Path) -> None:
    """Read files from the disk, not from memory, and do nothing with them."""
    for path in folder.rglob("*.age"):
        with path.open("rb", buffering=0) as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            while file.read(PIECE):
                pass


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
    opened = timed(lambda: Vault(vault.files, vault._keys))
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
    parser.add_argument("what", choices=["ingest", "log", "verify", "crashes"])
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--mib", type=int, default=4_096)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--states", type=int, default=10_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        folder = Path(name)
        begun = time.process_time()
        acts: dict[str, Callable[[], dict[str, object]]] = {
            "ingest": lambda: ingest(folder, asked.mib, asked.rounds),
            "log": lambda: log(folder, asked.events),
            "verify": lambda: verify(folder, asked.mib),
            "crashes": lambda: crashes(asked.states),
        }
        found = acts[asked.what]()
    found["cpu_seconds"] = time.process_time() - begun
    found["load"] = os.getloadavg()[0]
    found["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
