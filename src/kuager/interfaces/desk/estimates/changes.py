"""Strata of an estimate, and what it would be with something changed, as pages show them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django.utils.translation import get_language, gettext

from kuager.core.errors import NotFoundError
from kuager.domain.lists.terms import Strata
from kuager.domain.people.terms import Sex
from kuager.domain.places.queries import get_place, place_name
from kuager.interfaces.desk.estimates.answers import ShownAnswer, shown_answer

if TYPE_CHECKING:
    from kuager.domain.lists.models import EstimateRun

Stored = Mapping[str, object]
UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class ShownStrata:
    """Each group of people alone, and all together."""

    word: str
    strata: Sequence[ShownAnswer]
    total: ShownAnswer


@dataclass(frozen=True, kw_only=True)
class ChangedAnswers:
    """One kind of change, with the answer each time."""

    title: str
    answers: Sequence[tuple[ShownAnswer, object]]


@dataclass(frozen=True, kw_only=True)
class ShownSensitivity:
    """What was changed, and what the engine says of it."""

    changes: Sequence[ChangedAnswers]
    sentences: Sequence[object]


def shown_strata(run: "EstimateRun") -> ShownStrata | None:
    """Return the strata of a run; None where none were asked for."""
    results = cast("Stored", run.results)
    if not run.strata or "strata" not in results:
        return None
    strata = cast("Mapping[str, Stored]", results["strata"])
    return ShownStrata(
        word=str(Strata(run.strata).label),
        strata=[
            shown_answer(answer, name=stratum_word(run.strata, name))
            for name, answer in sorted(strata.items())
        ],
        total=shown_answer(cast("Stored", results["total"]), name=gettext("all together")),
    )


def stratum_word(kind: str, name: str) -> str:
    """Name one group of people in the reader's language."""
    if name == UNKNOWN:
        return gettext("not known")
    if kind == Strata.SEX:
        return str(Sex(name).label)
    if kind == Strata.REGION:
        try:
            return place_name(get_place(name), get_language() or "en")
        except NotFoundError:
            return name
    return name


def shown_sensitivity(run: "EstimateRun") -> ShownSensitivity | None:
    """Return what changes of the inputs do to the answer; None where that was not asked for."""
    found = cast("Mapping[str, object]", cast("Stored", run.results).get("sensitivity") or {})
    if not found:
        return None
    return ShownSensitivity(
        changes=list(_changes(found)), sentences=cast("Sequence[object]", found.get("sentences") or ())
    )


def _changes(found: Mapping[str, object]) -> Iterator[ChangedAnswers]:
    titles = {
        "left_out": gettext("Without one list"),
        "merged": gettext("Two lists taken as one"),
        "priors": gettext("With other priors"),
    }
    for key, title in titles.items():
        cases = cast("Sequence[Stored]", found.get(key) or ())
        answers = [
            (
                shown_answer(cast("Stored", case.get("answer") or {}), name=str(case["name"])),
                case.get("reason"),
            )
            for case in cases
        ]
        if answers:
            yield ChangedAnswers(title=title, answers=answers)
