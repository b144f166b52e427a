"""How far apart two sound skeletons are, when close vowels and confusable consonants cost little.

Promises: symmetric, 0 for equal skeletons, never negative. Costs were taken from spellings of the same
people in Kazakh, Russian and English sources and are frozen here. They are counted in twentieths of a letter,
whole numbers, so that one pair and many pairs at once (``distances_many``) give the same answer to the bit.
"""

from functools import lru_cache

from kuager.engines.names.letters import VOWELS

LETTERS = "abcdefghijklmnopqrstuvwxyz"
UNITS = 20
# Longer skeletons are left to the slow way.
LONGEST = 20
_CLOSE_CONSONANTS = ("hk", "hg", "gk", "bp", "dt", "vu", "vf", "vb", "ub", "jz", "jw", "wq", "cs", "cq", "zs",
                     "jq", "fp", "jg", "zc")  # fmt: skip
_CLOSE_CONSONANT = 8
# Spellers exchange i and e, o and u; a and u make two names (Марат and Мурат), as a and i do (Дана, Дина).
_VOWELS = {"ie": 5, "ou": 5, "ae": 8, "ao": 8, "iu": 12, "eo": 10, "ai": 16, "eu": 16, "io": 16, "au": 24}
# A first sound is heard best: Серік is not Берік, nor Арлан Ерлан. Elsewhere a and e are exchanged by habit.
FIRST_CONSONANT, FIRST_VOWEL = 10, 6


Costs = dict[str, dict[str, int]]


def _substitutions(cheap: dict[str, int]) -> Costs:
    costs = {left: {right: UNITS * (left != right) for right in LETTERS} for left in LETTERS}
    for pair, cost in cheap.items():
        left, right = tuple(pair)
        costs[left][right] = costs[right][left] = cost
    return costs


SUBSTITUTION = _substitutions(_VOWELS | dict.fromkeys(_CLOSE_CONSONANTS, _CLOSE_CONSONANT))
DELETION = {letter: 10 if letter in VOWELS else UNITS for letter in LETTERS} | {"h": 8}
# Arabic letters leave most vowels out: against them, a vowel of the other word costs nearly nothing. They
# have one letter for i and e, one for o and u, one for b and p, one for f and v.
UNWRITTEN = DELETION | dict.fromkeys(VOWELS, 2)
UNWRITTEN_SUBSTITUTION = _substitutions(
    _VOWELS
    | dict.fromkeys(_CLOSE_CONSONANTS, _CLOSE_CONSONANT)
    | {"ie": 1, "ou": 1, "bp": 2, "vf": 2, "ae": 5, "ao": 5}
)


def first_cost(left: str, right: str) -> int:
    """Return what two different first sounds cost besides their exchange."""
    if SUBSTITUTION[left][right] >= UNITS and left not in VOWELS and right not in VOWELS:
        return FIRST_CONSONANT
    return FIRST_VOWEL if {left, right} == {"a", "e"} else 0


def unwritten_first_cost(left: str, right: str) -> int:
    """Return what first sounds cost against Arabic letters: a vowel in front is always written."""
    return FIRST_CONSONANT if (left in VOWELS) != (right in VOWELS) else 0


def _edit_cost(left: str, right: str, right_prices: dict[str, int], substitutions: Costs) -> int:
    added = [(letter, right_prices[letter]) for letter in right]
    previous = [0]
    for _, price in added:
        previous.append(previous[-1] + price)
    for letter in left:
        substitution, removal = substitutions[letter], DELETION[letter]
        before = previous[0]
        cost = before + removal
        current = [cost]
        for (other, price), above in zip(added, previous[1:], strict=True):
            cost = min(cost + price, before + substitution[other], above + removal)
            before = above
            current.append(cost)
        previous = current
    return previous[-1]


@lru_cache(maxsize=500_000)
def likeness(left: str, right: str) -> float:
    """Return how alike two skeletons sound, 0 to 1.

    >>> likeness("serik", "serik")
    1.0
    >>> likeness("marat", "murat") > likeness("marat", "samat")
    True
    """
    if left == right:
        return 1.0
    if not left or not right:
        return 0.0
    cost = _edit_cost(left, right, DELETION, SUBSTITUTION) + first_cost(left[0], right[0])
    return max(0.0, 1.0 - cost / (UNITS * max(3.0, (len(left) + len(right)) / 2)))


@lru_cache(maxsize=200_000)
def unwritten_likeness(arabic: str, full: str) -> float:
    """Return how alike a skeleton from Arabic letters is to one with all its vowels, 0 to 1.

    >>> unwritten_likeness("srik", "serik") > likeness("srik", "serik")
    True
    """
    if not arabic or not full:
        return 0.0
    cost = _edit_cost(arabic, full, UNWRITTEN, UNWRITTEN_SUBSTITUTION)
    cost += unwritten_first_cost(arabic[0], full[0])
    return max(0.0, 1.0 - cost / (UNITS * max(3.0, (len(arabic) + len(full)) / 2)))
