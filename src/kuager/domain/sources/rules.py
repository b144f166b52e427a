"""What must be true of a source, a citation and a consent before they are kept."""

from collections.abc import Sequence
from datetime import date, datetime

from kuager.core.errors import BadInputError, InvalidTransitionError
from kuager.domain.sources.models import Consent, Source
from kuager.domain.sources.terms import Derivation, PublisherKind

CONSENT_FIELDS = ("name", "age", "place", "status")


def check_told_on(told_on: date, at: datetime) -> None:
    """Refuse a source that tells something on a day that has not come yet.

    A day of grace: where the source speaks it may already be tomorrow.
    """
    if (told_on - at.date()).days > 1:
        raise BadInputError(f"the source is dated {told_on}, after today ({at.date()}); correct the date")


def read_publisher_kind(kind: str) -> PublisherKind:
    """Return the kind of publisher that is meant; refuse a word that is none."""
    try:
        return PublisherKind(kind)
    except ValueError:
        expected = ", ".join(PublisherKind.values)
        raise BadInputError(f"there is no kind of publisher {kind!r}; expected one of {expected}") from None


def check_derivation(derived_from: Source | None, derivation: str) -> None:
    """Refuse a derivation without its origin, and an origin without its derivation."""
    if (derived_from is None) != (derivation == Derivation.NONE):
        raise BadInputError("a derived source needs both: the source it was made from, and how it was made")


def origin_of(publisher_id: int, origin_group: str) -> str:
    """Return what counts as one independent source: a group of publishers, or one that stands alone."""
    return f"group:{origin_group}" if origin_group else f"publisher:{publisher_id}"


def check_consent_fields(fields: Sequence[str]) -> str:
    """Return the fields a consent speaks of as they are stored, in their usual order."""
    unknown = sorted(set(fields) - set(CONSENT_FIELDS))
    if unknown or not fields:
        got = ", ".join(unknown) or "none"
        raise BadInputError(f"a consent speaks of {', '.join(CONSENT_FIELDS)}; got {got}")
    return ",".join(field for field in CONSENT_FIELDS if field in fields)


def check_may_withdraw(consent: Consent, reason: str) -> None:
    """Refuse to withdraw a consent twice, or without a reason."""
    if consent.withdrawn_at is not None:
        raise InvalidTransitionError(
            f"consent {consent.pk} was withdrawn already, on {consent.withdrawn_at:%Y-%m-%d}"
        )
    if not reason.strip():
        raise BadInputError("say why the consent is withdrawn; even one sentence helps those who come after")


def allows(consent: Consent, *, field: str, on: date) -> bool:
    """Tell whether a consent covers a field on a day."""
    if consent.withdrawn_at is not None or (consent.expires_on is not None and consent.expires_on <= on):
        return False
    return field in consent.fields.split(",")
