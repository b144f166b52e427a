"""The notes about linkage as public pages tell them, in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.utils.translation import gettext, ngettext

from kuager.core.digest import JsonValue
from kuager.domain.publication.models import Snapshot
from kuager.domain.publication.queries.linkage import stored_linkage
from kuager.domain.publication.queries.tables import heading

Object = Mapping[str, JsonValue]


@dataclass(frozen=True, kw_only=True)
class MeasuredLine:
    """One measured figure: its name, its value, its 95 % interval, and what it says."""

    word: str
    value: str
    interval: str
    meaning: str


@dataclass(frozen=True, kw_only=True)
class LinkageNote:
    """One run behind the figures. ``measured`` is empty where nobody measured, and ``basis`` says so."""

    linked_at: datetime
    lists: Sequence[str]
    made: str
    expected: str
    measured: Sequence[MeasuredLine]
    basis: str


def linkage_page(snapshot: Snapshot) -> list[LinkageNote]:
    """Return the notes of a snapshot in words; empty where no figure rests on a link run."""
    return [_note(note) for note in stored_linkage(snapshot)]


def linkage_document(snapshot: Snapshot) -> dict[str, JsonValue]:
    """Return the notes as they stand in the digest, with the heading of every download."""
    return {**heading(snapshot), "linkage": cast(list[JsonValue], stored_linkage(snapshot))}


def _note(note: Object) -> LinkageNote:
    measured = cast(Object | None, note["measured"])
    return LinkageNote(
        linked_at=datetime.fromisoformat(str(note["linked_at"])),
        lists=[str(name) for name in cast(list[str], note["lists"])],
        made=_made(note),
        expected=_expected(cast(Object | None, note["expected"])),
        measured=[] if measured is None else list(_lines(measured)),
        basis=_basis(measured),
    )


def _made(note: Object) -> str:
    words = gettext(
        "%(records)s records were compared; people accepted %(accepted)s links together, from a probability "
        "on, and judged %(by_eye)s by comparing two records."
    )
    return words % {
        "records": note["records"],
        "accepted": note["accepted_together"],
        "by_eye": note["judged_by_eye"],
    }


def _expected(expected: Object | None) -> str:
    if expected is None:
        return gettext("This run did not say how many wrong and missed links to expect.")
    words = gettext(
        "Expected by the program itself, which is no measurement: of %(links)s links from one half on about "
        "%(false)s are wrong, and about %(missed)s are missed."
    )
    return words % {
        "links": expected["links"],
        "false": _number(expected["false_links"]),
        "missed": _number(expected["missed_links"]),
    }


def _lines(measured: Object) -> list[MeasuredLine]:
    lines = [
        _line(gettext("Precision"), measured["precision"], gettext("of the links are right")),
        _line(gettext("Recall"), measured["recall"], gettext("of the pairs that are one person were found")),
    ]
    kappa = cast(Mapping[str, float] | None, measured["kappa"])
    if kappa is not None:
        meaning = gettext("how far two reviewers agree: 1 is fully, 0 no more than chance")
        ends = {"low": f"{kappa['low']:.2f}", "high": f"{kappa['high']:.2f}"}
        lines.append(
            MeasuredLine(
                word=gettext("Cohen's kappa"),
                value=f"{kappa['value']:.2f}",
                interval=_interval(ends),
                meaning=meaning,
            )
        )
    return lines


def _line(word: str, share: JsonValue, meaning: str) -> MeasuredLine:
    ends = {name: _percent(value) for name, value in cast(Mapping[str, float], share).items()}
    return MeasuredLine(word=word, value=ends["value"], interval=_interval(ends), meaning=meaning)


def _interval(ends: Mapping[str, str]) -> str:
    return gettext("95 %% interval %(low)s to %(high)s") % {"low": ends["low"], "high": ends["high"]}


def _basis(measured: Object | None) -> str:
    if measured is None:
        return gettext("Not measured: nobody has reviewed a sample of these links blindly.")
    reviewed = int(cast(int, measured["reviewed"]))
    words = ngettext(
        "Measured on %(reviewed)d of %(sampled)d sampled pairs, judged by two of %(reviewers)d reviewers who "
        "did not see each other's answers.",
        "Measured on %(reviewed)d of %(sampled)d sampled pairs, each judged by two of %(reviewers)d "
        "reviewers who did not see each other's answers.",
        reviewed,
    ) % {"reviewed": reviewed, "sampled": measured["sampled"], "reviewers": measured["reviewers"]}
    if measured["complete"]:
        return words
    return words + " " + gettext("The sample was not finished at this moment: the figures are provisional.")


def _percent(value: float) -> str:
    return f"{100 * value:.1f}\N{NO-BREAK SPACE}%"


def _number(value: JsonValue) -> str:
    number = float(cast(float, value))
    return f"{number:.1f}" if number < 10 else f"{number:.0f}"
