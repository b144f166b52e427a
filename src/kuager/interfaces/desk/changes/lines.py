"""Changes in words: who, from what to what, why, and by whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from kuager.interfaces.desk.changes.act_words import act_words
from kuager.interfaces.desk.changes.forms import KIND_WORDS
from kuager.interfaces.desk.status_choices import status_word, tone

if TYPE_CHECKING:
    from kuager.domain.register.queries import Change, Move


@dataclass(frozen=True, kw_only=True)
class ChangeLine:
    """One change as a page shows it."""

    code: str
    kind: str
    what: str
    before: str
    after: str
    tone: str
    why: str
    by: str
    at: datetime | None = None


def lines_of_acts(changes: Iterable["Change"]) -> list[ChangeLine]:
    """Put acts in words."""
    return [
        ChangeLine(
            code=change.person_code,
            kind=str(KIND_WORDS.get(change.kind, change.kind)),
            what=act_words(change.what),
            before=_standing(change.before),
            after=_standing(change.after),
            tone=tone(change.after),
            why=" · ".join(part for part in (act_words(change.why), change.source) if part),
            by=change.by,
            at=change.at,
        )
        for change in changes
    ]


def lines_of_moves(moves: Iterable["Move"]) -> list[ChangeLine]:
    """Put the differences between two answers in words."""
    return [
        ChangeLine(
            code=move.person_code,
            kind="",
            what="",
            before=_standing(move.before),
            after=_standing(move.after),
            tone=tone(move.after),
            why=act_words(move.why),
            by="",
        )
        for move in moves
    ]


def _standing(status: str) -> str:
    return status_word(status) or gettext("not in the register")
