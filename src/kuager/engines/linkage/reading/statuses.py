"""What lists say became of a person, as far as it tells whether two records can be of one person.

Promises: words that are not known stay unknown; only the order of days makes a contradiction, never the
words alone, because the detained die and the missing are found.
"""

from functools import lru_cache
from typing import Literal

Fate = Literal["dead", "missing", "detained", "released", "wounded", "alive"]

# Beginnings of words in Kazakh, Russian and English; the first that fits, in this order.
_BEGINNINGS: tuple[tuple[Fate, str], ...] = (
    ("released", "released освобож отпущ босат freed"),
    ("missing", "missing пропа хабарсыз disappeared исчез жоғал"),
    ("wounded", "wounded injured ранен пострада жаралан жарақат"),
    (
        "detained",
        "detained arrested imprisoned custody sentenced charged задерж арест под_страж заключ осужд ұстал"
        " қама тұтқын",
    ),
    ("dead", "dead died killed deceased погиб убит умер скончал мертв қаза өлген өлді қайтыс death"),
    ("alive", "alive living жив тірі"),
)  # fmt: skip
_NOT_PROVEN = ("не ", "not ", "un")


@lru_cache(maxsize=10_000)
def read_fate(text: str) -> Fate | None:
    """Return what became of a person, or None.

    >>> read_fate("погиб 6 января"), read_fate("Released on bail"), read_fate("см. примечание")
    ('dead', 'released', None)
    """
    plain = text.casefold().strip()
    if plain.startswith(_NOT_PROVEN):
        return None
    words = plain.replace("под страж", "под_страж").replace(",", " ").split()
    for fate, beginnings in _BEGINNINGS:
        if any(word.startswith(tuple(beginnings.split())) for word in words):
            return fate
    return None


def is_living(fate: Fate | None) -> bool | None:
    """Tell whether a person of this fate lived on the day of the record; None where it does not say.

    >>> is_living("detained"), is_living("dead"), is_living("missing")
    (True, False, None)
    """
    if fate is None or fate == "missing":
        return None
    return fate != "dead"
