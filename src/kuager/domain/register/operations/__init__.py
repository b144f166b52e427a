"""Writing the register: assertions, the second person's approval, calls, judgements; and what is derived."""

from kuager.domain.register.operations.approvals import (
    approve_assertion,
    approve_assertions,
    refuse_assertion,
)
from kuager.domain.register.operations.assertions import (
    add_assertion,
    add_assertions,
    correct_assertion,
    persons_of,
    supersede_assertions,
)
from kuager.domain.register.operations.calls import CallDraft, record_call
from kuager.domain.register.operations.consents import withdraw_consent
from kuager.domain.register.operations.derivation import derive, rebuild_entries
from kuager.domain.register.operations.judgements import judge, judge_many, undo_judgement, undo_judgements

__all__ = [
    "CallDraft",
    "add_assertion",
    "add_assertions",
    "approve_assertion",
    "approve_assertions",
    "correct_assertion",
    "derive",
    "judge",
    "judge_many",
    "persons_of",
    "rebuild_entries",
    "record_call",
    "refuse_assertion",
    "supersede_assertions",
    "undo_judgement",
    "undo_judgements",
    "withdraw_consent",
]
