"""The content of a snapshot and its digest: the same question gives the same bytes for ever.

The digest is the SHA-256 of the canonical JSON of the format, the two times, the version of the rules, every
figure, the digest of every person, the estimates where there are any, and how records were linked where a
link run is behind the figures. People stand in it by their
digests, so that somebody who withdraws consent can be taken out of what is stored and the rest can still be
proven.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property

from kuager.core.digest import JsonValue, canonical_json, sha256_hex
from kuager.domain.publication.models import EstimateChoice, Snapshot, SnapshotFigure, SnapshotPerson
from kuager.domain.publication.queries.estimates import (
    PublishedEstimate,
    published_estimates,
    stored_estimates,
)
from kuager.domain.publication.queries.figures import Figure, count_figures
from kuager.domain.publication.queries.linkage import linkage_notes, stored_linkage
from kuager.domain.publication.queries.published_people import PublishedPerson, list_published_people
from kuager.domain.publication.queries.register_reading import Reading, names_of
from kuager.domain.publication.rules import RULES_VERSION

FORMAT = "kuager-snapshot-1"
# A snapshot with estimates says more, so it has another format; one without has the bytes it always had.
FORMAT_WITH_ESTIMATES = "kuager-snapshot-2"
# One that says how its records were linked has another again; it may hold estimates or none.
FORMAT_WITH_LINKAGE = "kuager-snapshot-3"


@dataclass(frozen=True, kw_only=True)
class SnapshotContent:
    """Everything a snapshot says, with or without a row in a table."""

    as_of: date
    known_at: datetime
    rules_version: str
    figures: list[dict[str, JsonValue]]
    people_digests: list[str]
    estimates: list[dict[str, JsonValue]] = field(default_factory=list)
    linkage: list[dict[str, JsonValue]] = field(default_factory=list)

    @cached_property
    def digest(self) -> str:
        """The SHA-256 that names this content."""
        return sha256_hex(canonical_json(self.to_json()))

    def to_json(self) -> dict[str, JsonValue]:
        """Return what the digest is made over."""
        return {
            "format": self.format,
            "as_of": self.as_of.isoformat(),
            "known_at": moment_text(self.known_at),
            "rules_version": self.rules_version,
            "figures": self.figures,
            "people": self.people_digests,
            **({"estimates": self.estimates} if self.estimates else {}),
            **({"linkage": self.linkage} if self.linkage else {}),
        }

    @property
    def format(self) -> str:
        """The version of the format, which says what the digest is made over."""
        return format_of(has_estimates=bool(self.estimates), has_linkage=bool(self.linkage))


@dataclass(frozen=True, kw_only=True)
class Collected:
    """Content together with what only the building of a snapshot needs."""

    content: SnapshotContent
    figures: list[Figure]
    people: list[PublishedPerson]
    regions: dict[str, dict[str, str]]
    reading: Reading
    estimates: list[PublishedEstimate] = field(default_factory=list)


def format_of(*, has_estimates: bool, has_linkage: bool) -> str:
    """Return the version of the format of a snapshot that holds these."""
    if has_linkage:
        return FORMAT_WITH_LINKAGE
    return FORMAT_WITH_ESTIMATES if has_estimates else FORMAT


def collect_content(
    *,
    as_of: date,
    known_at: datetime,
    choices: Sequence[EstimateChoice] = (),
    with_linkage: bool = True,
    published_linkage: Sequence[dict[str, JsonValue]] = (),
) -> Collected:
    """Ask the register what may be public as of a day, as known at a moment, and add chosen estimates.

    ``with_linkage`` is false for snapshots built before they said how records were linked. To check a
    snapshot, give the notes it was published with: see ``linkage_notes``.
    """
    reading = Reading(as_of=as_of, known_at=known_at)
    people = list_published_people(reading)
    figures = count_figures(reading, {person.person_id for person in people})
    used = {standing.region_id for standing in reading.standings if standing.region_id is not None}
    codes = {str(person.content["region_code"]) for person in people}
    regions = {
        place.code: names_of(place)
        for place in reading.places.values()
        if place.pk in used or place.code in codes
    }
    estimates = published_estimates(choices, known_at=known_at)
    content = SnapshotContent(
        as_of=as_of,
        known_at=known_at,
        rules_version=RULES_VERSION,
        figures=[figure.to_json() for figure in figures],
        people_digests=[person.digest for person in people],
        estimates=[one.content for one in estimates],
        linkage=linkage_notes(known_at, published=published_linkage) if with_linkage else [],
    )
    return Collected(
        content=content,
        figures=figures,
        people=people,
        regions=regions,
        reading=reading,
        estimates=estimates,
    )


def stored_content(snapshot: Snapshot) -> SnapshotContent:
    """Read the content back from the stored rows."""
    figures = SnapshotFigure.objects.filter(snapshot=snapshot).order_by("key")
    people = SnapshotPerson.objects.filter(snapshot=snapshot).order_by("code")
    return SnapshotContent(
        as_of=snapshot.as_of,
        known_at=snapshot.known_at,
        rules_version=snapshot.rules_version,
        figures=sorted((figure_json(figure) for figure in figures), key=_key),
        people_digests=[digest for _, digest in sorted(people.values_list("code", "digest"))],
        estimates=stored_estimates(snapshot),
        linkage=stored_linkage(snapshot),
    )


def figure_json(figure: SnapshotFigure) -> dict[str, JsonValue]:
    """Return a stored figure as it went into the digest."""
    return {
        "key": figure.key,
        "dimensions": figure.dimensions,
        "value": figure.value,
        "basis": figure.basis,
    }


def moment_text(moment: datetime) -> str:
    """Write a moment in the one way that digests use."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _key(figure: dict[str, JsonValue]) -> str:
    # Databases sort text by their own rules; the digest needs one order everywhere.
    return str(figure["key"])
