"""How far apart two sound skeletons are, when close vowels and confusable consonants cost little.

Promises: symmetric, 0 for equal skeletons, never negative. Costs were taken from spellings of the same
people in Kazakh, Russian and English sources and are frozen here.
"""

from functools import lru_cache
from itertools import combinations

from rapidfuzz.distance import Levenshtein

from kuager.engines.names.letters import VOWELS

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_CLOSE_VOWELS = ("ie", "ou", "ae", "iu", "ia")
_CLOSE_CONSONANTS = ("hk", "hg", "gk", "bp", "dt", "vu", "vf", "vb", "ub", "jz", "jw", "wq", "cs", "cq", "zs",
                     "jq", "fp", "ji", "jg", "zc")  # fmt: skip
_CLOSE_VOWEL, _VOWEL, _FAR_VOWEL, _CLOSE_CONSONANT = 0.25, 0.4, 1.2, 0.4


def _substitutions() -> dict[str, dict[str, float]]:
    costs = {left: {right: float(left != right) for right in _LETTERS} for left in _LETTERS}
    weighted = [(pair, _VOWEL) for pair in map("".join, combinations(sorted(VOWELS), 2))]
    weighted += [("au", _FAR_VOWEL)]
    weighted += [(pair, _CLOSE_VOWEL) for pair in _CLOSE_VOWELS]
    weighted += [(pair, _CLOSE_CONSONANT) for pair in _CLOSE_CONSONANTS]
    for pair, cost in weighted:
        left, right = tuple(pair)
        costs[left][right] = costs[right][left] = cost
    return costs


_SUBSTITUTION = _substitutions()
_DELETION = {letter: 0.5 if letter in VOWELS else 1.0 for letter in _LETTERS} | {"i": 0.3, "h": 0.4}


def _edit_cost(left: str, right: str) -> float:
    added = [(letter, _DELETION[letter]) for letter in right]
    previous = [0.0]
    for _, price in added:
        previous.append(previous[-1] + price)
    for letter in left:
        substitution, removal = _SUBSTITUTION[letter], _DELETION[letter]
        before = previous[0]
        cost = before + removal
        current = [cost]
        for (other, price), above in zip(added, previous[1:], strict=True):
            cost += price
            changed = before + substitution[other]
            cost = min(cost, changed)
            before = above
            cost = min(cost, above + removal)
            current.append(cost)
        previous = current
    return previous[-1]


@lru_cache(maxsize=1_000_000)
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
    length = max(3.0, (len(left) + len(right)) / 2)
    # Every edit costs at least a quarter: far words need no exact answer.
    if 0.25 * Levenshtein.distance(left, right) >= length:
        return 0.0
    alike = 1.0 - _edit_cost(left, right) / length
    if _SUBSTITUTION[left[0]][right[0]] >= 1.0 and left[0] not in VOWELS and right[0] not in VOWELS:
        alike -= 0.1
    return max(0.0, alike)


# Letters that are never changed into one another at a low cost, one letter for each group; vowels and the
# lips' sounds come and go cheaply and are left out.
_GROUPS = str.maketrans("gqcszwjhd", "kkkkkkkkt", "aeioubpfv")

Outline = tuple[str, float, int]


def outline(skeleton: str) -> Outline:
    """Return what :func:`likeness_at_most` needs of a skeleton: its hard sounds, an allowance, its length."""
    allowance = 1.0 * skeleton.count("h") + 0.6 * skeleton.count("j")
    return skeleton.translate(_GROUPS), allowance, len(skeleton)


def likeness_at_most(left: Outline, right: Outline) -> float:
    """Return a bound that the likeness of two skeletons never exceeds, quickly.

    >>> likeness_at_most(outline("serik"), outline("nurlan")) >= likeness("serik", "nurlan")
    True
    """
    cost = Levenshtein.distance(left[0], right[0]) - left[1] - right[1]
    return max(0.0, 1.0 - max(0.0, cost) / max(3.0, (left[2] + right[2]) / 2))
