"""Independent chains side by side, in blocks, until they agree; interrupted work goes on where it stopped.

Invariant: what is drawn depends on the table, the prior, the plan and the seed alone, not on the number of
processors, on interruptions or on time.
"""

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from kuager.engines.estimation.diagnostics import convergence
from kuager.engines.estimation.draws import TOTAL, Draws
from kuager.engines.estimation.latent_class.model import Model, coordinates, workspace
from kuager.engines.estimation.latent_class.starting import place_chain
from kuager.engines.estimation.latent_class.state import ChainState, from_bytes, to_bytes
from kuager.engines.estimation.latent_class.walking import VARIABLES, Block, settle_chain, walk_chain
from kuager.engines.estimation.running import Checkpoint, Progress, silent

# Raise when the same seed gives other numbers than before: older checkpoints are then begun again.
VERSION = 1
MOST_RHAT = 1.01
LEAST_ESS = 400.0
_DOING = "drawing latent classes"
_RANDOM = "random"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How much work chains do.

    Parameters
    ----------
    chains : int
        4 or more.
    burn_in : int
        Moves of each chain that tune it and are not kept.
    block : int
        Moves between two reports of progress, and two checkpoints.
    draws : int or None
        Draws of each chain. Unknown means: until ``effective`` is reached and R-hat is at most 1.01.
    first, most : int
        Draws of each chain before agreement is first looked at, and when it is given up.
    effective : float
        Independent draws of the total wanted (bulk effective sample size).
    positions : int
        About how many positions of all chains together are kept for checks of the model.

    """

    chains: int = 4
    burn_in: int = 500
    block: int = 500
    draws: int | None = None
    first: int = 1000
    most: int = 16_000
    effective: float = 1000.0
    positions: int = 400


@dataclass(frozen=True, kw_only=True)
class Walks:
    """What chains drew.

    Parameters
    ----------
    values : mapping of str to array of shape (n_chains, n_draws)
        See ``walking.VARIABLES``.
    positions : array of shape (n_chains, n_kept, n_coordinates)
        Some of the positions, evenly spread over the draws.
    acceptance : float
        Mean probability that a trajectory was accepted with, 0..1.
    convergence : mapping
        See ``diagnostics.convergence``.
    left_out : int
        Draws at the start of each chain that were left out because the chains had not met yet.

    """

    values: Mapping[str, NDArray[np.float64]]
    positions: NDArray[np.float64]
    acceptance: float
    convergence: Mapping[str, float]
    left_out: int

    @property
    def has_converged(self) -> bool:
        """Whether the chains agree and are worth enough draws."""
        worth = min(self.convergence["ess_bulk"], self.convergence["ess_tail"])
        return self.convergence["rhat"] <= MOST_RHAT and worth >= LEAST_ESS


def walk_chains(
    model: Model,
    plan: Plan,
    *,
    seed: int,
    progress: Progress = silent,
    checkpoint: Checkpoint | None = None,
) -> Walks:
    """Run chains from far apart until they agree, or until the plan's work is done.

    Parameters
    ----------
    model : Model
        Table and prior.
    plan : Plan
        How much work.
    seed : int
        Same seed, same draws.
    progress : callable
        Called between blocks; if it raises, what is done is in the checkpoint.
    checkpoint : Checkpoint, optional
        Content of another table, prior, plan, seed or version is begun again.

    """
    run = _Run(model, plan, seed)
    name = _identity(model, plan, seed)
    if not (checkpoint and run.take_up(name, checkpoint.load())):
        run.each(run.start)
        _report(run, name, progress, checkpoint)
    while (found := run.finished()) is None:
        run.each(run.walk)
        _report(run, name, progress, checkpoint)
    return found


def _report(run: "_Run", name: str, progress: Progress, checkpoint: Checkpoint | None) -> None:
    if checkpoint:
        checkpoint.save(to_bytes(run.to_arrays(name)))
    progress(_DOING, run.done)


class _Run:
    """The chains of one answer and what they have drawn so far."""

    def __init__(self, model: Model, plan: Plan, seed: int) -> None:
        self.model, self.plan = model, plan
        self.states = [ChainState.first(model, seed=seed, number=c) for c in range(plan.chains)]
        self.works = [workspace(model) for _ in self.states]
        self.every = max(1, min(plan.block, (plan.draws or plan.first) * plan.chains // plan.positions))
        self.draws: list[NDArray[np.float64]] = [np.zeros((0, len(VARIABLES)))] * plan.chains
        self.kept: list[NDArray[np.float64]] = [np.zeros((0, coordinates(model)))] * plan.chains
        self.accepted = np.zeros(plan.chains)
        self.checked = 0
        self.goal = plan.draws or plan.first

    @property
    def length(self) -> int:
        """Draws of each chain so far."""
        return len(self.draws[0])

    @property
    def done(self) -> float:
        """Share of the work as far as it can be foreseen, 0..1."""
        return (self.plan.burn_in + self.length) / (self.plan.burn_in + self.goal)

    def each(self, work: Callable[[int], None]) -> None:
        """Do something with every chain, on as many processors as there are."""
        with ThreadPoolExecutor(max_workers=min(self.plan.chains, os.cpu_count() or 1)) as pool:
            list(pool.map(work, range(self.plan.chains)))

    def start(self, c: int) -> None:
        """Place chain ``c`` and burn it in."""
        state, work = self.states[c], self.works[c]
        place_chain(state, c, self.model, work)
        settle_chain(state.chain, self.plan.burn_in, self.model, work, state.generator)

    def walk(self, c: int) -> None:
        """Add a block to chain ``c``."""
        moves = min(self.plan.block, self.goal - self.length_of(c))
        block = Block(
            draws=np.zeros((moves, len(VARIABLES))),
            kept=np.zeros((moves // self.every, coordinates(self.model))),
            every=self.every,
        )
        state, work = self.states[c], self.works[c]
        self.accepted[c] += moves * walk_chain(state.chain, block, self.model, work, state.generator)
        self.draws[c] = np.concatenate([self.draws[c], block.draws])
        self.kept[c] = np.concatenate([self.kept[c], block.kept])

    def length_of(self, c: int) -> int:
        """Draws of one chain so far."""
        return len(self.draws[c])

    def finished(self) -> Walks | None:
        """Give the answer if no more work is to be done; raise the goal if it was too low."""
        if self.length < self.goal:
            return None
        best = self.walks(left_out=0)
        if self.plan.draws is not None or self.is_enough(best):
            return best
        late = self.walks(left_out=self.length // 2)
        if self.is_enough(late):
            return late
        if self.length >= self.plan.most:
            return min(best, late, key=lambda walks: walks.convergence["rhat"])
        self.goal = min(2 * self.goal, self.plan.most)
        return None

    def is_enough(self, walks: Walks) -> bool:
        """Tell whether the chains agree and the total is drawn well enough."""
        total = convergence(Draws(values=walks.values), variables=(TOTAL,))["ess_bulk"]
        return walks.has_converged and total >= self.plan.effective

    def walks(self, *, left_out: int) -> Walks:
        """Put the draws together, without the first ``left_out`` of each chain."""
        table = np.array(self.draws)[:, left_out:]
        values = {name: np.ascontiguousarray(table[:, :, i]) for i, name in enumerate(VARIABLES)}
        kept = np.array(self.kept)[:, left_out // self.every :]
        spread = max(1, kept.shape[0] * kept.shape[1] // self.plan.positions)
        return Walks(
            values=values,
            positions=kept[:, spread - 1 :: spread],
            acceptance=float(self.accepted.sum() / max(1, self.length * self.plan.chains)),
            convergence=convergence(Draws(values=values)),
            left_out=left_out,
        )

    def to_arrays(self, name: str) -> dict[str, NDArray[np.generic]]:
        """Write everything that a continuation needs."""
        arrays: dict[str, NDArray[np.generic]] = {
            "name": np.frombuffer(name.encode(), dtype=np.uint8),
            "draws": np.array(self.draws),
            "kept": np.array(self.kept),
            "accepted": self.accepted,
            "goal": np.array([self.goal]),
        }
        for c, state in enumerate(self.states):
            arrays |= {f"{part}_{c}": array for part, array in state.to_arrays().items()}
        return arrays

    def take_up(self, name: str, packed: bytes | None) -> bool:
        """Go on from a checkpoint; False if there is none of this very run."""
        if packed is None:
            return False
        try:
            arrays = from_bytes(packed)
        except (ValueError, OSError, EOFError, zipfile.BadZipFile):
            return False
        if arrays.get("name", np.zeros(0)).tobytes() != name.encode():
            return False
        self.draws = list(np.asarray(arrays["draws"], dtype=np.float64))
        self.kept = list(np.asarray(arrays["kept"], dtype=np.float64))
        self.accepted = np.array(arrays["accepted"], dtype=np.float64)
        self.goal = int(np.asarray(arrays["goal"], dtype=np.int64)[0])
        parts = (*self.states[0].chain._fields, _RANDOM)
        self.states = [
            ChainState.from_arrays({part: arrays[f"{part}_{c}"] for part in parts})
            for c in range(self.plan.chains)
        ]
        return True


def _identity(model: Model, plan: Plan, seed: int) -> str:
    """Name the table, the prior, the plan, the seed and the version that draws belong to."""
    table = hashlib.sha256()
    for array in (model.tree.left, model.tree.right, model.counts):
        table.update(np.ascontiguousarray(array).tobytes() + b"|")
    said = {
        "method": "latent-class",
        "version": VERSION,
        "table": table.hexdigest(),
        "prior": [*model.prior, model.classes],
        "plan": asdict(plan),
        "seed": seed,
    }
    return json.dumps(said, sort_keys=True)
