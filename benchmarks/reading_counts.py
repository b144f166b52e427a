"""Measure reading a table of ten million persons; prints JSON. Run: ``python benchmarks/reading_counts.py``.

The file is written first (not measured) in a temporary folder and removed afterwards. Seconds are wall and
CPU time; the memory is the peak of a process of its own that reads the file and does nothing else.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from kuager.engines.estimation.reading import read_table

LISTS = 5
BLOCK = 500_000
REGIONS = ("north", "east", "south", "west", "")


def write_file(path: Path, rows: int) -> None:
    """Write one row for each person: an identifier, five lists, a region that is sometimes not known."""
    random = np.random.default_rng(1)
    with path.open("w", encoding="utf-8") as file:
        file.write("# invented\nid," + ",".join(f"list_{at}" for at in range(LISTS)) + ",region\n")
        for start in range(0, rows, BLOCK):
            size = min(BLOCK, rows - start)
            flags = (random.random((size, LISTS)) < 0.3).astype(np.int8)
            flags[~flags.any(axis=1), 0] = 1
            regions = random.integers(0, len(REGIONS), size)
            lines = (
                f"{start + at},{','.join(map(str, row))},{REGIONS[region]}\n"
                for at, (row, region) in enumerate(zip(flags.tolist(), regions.tolist(), strict=True))
            )
            file.writelines(lines)


def read(path: Path, strata: str | None) -> dict[str, float]:
    """Read the file in this process."""
    wall, cpu = time.perf_counter(), time.process_time()
    lists = [f"list_{at}" for at in range(LISTS)]
    tally = read_table(path).tally(lists, by=() if strata is None else (strata,))
    return {
        "persons": int(tally.counts.sum()),
        "different_rows": len(tally.counts),
        "wall_seconds": round(time.perf_counter() - wall, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def main() -> None:
    """Write the file and read it in processes of their own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--read", type=Path, help="read this file here and print what it took")
    parser.add_argument("--strata")
    chosen = parser.parse_args()
    if chosen.read:
        print(json.dumps(read(chosen.read, chosen.strata)))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "persons.csv"
        write_file(path, chosen.rows)
        found: dict[str, object] = {"rows": chosen.rows, "file_mib": round(path.stat().st_size / 2**20)}
        for name, extra in (("together", []), ("by_region", ["--strata", "region"])):
            command = [sys.executable, __file__, "--read", str(path), *extra]
            done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  # ourselves
            found[name] = json.loads(done.stdout)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
