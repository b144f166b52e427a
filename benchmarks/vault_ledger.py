"""Measure the log's tree: a million leaves, proofs, and agreement with RFC 6962 and another library.

Usage: python benchmarks/vault_ledger.py rates|equal [--folder DIR] [--leaves N] [--sizes N]

``rates`` adds leaves in memory, then to a log on disk (in durable batches, and one by one), opens it, proves
and checks. ``equal`` compares roots and proofs of every size up to N with the definitions of RFC 6962,
section 2.1, written out, and with pymerkle where it is installed (``pip install pymerkle``; benchmark only).
"""

import argparse
import hashlib
import json
import os
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from kuager.engines.vault.files import OsFiles
from kuager.engines.vault.heads import SigningKey
from kuager.engines.vault.journal import MOST_IN_A_BATCH, Entry, Journal
from kuager.engines.vault.merkle import (
    Peaks,
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_of,
)

SINGLES = 1_000
PROOFS = 2_000


def entry(number: int) -> bytes:
    """Return an entry as long as a custody event's public part."""
    return number.to_bytes(8, "big") * 35


def timed(act: Callable[[], object]) -> tuple[float, float]:
    """Return wall and CPU seconds."""
    wall, processor = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - wall, time.process_time() - processor


def rates(folder: Path, leaves: int) -> dict[str, object]:
    """Add, open, prove, check."""
    peaks = Peaks()

    def in_memory() -> None:
        for number in range(leaves):
            peaks.add(leaf_hash(entry(number)))

    memory = timed(in_memory)
    key = SigningKey.generate("log.example/bench")
    files = OsFiles(folder / "log")
    files.make_folder("log")
    Journal.begin(files, key)
    journal = Journal(files, key.verifier)

    def batches() -> None:
        for start in range(0, leaves, MOST_IN_A_BATCH):
            stop = min(start + MOST_IN_A_BATCH, leaves)
            journal.append([Entry(entry(number)) for number in range(start, stop)], key)

    durable = timed(batches)
    is_equal = journal.root() == peaks.root()

    def singles() -> None:
        for number in range(leaves, leaves + SINGLES):
            journal.append([Entry(entry(number))], key)

    single = timed(singles)
    found: list[Journal] = []
    opened = timed(lambda: found.append(Journal(files, key.verifier)))
    return {
        "leaves": leaves,
        "memory_leaves_a_second": leaves / memory[0],
        "memory_leaves_a_cpu_second": leaves / memory[1],
        "durable_leaves_a_second_in_batches": leaves / durable[0],
        "durable_leaves_a_cpu_second_in_batches": leaves / durable[1],
        "durable_leaves_a_second_one_by_one": SINGLES / single[0],
        "roots_equal": is_equal,
        "open_seconds": opened[0],
        "open_cpu_seconds": opened[1],
        **proofs(found[0]),
    }


def proofs(journal: Journal) -> dict[str, object]:
    """Prove and check random entries and growths, the first of them with nothing remembered."""
    dice = Random(7)  # no secret
    size, node, root = journal.size, journal.tiles.node, journal.root()
    longest = 0

    def inclusions() -> None:
        nonlocal longest
        for _ in range(PROOFS):
            number = dice.randrange(size)
            proof = inclusion_proof(node, number, size)
            check_inclusion(leaf_hash(entry(number)), number, size, proof, root)
            longest = max(longest, len(proof))

    def growths() -> None:
        for _ in range(PROOFS):
            old = dice.randrange(1, size)
            check_consistency(old, journal.root(old), size, root, consistency_proof(node, old, size))

    inclusion, growth = timed(inclusions), timed(growths)
    return {
        "inclusion_proof_and_check_cpu_ms": inclusion[1] / PROOFS * 1_000,
        "inclusion_proof_and_check_wall_ms": inclusion[0] / PROOFS * 1_000,
        "growth_proof_and_check_cpu_ms": growth[1] / PROOFS * 1_000,
        "hashes_in_the_longest_proof": longest,
    }


def tree_hash(leaves: Sequence[bytes]) -> bytes:
    """Return MTH of RFC 6962, section 2.1, as it is written there."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    middle = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + tree_hash(leaves[:middle]) + tree_hash(leaves[middle:])).digest()


def path(number: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Return PATH(m, D[n]) of RFC 6962, section 2.1.1."""
    if len(leaves) == 1:
        return []
    middle = 1 << (len(leaves) - 1).bit_length() - 1
    if number < middle:
        return [*path(number, leaves[:middle]), tree_hash(leaves[middle:])]
    return [*path(number - middle, leaves[middle:]), tree_hash(leaves[:middle])]


def growth(old: int, leaves: Sequence[bytes], *, is_whole: bool = True) -> list[bytes]:
    """Return SUBPROOF of RFC 6962, section 2.1.2."""
    if old == len(leaves):
        return [] if is_whole else [tree_hash(leaves)]
    middle = 1 << (len(leaves) - 1).bit_length() - 1
    if old <= middle:
        return [*growth(old, leaves[:middle], is_whole=is_whole), tree_hash(leaves[middle:])]
    return [*growth(old - middle, leaves[middle:], is_whole=False), tree_hash(leaves[:middle])]


def same(mine: object, theirs: object, what: str) -> None:
    """Raise RuntimeError unless two answers are the same."""
    if mine != theirs:
        raise RuntimeError(f"different: {what}")


def equal(sizes: int) -> dict[str, object]:
    """Compare roots, all inclusion proofs and all growths for every size."""
    counted = dict.fromkeys(("roots", "inclusions", "growths", "by_pymerkle"), 0)
    other = _pymerkle()
    leaves: list[bytes] = []
    for size in range(1, sizes + 1):
        leaves.append(f"entry {size - 1}".encode())
        hashes = [leaf_hash(one) for one in leaves]

        def node(level: int, place: int, hashes: list[bytes] = hashes) -> bytes:
            if level == 0:
                return hashes[place]
            return node_hash(node(level - 1, 2 * place), node(level - 1, 2 * place + 1))

        root = root_of(node, size)
        same(root, tree_hash(leaves), f"root of {size}")
        counted["roots"] += 1
        for number in range(size):
            proof = inclusion_proof(node, number, size)
            same(proof, path(number, leaves), f"proof of {number} in {size}")
            check_inclusion(hashes[number], number, size, proof, root)
            counted["inclusions"] += 1
        for old in range(1, size + 1):
            steps = consistency_proof(node, old, size)
            same(steps, growth(old, leaves), f"growth from {old} to {size}")
            check_consistency(old, root_of(node, old), size, root, steps)
            counted["growths"] += 1
        if other is not None:
            other.append_entry(leaves[-1])
            same(other.get_root(), root, f"pymerkle's root of {size}")
            number = size // 2
            shown = other.prove_inclusion(number + 1, size).serialize()["path"]
            mine = [hashes[number], *inclusion_proof(node, number, size)]
            same(sorted(map(bytes.fromhex, shown)), sorted(mine), f"pymerkle's proof of {number} in {size}")
            counted["by_pymerkle"] += 1
    return {"sizes": sizes, **counted, "differences": 0}


def _pymerkle():  # type: ignore[no-untyped-def]  # only where it is installed
    try:
        from pymerkle import InmemoryTree
    except ImportError:
        return None
    return InmemoryTree(algorithm="sha256")


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["rates", "equal"])
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--leaves", type=int, default=1_000_000)
    parser.add_argument("--sizes", type=int, default=256)
    asked = parser.parse_args()
    begun = time.process_time()
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        found = rates(Path(name), asked.leaves) if asked.what == "rates" else equal(asked.sizes)
    found["cpu_seconds"] = time.process_time() - begun
    found["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found["load"] = os.getloadavg()[0]
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
