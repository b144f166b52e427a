"""What may be asserted, what may follow what, and what follows from it all."""

from kuager.domain.register.rules.conflicts import Conflict, find_conflicts
from kuager.domain.register.rules.drafts import AssertionDraft, NewAssertion, began_by, check_assertion
from kuager.domain.register.rules.facts import Fact, Spell, Told
from kuager.domain.register.rules.portrait import Portrait, choose_name, paint
from kuager.domain.register.rules.timeline import resolve_timeline
from kuager.domain.register.rules.transitions import (
    IN_CUSTODY,
    NEEDS_SECOND_PERSON,
    TRANSITIONS,
    check_may_approve,
    may_approve,
    summary,
)

__all__ = [
    "IN_CUSTODY",
    "NEEDS_SECOND_PERSON",
    "TRANSITIONS",
    "AssertionDraft",
    "Conflict",
    "Fact",
    "NewAssertion",
    "Portrait",
    "Spell",
    "Told",
    "began_by",
    "check_assertion",
    "check_may_approve",
    "choose_name",
    "find_conflicts",
    "may_approve",
    "paint",
    "resolve_timeline",
    "summary",
]
