"""Finding copies among everything kept: each item read is held against the others; relations are suggested.

Promises: only fingerprints are compared, no original is opened; a suggestion is never a decision; what we
made of an item ourselves is left out: its original is what is compared. Fingerprints lie sealed; in memory
they are held by the process that opened the vault, and by no other.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from kuager.core.digest import JsonValue
from kuager.core.errors import IntegrityError, NotFoundError
from kuager.domain.accounts.models import User
from kuager.domain.evidence.models import DigitalItem
from kuager.domain.evidence.operations.relating import suggest_relation
from kuager.domain.evidence.queries.reading import FINGERPRINT
from kuager.domain.evidence.terms import RelationKind
from kuager.engines.similarity import Fingerprint, FingerprintError, Index, compare
from kuager.engines.vault.vault import Vault

if TYPE_CHECKING:
    from kuager.engines.similarity import Relation

MOST_COMPARED = 30


class CopyFinder:
    """The fingerprints of one vault, ready to be asked; they are telling: hold it as long as the vault."""

    def __init__(self) -> None:
        self._index: Index[int] = Index()
        self._known: set[int] = set()

    def take_in(self, vault: Vault) -> None:
        """Take in what was read since the last time; a damaged fingerprint is left out until made again."""
        for key in vault.sidecars.keys(FINGERPRINT):
            if key.isdigit() and int(key) not in self._known:
                found = _fingerprint(vault, int(key))
                if found is not None:
                    self._index.add(int(key), found)
                    self._known.add(int(key))

    def suggest(self, *, vault: Vault, item: DigitalItem, by: User, at: datetime) -> int:
        """Hold an item against all others and suggest what it has to do with them; return how many."""
        asked = _fingerprint(vault, item.number)
        if asked is None or item.derived_from_id is not None:
            return 0
        self.take_in(vault)
        found = [one.key for one in self._index.candidates(asked, MOST_COMPARED) if one.key != item.number]
        others = DigitalItem.objects.filter(number__in=found, derived_from=None)
        return sum(_compared(vault, item, asked, other, by=by, at=at) for other in others)


def _fingerprint(vault: Vault, number: int) -> Fingerprint | None:
    try:
        return Fingerprint.from_bytes(vault.sidecars.get(FINGERPRINT, str(number)))
    except (NotFoundError, IntegrityError, FingerprintError):
        return None


def _compared(
    vault: Vault, item: DigitalItem, asked: Fingerprint, other: DigitalItem, *, by: User, at: datetime
) -> bool:
    """Compare two items, the one that came first as the first; suggest what was found."""
    theirs = _fingerprint(vault, other.number)
    if theirs is None or other.address == item.address:
        return False
    pair = sorted(((item, asked), (other, theirs)), key=lambda one: one[0].pk)
    (first, its), (second, others) = pair
    relation = compare(its, others)
    if relation is None:
        return False
    suggest_relation(
        first=first,
        second=second,
        kind=RelationKind(relation.kind.value),
        score=min(1.0, max(0.0, relation.score)),
        why=_why(relation, first, second),
        by=by,
        at=at,
    )
    return True


def _why(relation: "Relation", first: DigitalItem, second: DigitalItem) -> dict[str, JsonValue]:
    """Return the measurements, and which stretch of one is which of the other (seconds)."""
    fuller = {"first": first.number, "second": second.number}.get(relation.fuller or "")
    return {
        **relation.why,
        "is_clear": relation.is_clear,
        "fuller": fuller,
        "stretches": [
            [one.first_from, one.first_to, one.second_from, one.second_to] for one in relation.spans
        ],
        "is_mirrored": any(one.is_mirrored for one in relation.spans),
    }
