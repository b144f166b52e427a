"""Independent ladders of copies side by side, in blocks, until they agree; resumable like ``chains``."""

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from kuager.engines.estimation.diagnostics import convergence
from kuager.engines.estimation.draws import TOTAL, Draws
from kuager.engines.estimation.latent_class.chains import Walks
from kuager.engines.estimation.latent_class.model import Model, coordinates, workspace
from kuager.engines.estimation.latent_class.reduction import Ladder, ladder
from kuager.engines.estimation.latent_class.replicas import Replicas, settle_replicas, walk_replicas
from kuager.engines.estimation.latent_class.rungs import (
    FIRST_STREAM,
    TemperingPlan,
    first_replicas,
    start_replicas,
)
from kuager.engines.estimation.latent_class.state import Chain, ChainState, from_bytes, to_bytes
from kuager.engines.estimation.latent_class.walking import VARIABLES, Block

# Raise when the same seed gives other numbers than before: older checkpoints are then begun again.
VERSION = 1
_RANDOM = "random"


class Ladders:
    """All ladders of one answer, and what they have drawn so far.

    Parameters
    ----------
    model : Model
        Table and prior.
    plan : TemperingPlan
        How much work.
    seed : int
        Same seed, same draws.

    """

    def __init__(self, model: Model, plan: TemperingPlan, seed: int) -> None:
        self.model, self.plan, self.seed = model, plan, seed
        self.works = [workspace(model) for _ in range(plan.ladders)]
        self.every = max(1, min(plan.block, (plan.draws or plan.first) * plan.ladders // plan.positions))
        self.draws: list[NDArray[np.float64]] = [np.zeros((0, len(VARIABLES)))] * plan.ladders
        self.kept: list[NDArray[np.float64]] = [np.zeros((0, coordinates(model)))] * plan.ladders
        self.accepted = np.zeros(plan.ladders)
        self.goal = plan.draws or plan.first

    def place(self, shares: NDArray[np.float64]) -> None:
        """Give all ladders their rungs and their own random numbers."""
        self.shares = shares
        self.steps: Ladder = ladder(self.model, shares)
        self.replicas: list[Replicas] = []
        self.generators: list[np.random.Generator] = []
        for c in range(self.plan.ladders):
            self.replicas.append(first_replicas(self.model, self.steps))
            first = ChainState.first(self.model, seed=self.seed, number=FIRST_STREAM + c)
            self.generators.append(first.generator)

    @property
    def length(self) -> int:
        """Draws of each ladder so far."""
        return len(self.draws[0])

    @property
    def done(self) -> float:
        """Share of the work as far as it can be foreseen, 0..1."""
        return (self.plan.burn_in + self.length) / (self.plan.burn_in + self.goal)

    def each(self, work: Callable[[int], None]) -> None:
        """Do something with every ladder, on as many processors as there are."""
        with ThreadPoolExecutor(max_workers=min(self.plan.ladders, os.cpu_count() or 1)) as pool:
            list(pool.map(work, range(self.plan.ladders)))

    def start(self, c: int) -> None:
        """Place the copies of ladder ``c`` and burn it in."""
        replicas, rng = self.replicas[c], self.generators[c]
        start_replicas(replicas, c, self.model, self.steps, rng)
        settle_replicas(replicas, self.plan.burn_in, self.steps, self.model, self.works[c], rng)
        for tally in (replicas.accepted, replicas.offered, replicas.counters[1:]):
            tally[:] = 0

    def walk(self, c: int) -> None:
        """Add a block to ladder ``c``."""
        moves = min(self.plan.block, self.goal - len(self.draws[c]))
        block = Block(
            draws=np.zeros((moves, len(VARIABLES))),
            kept=np.zeros((moves // self.every, coordinates(self.model))),
            every=self.every,
        )
        self.accepted[c] += moves * walk_replicas(
            self.replicas[c], block, self.steps, self.model, self.works[c], self.generators[c]
        )
        self.draws[c] = np.concatenate([self.draws[c], block.draws])
        self.kept[c] = np.concatenate([self.kept[c], block.kept])

    def swap_rates(self) -> NDArray[np.float64]:
        """Probability that neighbours change places, mean over ladders, shape (n_rungs - 1,)."""
        accepted = np.sum([replicas.accepted for replicas in self.replicas], axis=0)
        offered = np.sum([replicas.offered for replicas in self.replicas], axis=0)
        return np.asarray(accepted / np.maximum(offered, 1.0))

    def round_trips(self) -> int:
        """Count the copies that came to the whole table from the smallest, all ladders together."""
        return sum(int(replicas.counters[1]) for replicas in self.replicas)

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
        """Tell whether the ladders agree, the total is drawn well enough and the copies have travelled."""
        total = convergence(Draws(values=walks.values), variables=(TOTAL,))["ess_bulk"]
        has_travelled = self.round_trips() >= self.plan.trips
        return walks.has_converged and total >= self.plan.effective and has_travelled

    def walks(self, *, left_out: int) -> Walks:
        """Put the draws together, without the first ``left_out`` of each ladder."""
        table = np.array(self.draws)[:, left_out:]
        values = {name: np.ascontiguousarray(table[:, :, i]) for i, name in enumerate(VARIABLES)}
        kept = np.array(self.kept)[:, left_out // self.every :]
        spread = max(1, kept.shape[0] * kept.shape[1] // self.plan.positions)
        return Walks(
            values=values,
            positions=kept[:, spread - 1 :: spread],
            acceptance=float(self.accepted.sum() / max(1, self.length * self.plan.ladders)),
            convergence=convergence(Draws(values=values)),
            left_out=left_out,
        )

    def packed(self) -> bytes:
        """Write everything that a continuation needs."""
        arrays: dict[str, NDArray[np.generic]] = {
            "name": np.frombuffer(self._name().encode(), dtype=np.uint8),
            "shares": self.shares,
            "draws": np.array(self.draws),
            "kept": np.array(self.kept),
            "accepted_trajectories": self.accepted,
            "goal": np.array([self.goal]),
        }
        for c, (replicas, generator) in enumerate(zip(self.replicas, self.generators, strict=True)):
            arrays |= {f"{part}_{c}": array for part, array in replicas._asdict().items()}
            arrays[f"{_RANDOM}_{c}"] = _state_of(generator)[_RANDOM]
        return to_bytes(arrays)

    def take_up(self, packed: bytes | None) -> bool:
        """Go on from a checkpoint; False if there is none of this very run."""
        if packed is None:
            return False
        try:
            arrays = from_bytes(packed)
        except (ValueError, OSError, EOFError, zipfile.BadZipFile):
            return False
        if arrays.get("name", np.zeros(0)).tobytes() != self._name().encode():
            return False
        self.place(np.asarray(arrays["shares"], dtype=np.float64))
        self.draws = list(np.asarray(arrays["draws"], dtype=np.float64))
        self.kept = list(np.asarray(arrays["kept"], dtype=np.float64))
        self.accepted = np.array(arrays["accepted_trajectories"], dtype=np.float64)
        self.goal = int(np.asarray(arrays["goal"], dtype=np.int64)[0])
        for c, replicas in enumerate(self.replicas):
            for part, array in replicas._asdict().items():
                array[...] = arrays[f"{part}_{c}"]
            state = {**_state_of(self.generators[c]), _RANDOM: arrays[f"{_RANDOM}_{c}"]}
            self.generators[c] = ChainState.from_arrays(state).generator
        return True

    def _name(self) -> str:
        """Name the table, the prior, the plan, the seed and the version that draws belong to."""
        table = hashlib.sha256()
        for array in (self.model.tree.left, self.model.tree.right, self.model.counts):
            table.update(np.ascontiguousarray(array).tobytes() + b"|")
        said = {
            "method": "latent-class-tempering",
            "version": VERSION,
            "table": table.hexdigest(),
            "prior": [*self.model.prior, self.model.classes],
            "plan": asdict(self.plan),
            "seed": self.seed,
        }
        return json.dumps(said, sort_keys=True)


def _state_of(generator: np.random.Generator) -> Mapping[str, NDArray[np.generic]]:
    """Write random numbers as arrays, as those of a chain are written."""
    return ChainState(Chain(np.zeros(0), np.zeros(0), np.zeros(0)), generator).to_arrays()
