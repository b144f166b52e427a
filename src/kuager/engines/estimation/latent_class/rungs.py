"""How much work tempering does, and where the rungs of its ladders stand."""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from kuager.engines.estimation.latent_class.hmc import first_tuning
from kuager.engines.estimation.latent_class.model import Model, coordinates, workspace
from kuager.engines.estimation.latent_class.reduction import Ladder, ladder, reduced
from kuager.engines.estimation.latent_class.replicas import NOWHERE, Replicas, settle_replicas
from kuager.engines.estimation.latent_class.starting import place_chain
from kuager.engines.estimation.latent_class.state import FIRST_STEP, Chain, ChainState

# A rung must lose at least this share of changes of place to count; else rungs would pile up elsewhere.
LEAST_REJECTION = 0.02
# Rarer changes of place are not told apart in a pilot round.
FEWEST_ACCEPTED = 1e-4
FEWEST_RUNGS = 3
PILOT_RUNGS = 16
# Streams of random numbers: plain chains count from 0, ladders from here, pilots before them.
FIRST_STREAM = 1000
PILOT_STREAM = 999


@dataclass(frozen=True, kw_only=True)
class TemperingPlan:
    """How much work tempering does.

    Parameters
    ----------
    ladders : int
        Independent ladders of copies, 4 or more: the chains of the answer.
    smallest : int
        About how many persons the smallest table has; at most a quarter of the whole.
    rejection : float
        Share of changes of place refused between neighbours, 0..1; it says how many rungs there are.
    most_rungs : int
        Most rungs of a ladder.
    rounds, round_moves : int
        Pilot rounds that place the rungs, and moves in each.
    burn_in : int
        Moves of each ladder that tune it and are not kept.
    block : int
        Moves between two reports of progress, and two checkpoints.
    draws : int or None
        Draws of each ladder. Unknown means: until ladders agree and enough is drawn.
    first, most : int
        Draws of each ladder before agreement is first looked at, and when it is given up.
    effective : float
        Independent draws of the total wanted (bulk effective sample size).
    trips : int
        Round trips wanted, all ladders together; fewer say nothing about agreement.
    positions : int
        About how many positions are kept for checks of the model.

    """

    ladders: int = 4
    smallest: int = 40
    rejection: float = 0.4
    most_rungs: int = 32
    rounds: int = 4
    round_moves: int = 300
    burn_in: int = 1000
    block: int = 500
    draws: int | None = None
    first: int = 2000
    most: int = 32_000
    effective: float = 400.0
    trips: int = 200
    positions: int = 400


def place_rungs(model: Model, plan: TemperingPlan, *, seed: int) -> NDArray[np.float64]:
    """Place the rungs of a ladder so that neighbours change places equally often everywhere.

    A pilot ladder with its own random numbers is placed again and again by what it met; the draws of the
    answer never see it.

    Returns
    -------
    array of shape (n_rungs,)
        Share of the persons on each rung, 1 first, falling.

    """
    smallest = min(plan.smallest, max(model.observed // 4, 1)) / model.observed
    shares = np.geomspace(1.0, smallest, PILOT_RUNGS)
    rng = ChainState.first(model, seed=seed, number=PILOT_STREAM).generator
    steps, work = ladder(model, shares), workspace(model)
    pilot = first_replicas(model, steps)
    start_replicas(pilot, 0, model, steps, rng)
    for number in range(plan.rounds):
        pilot.accepted[:], pilot.offered[:] = 0.0, 0.0
        settle_replicas(pilot, plan.round_moves, steps, model, work, rng)
        rejected = 1.0 - pilot.accepted / np.maximum(pilot.offered, 1.0)
        last = number == plan.rounds - 1
        shares = _evenly(shares, rejected, plan if last else None)
        if not last:
            steps = ladder(model, shares)
    return _distinct(model, shares)


def _evenly(
    shares: NDArray[np.float64], rejected: NDArray[np.float64], plan: TemperingPlan | None
) -> NDArray[np.float64]:
    """Move the rungs to equal distances; with a plan, choose how many as well.

    Where the most rungs allowed do not reach the smallest table, the ladder ends above it: with steps too
    long to climb, the rungs below would be of no use.
    """
    passed = np.concatenate([[0.0], np.cumsum([_distance(share) for share in rejected.tolist()])])
    rungs, end = len(shares), passed[-1]
    if plan is not None:
        rungs = min(max(1 + math.ceil(end / plan.rejection), FEWEST_RUNGS), plan.most_rungs)
        end = min(end, plan.rejection * plan.most_rungs)
    return np.asarray(np.exp(np.interp(np.linspace(0.0, end, rungs), passed, np.log(shares))))


def _distance(rejected: float) -> float:
    """Give how far apart neighbours are that refuse so many changes of place, 0..1.

    For small shares it is the share itself. Shares end at 1 and distances do not: log likelihoods are about
    normal, and then the share accepted is ``2 Phi(-c d)`` at distance ``d`` (Predescu, Predescu & Ciobanu
    2004, J. Chem. Phys. 120, 4119-4128).
    """
    accepted = min(max(1.0 - rejected, FEWEST_ACCEPTED), 1.0 - LEAST_REJECTION)
    return -NormalDist().inv_cdf(accepted / 2) / math.sqrt(math.pi / 2)


def _distinct(model: Model, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Leave out rungs whose tables are the same, as rounding makes them."""
    kept, before = [], math.inf
    for share in shares.tolist():
        observed = reduced(model, share).observed
        if 0 < observed < before:
            kept.append(share)
            before = observed
    return np.array(kept)


def first_replicas(model: Model, steps: Ladder) -> Replicas:
    """Make room for the copies of one ladder, with first step sizes."""
    rungs = len(steps.observed)
    first = [FIRST_STEP * math.sqrt(4400 / observed) for observed in steps.observed]
    return Replicas(
        positions=np.zeros((rungs, coordinates(model))),
        alphas=np.ones(rungs),
        tunings=np.array([first_tuning(min(step, 0.5)) for step in first]),
        copies=np.arange(rungs),
        heading=np.full(rungs, NOWHERE),
        accepted=np.zeros(rungs - 1),
        offered=np.zeros(rungs - 1),
        counters=np.zeros(2, dtype=np.int64),
    )


def start_replicas(
    replicas: Replicas, number: int, model: Model, steps: Ladder, rng: np.random.Generator
) -> None:
    """Bring the copies of ladder ``number`` to starts far apart, each on its own rung."""
    for rung in range(len(steps.observed)):
        here = model._replace(
            counts=steps.counts[rung],
            observed=int(steps.observed[rung]),
            prior=model.prior._replace(maximum_unseen=int(steps.maximum_unseen[rung])),
        )
        chain = Chain(replicas.positions[rung], replicas.alphas[rung : rung + 1], replicas.tunings[rung])
        place_chain(ChainState(chain, rng), number + rung, here, workspace(here))
