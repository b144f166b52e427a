"""How items are shown: a line in a list, with its name only while the vault is open."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kuager.domain.evidence import queries
from kuager.domain.evidence.rules.kinds import kind_of

if TYPE_CHECKING:
    from kuager.domain.evidence.models import DigitalItem
    from kuager.domain.evidence.terms import MediaKind
    from kuager.engines.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item as lists show it; ``name`` is empty while the vault is locked."""

    item: "DigitalItem"
    kind: "MediaKind"
    name: str


def item_lines(items: Iterable["DigitalItem"], vault: "Vault | None") -> list[ItemLine]:
    """Return the lines of a page of items."""
    shown = list(items)
    names: Mapping[int, str] = {} if vault is None else queries.names(vault, shown)
    return [ItemLine(item, kind_of(item.media_type), names.get(item.number, "")) for item in shown]
