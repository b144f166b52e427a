"""Who may no longer be shown although a snapshot holds them: asked of what is known now."""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Q

from kuager.core.errors import NotFoundError
from kuager.domain.people.models import Assignment, Person
from kuager.domain.publication.models import Redaction, SnapshotPerson
from kuager.domain.publication.queries.published_people import PublishedPerson
from kuager.domain.publication.queries.register_reading import TO_PUBLISH, Reading
from kuager.domain.sources.models import Consent

if TYPE_CHECKING:
    from django.db.models import QuerySet

_BEGINNING = datetime.min.replace(tzinfo=UTC)


def codes_to_withhold(people: Iterable[PublishedPerson], *, as_of: date, at: datetime) -> set[str]:
    """Return the codes of those who were publishable at the snapshot's moment and are not any more."""
    ended = set(ended_consents(at=at).values_list("id", flat=True))
    contradicted = Reading(as_of=as_of, known_at=at).contradicted
    held = set(held_codes())
    return {
        code
        for person in people
        if (code := str(person.content["code"])) in held
        or person.person_id in contradicted
        or not ended.isdisjoint(person.consent_ids)
    }


class ShownRow(NamedTuple):
    """A row of a snapshot that still shows somebody."""

    pk: int
    code: str


def rows_without_consent(*, at: datetime, consent_ids: Collection[int] = ()) -> list[ShownRow]:
    """Return the rows, public or waiting, made with a consent that has ended since.

    A snapshot made after the end did not use that consent: somebody with a second consent stays on it.
    """
    consents = ended_consents(at=at)
    if consent_ids:
        consents = consents.filter(pk__in=consent_ids)
    ends: dict[str, datetime] = {}
    owners = Assignment.objects.filter(record__consent__in=consents).values_list(
        "person__code", "record__consent__withdrawn_at", "record__consent__expires_on"
    )
    for code, withdrawn_at, expires_on in owners.iterator(chunk_size=20_000):
        ends[code] = max(ends.get(code, _BEGINNING), _end(withdrawn_at, expires_on, at))
    shown = SnapshotPerson.objects.filter(is_redacted=False, code__in=owners.values("person__code"))
    rows = shown.values_list("id", "code", "snapshot__known_at")
    return [ShownRow(pk, code) for pk, code, known_at in rows if known_at < ends[code]]


def rows_contradicted(*, at: datetime) -> list[ShownRow]:
    """Return the rows, public or waiting, of people whose judgements contradict each other now."""
    contradicted = Reading(as_of=at.date(), known_at=at).contradicted
    if not contradicted:
        return []
    return rows_of(list(Person.objects.filter(pk__in=contradicted).values_list("code", flat=True)))


def rows_of(codes: Collection[str]) -> list[ShownRow]:
    """Return every row that shows one of these people."""
    shown = SnapshotPerson.objects.filter(is_redacted=False, code__in=codes)
    return [ShownRow(*row) for row in shown.values_list("id", "code")]


def _end(withdrawn_at: datetime | None, expires_on: date | None, at: datetime) -> datetime:
    ran_out = None if expires_on is None else datetime.combine(expires_on, time(), UTC)
    return max(end for end in (withdrawn_at, ran_out, _BEGINNING) if end is not None and end <= at)


def held_codes() -> Iterable[str]:
    """Return the codes that an editor keeps out of every snapshot until the redaction is lifted."""
    return Redaction.objects.filter(holds=True, lifted_at__isnull=True).values_list("code", flat=True)


def ended_consents(*, at: datetime) -> "QuerySet[Consent]":
    """Return the consents to publication that are withdrawn or have run out (lazy queryset)."""
    today = at.astimezone(UTC).date()
    return Consent.objects.filter(TO_PUBLISH).filter(
        Q(withdrawn_at__isnull=False, withdrawn_at__lte=at)
        | Q(expires_on__isnull=False, expires_on__lte=today)
    )


def get_redaction(code: str) -> Redaction:
    """Return the redaction that keeps a person off later snapshots; raises NotFoundError."""
    found = Redaction.objects.filter(code=code, holds=True, lifted_at__isnull=True).order_by("-pk").first()
    if found is None:
        raise NotFoundError(f"no redaction keeps {code} off the public pages")
    return found
