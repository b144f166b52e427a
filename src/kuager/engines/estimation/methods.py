"""Every method by its name on the command line, and the one way to call them."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import import_module
from typing import TypeAlias, cast

from kuager.core.errors import BadInputError
from kuager.engines.estimation.guard import guarded
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.interaction import estimate_no_highest_interaction
from kuager.engines.estimation.lower_bound import estimate_chao
from kuager.engines.estimation.request import Request
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.sample_coverage import estimate_sample_coverage
from kuager.engines.estimation.trial import Trial, told, try_out
from kuager.engines.estimation.two_lists import estimate_chapman, estimate_lincoln_petersen

Method: TypeAlias = Callable[[CaptureHistories, Request], Estimate]


def lazily(place: str) -> Method:
    """Import a method on its first use: those that draw bring a compiler with them.

    Parameters
    ----------
    place : str
        Module below this package and function, for example ``latent_class.answering:estimate_latent_class``.

    """

    def method(histories: CaptureHistories, request: Request) -> Estimate:
        module, _, name = place.partition(":")
        found = getattr(import_module(f"kuager.engines.estimation.{module}"), name)
        return cast(Method, found)(histories, request)

    return method


METHODS: Mapping[str, Method] = {
    "lincoln-petersen": estimate_lincoln_petersen,
    "chapman": estimate_chapman,
    "chao": estimate_chao,
    "sample-coverage": estimate_sample_coverage,
    "no-highest-interaction": estimate_no_highest_interaction,
    "loglinear": lazily("loglinear.answering:estimate_loglinear"),
    "loglinear-average": lazily("loglinear.answering:estimate_average"),
    "sparse": lazily("sparse.answering:estimate_sparse"),
    "decomposable": lazily("graphs.answering:estimate_decomposable"),
    "latent-class": lazily("latent_class.answering:estimate_latent_class"),
    "heterogeneity": lazily("loglinear.heterogeneity:estimate_heterogeneity"),
}
# A method is tried on lists of known size before its interval is believed (see trial): by itself if it lets
# people differ and depend in its own way, else by the graphs, which are quick and whose intervals are narrow
# enough to fail. With three lists or fewer there is only a lower bound, and nothing to try.
TRIED_BY: Mapping[str, str] = {
    "sample-coverage": "decomposable",
    "loglinear": "decomposable",
    "loglinear-average": "decomposable",
    "sparse": "decomposable",
    "decomposable": "decomposable",
    "latent-class": "latent-class",
    "heterogeneity": "decomposable",
}
FEWEST_TO_TRY = 4


def estimate(
    histories: CaptureHistories,
    *,
    method: str,
    request: Request | None = None,
    derived: Mapping[str, str] | None = None,
    cannot_contain: Mapping[str, str] | None = None,
) -> Estimate:
    """Estimate how many persons there are, with the guard's verdict on publication.

    Parameters
    ----------
    histories : CaptureHistories
        Who is on which lists.
    method : str
        A key of ``METHODS``.
    request : Request, optional
        Level of the interval, seed, order of interactions.
    derived : mapping, optional
        Lists built from another list: name of the copy to name of its origin.
    cannot_contain : mapping, optional
        Lists on which some people can never be: name of the list to those people, in words.

    Raises
    ------
    BadInputError
        The method is not known, or the table does not suit it.
    RefusedError
        The table has no finite answer.

    """
    if method not in METHODS:
        raise BadInputError(f"there is no method {method!r}; use {', '.join(METHODS)} or all")
    if not histories.observed:
        raise BadInputError("the table counts nobody; at least one person must be on a list")
    answer = tried(histories, method, request or Request())
    return guarded(histories, answer, derived=derived, cannot_contain=cannot_contain)


def tried(histories: CaptureHistories, method: str, request: Request) -> Estimate:
    """Answer by one method, and try it out on lists of known size."""
    return tried_out(histories, METHODS[method](histories, request), request)


def tried_out(histories: CaptureHistories, answer: Estimate, request: Request) -> Estimate:
    """Write into an answer how its method did on lists of known size."""
    if answer.method not in TRIED_BY or answer.is_lower_bound or len(histories.lists) < FEWEST_TO_TRY:
        return answer
    return told(answer, _trial(histories, TRIED_BY[answer.method], request))


@lru_cache(maxsize=16)
def _trial(histories: CaptureHistories, method: str, request: Request) -> Trial | None:
    """Try once what several methods of a comparison ask for."""
    return try_out(histories, METHODS[method], request=request)
