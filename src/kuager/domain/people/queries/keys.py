"""Whether the stored search keys are those that the names engine of this release makes."""

from dataclasses import dataclass

from kuager.domain.people.models import KeyEdition, Record
from kuager.engines.names import KEYS_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysState:
    """The version of the stored search keys, and how many records wait for new ones."""

    version: int
    is_current: bool
    records_left: int


def keys_state() -> KeysState:
    """Return how the stored search keys stand to this release's; an empty register is up to date."""
    edition = KeyEdition.objects.filter(pk=1).first()
    if edition is None or edition.version == KEYS_VERSION:
        return KeysState(version=KEYS_VERSION, is_current=True, records_left=0)
    done_to = edition.rewritten_to if edition.rewriting == KEYS_VERSION else 0
    left = Record.objects.filter(pk__gt=done_to).count()
    return KeysState(version=edition.version, is_current=False, records_left=left)
