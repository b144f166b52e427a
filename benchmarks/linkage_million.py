"""Measure one batch of a million invented records.

Usage: python benchmarks/linkage_million.py [--records 1000000] [--engine duckdb]

Prints one JSON object: CPU seconds and peak memory of the process (MB) after each step of linking, wall
seconds, and precision and recall of the pairs at probability >= 0.5. The records are made by another process,
so that their making costs neither time nor memory here. Goal: at most 90 CPU seconds and 2,500 MB.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl


def _made(records: int, data: Path, folder: Path) -> dict[str, pl.DataFrame]:
    subprocess.run(  # noqa: S603  # this very file
        [sys.executable, __file__, "--records", str(records), "--data", str(data), "--make", str(folder)],
        check=True,
    )
    return {path.stem: pl.read_parquet(path) for path in sorted(folder.glob("*.parquet"))}


def make(records: int, data: Path, folder: Path) -> None:
    """Write the lists, with the person behind each record in a column of its own."""
    from linkage import generated

    task = generated(data, records)
    for name, frame in task.frames.items():
        person = [task.person[name, key] for key in frame["unique_id"]]
        frame.with_columns(truth=pl.Series(person, dtype=pl.String)).write_parquet(folder / f"{name}.parquet")


def _used() -> dict[str, float]:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {"cpu_seconds": round(time.process_time(), 1), "peak_mb": round(used.ru_maxrss / 1024)}


def _scores(pairs: pl.DataFrame, truth: pl.DataFrame) -> dict[str, float]:
    likely = pairs.filter(pl.col("probability") >= 0.5)
    for side in "lr":
        named = truth.rename({"list": f"list_{side}", "id": f"id_{side}", "truth": f"truth_{side}"})
        likely = likely.join(named, on=[f"list_{side}", f"id_{side}"], how="left")
    hits = int((likely["truth_l"] == likely["truth_r"]).sum())
    sizes = truth.group_by("truth").len()["len"].cast(pl.Int64)
    true_pairs = int((sizes * (sizes - 1) // 2).sum())
    return {
        "precision": round(hits / max(likely.height, 1), 4),
        "recall": round(hits / true_pairs, 4),
        "f1": round(2 * hits / (likely.height + true_pairs), 4),
    }


def measure(frames: dict[str, pl.DataFrame], engine: str) -> dict[str, object]:
    """Link the lists; tell what each step took."""
    from kuager.engines.linkage import link

    truth = pl.concat(
        frame.select(pl.lit(name).alias("list"), pl.col("unique_id").alias("id"), "truth")
        for name, frame in frames.items()
    )
    lists = {name: frame.drop("truth") for name, frame in frames.items()}
    steps = [{"after": "reading files", **_used()}]
    started = time.perf_counter()
    result = link(lists, engine=engine, progress=lambda told: steps.append({"after": told, **_used()}))
    return {
        "records": result.records,
        "persons": result.cluster_count,
        "steps": steps,
        "whole": _used() | {"wall_seconds": round(time.perf_counter() - started, 1)},
        "pairs": _scores(result.pairs, truth),
    }


def main() -> None:
    """Make the records, link them, print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/linkage"))
    parser.add_argument("--engine", default="duckdb")
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.make:
        make(asked.records, asked.data, asked.make)
        return
    with tempfile.TemporaryDirectory() as folder:
        frames = _made(asked.records, asked.data, Path(folder))
        print(json.dumps(measure(frames, asked.engine), indent=1))


if __name__ == "__main__":
    main()
