"""Measure latent classes on tables where chains get stuck; prints JSON, a line for each table.

Run: ``python benchmarks/latent_class_hard.py [TABLE ...] [--no-particles]``. Times are CPU seconds of this
process; compilation is not counted. Tables that are absent are left out.
"""

import json
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from kuager.engines.estimation import read_counts
from kuager.engines.estimation.latent_class.flagging import difference, pool
from kuager.engines.estimation.latent_class.model import Model, coordinates, latent_class_model
from kuager.engines.estimation.latent_class.priors import LatentClassPrior
from kuager.engines.estimation.latent_class.rungs import TemperingPlan
from kuager.engines.estimation.latent_class.smc import ParticlePlan, ParticleRun, run_particles
from kuager.engines.estimation.latent_class.tempering import temper

TABLES = Path(__file__).parents[2] / "shared" / "data" / "mse"
SEED = 1


@dataclass(frozen=True)
class Case:
    """A table and how much work it gets."""

    file: str
    classes: int = 10
    tempering: TemperingPlan = field(default_factory=TemperingPlan)
    particles: ParticlePlan | None = field(default_factory=ParticlePlan)
    above: float | None = None


CASES = {
    "UKdat_5": Case("sparsemse_UKdat_5.csv"),
    "NewOrl_5": Case("sparsemse_NewOrl_5.csv"),
    "Western": Case("sparsemse_Western.csv"),
    "verdata_R1": Case(
        "verdata_reclut_R1_1999_hombre.csv",
        classes=15,
        tempering=TemperingPlan(round_moves=100, burn_in=300, first=2000, most=4000),
        particles=None,
    ),
    "Ned_5": Case(
        "sparsemse_Ned_5.csv",
        tempering=TemperingPlan(burn_in=5000, first=60_000, most=120_000),
        above=90_000,
    ),
}


def main() -> None:
    """Measure and print."""
    wanted = [name for name in sys.argv[1:] if not name.startswith("--")] or list(CASES)
    for name in wanted:
        case = CASES[name]
        if (TABLES / case.file).exists():
            sys.stdout.write(json.dumps({name: measure(case)}) + "\n")
            sys.stdout.flush()


def measure(case: Case) -> dict[str, object]:
    """Temper, and check by particles."""
    histories = read_counts(TABLES / case.file)
    model = latent_class_model(histories.patterns, histories.counts, LatentClassPrior(classes=case.classes))
    warm_up(model)
    started = time.process_time()
    tempered = temper(model, case.tempering, seed=SEED)
    total = tempered.walks.values["total"]
    found: dict[str, object] = {
        "coordinates": coordinates(model),
        "cpu_seconds": round(time.process_time() - started, 1),
        "rhat": round(tempered.walks.convergence["rhat"], 4),
        "ess_bulk": round(tempered.walks.convergence["ess_bulk"]),
        "low_median_high": np.quantile(total, [0.025, 0.5, 0.975]).round().tolist(),
        "draws": list(total.shape),
        "rungs": len(tempered.shares),
        "swap_rate_lowest": round(float(tempered.swap_rates.min()), 3),
        "round_trips": tempered.round_trips,
    }
    if case.above is not None:
        found["above_by_ladder"] = (total > case.above).mean(axis=1).round(3).tolist()
    if case.particles is not None and "--no-particles" not in sys.argv:
        found["particles"] = by_particles(model, case.particles, total, case.above)
    return found


def by_particles(
    model: Model,
    plan: ParticlePlan,
    total: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    above: float | None,
) -> dict[str, object]:
    """Give what two independent runs say."""
    started = time.process_time()
    runs: list[ParticleRun] = [run_particles(model, plan, seed=SEED, number=number) for number in range(2)]
    pooled = pool(runs)
    return {
        "cpu_seconds": round(time.process_time() - started, 1),
        "low_median_high": [pooled.quantile(probability) for probability in (0.025, 0.5, 0.975)],
        "difference": round(difference(total, pooled), 3),
        "log_evidence": [round(run.log_evidence, 2) for run in runs],
        "ancestors": [run.ancestors for run in runs],
        "above": None if above is None else [round(run.share_above(above), 3) for run in runs],
    }


def warm_up(model: Model) -> None:
    """Compile everything."""
    temper(model, TemperingPlan(draws=8, burn_in=2, rounds=1, round_moves=2, block=8), seed=SEED)
    run_particles(model, ParticlePlan(particles=8, moves=1, most_moves=1), seed=SEED)


if __name__ == "__main__":
    main()
