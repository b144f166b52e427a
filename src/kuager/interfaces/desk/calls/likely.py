"""Whom a call may be about, by everything said so far: how likely, what speaks for it and against."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext

from kuager.core.dates import UncertainDate
from kuager.domain.lists import operations
from kuager.domain.lists.rules.linking import Report
from kuager.interfaces.desk.person_lines import PersonLine, line_of, names_of_places

if TYPE_CHECKING:
    from kuager.domain.lists.operations.asking_index import Likely, LikelyPerson
    from kuager.interfaces.desk.calls.forms import CallSearchForm

# A field that weighs less tells nobody anything.
TELLING_BITS = 0.5
SHOWN_REASONS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class LikelyLine:
    """A person on one line, with how likely the call is about them."""

    person: PersonLine
    chance: str
    probability: float
    speaks_for: tuple[str, ...]
    speaks_against: tuple[str, ...]
    spelled: str


def ask_index(form: "CallSearchForm") -> "Likely | None":
    """Look everything up that the form says; None where there is no index to ask."""
    said = form.cleaned_data
    report = Report(
        name=said["text"].strip(),
        sex=said.get("sex", ""),
        age=said.get("age"),
        birth=_edtf(said.get("birth")),
        event=_edtf(said.get("since")),
        place=said.get("place", ""),
    )
    return operations.likely_people(report, folder=Path(settings.DATA) / operations.INDEX_FOLDER)


def _edtf(day: object) -> str:
    return day.edtf if isinstance(day, UncertainDate) else ""


def lines_of_likely(people: Iterable["LikelyPerson"]) -> list[LikelyLine]:
    """Put in words whom the index found."""
    places = names_of_places()
    return [
        LikelyLine(
            person=line_of(one.entry, one.code, places),
            chance=chance_words(one.probability),
            probability=one.probability,
            speaks_for=_reasons(one.reasons, 1),
            speaks_against=_reasons(one.reasons, -1),
            spelled=one.record_name if one.record_name != one.entry.name else "",
        )
        for one in people
    ]


def chance_words(probability: float) -> str:
    """Say how likely two are one person."""
    if probability >= 0.95:
        return gettext("almost certainly the same person")
    if probability >= 0.75:
        return gettext("probably the same person")
    if probability >= 0.35:
        return gettext("perhaps the same person")
    return gettext("hardly the same person")


def _reasons(reasons: Sequence[Mapping[str, object]], sign: int) -> tuple[str, ...]:
    """Return what speaks for (1) or against (-1) one person, the weightiest first."""
    weighed = [(sign * float(str(reason["weight"])), str(reason["level"])) for reason in reasons]
    telling = sorted((one for one in weighed if one[0] >= TELLING_BITS), key=lambda one: -one[0])
    return tuple(gettext(level) for _, level in telling[:SHOWN_REASONS])
