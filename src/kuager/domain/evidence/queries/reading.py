"""What the machine read in items: size and length, small pictures. Sealed beside them, for the open vault."""

import json
from collections.abc import Iterable, Mapping

from kuager.core.digest import JsonValue
from kuager.core.errors import IntegrityError, NotFoundError
from kuager.domain.evidence.models import DigitalItem
from kuager.domain.evidence.rules.completeness import Measure
from kuager.engines.vault.vault import Vault

PROBE, PREVIEW, FINGERPRINT = "probe", "preview", "fingerprint"
"""Kinds of sidecars; their key is the number of the item."""


def probe_of(vault: Vault, item: DigitalItem) -> Mapping[str, JsonValue] | None:
    """Return what a file is and says of itself, as it was read; None when nobody has read it yet."""
    found = _sidecar(vault, PROBE, item)
    if found is None:
        return None
    said: dict[str, JsonValue] = json.loads(found)
    return said


def preview_of(vault: Vault, item: DigitalItem) -> bytes | None:
    """Return the small picture (JPEG) of an item; None when there is none."""
    return _sidecar(vault, PREVIEW, item)


def measures(vault: Vault, items: Iterable[DigitalItem]) -> dict[int, Measure]:
    """Return how large and how long items are, by number; those that nobody could read are left out."""
    found = {}
    for item in items:
        probe = probe_of(vault, item)
        if probe is not None and (probe.get("width") or probe.get("duration_ms")):
            found[item.number] = Measure(
                width=_whole(probe, "width"),
                height=_whole(probe, "height"),
                duration_ms=_whole(probe, "duration_ms"),
            )
    return found


def _whole(probe: Mapping[str, JsonValue], name: str) -> int:
    value = probe.get(name)
    return int(value) if isinstance(value, int | float) else 0


def _sidecar(vault: Vault, kind: str, item: DigitalItem) -> bytes | None:
    """Return a sidecar; one that was damaged counts as missing, it can be computed again."""
    try:
        return vault.sidecars.get(kind, str(item.number))
    except (NotFoundError, IntegrityError):
        return None
