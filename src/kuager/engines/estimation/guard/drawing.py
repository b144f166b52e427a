"""Reasons that lie in how an answer was drawn: chains that disagree, or that ran into a wall."""

from collections.abc import Iterator

from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.sentences import Sentence, people

# Vehtari et al. (2021), Bayesian Analysis 16, 667-718, section 4: R-hat below 1.01, and with four
# chains an effective sample size of 400 (100 a chain), below which R-hat itself cannot be trusted.
LARGEST_RHAT = 1.01
FEWEST_EFFECTIVE = 400
# A 95 % interval leaves out one draw in forty at its upper end; if more than that stand at the largest number
# the caller allowed, the interval ends where the caller said, not where the data say.
MOST_NEAR_MAXIMUM = 0.025
NEAR = 0.95
NO = ("no", "False", "false", "0")


def refused_for_drawing(estimate: Estimate) -> Iterator[str]:
    """Read the diagnostics of drawing.

    ``rhat``, ``ess_bulk``, ``ess_tail``, ``second_sampler_agrees`` ("yes", "no"); ``maximum`` (persons, set
    by the caller) together with the draws, or ``largest_considered`` with ``left_at_the_end`` (0..1).
    """
    found = estimate.diagnostics
    rhat = _number(found.get("rhat", 1.0))
    if not rhat <= LARGEST_RHAT:
        yield Sentence(
            "The chains that draw the answer do not agree with each other (R-hat {rhat}, at most {most}); "
            "run them longer.",
            rhat=f"{rhat:.3f}",
            most=str(LARGEST_RHAT),
        )
    effective = min(
        (_number(found[name]) for name in ("ess_bulk", "ess_tail") if name in found), default=FEWEST_EFFECTIVE
    )
    if not effective >= FEWEST_EFFECTIVE:
        yield Sentence(
            "The draws are worth only {n} independent ones; at least {least} are needed; run them longer.",
            n=people(effective),
            least=str(FEWEST_EFFECTIVE),
        )
    if str(found.get("second_sampler_agrees", "yes")) in NO or found.get("second_sampler_agrees") == 0:
        yield Sentence("A second way of drawing from the same model gives another answer.")
    yield from _near_maximum(estimate)


def _near_maximum(estimate: Estimate) -> Iterator[str]:
    """Look at the largest number allowed, set by the caller or by the end of a grid."""
    found = estimate.diagnostics
    largest, share = found.get("maximum"), 0.0
    if isinstance(largest, (int, float)) and estimate.draws is not None:
        share = float((estimate.draws.total >= NEAR * largest).mean())
    elif "left_at_the_end" in found:
        largest, share = found.get("largest_considered", 0.0), _number(found["left_at_the_end"])
    if share > MOST_NEAR_MAXIMUM:
        yield Sentence(
            "The answer is cut off by the largest number that was allowed ({maximum}); the data allow more.",
            maximum=people(_number(largest or 0.0)),
        )


def _number(value: float | str) -> float:
    """Read a diagnostic; words where a number should be count as not known, which never passes."""
    return float("nan") if isinstance(value, str) else float(value)
