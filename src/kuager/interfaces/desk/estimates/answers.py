"""What each method answered, as a page shows it."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from django.utils.translation import gettext

from kuager.domain.lists.terms import method_word
from kuager.engines.estimation import Estimate
from kuager.engines.estimation.careful_bounds import careful

Texts = Sequence[object]
Stored = Mapping[str, object]
# What the guard asks of draws; see the engine's guard for the sources.
LARGEST_RHAT = 1.01
FEWEST_EFFECTIVE = 400
# Shown in words above the table of all figures.
TOLD_IN_WORDS = frozenset({"rhat", "ess_bulk", "ess_tail", "lists"})


@dataclass(frozen=True, kw_only=True)
class ShownAnswer:
    """One method's answer; numbers of persons, None where there is none or the data do not bound it."""

    method: str
    name: str
    lists: str
    observed: int | None
    estimate: float | None
    low: float | None
    high: float | None
    level: str
    unseen: float | None
    lower_bound: bool
    promised: float | None
    publishable: bool
    reasons: Texts
    warnings: Texts
    assumptions: Texts
    checks: Sequence["Check"] = ()
    figures: Sequence[tuple[str, object]] = ()

    @property
    def has_interval(self) -> bool:
        """Whether both ends are known."""
        return self.low is not None and self.high is not None


@dataclass(frozen=True, kw_only=True)
class Check:
    """One check of the computation in words, and whether it passed."""

    words: str
    is_passed: bool


def shown_answer(answer: Stored, *, name: str = "") -> ShownAnswer:
    """Read one stored answer; ``name`` where it is about something else than a method, such as a stratum."""
    low, high = cast("Sequence[float | None]", answer.get("interval") or (None, None))
    unseen = cast("Mapping[str, float | None]", answer.get("unseen") or {})
    diagnostics = cast("Stored", answer.get("diagnostics") or {})
    level = round(float(cast("float", answer.get("level", 0.95))) * 100)
    method = str(answer.get("method", ""))
    return ShownAnswer(
        method=method,
        name=name or method_word(method),
        lists=str(diagnostics.get("lists", "")),
        observed=cast("int | None", answer.get("observed")),
        estimate=cast("float | None", answer.get("estimate")),
        low=low,
        high=high,
        level=gettext("%(level)d %% interval") % {"level": level},
        unseen=unseen.get("estimate"),
        lower_bound=bool(answer.get("lower_bound")),
        promised=_promised(low, answer, diagnostics),
        publishable=bool(answer.get("publishable")),
        reasons=cast("Texts", answer.get("reasons") or ()),
        warnings=cast("Texts", answer.get("warnings") or ()),
        assumptions=cast("Texts", answer.get("assumptions") or ()),
        checks=tuple(_checks(diagnostics)),
        figures=[item for item in diagnostics.items() if item[0] not in TOLD_IN_WORDS],
    )


def answers_of(results: Stored) -> list[ShownAnswer]:
    """Return all answers of a run, in the order of the engine."""
    return [shown_answer(answer) for answer in cast("Sequence[Stored]", results.get("methods") or ())]


def recommended_answer(results: Stored) -> ShownAnswer | None:
    """Return the answer that the headline is about; of runs before there were headlines the best there is."""
    found = cast("Sequence[Stored]", results.get("methods") or ())
    if "recommended" not in results:
        ranked = sorted(found, key=lambda one: not one.get("publishable"))
        return shown_answer(ranked[0]) if ranked else None
    wanted = results["recommended"]
    return next((shown_answer(one) for one in found if one.get("method") == wanted), None)


def methods_without_answer(results: Stored) -> list[tuple[str, object]]:
    """Return the methods that gave no answer, and why."""
    not_run = cast("Stored", results.get("not_run") or {})
    return [(method_word(name), reason) for name, reason in not_run.items()]


def _promised(low: float | None, answer: Stored, diagnostics: Stored) -> float | None:
    """Return what a lower bound promises, as the engine's sentence says it; None for other answers."""
    if low is None or not answer.get("lower_bound"):
        return None
    inflation = diagnostics.get("inflation_by_unequal_lists", 1.0)
    observed = cast(int, answer["observed"])
    bound = Estimate(
        method=str(answer.get("method")),
        observed=observed,
        estimate=low,
        interval=(low, low),
        level=0.95,
        diagnostics={"inflation_by_unequal_lists": cast(float, inflation or math.inf)},
    )
    return careful(low, bound)


def _checks(diagnostics: Stored) -> Iterator[Check]:
    """Say how well the draws were made."""
    rhat = diagnostics.get("rhat")
    if isinstance(rhat, int | float):
        words = gettext("The chains agree with each other: R-hat %(rhat).3f, at most %(most)s.")
        if rhat > LARGEST_RHAT:
            words = gettext("The chains do not agree with each other: R-hat %(rhat).3f, at most %(most)s.")
        yield Check(words=words % {"rhat": rhat, "most": LARGEST_RHAT}, is_passed=rhat <= LARGEST_RHAT)
    sizes = [diagnostics.get(name) for name in ("ess_bulk", "ess_tail")]
    known = [size for size in sizes if isinstance(size, int | float)]
    if known:
        words = gettext("The draws are worth %(size)d independent ones; at least %(least)d are needed.")
        yield Check(
            words=words % {"size": min(known), "least": FEWEST_EFFECTIVE},
            is_passed=min(known) >= FEWEST_EFFECTIVE,
        )
