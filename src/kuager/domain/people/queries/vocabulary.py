"""All distinct search keys of the register, kept in memory and brought up to date when keys were added.

Keys are added, and written anew when the engine changes. The process remembers how many rows it has read;
when there are more, it reads the new ones, and everything again if rows were taken away or slipped in among
those it had read.
"""

from dataclasses import dataclass, field
from threading import Lock

from django.db import connection
from django.db.models import Count, Max

from kuager.domain.people.models import NameKey
from kuager.engines.names import Vocabulary


@dataclass(slots=True)
class _Shelf:
    """What one process has read."""

    keys: set[str] = field(default_factory=set)
    vocabulary: Vocabulary = field(default_factory=lambda: Vocabulary(()))
    last_id: int = 0
    rows: int = 0


_shelves: dict[str, _Shelf] = {}
_lock = Lock()


def current_vocabulary() -> Vocabulary:
    """Return the distinct keys of all names, those committed a moment ago included."""
    if connection.in_atomic_block:
        # What an open transaction sees may yet be undone: it must not be remembered.
        return Vocabulary(NameKey.objects.values_list("key", flat=True).distinct().iterator())
    name = str(connection.settings_dict["NAME"])
    with _lock:
        shelf = _shelves.setdefault(name, _Shelf())
        _refresh(shelf)
        return shelf.vocabulary


def _refresh(shelf: _Shelf) -> None:
    now = NameKey.objects.aggregate(rows=Count("*"), last=Max("id"))
    rows, last = now["rows"], now["last"] or 0
    if (rows, last) == (shelf.rows, shelf.last_id):
        return
    added = NameKey.objects.filter(id__gt=shelf.last_id)
    if shelf.rows + added.count() != rows:
        shelf.keys, added = set(), NameKey.objects.all()
    found = set(added.values_list("key", flat=True).distinct().iterator())
    if not found <= shelf.keys or not shelf.keys:
        shelf.keys |= found
        shelf.vocabulary = Vocabulary(shelf.keys)
    shelf.rows, shelf.last_id = rows, last
