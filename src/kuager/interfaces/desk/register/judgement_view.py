"""Judgements in words, and contradictions as the chain of judgements that cannot all be true."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext

from kuager.domain.accounts.rules import may
from kuager.domain.accounts.terms import Capability
from kuager.domain.lists.queries.taken_back import pairs_of_judgements
from kuager.domain.people.terms import Method, Verdict

if TYPE_CHECKING:
    from kuager.domain.accounts.models import User
    from kuager.domain.people.models import Judgement

TONES = {Verdict.SAME: "good", Verdict.DIFFERENT: "bad", Verdict.UNSURE: "warn"}
SIGNS = {Verdict.SAME: "=", Verdict.DIFFERENT: "≠", Verdict.UNSURE: "?"}


@dataclass(frozen=True, kw_only=True)
class JudgementView:
    """One judgement as the person's page shows it."""

    id: int
    verdict: str
    tone: str
    pair: str
    explanation: str
    how: str
    ended: str
    may_undo: bool
    evidence: int | None = None


@dataclass(frozen=True, kw_only=True)
class ChainLink:
    """One judgement of a contradiction."""

    words: str
    how: str


def judgement_views(judgements: Iterable["Judgement"], user: "User") -> list[JudgementView]:
    """Put judgements in words; those in force may be undone by whoever may judge.

    ``evidence`` is the pair on whose page the two records stand part by part, for those who may judge.
    """
    may_judge = may(user, Capability.JUDGE)
    judgements = list(judgements)
    pairs = pairs_of_judgements(judgements) if may_judge else {}
    return [
        JudgementView(
            id=judgement.pk,
            verdict=str(Verdict(judgement.verdict).label),
            tone=TONES[Verdict(judgement.verdict)] if judgement.ended_at is None else "soft",
            pair=_pair(judgement),
            explanation=judgement.explanation,
            how=_how(judgement),
            ended=_ended(judgement),
            may_undo=may_judge and judgement.ended_at is None,
            evidence=pair.pk if (pair := pairs.get((judgement.record_a_id, judgement.record_b_id))) else None,
        )
        for judgement in judgements
    ]


def contradiction_chains(judgements: Sequence["Judgement"], record_ids: set[int]) -> list[list[ChainLink]]:
    """Return, for each "different" inside one person, the judgements that link the two nevertheless."""
    in_force = [one for one in judgements if one.ended_at is None]
    same = [one for one in in_force if one.verdict == Verdict.SAME]
    chains = []
    for judgement in in_force:
        if judgement.verdict != Verdict.DIFFERENT:
            continue
        if {judgement.record_a_id, judgement.record_b_id} <= record_ids:
            path = _path(same, judgement.record_a_id, judgement.record_b_id)
            chains.append([_link(one) for one in [*path, judgement]])
    return chains


def _path(same: Sequence["Judgement"], start: int, end: int) -> list["Judgement"]:
    """Return the shortest chain of judgements from one record to another; empty when there is none."""
    came_by: dict[int, Judgement | None] = {start: None}
    waiting = deque([start])
    while waiting and end not in came_by:
        here = waiting.popleft()
        for judgement in same:
            there = _other_side(judgement, here)
            if there is not None and there not in came_by:
                came_by[there] = judgement
                waiting.append(there)
    path: list[Judgement] = []
    step = came_by.get(end)
    while step is not None:
        path.append(step)
        end = _other_side(step, end) or start
        step = came_by[end]
    return path[::-1]


def _other_side(judgement: "Judgement", record_id: int) -> int | None:
    sides = {judgement.record_a_id: judgement.record_b_id, judgement.record_b_id: judgement.record_a_id}
    return sides.get(record_id)


def _link(judgement: "Judgement") -> ChainLink:
    return ChainLink(words=_pair(judgement), how=_how(judgement))


def _pair(judgement: "Judgement") -> str:
    a, b = judgement.record_a, judgement.record_b
    return f"{a.name} (№ {a.pk}) {SIGNS[Verdict(judgement.verdict)]} {b.name} (№ {b.pk})"


def _how(judgement: "Judgement") -> str:
    words = gettext("%(method)s; %(who)s, %(moment)s") % {
        "method": Method(judgement.method).label,
        "who": judgement.author.username,
        "moment": _moment(judgement.decided_at),
    }
    return words if judgement.score is None else f"{words}, {judgement.score:.0%}"


def _ended(judgement: "Judgement") -> str:
    if judgement.ended_at is None:
        return ""
    words = gettext("ended %(moment)s") % {"moment": _moment(judgement.ended_at)}
    if judgement.ended_by is not None:
        words += " " + gettext("by %(who)s") % {"who": judgement.ended_by.username}
    return f"{words}: {judgement.end_reason}" if judgement.end_reason else words


def _moment(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"
