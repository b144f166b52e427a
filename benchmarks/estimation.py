"""Measure the estimation engine; prints JSON. Run: ``python benchmarks/estimation.py [TABLES_DIR]``.

Times are CPU seconds of this process, the smallest of several runs. Tables that are absent are left out.
"""

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from kuager.engines.estimation import Request, estimate, read_counts
from kuager.engines.estimation.loglinear.candidates import fit_candidates
from kuager.engines.estimation.loglinear.hierarchies import hierarchical_models, make_table

RUNS = 5
TABLES = Path(__file__).parents[2] / "shared" / "data" / "mse"
FILES = (
    "kosovo.csv",
    "care1_HAV.csv",
    "sparsemse_UKdat_5.csv",
    "sparsemse_Ned_5.csv",
    "care1_Congenital.csv",
)


def seconds(work: Callable[[], object]) -> float:
    """Return the CPU seconds of the fastest run."""
    times = []
    for _ in range(RUNS):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return round(min(times), 4)


def main() -> None:
    """Measure and print."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else TABLES
    figures: dict[str, object] = {"unit": "CPU seconds, best of 5"}
    for name in FILES:
        if not (folder / name).exists():
            continue
        histories = read_counts(folder / name)
        n_lists = len(histories.lists)
        table = make_table(histories, order=2 if n_lists > 4 else n_lists - 1)
        models = hierarchical_models(table)
        figures[name] = {
            "lists": n_lists,
            "models": len(models),
            "enumerate": seconds(partial(hierarchical_models, table)),
            "fit_all": seconds(partial(fit_candidates, table, models)),
            "estimate_with_interval": seconds(partial(estimate, histories, method="loglinear")),
            "chao": seconds(partial(estimate, histories, method="chao")),
        }
    if (folder / "sparsemse_UKdat_5.csv").exists():
        five = read_counts(folder / "sparsemse_UKdat_5.csv")
        every = Request(order=4)
        figures["all 6,893 hierarchical models of five lists"] = seconds(
            lambda: estimate(five, method="loglinear", request=every)
        )
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
