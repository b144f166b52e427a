"""What of evidence may leave for publication: released redacted copies, and nothing else."""

from kuager.core.errors import RefusedError
from kuager.domain.evidence.models import DigitalItem
from kuager.domain.evidence.terms import Derivation, ReleaseState


def may_publish(item: DigitalItem) -> bool:
    """Whether an item may be published: a redacted copy that two people released."""
    return item.derivation == Derivation.REDACTED and item.release_state == ReleaseState.RELEASED


def check_publishable(item: DigitalItem) -> None:
    """Raise RefusedError unless an item is a redacted copy that two people released."""
    if item.derivation != Derivation.REDACTED:
        raise RefusedError("only a redacted copy may be published; redact the item first")
    if not may_publish(item):
        raise RefusedError("this copy was not released by two people; propose its release first")
