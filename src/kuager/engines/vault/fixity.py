"""Read everything that is kept again, and say what has changed.

Promises: every item is looked at, whatever is found before; the work can stop after any item and go on later.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from kuager.core.errors import IntegrityError
from kuager.engines.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one item.

    Attributes
    ----------
    item, size
        Its number and its plain bytes.
    fault
        What is wrong, in words; None when every byte is as it was.
    """

    item: int
    size: int
    fault: str | None


def check_items(vault: Vault, *, after: int = -1) -> Iterator[Finding]:
    """Read every item whose number is greater than ``after``, in order."""
    for item in vault.items():
        if item.number > after:
            try:
                vault.check(item)
            except IntegrityError as error:
                yield Finding(item.number, item.size, str(error))
            else:
                yield Finding(item.number, item.size, None)


def check_log(vault: Vault) -> list[str]:
    """Read the whole log again; return what is damaged of what the log can do without.

    Raises
    ------
    IntegrityError
        When entries have changed or are missing.
    """
    found = vault.journal.doubts()
    vault.journal.verify()
    return found


def strays(vault: Vault) -> list[str]:
    """Return addresses of files that no item names: a power cut came before their event was promised."""
    known = {item.address for item in vault.items()}
    return [address for address in vault.objects.addresses() if address not in known]
