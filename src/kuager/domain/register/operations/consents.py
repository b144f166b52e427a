"""Withdrawing consent, with everything that follows for the register."""

from datetime import datetime

from django.db import transaction

from kuager.domain.accounts.models import User
from kuager.domain.people.models import Assignment
from kuager.domain.register.operations.derivation import derive
from kuager.domain.sources import operations as sources
from kuager.domain.sources.models import Consent


@transaction.atomic
def withdraw_consent(*, consent: Consent, by: User, at: datetime, reason: str) -> Consent:
    """End a consent; whoever rested on it is not published any more."""
    withdrawn = sources.withdraw_consent(consent=consent, by=by, at=at, reason=reason)
    persons = Assignment.objects.filter(record__consent=consent, known_until__isnull=True)
    derive(persons.values_list("person_id", flat=True), at=at, cause=f"consent:{consent.pk}")
    return withdrawn
