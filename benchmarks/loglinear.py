"""Measure log-linear models and sparse overlaps; prints JSON.

Run: ``python benchmarks/loglinear.py [TABLES_DIR]``. Times are CPU seconds of this process, compilation and
the guard's trials left out: the best of 5 runs, or of 1 for the table of twenty lists. Tables that are absent
are left out. Figures of the R packages are those of our method reference, not run here.
"""

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from kuager.engines.estimation import METHODS, CaptureHistories, Request, read_counts
from kuager.engines.estimation.loglinear.candidates import fit_candidates
from kuager.engines.estimation.loglinear.hierarchies import hierarchical_models, make_table

TABLES = Path(__file__).parents[2] / "shared" / "data" / "mse"
# CPU seconds of SparseMSE 2.0.1 (R) for 1,000 replicates, on a machine of two cores like ours.
MEASURED_IN_R = {"sparsemse_Western.csv": 64, "sparsemse_NewOrl_5.csv": 41}
# The same, but only ten replicates were run and their time multiplied by 100.
EXTRAPOLATED_IN_R = {
    "sparsemse_UKdat_5.csv": 190,
    "sparsemse_UKdat.csv": 415,
    "sparsemse_Ned.csv": 490,
    "sparsemse_NewOrl.csv": 640,
}
# CPU seconds of Rcapture 1.4-4 (closedpMS.t) for the 1,024 models with pairs of a table of five lists; which
# table it was is not recorded.
RCAPTURE_FIVE_LISTS = "5.8 to 6.3"
MODELS = ("kosovo.csv", "sparsemse_UKdat_5.csv", "sparsemse_Ned_5.csv", "sparsemse_Ned.csv")
MANY = "verdata_reclut_R1_1999_hombre.csv"
SPARSE = (*MEASURED_IN_R, *EXTRAPOLATED_IN_R, "sparsemse_Ned_5.csv", MANY)


def seconds(work: Callable[[], object], runs: int = 5) -> float:
    """Return the CPU seconds of the fastest run, the first one (which may compile) left out."""
    if runs > 1:
        work()
    times = []
    for _ in range(runs):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return round(min(times), 4)


def ask(method: str, histories: CaptureHistories, request: Request) -> object:
    """Run one method without the guard."""
    return METHODS[method](histories, request)


def models_of(histories: CaptureHistories) -> dict[str, object]:
    """Measure fits of all models, and the whole answer with profile interval and bootstrap of the choice."""
    figures: dict[str, object] = {"lists": len(histories.lists)}
    orders = (2, 4) if len(histories.lists) == 5 else (2,)
    for order in orders:
        table = make_table(histories, order=order)
        models = hierarchical_models(table)
        figures[f"fit {len(models):,} models"] = seconds(partial(fit_candidates, table, models))
    if len(histories.lists) == 5:
        figures["Rcapture, 1,024 models of five lists"] = RCAPTURE_FIVE_LISTS
    figures["whole answer"] = seconds(partial(ask, "loglinear", histories, Request()))
    return figures


def replicates_of(name: str, histories: CaptureHistories) -> dict[str, object]:
    """Measure 1,000 replicates of the stepwise choice."""
    runs = 5 if len(histories.lists) < 10 else 1
    figures: dict[str, object] = {
        "lists": len(histories.lists),
        "1,000 replicates": seconds(partial(ask, "sparse", histories, Request()), runs),
    }
    if name in MEASURED_IN_R:
        figures["SparseMSE, measured"] = MEASURED_IN_R[name]
    if name in EXTRAPOLATED_IN_R:
        figures["SparseMSE, extrapolated from 10 replicates"] = EXTRAPOLATED_IN_R[name]
    return figures


def main() -> None:
    """Measure and print."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else TABLES
    figures: dict[str, object] = {"unit": "CPU seconds"}
    present = {name: read_counts(folder / name) for name in {*MODELS, *SPARSE} if (folder / name).exists()}
    figures["models"] = {name: models_of(present[name]) for name in MODELS if name in present}
    if MANY in present:
        run = partial(ask, "loglinear", present[MANY], Request())
        figures["search over twenty lists, whole answer"] = seconds(run, 1)
    figures["sparse"] = {name: replicates_of(name, present[name]) for name in SPARSE if name in present}
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
