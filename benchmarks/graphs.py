"""Measure the average over decomposable graphs; prints JSON.

Run: ``python benchmarks/graphs.py [TABLES_DIR]``.

Times are CPU seconds of this process, the smallest of three runs, without importing and compiling; memory is
the peak of the process in MiB before the first table and after the real ones (making up seven lists takes
memory of its own).
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from kuager.engines.estimation import CaptureHistories, Request, read_counts
from kuager.engines.estimation.graphs.answering import estimate_decomposable
from kuager.engines.estimation.graphs.decomposable import decomposable_graphs

RUNS = 3
TABLES = Path(__file__).parents[2] / "shared" / "data" / "mse"
FILES = (
    "kosovo.csv",
    "care1_HAV.csv",
    "care1_Diabetes.csv",
    "rcapture_HIV.csv",
    "sparsemse_UKdat_5.csv",
    "sparsemse_Ned_5.csv",
    "sparsemse_NewOrl_5.csv",
    "sparsemse_Western.csv",
    "sparsemse_UKdat.csv",
    "sparsemse_Ned.csv",
    "rcapture_hare.csv",
    "sparsemse_NewOrl.csv",
)


def seconds(work: Callable[[], object]) -> float:
    """Return the CPU seconds of the fastest run."""
    times = []
    for _ in range(RUNS):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return round(min(times), 4)


def seven_lists(persons: int) -> CaptureHistories:
    """Make people of two kinds, each better known to other lists."""
    random = np.random.default_rng(1)
    chances = np.linspace(0.05, 0.3, 7)
    kind = random.random(persons) < 0.5
    on = random.random((persons, 7)) < np.where(kind[:, None], chances, chances[::-1])
    patterns, counts = np.unique(on[on.any(axis=1)].astype(int), axis=0, return_counts=True)
    return CaptureHistories.from_counts("ABCDEFG", patterns.tolist(), counts.tolist())


def measured(histories: CaptureHistories) -> dict[str, object]:
    """Estimate one table."""
    answer = estimate_decomposable(histories, Request())
    return {
        "lists": len(histories.lists),
        "observed": histories.observed,
        "estimate": [answer.interval[0], answer.estimate, answer.interval[1]],
        "with_complete": [answer.diagnostics[f"with_complete_{end}"] for end in ("low", "median", "high")],
        "complete_weight": round(float(answer.diagnostics["complete_weight"]), 4),
        "cpu_seconds": seconds(lambda: estimate_decomposable(histories, Request())),
    }


def peak() -> float:
    """Return the peak memory of this process, MiB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def main() -> None:
    """Measure and print."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else TABLES
    tables = {name: read_counts(folder / name) for name in FILES if (folder / name).exists()}
    for n_lists in (2, 3):
        decomposable_graphs(n_lists)
    figures: dict[str, object] = {"unit": f"CPU seconds, best of {RUNS}", "mib_before": peak()}
    started = time.process_time()
    decomposable_graphs(7)
    figures["enumerate seven lists"] = round(time.process_time() - started, 3)
    figures |= {name: measured(histories) for name, histories in tables.items()}
    figures["mib_up_to_seven_lists"] = peak()
    for persons in (300, 20_000, 1_000_000):
        figures[f"seven lists, {persons:,} persons"] = measured(seven_lists(persons))
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
