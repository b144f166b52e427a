"""Measure the latent class sampler; prints JSON. Run: ``python benchmarks/latent_class.py [TABLES_DIR]``.

For each table: effective draws (bulk, of the total) for each CPU second, R-hat and effective sizes of all
variables, quantiles, CPU seconds, time of one derivative, memory. CPU seconds are those of the chains with
burn-in and of the checks of their agreement, after compilation. Tables that are absent are left out.
"""

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kuager.engines.estimation import read_counts
from kuager.engines.estimation.diagnostics import convergence_by_variable
from kuager.engines.estimation.draws import Draws
from kuager.engines.estimation.latent_class.chains import Plan, walk_chains
from kuager.engines.estimation.latent_class.model import (
    coordinates,
    fill_gradient,
    latent_class_model,
    workspace,
)
from kuager.engines.estimation.latent_class.priors import LatentClassPrior

TABLES = Path(__file__).parents[2] / "shared" / "data" / "mse"
FILES = (
    "kosovo.csv",
    "rcapture_HIV.csv",
    "care1_HAV.csv",
    "care1_Diabetes.csv",
    "care1_Congenital.csv",
    "mse_Korea.csv",
    "sparsemse_NewOrl_5.csv",
    "sparsemse_Western.csv",
    "sparsemse_UKdat_5.csv",
    "verdata_reclut_R1_1999_hombre.csv",
)
REPEATS = 2000
# As the reference: it never lets the unseen exceed so many for each person seen.
LIMIT = 20


def synthetic(n_lists: int, persons: int = 20_000) -> tuple[NDArray[np.int8], NDArray[np.int64]]:
    """Draw a table of two classes: two in five easily seen, the others hardly."""
    rng = np.random.default_rng(5)
    easily = rng.random(persons) < 0.4
    chances = rng.uniform(0.3, 0.6, n_lists), rng.uniform(0.03, 0.15, n_lists)
    named = rng.random((persons, n_lists)) < np.where(easily[:, None], *chances)
    patterns, counts = np.unique(named[named.any(axis=1)].astype(np.int8), axis=0, return_counts=True)
    return patterns, counts


def memory_mib() -> float:
    """Give the most memory that this process has held."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def derivative_us(patterns: NDArray[np.int8], counts: NDArray[np.int64]) -> float:
    """Give microseconds of one derivative, called from Python; subtract that of the smallest table."""
    model = latent_class_model(patterns, counts, LatentClassPrior())
    work, position = workspace(model), np.random.default_rng(1).normal(size=coordinates(model))
    started = time.process_time()
    for _ in range(REPEATS):
        fill_gradient(position, 0.5, model, work)
    return round((time.process_time() - started) / REPEATS * 1e6, 2)


def measure(
    patterns: NDArray[np.int8], counts: NDArray[np.int64], *, limited: bool = False
) -> dict[str, object]:
    """Draw until the chains agree."""
    observed = int(counts.sum())
    prior = LatentClassPrior(maximum=(LIMIT + 1) * observed if limited else None)
    before, started, clock = memory_mib(), time.process_time(), time.perf_counter()
    model = latent_class_model(patterns, counts, prior)
    set_up = time.process_time() - started
    walks = walk_chains(model, Plan(), seed=1)
    cpu, wall = time.process_time() - started, time.perf_counter() - clock
    found = {one.variable: one for one in convergence_by_variable(Draws(values=walks.values))}
    total = walks.values["total"]
    return {
        "lists": patterns.shape[1],
        "patterns": len(counts),
        "observed": observed,
        "quantiles 2.5, 50, 97.5 %": np.quantile(total, [0.025, 0.5, 0.975]).round().tolist(),
        "mean": round(float(total.mean()), 1),
        "draws": list(total.shape),
        "left_out": walks.left_out,
        "acceptance": round(walks.acceptance, 3),
        "rhat": {name: round(one.rhat, 4) for name, one in found.items()},
        "ess_bulk": {name: round(one.ess_bulk) for name, one in found.items()},
        "cpu_seconds": round(cpu, 3),
        "wall_seconds": round(wall, 3),
        "set_up_seconds": round(set_up, 4),
        "effective_draws_per_cpu_second": round(found["total"].ess_bulk / cpu, 1),
        "derivative_us_from_python": derivative_us(patterns, counts),
        "memory_added_mib": round(memory_mib() - before, 1),
    }


def sustained(patterns: NDArray[np.int8], counts: NDArray[np.int64]) -> dict[str, float]:
    """Draw for longer, without burn-in and checks in the time: what a further second brings."""
    model = latent_class_model(patterns, counts, LatentClassPrior())
    seconds, sizes = [], []
    for draws in (1000, 11_000):
        started = time.process_time()
        walks = walk_chains(model, Plan(draws=draws), seed=2)
        seconds.append(time.process_time() - started)
        sizes.append(convergence_by_variable(Draws(values=walks.values), variables=("total",))[0].ess_bulk)
    return {
        "effective_draws_per_further_cpu_second": round((sizes[1] - sizes[0]) / (seconds[1] - seconds[0]), 1)
    }


def main() -> None:
    """Measure and print."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else TABLES
    measure(*synthetic(3, 200), limited=True)
    figures: dict[str, object] = {
        "unit": "CPU seconds of all four chains",
        "memory_at_start_mib": memory_mib(),
    }
    for name in FILES:
        if (folder / name).exists():
            histories = read_counts(folder / name)
            figures[name] = measure(histories.patterns, histories.counts)
    if (folder / "kosovo.csv").exists():
        kosovo = read_counts(folder / "kosovo.csv")
        figures["kosovo.csv, as limited as LCMCR"] = measure(kosovo.patterns, kosovo.counts, limited=True)
        figures["kosovo.csv, sustained"] = sustained(kosovo.patterns, kosovo.counts)
        for times in (10, 100):
            figures[f"kosovo.csv x {times}"] = measure(kosovo.patterns, kosovo.counts * times)
    for n_lists in (6, 8, 10, 20):
        figures[f"two classes, {n_lists} lists"] = measure(*synthetic(n_lists))
    figures["memory_at_end_mib"] = memory_mib()
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
