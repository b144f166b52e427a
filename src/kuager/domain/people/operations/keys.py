"""Writing the search keys of names anew when a release folds names otherwise."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.audit.operations import record_event
from kuager.domain.people import rules
from kuager.domain.people.models import KeyEdition, NameKey, Record, RecordName
from kuager.domain.people.operations.bulk import Row, insert_rows, refresh_statistics
from kuager.engines.names import KEYS_VERSION

BATCH = 2_000


@transaction.atomic
def rewrite_keys(*, by: User, at: datetime, limit: int = BATCH) -> int:
    """Write the search keys of the next ``limit`` records anew; return of how many they were written.

    Call it until the keys are up to date (``queries.keys_state``). Each call is a transaction of its own:
    what is done stays done. The records themselves, and how their names were read when told, do not change.
    """
    check_may(by, Capability.RECORD)
    edition = KeyEdition.objects.select_for_update(no_key=True).filter(pk=1).first()
    if edition is None or edition.version == KEYS_VERSION:
        return 0
    if edition.rewriting != KEYS_VERSION:
        edition.rewriting, edition.rewritten_to = KEYS_VERSION, 0
    records = list(
        Record.objects.filter(pk__gt=edition.rewritten_to).order_by("pk").values_list("pk", "name")[:limit]
    )
    if records:
        _rewrite(dict(records))
        edition.rewritten_to = records[-1][0]
    if len(records) < limit:
        _finish(edition, by=by, at=at)
    edition.save()
    return len(records)


def _rewrite(names: dict[int, str]) -> None:
    others: dict[int, list[str]] = defaultdict(list)
    for record, name in (
        RecordName.objects.filter(record__in=names).order_by("pk").values_list("record_id", "name")
    ):
        others[record].append(name)
    NameKey.objects.filter(record__in=names).delete()
    insert_rows(NameKey, ("record", "key", "role"), _key_rows(names, others))


def _key_rows(names: dict[int, str], others: dict[int, list[str]]) -> Iterator[Row]:
    for record, name in names.items():
        for key, role in rules.make_keys(name, others[record]):
            yield record, key, role


def _finish(edition: KeyEdition, *, by: User, at: datetime) -> None:
    before = edition.version
    edition.version, edition.rewriting, edition.rewritten_to = KEYS_VERSION, 0, 0
    refresh_statistics(Record.objects.count(), NameKey)
    record_event(
        action="people.rewrite_keys",
        actor=by,
        target="people.KeyEdition:1",
        at=at,
        version_before=before,
        version=KEYS_VERSION,
    )
