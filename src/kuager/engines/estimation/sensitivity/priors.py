"""What other beliefs beforehand would have made of the same lists."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import TypeAlias

from kuager.core.errors import BadInputError, KuagerError
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.interaction import estimate_no_highest_interaction
from kuager.engines.estimation.methods import estimate
from kuager.engines.estimation.request import Request
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.sensitivity.variation import Variation, alone, compared
from kuager.engines.estimation.sentences import Sentence, people

ANALYSIS = "prior"

Other: TypeAlias = tuple[Sentence, Callable[[], Estimate]]


def prior_sensitivity(
    histories: CaptureHistories,
    *,
    method: str,
    request: Request | None = None,
    full: Estimate | None = None,
) -> tuple[Variation, ...]:
    """Estimate again under other priors.

    Raises
    ------
    BadInputError
        The method has no prior to change.

    """
    if method not in OTHER_PRIORS:
        raise BadInputError(f"method {method!r} has no prior to change; {', '.join(OTHER_PRIORS)} have")
    asked = alone(request or Request())
    whole = full or estimate(histories, method=method, request=asked)
    return tuple(compared(_tried(name, run), whole) for name, run in OTHER_PRIORS[method](histories, asked))


def _tried(name: Sentence, run: Callable[[], Estimate]) -> Variation:
    try:
        return Variation(analysis=ANALYSIS, name=name, answer=run())
    except KuagerError as error:
        return Variation(analysis=ANALYSIS, name=name, answer=None, reason=str(error))


def prior_sentences(found: tuple[Variation, ...], full: Estimate) -> tuple[Sentence, ...]:
    """Say how much the priors matter."""
    answers = [case.answer for case in found if case.answer]
    if not answers:
        return ()
    return (
        Sentence(
            "Other priors would give {low} to {high} (intervals from {least} to {most}) instead of {full} "
            "({full_low} to {full_high}).",
            low=people(min(answer.estimate for answer in answers)),
            high=people(max(answer.estimate for answer in answers)),
            least=people(min(answer.interval[0] for answer in answers)),
            most=people(max(answer.interval[1] for answer in answers)),
            full=people(full.estimate),
            full_low=people(full.interval[0]),
            full_high=people(full.interval[1]),
        ),
    )


def _interaction_priors(histories: CaptureHistories, request: Request) -> Iterator[Other]:
    """Change the prior count of each combination of lists: Jeffreys' half, and two."""
    for count in (0.5, 2.0):
        yield (
            _prior_count(count),
            partial(estimate_no_highest_interaction, histories, request, prior_count=count),
        )


def _graph_priors(histories: CaptureHistories, request: Request) -> Iterator[Other]:
    """Change the prior count of each combination of lists to those of Madigan & York, from 2**-n_lists."""
    # Imported here: this brings the compiler with it.
    from kuager.engines.estimation.graphs.answering import estimate_decomposable
    from kuager.engines.estimation.graphs.evidence import Prior

    for count in (0.5, 1.0):
        yield (
            _prior_count(count),
            partial(estimate_decomposable, histories, request, prior=Prior(count=count)),
        )


def _class_priors(histories: CaptureHistories, request: Request) -> Iterator[Other]:
    """Change how many classes there may be, how even they are, and how likely people are to be listed."""
    from kuager.engines.estimation.latent_class.answering import estimate_latent_class
    from kuager.engines.estimation.latent_class.priors import LatentClassPrior

    usual = LatentClassPrior()
    others = {
        Sentence("{n} classes at most", n=str(2 * usual.classes)): replace(usual, classes=2 * usual.classes),
        Sentence("more classes likely beforehand (concentration Gamma(1, 1))"): replace(
            usual, concentration_shape=1.0, concentration_rate=1.0
        ),
        Sentence("chances to be on a list near none or all beforehand (Beta(1/2, 1/2))"): replace(
            usual, rate_a=0.5, rate_b=0.5
        ),
        Sentence("small chances to be on a list likely beforehand (Beta(1, 2))"): replace(usual, rate_b=2.0),
    }
    for name, prior in others.items():
        yield name, partial(estimate_latent_class, histories, request, prior=prior)


def _prior_count(count: float) -> Sentence:
    return Sentence("prior count {count} for each combination of lists", count=f"{count:g}")


OTHER_PRIORS: Mapping[str, Callable[[CaptureHistories, Request], Iterator[Other]]] = {
    "no-highest-interaction": _interaction_priors,
    "decomposable": _graph_priors,
    "latent-class": _class_priors,
}
