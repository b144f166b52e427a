"""What stands around a reconciliation: whose lists, of which day, computed how, and its digest."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from kuager.core.digest import JsonValue, canonical_json, sha256_hex
from kuager.engines.linkage.rival_lists.reconciling import Key, Person, Reconciliation

# On paper, longer names of two or three lists, and those of more, are letters that one table explains.
LONGEST_LABEL = {2: 30, 3: 14}


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One list: its name in the account, who publishes it, of which day it is, SHA-256 of its file."""

    name: str
    source: str = ""
    as_of: date | None = None
    fingerprint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """How it was computed: with which version, from which run or threshold, with which random numbers."""

    version: str
    run: int | None = None
    threshold: float | None = None
    seed: int | None = None


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A reconciliation with everything that stands around it.

    ``codes`` are the codes of persons by row, where a register has given them one. ``with_names`` is what the
    reader may see, or wants to show; ``is_narrow`` where there is no room for long names of lists.
    """

    account: Reconciliation
    sides: tuple[Side, ...]
    method: Method
    as_of: date | None = None
    known_at: datetime | None = None
    codes: Mapping[Key, str] = field(default_factory=dict)
    with_names: bool = True
    is_narrow: bool = True

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """Short names of the lists: their own, or letters."""
        names = [side.name for side in self.sides]
        longest = max(map(len, names), default=0)
        if not self.is_narrow or longest <= LONGEST_LABEL.get(len(names), 0):
            return {name: name for name in names}
        return {name: "ABCDEF"[number] for number, name in enumerate(names)}

    def reference(self, key: Key) -> str:
        """Return the number of a row on its list, and the person's code if there is one."""
        return " · ".join(part for part in (key[1], self.codes.get(key, "")) if part)

    def row(self, key: Key) -> str:
        """Return how a row is shown: reference, and the name where it may be seen."""
        name = self.account.names.get(key, "") if self.with_names else ""
        return f"{self.reference(key)} {name}".strip()

    def row_of(self, person: Person, name: str) -> Key:
        """Return a person's first row on a list."""
        return next(key for key in person if key[0] == name)

    def document(self) -> dict[str, JsonValue]:
        """Return everything as JSON, with the digest that stands on the paper too."""
        names = self.account.to_json()["names"] if self.with_names else None
        found = {**self._content(), "digest": self.digest}
        return found if names is None else {**found, "names": names}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the account, the inputs and the method, without names: equal numbers, equal digest."""
        return sha256_hex(canonical_json(self._content()))

    def _content(self) -> dict[str, JsonValue]:
        method = self.method
        return {
            **self.account.to_json(with_names=False),
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "known_at": self.known_at.isoformat() if self.known_at else None,
            "inputs": [
                {
                    "list": side.name,
                    "source": side.source,
                    "as_of": side.as_of.isoformat() if side.as_of else None,
                    "sha256": side.fingerprint,
                }
                for side in self.sides
            ],
            "method": {
                "version": method.version,
                "run": method.run,
                "threshold": method.threshold,
                "seed": method.seed,
            },
        }
