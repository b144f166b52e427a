"""Tables that plain chains cannot be trusted with: a better sampler answers, an independent one checks it.

Plain chains go first. Where they do not agree, or hardly any two lists share anybody, tempering answers, and
sequential Monte Carlo, run twice, is the second opinion. Whether the two agree goes into the diagnostics,
from which the guard refuses; nothing is averaged over samplers.

Failure model: the particles share moves and model with the tempering. Where both miss the same peak they
agree and are wrong. Where they disagree the table is one that nobody should publish from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kuager.engines.estimation.comparison.sharing import checkpoint_of
from kuager.engines.estimation.latent_class.chains import Plan, Walks, walk_chains
from kuager.engines.estimation.latent_class.model import Model, coordinates
from kuager.engines.estimation.latent_class.rungs import TemperingPlan
from kuager.engines.estimation.latent_class.smc import ParticlePlan, ParticleRun, run_particles
from kuager.engines.estimation.latent_class.tempering import Tempered, temper
from kuager.engines.estimation.running import Checkpoint, Progress, silent

# Our choice: with half of all pairs of lists sharing nobody, classes are placed by very few persons, and
# peaks that no chain has visited are likely.
MANY_EMPTY = 0.5
# Our choice: two samplers of the same posterior put a half above each other's median, here 0.35 to 0.65. Two
# runs with some forty surviving ancestors each have a standard error of 0.06 in that.
MOST_DIFFERENCE = 0.15
# Particles collapse where there is much to place (section 4.3 of the method reference: at twenty lists one or
# two ancestors are left), and would take hours there.
MOST_COORDINATES = 130
# Draws of each ladder before agreement is given up: some three minutes of one processor, either way.
MOST_DRAWS, MOST_DRAWS_OF_LARGE = 64_000, 8_000
RUNS = 2


@dataclass(frozen=True, kw_only=True)
class FlaggedPlan:
    """How much work each stage does.

    Parameters
    ----------
    chains : Plan
        Plain chains, which go first.
    tempering : TemperingPlan or None
        Unknown means as many ladders as there are chains, and less work where each move costs much.
    particles : ParticlePlan
        For each of the two runs.

    """

    chains: Plan
    tempering: TemperingPlan | None = None
    particles: ParticlePlan = field(default_factory=ParticlePlan)


@dataclass(frozen=True, kw_only=True)
class Settled:
    """The draws that answer, and what was found on the way.

    Parameters
    ----------
    walks : Walks
        Of the plain chains, or of tempering.
    diagnostics : mapping
        Empty if the plain chains answer; else ``sampler`` ("tempering"), ``flagged_because``,
        ``rhat_plain_chains``, ``rungs``, ``swap_rate_lowest``, ``round_trips``, and, if it was run,
        ``second_sampler_median`` (persons), ``second_sampler_difference`` (0..1, see ``difference``),
        ``second_sampler_agrees`` ("yes", "no"), ``second_sampler_ancestors``, ``log_evidence`` and
        ``log_evidence_difference`` between its runs.

    """

    walks: Walks
    diagnostics: Mapping[str, float | str]


def sample_flagged(
    model: Model,
    plan: FlaggedPlan,
    *,
    seed: int,
    empty_overlaps: float = 0.0,
    progress: Progress = silent,
    checkpoint: Checkpoint | None = None,
) -> Settled:
    """Draw by plain chains, and by tempering where those are not to be trusted.

    A fixed number of draws is taken as asked for: no more work is done, whatever the chains say.

    Parameters
    ----------
    model : Model
        Table and prior.
    plan : FlaggedPlan
        How much work.
    seed : int
        Same seed, same draws.
    empty_overlaps : float
        See ``share_of_empty_overlaps``.
    progress : callable
        Told of each stage in turn.
    checkpoint : Checkpoint, optional
        Each stage has its own part of it.

    """
    part = checkpoint_of(checkpoint, "chains")
    plain = walk_chains(model, plan.chains, seed=seed, progress=progress, checkpoint=part)
    reason = why_flagged(plain, empty_overlaps)
    if not reason or plan.chains.draws is not None:
        return Settled(walks=plain, diagnostics={})
    is_small = coordinates(model) <= MOST_COORDINATES
    most = MOST_DRAWS if is_small else MOST_DRAWS_OF_LARGE
    work = plan.tempering or TemperingPlan(ladders=plan.chains.chains, most=most)
    part = checkpoint_of(checkpoint, "tempering")
    tempered = temper(model, work, seed=seed, progress=progress, checkpoint=part)
    found: dict[str, float | str] = {
        "sampler": "tempering",
        "flagged_because": reason,
        "rhat_plain_chains": plain.convergence["rhat"],
        **_travel(tempered),
    }
    if is_small:
        runs = [
            run_particles(model, plan.particles, seed=seed, number=number, progress=progress)
            for number in range(RUNS)
        ]
        found |= compared(tempered.walks.values["total"], runs)
    return Settled(walks=tempered.walks, diagnostics=found)


def why_flagged(plain: Walks, empty_overlaps: float) -> str:
    """Say why plain chains are not to be trusted with a table; empty if they are."""
    if not plain.has_converged:
        return "chains disagree"
    return "empty overlaps" if empty_overlaps >= MANY_EMPTY else ""


def share_of_empty_overlaps(patterns: NDArray[np.int8], counts: NDArray[np.int64]) -> float:
    """Share of the pairs of lists that share nobody, 0..1.

    Parameters
    ----------
    patterns : array of shape (n_patterns, n_lists)
        1 yes, 0 no, -1 not answered.
    counts : array of shape (n_patterns,)
        Persons with each pattern.

    """
    yes = (patterns == 1).astype(np.int64)
    together = yes.T @ (yes * counts[:, None])
    pairs = together[np.triu_indices(len(together), k=1)]
    return float((pairs == 0).mean()) if pairs.size else 0.0


def compared(total: NDArray[np.float64], runs: Sequence[ParticleRun]) -> dict[str, float | str]:
    """Compare the total drawn by tempering with that of the particle runs, pooled with equal weight.

    Parameters
    ----------
    total : array
        Draws of the total, persons.

    """
    pooled = pool(runs)
    apart = difference(total, pooled)
    evidence = [run.log_evidence for run in runs]
    return {
        "second_sampler": "sequential Monte Carlo",
        "second_sampler_median": pooled.quantile(0.5),
        "second_sampler_difference": round(apart, 4),
        "second_sampler_agrees": "yes" if apart <= MOST_DIFFERENCE else "no",
        "second_sampler_ancestors": min(run.ancestors for run in runs),
        "log_evidence": float(np.logaddexp.reduce(evidence) - np.log(len(evidence))),
        "log_evidence_difference": max(evidence) - min(evidence),
    }


def pool(runs: Sequence[ParticleRun]) -> ParticleRun:
    """Put runs together as one."""
    return ParticleRun(
        total=np.concatenate([run.total for run in runs]),
        weights=np.concatenate([run.weights for run in runs]) / len(runs),
        log_evidence=float(np.mean([run.log_evidence for run in runs])),
        ancestors=sum(run.ancestors for run in runs),
        steps=max(run.steps for run in runs),
        acceptance=float(np.mean([run.acceptance for run in runs])),
    )


def difference(total: NDArray[np.float64], particles: ParticleRun) -> float:
    """Give the larger distance from a half of the share that each sampler puts above the other's median."""
    above = particles.share_above(float(np.median(total)))
    back = float((total > particles.quantile(0.5)).mean())
    return max(abs(above - 0.5), abs(back - 0.5))


def _travel(tempered: Tempered) -> dict[str, float | str]:
    return {
        "rungs": len(tempered.shares),
        "swap_rate_lowest": round(float(tempered.swap_rates.min(initial=1.0)), 4),
        "round_trips": tempered.round_trips,
    }
