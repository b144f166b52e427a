"""Tempering: the posterior of a table with several peaks, drawn by copies that walk on ever smaller tables.

Invariants: every rung is the same model for a table of whole persons, so that its moves are exact; the draws
are those of the whole table alone; ladders are independent of each other and start far apart. What is drawn
depends on the table, the prior, the plan and the seed alone.

Failure model: a peak that matters on the whole table but hardly on any smaller one is found late. Ladders
that disagree show it; round trips say how often news came down from the smallest table.

References
----------
Places of the rungs by equal rejection: Syed, Bouchard-Cote, Deligiannidis & Doucet (2022), Non-reversible
parallel tempering: a scalable highly parallel MCMC scheme, JRSS B 84, 321-350, section 5.

"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuager.engines.estimation.latent_class.chains import Walks
from kuager.engines.estimation.latent_class.ladders import Ladders
from kuager.engines.estimation.latent_class.model import Model
from kuager.engines.estimation.latent_class.rungs import TemperingPlan, place_rungs
from kuager.engines.estimation.running import Checkpoint, Progress, silent

_DOING = "drawing latent classes by tempering"


@dataclass(frozen=True, kw_only=True)
class Tempered:
    """What tempering drew and how the copies travelled.

    Parameters
    ----------
    walks : Walks
        Draws from the whole table, one chain for each ladder.
    shares : array of shape (n_rungs,)
        Share of the persons on each rung, the whole table first.
    swap_rates : array of shape (n_rungs - 1,)
        Probability that neighbours change places when offered, mean over ladders.
    round_trips : int
        How often a copy came from the smallest table to the whole one, all ladders together.

    """

    walks: Walks
    shares: NDArray[np.float64]
    swap_rates: NDArray[np.float64]
    round_trips: int


def temper(
    model: Model,
    plan: TemperingPlan,
    *,
    seed: int,
    progress: Progress = silent,
    checkpoint: Checkpoint | None = None,
) -> Tempered:
    """Draw from a posterior with several peaks.

    Parameters
    ----------
    model : Model
        Table and prior.
    plan : TemperingPlan
        How much work.
    seed : int
        Same seed, same draws.
    progress : callable
        Called between blocks; if it raises, what is done is in the checkpoint.
    checkpoint : Checkpoint, optional
        Content of another table, prior, plan, seed or version is begun again.

    """
    run = Ladders(model, plan, seed)
    if not (checkpoint and run.take_up(checkpoint.load())):
        run.place(place_rungs(model, plan, seed=seed))
        run.each(run.start)
        _report(run, progress, checkpoint)
    while (walks := run.finished()) is None:
        run.each(run.walk)
        _report(run, progress, checkpoint)
    return Tempered(
        walks=walks, shares=run.shares, swap_rates=run.swap_rates(), round_trips=run.round_trips()
    )


def _report(run: Ladders, progress: Progress, checkpoint: Checkpoint | None) -> None:
    if checkpoint:
        checkpoint.save(run.packed())
    progress(_DOING, run.done)
