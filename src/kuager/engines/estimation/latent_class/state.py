"""The state of a chain: everything that decides what it does next, to be saved and taken up again exactly."""

import io
from collections.abc import Mapping
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from kuager.engines.estimation.latent_class.hmc import first_tuning
from kuager.engines.estimation.latent_class.model import Model, coordinates

FIRST_STEP = 0.05


class Chain(NamedTuple):
    """Where a chain is, as compiled functions move it.

    Parameters
    ----------
    position : array of shape (n_coordinates,)
        See ``model``.
    alpha : array of shape (1,)
        Concentration.
    tuning : array of shape (5,)
        See ``hmc``.

    """

    position: NDArray[np.float64]
    alpha: NDArray[np.float64]
    tuning: NDArray[np.float64]


class ChainState:
    """A chain with its own random numbers.

    Parameters
    ----------
    chain : Chain
        Where it is.
    generator : numpy.random.Generator
        Over ``SFC64``.

    """

    def __init__(self, chain: Chain, generator: np.random.Generator) -> None:
        self.chain = chain
        self.generator = generator

    @classmethod
    def first(cls, model: Model, *, seed: int, number: int) -> Self:
        """Give chain ``number`` of a seed its random numbers, and a place to be filled."""
        step = FIRST_STEP * min(1.0, (4400 / model.observed) ** 0.5)
        chain = Chain(np.zeros(coordinates(model)), np.ones(1), first_tuning(step))
        return cls(chain, np.random.Generator(np.random.SFC64([seed, number])))

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Write as arrays by name."""
        found = self.generator.bit_generator.state
        random = [*found["state"]["state"].tolist(), found["has_uint32"], found["uinteger"]]
        return {**self.chain._asdict(), "random": np.array(random, dtype=np.uint64)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Self:
        """Read what ``to_arrays`` has written; the chain goes on as if it had never stopped."""
        parts = {name: np.array(arrays[name], dtype=np.float64) for name in Chain._fields}
        random = [int(number) for number in arrays["random"]]
        bits = np.random.SFC64()
        bits.state = {
            "bit_generator": "SFC64",
            "state": {"state": np.array(random[:4], dtype=np.uint64)},
            "has_uint32": random[4],
            "uinteger": random[5],
        }
        return cls(Chain(**parts), np.random.Generator(bits))


def to_bytes(arrays: Mapping[str, NDArray[np.generic]]) -> bytes:
    """Pack arrays by name."""
    room = io.BytesIO()
    np.savez(room, allow_pickle=False, **arrays)
    return room.getvalue()


def from_bytes(packed: bytes) -> dict[str, NDArray[np.generic]]:
    """Unpack what ``to_bytes`` has packed; nothing in it is ever run.

    Raises
    ------
    ValueError
        It is something else.

    """
    with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}
