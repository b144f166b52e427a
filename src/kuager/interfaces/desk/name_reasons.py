"""Why a search found somebody, part by part, in the reader's words.

Whoever types has often not finished the name: a part that only begins alike is said to do so, and parts that
were not typed yet are left out.
"""

from typing import TYPE_CHECKING

from django.utils.translation import gettext

from kuager.domain.people.terms import KeyRole
from kuager.engines.names import compare_names, query_keys, search_keys

if TYPE_CHECKING:
    from kuager.engines.names import PartComparison

# So many letters fewer than the name found: whoever types is probably not at the end.
_UNFINISHED = 3


def reasons_in_words(typed: str, found: str) -> tuple[str, ...]:
    """Return how what was typed agrees with a name that was found."""
    parts = compare_names(typed, found).parts
    if typed == found:
        return (gettext("written alike"),)
    return tuple(_part_words(part) for part in parts if part.left and part.right)


def begins_alike(typed: str, found: str) -> bool:
    """Tell whether a name, in any script, begins with what was typed."""
    keys = [key.key for key in search_keys(found)]
    wanted = query_keys(typed)
    return bool(wanted) and all(
        any(key.startswith(beginning) for key in keys for beginning in alternatives)
        for alternatives in wanted
    )


def _part_words(part: "PartComparison") -> str:
    wording = {
        "equal": gettext("%(part)s sounds the same: %(left)s / %(right)s"),
        "close": gettext("%(part)s is close: %(left)s / %(right)s"),
        "form": gettext("%(part)s may be another form of one name: %(left)s / %(right)s"),
        "initial": gettext("an initial fits the %(part)s: %(left)s / %(right)s"),
    }
    words = wording.get(part.level, gettext("%(part)s differs: %(left)s / %(right)s"))
    is_unfinished = part.level == "differs" or len(part.left) + _UNFINISHED <= len(part.right)
    if is_unfinished and begins_alike(part.left, part.right):
        words = gettext("%(part)s begins alike: %(left)s / %(right)s")
    return words % {"part": KeyRole(part.role).label, "left": part.left, "right": part.right}
