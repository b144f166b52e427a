"""What the machine reads in a file: what it is, a small picture, what copies of it are found by.

Promises: the file is parsed only by the limited process, never here; what it says is sealed beside it; a file
that stalls or kills its reader is marked and costs the others nothing. Reading again replaces what was read.
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import BinaryIO, cast

from kuager.core.digest import canonical_json
from kuager.core.errors import IntegrityError
from kuager.domain.accounts.models import User
from kuager.domain.evidence.models import DigitalItem
from kuager.domain.evidence.operations.looking import note_reading
from kuager.domain.evidence.operations.relating import suggest_relation
from kuager.domain.evidence.queries.contents import open_item
from kuager.domain.evidence.queries.reading import FINGERPRINT, PREVIEW, PROBE
from kuager.domain.evidence.terms import ReadingState, RelationKind
from kuager.engines.media import previews, probing
from kuager.engines.media.errors import Reason, UnreadableMediaError
from kuager.engines.media.fingerprinting import fingerprint
from kuager.engines.media.types import UNKNOWN, Family, media_types
from kuager.engines.vault.vault import Vault

PREVIEW_SIDE = 480


def read_item(*, vault: Vault, item: DigitalItem, by: User, clock: Callable[[], datetime]) -> DigitalItem:
    """Look into a file, keep what was found sealed beside it, and say whether it could be read.

    Where the reader is busy with others the item goes on waiting.
    """
    key = str(item.number)
    try:
        with open_item(vault, item) as plain:
            media_type = media_types(cast("BinaryIO", plain))[0]
            probe = probing.probe(cast("BinaryIO", plain))
    except UnreadableMediaError as error:
        if error.reason is Reason.BUSY:
            return item
        told = {"reason": error.reason.value, "kind": error.kind}
        vault.sidecars.put(PROBE, key, canonical_json(dict(told)))
        return _noted(item, ReadingState.UNREADABLE, "", by=by, at=clock())
    except IntegrityError:
        # The stored bytes have changed: the look at every byte tells of it, nothing is read from them.
        return _noted(item, ReadingState.UNREADABLE, "", by=by, at=clock())
    vault.sidecars.put(PROBE, key, json.dumps(asdict(probe), ensure_ascii=False, sort_keys=True).encode())
    _draw(vault, item)
    if probe.family in (Family.PICTURE, Family.VIDEO):
        _take_fingerprint(vault, item, probe.duration_ms)
    return _noted(item, ReadingState.READ, "" if media_type == UNKNOWN else media_type, by=by, at=clock())


def _noted(item: DigitalItem, state: ReadingState, media_type: str, *, by: User, at: datetime) -> DigitalItem:
    suggest_same_bytes(item=item, by=by, at=at)
    return note_reading(item=item, state=state, media_type=media_type, by=by, at=at)


def _draw(vault: Vault, item: DigitalItem) -> None:
    """Keep a small picture, where one can be drawn."""
    try:
        with open_item(vault, item) as plain:
            picture = previews.preview(cast("BinaryIO", plain), side=PREVIEW_SIDE)
    except UnreadableMediaError:
        vault.sidecars.drop(PREVIEW, str(item.number))
    else:
        vault.sidecars.put(PREVIEW, str(item.number), picture)


def _take_fingerprint(vault: Vault, item: DigitalItem, duration_ms: int | None) -> None:
    """Keep what copies are found by, where there is anything to be seen."""
    seconds = None if duration_ms is None else duration_ms / 1000
    try:
        with open_item(vault, item) as plain:
            found = fingerprint(cast("BinaryIO", plain), seconds=seconds)
    except UnreadableMediaError:
        vault.sidecars.drop(FINGERPRINT, str(item.number))
    else:
        vault.sidecars.put(FINGERPRINT, str(item.number), found.to_bytes())


def suggest_same_bytes(*, item: DigitalItem, by: User, at: datetime) -> int:
    """Suggest a relation to items of the same bytes that stand apart; whoever sees both sees it."""
    twins = DigitalItem.objects.filter(address=item.address).exclude(pk=item.pk).order_by("number")
    for twin in twins:
        suggest_relation(
            first=item,
            second=twin,
            kind=RelationKind.SAME_BYTES,
            score=1.0,
            why={"bytes": item.size},
            by=by,
            at=at,
        )
    return len(twins)
