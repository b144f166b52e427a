"""Custody events: who did what with an item and when, in a part for strangers and a part for the keepers.

Promises: the public part names nobody and nothing: a kind of act, a time, a pseudonym, the number of the
item's first event, the number of the event before, and a salted digest of the rest. Whoever is given the
private part can check that it is what was recorded then; without the salt nobody can guess it.
"""

import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from kuager.core.digest import JsonValue, canonical_json
from kuager.core.errors import BadInputError, IntegrityError

_SALT = 16
_VERSION = 1


class Act(StrEnum):
    """What can be done with an item."""

    ACQUIRED = "acquired"
    VIEWED = "viewed"
    EXPORTED = "exported"
    COPIED = "copied"
    VERIFIED = "verified"
    REDACTED = "redacted"
    SEALED = "sealed"
    RELEASED = "released"
    NOTED = "noted"
    ANCHORED = "anchored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The private part: what was done, in full, and the salt its digest was made with."""

    salt: bytes
    detail: Mapping[str, JsonValue]

    @classmethod
    def of(cls, detail: Mapping[str, JsonValue]) -> "Opening":
        """Return the detail with a fresh salt."""
        return cls(salt=os.urandom(_SALT), detail=detail)

    def digest(self) -> str:
        """Return the salted digest that stands in the public part."""
        return hashlib.sha256(self.salt + canonical_json(dict(self.detail))).hexdigest()

    def as_json(self) -> bytes:
        """Return it as bytes, to be sealed or given away."""
        return canonical_json({"detail": dict(self.detail), "salt": self.salt.hex()})

    @classmethod
    def from_json(cls, data: bytes) -> "Opening":
        """Read what ``as_json`` wrote."""
        said = json.loads(data)
        return cls(salt=bytes.fromhex(said["salt"]), detail=said["detail"])


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyEvent:
    """The public part of an event.

    Attributes
    ----------
    act
        What was done.
    at
        When, by the keeper's clock, in UTC; only time stamps of others prove it.
    by
        Pseudonym of who did it.
    item
        Number of the event by which the item was acquired; None in that event itself.
    previous
        Number of the event before about the same item; None in the first.
    detail
        Salted digest of the private part.
    """

    act: Act
    at: datetime
    by: str
    detail: str
    item: int | None = None
    previous: int | None = None

    def as_json(self) -> bytes:
        """Return the event as it stands in the log."""
        if self.at.utcoffset() is None:
            raise BadInputError("the time of an event needs a time zone")
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        return canonical_json(
            {
                "act": self.act.value,
                "at": at,
                "by": self.by,
                "detail": self.detail,
                "item": self.item,
                "previous": self.previous,
                "version": _VERSION,
            }
        )

    @classmethod
    def from_json(cls, data: bytes) -> "CustodyEvent":
        """Read an event; raises IntegrityError when it has another shape."""
        try:
            said = json.loads(data)
            if said["version"] != _VERSION:
                raise IntegrityError("the log holds an event of a newer version; use a newer verifier")
            event = cls(
                act=Act(said["act"]),
                at=datetime.fromisoformat(said["at"]),
                by=said["by"],
                detail=said["detail"],
                item=said["item"],
                previous=said["previous"],
            )
        except (ValueError, KeyError, TypeError) as error:
            raise IntegrityError("the log holds an entry that is no custody event") from error
        return event

    def check(self, opening: Opening) -> None:
        """Raise IntegrityError unless the opening is what was recorded."""
        if not hmac.compare_digest(self.detail, opening.digest()):
            raise IntegrityError("the details were changed after they were recorded")


def pseudonym(secret: bytes, person: str) -> str:
    """Return what stands for a person in the public log: the same each time, and nobody's name."""
    return hmac.digest(secret, b"actor\0" + person.encode(), "sha256").hex()[:16]
