"""Where one person is not enough: verified findings, and what leaves for publication."""

from kuager.core.errors import BadInputError, InvalidTransitionError, PermissionDeniedError, RefusedError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.evidence.models import DigitalItem, Verification
from kuager.domain.evidence.terms import Derivation, ReleaseState, VerificationState


def check_reason(reason: str) -> str:
    """Return the reason without blanks at its ends; refuse an empty one."""
    if not reason.strip():
        raise BadInputError("say why: even one sentence helps those who come after")
    return reason.strip()


def check_may_second(user: User, verification: Verification) -> None:
    """Refuse to make a finding *verified* by its own author, without the right, or twice."""
    check_may(user, Capability.VERIFY_EVIDENCE)
    if verification.state != VerificationState.PROPOSED:
        raise InvalidTransitionError("this finding is verified already, or was withdrawn")
    if verification.by_id == user.pk:
        raise PermissionDeniedError("this is your own finding: somebody else has to look and agree")


def check_may_withdraw(user: User, verification: Verification) -> None:
    """Refuse to withdraw a finding twice, or without the right to verify."""
    check_may(user, Capability.VERIFY_EVIDENCE)
    if verification.state == VerificationState.WITHDRAWN:
        raise InvalidTransitionError("this finding was withdrawn already")


def check_may_propose_release(user: User, item: DigitalItem) -> None:
    """Refuse to propose anything but a redacted item that nobody has proposed yet."""
    check_may(user, Capability.KEEP_EVIDENCE)
    if item.derivation != Derivation.REDACTED:
        raise RefusedError("only a redacted copy may be published; redact the item first")
    if item.release_state != ReleaseState.NONE:
        raise InvalidTransitionError("this copy is proposed or released already")


def check_may_release(user: User, item: DigitalItem) -> None:
    """Refuse a release that nobody proposed, or by the person who proposed it."""
    check_may(user, Capability.VIEW_EVIDENCE)
    check_may(user, Capability.APPROVE)
    if item.release_state != ReleaseState.PROPOSED:
        raise InvalidTransitionError("this copy is not proposed for release, or released already")
    if item.release_proposed_by_id == user.pk:
        raise PermissionDeniedError("you proposed this release: somebody else has to look and agree")


def check_may_recall(user: User, item: DigitalItem) -> None:
    """Whoever may look at evidence may stop a release: stopping harms nobody."""
    check_may(user, Capability.VIEW_EVIDENCE)
    if item.release_state == ReleaseState.NONE:
        raise InvalidTransitionError("this copy is neither proposed nor released")
