"""Checking a snapshot: against its own digest, and against the register."""

from collections.abc import Iterator
from dataclasses import dataclass

from kuager.core.digest import JsonValue
from kuager.domain.publication.models import Snapshot, SnapshotPerson
from kuager.domain.publication.queries.content import collect_content, stored_content
from kuager.domain.publication.queries.estimates import choices_of
from kuager.domain.publication.queries.linkage import stored_linkage
from kuager.domain.publication.queries.published_people import PERSON_FIELDS, person_digest


@dataclass(frozen=True, kw_only=True)
class Check:
    """What a check found. ``recomputed`` is None where the register was not asked."""

    number: int
    recorded: str
    stored: str
    changed_people: tuple[str, ...]
    recomputed: str | None = None

    @property
    def is_intact(self) -> bool:
        """Whether everything has the digest it was built with."""
        return (
            self.stored == self.recorded
            and not self.changed_people
            and self.recomputed in (None, self.recorded)
        )


def verify_snapshot(snapshot: Snapshot, *, recompute: bool = False) -> Check:
    """Recompute the digest from the stored rows and, if asked, from the register for the same two times."""
    return Check(
        number=snapshot.number,
        recorded=snapshot.content_digest,
        stored=stored_content(snapshot).digest,
        changed_people=tuple(_changed_people(snapshot)),
        recomputed=recompute_digest(snapshot) if recompute else None,
    )


def recompute_digest(snapshot: Snapshot) -> str:
    """Ask the register the same question again and return the digest of its answer."""
    choices = choices_of(snapshot)
    found = collect_content(
        as_of=snapshot.as_of,
        known_at=snapshot.known_at,
        choices=choices,
        with_linkage="linkage" in snapshot.summary,
        published_linkage=stored_linkage(snapshot),
    )
    return found.content.digest


def person_content(person: SnapshotPerson) -> dict[str, JsonValue]:
    """Return what of a stored person went into their digest."""
    return {field: getattr(person, field) for field in PERSON_FIELDS}


def _changed_people(snapshot: Snapshot) -> Iterator[str]:
    """Yield the codes of people whose stored content does not have their digest any more."""
    shown = SnapshotPerson.objects.filter(snapshot=snapshot, is_redacted=False).order_by("code")
    for person in shown.iterator(chunk_size=2000):
        if person_digest(person_content(person)) != person.digest:
            yield person.code
