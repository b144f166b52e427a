"""The history of an item in words: who did what, when, and, with the vault open, what was said of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kuager.domain.evidence import queries
from kuager.domain.evidence.terms import AcquisitionMethod, Aspect, Certainty, Derivation
from kuager.engines.vault.custody import Act
from kuager.interfaces.desk.evidence.details import CAME

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from kuager.core.digest import JsonValue
    from kuager.domain.evidence.models import CustodyEvent, DigitalItem
    from kuager.engines.vault.vault import Vault

_ACTS: "Mapping[str, Promise]" = {
    Act.ACQUIRED: _("kept"),
    Act.VIEWED: _("looked at"),
    Act.EXPORTED: _("given out in a bundle"),
    Act.COPIED: _("copied out of the vault"),
    Act.VERIFIED: _("a finding verified"),
    Act.REDACTED: _("a redacted copy made"),
    Act.SEALED: _("sealed"),
    Act.RELEASED: _("released for publication"),
    Act.NOTED: _("noted"),
    Act.ANCHORED: _("the log time-stamped"),
}
# What a detail is called; details without a word here are not for readers (numbers of the machinery).
_WORDS: "Mapping[str, Promise]" = {
    "reason": _("Reason"),
    "bundle": _("Bundle"),
    "aspect": _("About"),
    "certainty": _("Certainty"),
    "question": _("Question"),
    "method": _("How"),
    "finding": _("Finding"),
    "note": _("Note"),
    "language": _("Language"),
    "copy": _("Copy, item"),
    "derivation": _("What was made"),
    "found_by": _("Found by"),
    "to": _("To"),
    "why": _("Why"),
    "came": _("How it reached us"),
    "from_whom": _("From whom"),
    "found_at": _("Found at"),
    "recorded": _("Said to be recorded"),
    "place": _("Said to be from"),
    "source": _("Source, in words"),
    "sent_by": _("Sent by"),
}
_WHAT: "Mapping[str, Promise]" = {
    "frames": _("single pictures, small and grey"),
    "original": _("the original, played or downloaded"),
    "contents": _("what is in the bundle"),
    "preview": _("a preview"),
    "mark": _("a mark was set"),
    "citation": _("a mark was cited"),
    "transcript": _("a transcript was written"),
    "derived": _("a copy was made"),
    "finding": _("something was found out"),
    "verified": _("a second person agreed"),
    "withdrawn": _("a finding was withdrawn"),
    "release": _("a second person agreed"),
    "recall": _("the release was taken back"),
}
_CHOICES: "Mapping[str, Mapping[str, object]]" = {
    "came": dict(CAME),
    "aspect": dict(Aspect.choices),
    "certainty": dict(Certainty.choices),
    "derivation": dict(Derivation.choices),
    "method": dict(AcquisitionMethod.choices),
}


@dataclass(frozen=True, slots=True)
class EventLine:
    """One act: when, who, what in words; ``told`` are pairs of word and value, empty while locked."""

    number: int
    at: datetime
    who: str
    act: str
    what: str
    told: Sequence[tuple[str, str]]


def history_lines(item: "DigitalItem", vault: "Vault | None") -> list[EventLine]:
    """Return the acts with an item, oldest first."""
    if vault is None:
        return [_line(row, {}) for row in queries.history(item)]
    return [_line(one.row, one.detail) for one in queries.opened_history(vault, item)]


def _line(row: "CustodyEvent", detail: "Mapping[str, JsonValue]") -> EventLine:
    who = row.by.username if row.by else str(detail.get("by", ""))
    act = str(_ACTS.get(row.act, row.act))
    # How it was acquired stands on the page already, with everything that was told then.
    told = [] if row.act == Act.ACQUIRED else told_lines(detail)
    what = str(detail.get("what", ""))
    return EventLine(row.number, row.at, who, act, str(_WHAT.get(what, what)), told)


def told_lines(detail: "Mapping[str, JsonValue]") -> list[tuple[str, str]]:
    """Return what a record tells, word and value; nested details are told in their own lines."""
    return list(_told(detail.items()))


def _told(pairs: "Iterable[tuple[str, JsonValue]]") -> Iterator[tuple[str, str]]:
    for name, value in pairs:
        if name in _WORDS and isinstance(value, str | int) and value != "":
            yield str(_WORDS[name]), str(_CHOICES.get(name, {}).get(str(value), value))
