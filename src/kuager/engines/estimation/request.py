"""What a caller may ask of every method."""

from dataclasses import dataclass

from kuager.core.errors import BadInputError


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

    """

    level: float = 0.95
    seed: int = 1
    order: int | None = None

    def __post_init__(self) -> None:
        if not 0.5 <= self.level <= 0.999:
            raise BadInputError(f"the level of an interval is between 0.5 and 0.999, got {self.level}")
        if self.order is not None and self.order < 1:
            raise BadInputError(f"the order of interactions is at least 1, got {self.order}")
