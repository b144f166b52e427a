"""What is believed about classes, chances and the total before the lists are seen."""

from dataclasses import dataclass
from typing import NamedTuple

from kuager.core.errors import BadInputError


class PriorNumbers(NamedTuple):
    """The prior as compiled functions take it.

    Parameters
    ----------
    rate_a, rate_b : float
        Beta prior of the chance to be on a list.
    concentration_shape, concentration_rate : float
        Gamma prior of the concentration.
    maximum_unseen : int
        Largest number of unseen persons; -1 for none.

    """

    rate_a: float
    rate_b: float
    concentration_shape: float
    concentration_rate: float
    maximum_unseen: int


@dataclass(frozen=True, kw_only=True)
class LatentClassPrior:
    """Prior of the latent class model; the defaults are those of Manrique-Vallier (2016).

    Parameters
    ----------
    classes : int
        Most classes that there may be, 1 to 64; the data choose how many are used.
    concentration_shape, concentration_rate : float
        Gamma prior of the concentration ``alpha``, which says how many classes are used; positive.
    rate_a, rate_b : float
        Beta prior of the chance that a person of a class is on a list; positive. 1 and 1 is uniform, which
        with ten lists or more says that almost nobody is missed by all (see ``prior_for_many_lists``).
    maximum : int or None
        Largest total thought possible, persons. None, the default, sets no limit; a limit that matters is
        reported with the answer.

    Notes
    -----
    The prior of the total is ``1/N``.

    """

    classes: int = 10
    concentration_shape: float = 0.25
    concentration_rate: float = 0.25
    rate_a: float = 1.0
    rate_b: float = 1.0
    maximum: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.classes <= 64:
            raise BadInputError(f"there may be 1 to 64 classes, got {self.classes}")
        positive = (self.concentration_shape, self.concentration_rate, self.rate_a, self.rate_b)
        if not all(0 < number < 1e6 for number in positive):
            raise BadInputError("the shapes and rates of the prior are positive numbers below 1,000,000")

    def numbers(self, observed: int) -> PriorNumbers:
        """Give the prior to compiled functions for a table of ``observed`` persons.

        Raises
        ------
        BadInputError
            If the maximum is not above the persons observed.

        """
        if self.maximum is not None and self.maximum <= observed:
            raise BadInputError(
                f"the maximum {self.maximum} must be above the {observed} persons on the lists"
            )
        return PriorNumbers(
            rate_a=float(self.rate_a),
            rate_b=float(self.rate_b),
            concentration_shape=float(self.concentration_shape),
            concentration_rate=float(self.concentration_rate),
            maximum_unseen=-1 if self.maximum is None else self.maximum - observed,
        )
