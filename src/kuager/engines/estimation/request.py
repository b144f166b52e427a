"""What a caller may ask of every method."""

from dataclasses import dataclass, field
from typing import Literal

from kuager.core.errors import BadInputError
from kuager.engines.estimation.running import Checkpoint, Progress, silent


@dataclass(frozen=True, kw_only=True)
class Request:
    """Settings shared by all methods; a method ignores those it does not need.

    Parameters
    ----------
    level : float
        Probability of the interval, between 0.5 and 0.999.
    seed : int
        Start of the random numbers of methods that draw.
    order : int or None
        Largest number of lists that may interact in one log-linear term; unknown means the method's choice.
    criterion : str
        How log-linear models are ranked: ``bic`` (the default) asks for more evidence before lists are said
        to depend on each other, ``aic`` for less.
    chains : int
        Independent chains of a method that draws, at least 4, so that their agreement can be judged.
    draws : int or None
        Draws kept in each chain, or replicates of a bootstrap; unknown means the method's choice.
    progress : callable
        Told how far long work is.
    checkpoint : Checkpoint or None
        Where long work keeps what it has done, to go on after an interruption; the answer is the same.

    """

    level: float = 0.95
    seed: int = 1
    order: int | None = None
    criterion: Literal["bic", "aic"] = "bic"
    chains: int = 4
    draws: int | None = None
    progress: Progress = field(default=silent, compare=False, repr=False)
    checkpoint: Checkpoint | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not 0.5 <= self.level <= 0.999:
            raise BadInputError(f"the level of an interval is between 0.5 and 0.999, got {self.level}")
        if self.order is not None and self.order < 1:
            raise BadInputError(f"the order of interactions is at least 1, got {self.order}")
        if self.criterion not in ("bic", "aic"):
            raise BadInputError(f"models are ranked by bic or aic, got {self.criterion!r}")
        if not 4 <= self.chains <= 64:
            raise BadInputError(f"there are 4 to 64 chains, got {self.chains}")
        if self.draws is not None and not 100 <= self.draws <= 1_000_000:
            raise BadInputError(f"a chain keeps 100 to 1,000,000 draws, got {self.draws}")
