"""Finding out about an item: a question, a method, a finding, and a second person who looks again."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.evidence.models import DigitalItem, Verification
from kuager.domain.evidence.operations.recording import audit, index_act, log_act
from kuager.domain.evidence.queries.visibility import check_sees
from kuager.domain.evidence.rules import notes, two_people
from kuager.domain.evidence.terms import Aspect, Certainty, VerificationState
from kuager.engines.vault.custody import Act
from kuager.engines.vault.vault import Vault

if TYPE_CHECKING:
    from kuager.core.digest import JsonValue


def propose_verification(  # noqa: PLR0913  # keyword-only, one for each field
    *,
    vault: Vault,
    item: DigitalItem,
    aspect: Aspect | str,
    question: str,
    method: str,
    finding: str,
    certainty: Certainty | str,
    by: User,
    at: datetime,
) -> Verification:
    """Write down what one person found out about an item. Its texts are sealed and stand in the log too."""
    check_may(by, Capability.VERIFY_EVIDENCE)
    check_sees(by, item)
    texts = {
        name: notes.check_text(text, longest=notes.LONGEST_FINDING, what=f"the {name}")
        for name, text in (("question", question), ("method", method), ("finding", finding))
    }
    aspect, certainty = Aspect(aspect), Certainty(certainty)
    detail: dict[str, JsonValue] = {
        "what": "finding",
        "aspect": aspect.value,
        "certainty": certainty.value,
        **texts,
    }
    number = log_act(vault, Act.NOTED, item, detail, by=by, at=at)
    with transaction.atomic():
        verification = Verification.objects.create(
            item=item,
            aspect=aspect,
            certainty=certainty,
            question_sealed=vault.seal(texts["question"].encode()),
            method_sealed=vault.seal(texts["method"].encode()),
            finding_sealed=vault.seal(texts["finding"].encode()),
            by=by,
            at=at,
        )
        index_act(number, Act.NOTED, item, by=by, at=at)
        audit("propose_verification", item, by=by, at=at, verification=verification.pk, aspect=aspect.value)
    return verification


def second_verification(*, vault: Vault, verification: Verification, by: User, at: datetime) -> Verification:
    """Agree with somebody else's finding, after looking again: now it is *verified*."""
    check_sees(by, verification.item)
    two_people.check_may_second(by, _fresh(verification))
    detail: dict[str, JsonValue] = {
        "what": "verified",
        "finding": verification.pk,
        "aspect": verification.aspect,
        "certainty": verification.certainty,
        "found_by": verification.by.username,
    }
    number = log_act(vault, Act.VERIFIED, verification.item, detail, by=by, at=at)
    with transaction.atomic():
        locked = _locked(verification)
        index_act(number, Act.VERIFIED, locked.item, by=by, at=at)
        two_people.check_may_second(by, locked)
        locked.state = VerificationState.VERIFIED
        locked.seconded_by, locked.seconded_at = by, at
        locked.save(update_fields=["state", "seconded_by", "seconded_at"])
        audit("second_verification", locked.item, by=by, at=at, verification=locked.pk)
    return locked


def withdraw_verification(
    *, vault: Vault, verification: Verification, reason: str, by: User, at: datetime
) -> Verification:
    """Withdraw a finding, verified or not, with a reason; it stays on record."""
    check_sees(by, verification.item)
    reason = two_people.check_reason(reason)
    two_people.check_may_withdraw(by, _fresh(verification))
    detail: dict[str, JsonValue] = {"what": "withdrawn", "finding": verification.pk, "reason": reason}
    number = log_act(vault, Act.NOTED, verification.item, detail, by=by, at=at)
    with transaction.atomic():
        locked = _locked(verification)
        index_act(number, Act.NOTED, locked.item, by=by, at=at)
        two_people.check_may_withdraw(by, locked)
        locked.state = VerificationState.WITHDRAWN
        locked.withdrawn_by, locked.withdrawn_at, locked.reason = by, at, reason
        locked.save(update_fields=["state", "withdrawn_by", "withdrawn_at", "reason"])
        audit("withdraw_verification", locked.item, by=by, at=at, reason=reason, verification=locked.pk)
    return locked


def _fresh(verification: Verification) -> Verification:
    return Verification.objects.get(pk=verification.pk)


def _locked(verification: Verification) -> Verification:
    found = Verification.objects.select_for_update(of=("self",), no_key=True).select_related("item", "by")
    return found.get(pk=verification.pk)
