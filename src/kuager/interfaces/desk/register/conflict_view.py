"""Conflicts in words: what stands against what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext, pgettext

from kuager.domain.register.terms import Axis, ConflictKind

if TYPE_CHECKING:
    from kuager.domain.register.rules import Conflict
    from kuager.interfaces.desk.register.person_view import AssertionView


@dataclass(frozen=True, kw_only=True)
class ConflictView:
    """One conflict: its kind, what it is about, and the statements that cannot all be true."""

    words: str
    sides: list[str]


def conflict_views(
    conflicts: Iterable["Conflict"], assertions: Mapping[int, "AssertionView"]
) -> list[ConflictView]:
    """Put conflicts in words; contradictions of judgements are shown as a chain of their own."""
    return [
        ConflictView(
            words=f"{ConflictKind(conflict.kind).label}: {_about(conflict.axis)}",
            sides=[_side(assertions[number]) for number in conflict.assertion_ids if number in assertions],
        )
        for conflict in conflicts
        if conflict.kind != ConflictKind.JUDGEMENTS_CONTRADICT
    ]


def _about(axis: str) -> str:
    words = {"sex": pgettext("conflict", "sex"), "age": pgettext("conflict", "age")}
    return words.get(axis) or str(Axis(axis).label)


def _side(assertion: "AssertionView") -> str:
    return gettext("%(status)s %(days)s (%(how)s)") % {
        "status": assertion.status,
        "days": assertion.days,
        "how": assertion.how,
    }
