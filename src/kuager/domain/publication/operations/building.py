"""Building a snapshot: copying, in one transaction, what may be public."""

import json
import secrets
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import cast

from django.db import transaction
from django.db.models import Max

from kuager.core.digest import JsonValue
from kuager.core.errors import IntegrityError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.audit.operations import record_event
from kuager.domain.lists.queries import is_intact
from kuager.domain.people.models import Person
from kuager.domain.people.operations import insert_rows
from kuager.domain.people.operations.bulk import Row
from kuager.domain.publication import rules
from kuager.domain.publication.models import (
    EstimateChoice,
    PersonSalt,
    Snapshot,
    SnapshotEstimate,
    SnapshotFigure,
    SnapshotPerson,
    SnapshotPicture,
)
from kuager.domain.publication.operations.redacting import EMPTY
from kuager.domain.publication.queries.content import Collected, collect_content
from kuager.domain.publication.queries.difference import describe_difference
from kuager.domain.publication.queries.estimate_pictures import draw_estimates
from kuager.domain.publication.queries.estimates import choices_in_force
from kuager.domain.publication.queries.pictures import draw_pictures
from kuager.domain.publication.queries.published_people import PERSON_FIELDS, PublishedPerson
from kuager.domain.publication.queries.snapshots import latest_snapshot
from kuager.domain.publication.queries.withholding import codes_to_withhold
from kuager.domain.publication.terms import SnapshotState

CHUNK = 2000


@transaction.atomic
def build_snapshot(
    *, as_of: date, known_at: datetime | None = None, by: User, at: datetime, is_example: bool = False
) -> Snapshot:
    """Copy what may be public as of a day, as known at a moment. Nothing is shown until it is published.

    Whoever may read the register may build: the pages show nothing before an editor publishes.

    Parameters
    ----------
    known_at
        Count with what was known then; the default is all that is known at ``at``.
    is_example
        The people are invented, and every page says so.
    """
    check_may(by, Capability.READ_REGISTER)
    moment = known_at or at
    rules.check_times(as_of, moment, at)
    _make_salts()
    collected = collect_content(as_of=as_of, known_at=moment, choices=_checked_choices(as_of, moment))
    previous = latest_snapshot()
    snapshot = Snapshot.objects.create(
        number=(Snapshot.objects.aggregate(highest=Max("number"))["highest"] or 0) + 1,
        as_of=as_of,
        known_at=moment,
        rules_version=rules.RULES_VERSION,
        content_digest=collected.content.digest,
        previous=previous,
        difference=describe_difference(
            previous, figures=collected.figures, people=collected.people, known_at=moment
        ),
        summary=_summary(collected),
        is_example=is_example,
        state=SnapshotState.BUILT,
        built_by=by,
        built_at=at,
    )
    _store(snapshot, collected, at=at)
    record_event(
        action="publication.build_snapshot",
        actor=by,
        target=f"publication.Snapshot:{snapshot.number}",
        at=at,
        digest=snapshot.content_digest,
        as_of=as_of.isoformat(),
    )
    return snapshot


def _checked_choices(as_of: date, known_at: datetime) -> list[EstimateChoice]:
    """Return the chosen estimates; each is held against the guard and its digest once more.

    Raises
    ------
    RefusedError, IntegrityError
        When one may not be published, or is not what was computed.
    """
    choices = choices_in_force(as_of=as_of, known_at=known_at)
    for choice in choices:
        rules.check_publishable(choice.run, choice.method)
        if not is_intact(choice.run):
            raise IntegrityError(
                f"estimate {choice.run.pk} is not what was computed; drop it, and ask who changed it"
            )
    return choices


def _make_salts() -> None:
    """Give everybody who has none a salt; it stays the same for ever, so digests can be computed again."""
    missing = Person.objects.exclude(pk__in=PersonSalt.objects.values("person_id")).values_list(
        "id", flat=True
    )
    PersonSalt.objects.bulk_create(
        (PersonSalt(person_id=pk, salt=secrets.token_hex(16)) for pk in missing.iterator(chunk_size=CHUNK)),
        batch_size=CHUNK,
    )


def _summary(collected: Collected) -> dict[str, JsonValue]:
    return {
        "regions": collected.regions,
        "people": len(collected.reading.standings),
        "public_people": len(collected.people),
        "estimates": len(collected.estimates),
        "linkage": cast(list[JsonValue], collected.content.linkage),
        "sources": {
            source.publisher_key: {"name": source.publisher, "kind": source.publisher_kind}
            for source in collected.reading.sources.values()
        },
    }


def _store(snapshot: Snapshot, collected: Collected, *, at: datetime) -> None:
    SnapshotFigure.objects.bulk_create(
        (
            SnapshotFigure(
                snapshot=snapshot,
                key=figure.key,
                dimensions=figure.dimensions,
                value=figure.value,
                basis=figure.basis,
            )
            for figure in collected.figures
        ),
        batch_size=CHUNK,
    )
    withheld = codes_to_withhold(collected.people, as_of=snapshot.as_of, at=at)
    _store_people(snapshot, collected.people, withheld)
    SnapshotEstimate.objects.bulk_create(
        SnapshotEstimate(
            snapshot=snapshot,
            key=one.choice.key,
            choice=one.choice,
            content=one.content,
        )
        for one in collected.estimates
    )
    SnapshotPicture.objects.bulk_create(
        SnapshotPicture(
            snapshot=snapshot,
            key=drawn.key,
            language=drawn.language,
            svg=drawn.svg,
            alt=drawn.alt,
            table=drawn.table,
        )
        for drawn in (*draw_pictures(collected), *draw_estimates(collected.estimates))
    )


def _store_people(snapshot: Snapshot, people: Iterable[PublishedPerson], withheld: set[str]) -> None:
    columns = ("snapshot", "position", "digest", "is_redacted", "search_text", *PERSON_FIELDS)
    insert_rows(SnapshotPerson, columns, _person_rows(snapshot, sorted(people, key=_alphabetical), withheld))


def _person_rows(snapshot: Snapshot, people: Iterable[PublishedPerson], withheld: set[str]) -> Iterator[Row]:
    for position, person in enumerate(people):
        is_withheld = person.content["code"] in withheld
        content = {**person.content, **EMPTY} if is_withheld else person.content
        search_text = "" if is_withheld else person.search_text
        values = (_stored(content[field]) for field in PERSON_FIELDS)
        yield (snapshot.pk, position, person.digest, is_withheld, search_text, *values)


def _stored(value: object) -> str | int | bool:
    """Write a value as its column keeps it: lists and objects as JSON."""
    return value if isinstance(value, str | int) else json.dumps(value)


def _alphabetical(person: PublishedPerson) -> tuple[bool, str, str]:
    """People without a published name come last."""
    name = str(person.content["name"])
    return not name, name.casefold(), str(person.content["code"])
