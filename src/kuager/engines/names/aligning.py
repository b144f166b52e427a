"""Put the words of two names side by side, in the best of all orders, and say how alike they are.

Promises: symmetric up to the exchange of left and right; each word is used once.
"""

from functools import lru_cache
from itertools import permutations
from typing import NamedTuple

from kuager.engines.names.word_likeness import word_likeness
from kuager.engines.names.words import Prepared, Word, prepare, read_word

UNMATCHED_COST = 0.08
ALONE_COST = 0.25
MOST_WORDS = 5
# Below this, other ways to read the two names are tried.
READ_AGAIN_BELOW = 0.86
_JOINED_COST = 0.02
# A father who agrees adds at most this.
FATHER_GAIN = 0.02

# So many letters may a word be longer or shorter than the two it is made of; more where vowels are unwritten.
LENGTH_SLACK, UNWRITTEN_SLACK = 1, 5

Part = tuple[Word | None, Word | None, float]
"""One word of each name and how alike they are; None where the other name has no counterpart."""


class Alignment(NamedTuple):
    """The raw score of two names (about 0 to 1), the words side by side, and how many were matched."""

    score: float
    parts: tuple[Part, ...]
    matched: int


_NOTHING = Alignment(0.0, (), 0)


def align_names(a: str, b: str) -> Alignment:
    """Put the words of two names side by side and score them."""
    left, right = prepare(a), prepare(b)
    is_later = a > b
    best = _align(left, right, is_later)
    if best.score >= READ_AGAIN_BELOW:
        return best
    if "-" in a or "-" in b:
        # One speller writes a double name with a hyphen, another as one word.
        joined = _align(prepare(a, joined=True), prepare(b, joined=True), is_later)
        best = joined if joined.score > best.score else best
    if best.score < READ_AGAIN_BELOW and len(left.words) != len(right.words):
        best = max(best, _align_run_together(left, right, is_later), key=lambda found: found.score)
    if best.score < READ_AGAIN_BELOW and "gp" in (left.parts, right.parts) and left.parts != right.parts:
        best = max(best, _align_without_family(left, right), key=lambda found: found.score)
    return best


def _align(left: Prepared, right: Prepared, is_later: bool) -> Alignment:
    """Align; ``is_later`` settles which side leads among equals, so that the answer is symmetric."""
    swapped = (len(left.words), is_later) > (len(right.words), not is_later)
    fewer, more = (right.words, left.words) if swapped else (left.words, right.words)
    if not fewer:
        return _NOTHING
    table = [[word_likeness(one, other) for other in more] for one in fewer]
    score, order = _best_order(table, len(more))
    parts: list[Part] = []
    for row, column in enumerate(order):
        one, other = fewer[row], more[column]
        parts.append((other, one, table[row][column]) if swapped else (one, other, table[row][column]))
    if len(more) > len(fewer):
        alone = [word for place, word in enumerate(more) if place not in order]
        parts += [(word, None, 0.0) if swapped else (None, word, 0.0) for word in alone]
    # Arabic names tell father and grandfather: each generation has to fit.
    for father, other_father in zip(left.fathers, right.fathers, strict=False):
        alike = word_likeness(father, other_father)
        score += _father_adjustment(alike)
        parts.append((father, other_father, alike))
    return Alignment(score, tuple(parts), len(fewer))


def _best_order(table: list[list[float]], places: int) -> tuple[float, tuple[int, ...]]:
    count = len(table)
    cost = UNMATCHED_COST * (places - count) + (ALONE_COST if count < 2 else 0.0)
    best, chosen = -9.0, tuple(range(count))
    orders = _orders(places, count) if places <= MOST_WORDS else (_greedy_order(table),)
    for order in orders:
        values = [row[column] for row, column in zip(table, order, strict=True)]
        score = 0.5 * min(values) + 0.5 * sum(values) / count - cost
        if score > best:
            best, chosen = score, order
    return best, chosen


def _greedy_order(table: list[list[float]]) -> tuple[int, ...]:
    """Pair the likeliest words first: for names too long to try every order."""
    cells = sorted(
        ((-value, row, column) for row, values in enumerate(table) for column, value in enumerate(values))
    )
    chosen: dict[int, int] = {}
    for _, row, column in cells:
        if row not in chosen and column not in chosen.values():
            chosen[row] = column
    return tuple(chosen[row] for row in range(len(table)))


@lru_cache(maxsize=64)
def _orders(places: int, count: int) -> tuple[tuple[int, ...], ...]:
    return tuple(permutations(range(places), count))


def _father_adjustment(alike: float) -> float:
    """Fathers that agree add little, fathers that differ take much away."""
    return 0.05 * (alike - 0.6) if alike >= 0.6 else -0.35 * (0.75 - alike)


def may_run_together(first: Word, second: Word, whole: Word) -> bool:
    """Return whether two words may make a third: it begins as one of them and is as long as both."""
    if first.is_initial or second.is_initial or not whole.beginnings & (first.beginnings | second.beginnings):
        return False
    slack = LENGTH_SLACK if first.is_arabic == whole.is_arabic else UNWRITTEN_SLACK
    return abs(len(first.forms[0]) + len(second.forms[0]) - len(whole.forms[0])) <= slack


def run_together(longer: tuple[Word, ...], shorter: tuple[Word, ...]) -> tuple[Word, ...] | None:
    """Join two neighbours of the longer name where that makes a word of the shorter one."""
    for place in range(len(longer) - 1):
        first, second = longer[place], longer[place + 1]
        if not any(may_run_together(first, second, word) for word in shorter):
            continue
        for text in (first.text + second.text, second.text + first.text):
            whole = read_word(text, first.role, False, first.is_arabic)
            if any(word_likeness(whole, word) >= READ_AGAIN_BELOW for word in shorter):
                return (*longer[:place], whole, *longer[place + 2 :])
    return None


def _align_run_together(left: Prepared, right: Prepared, is_later: bool) -> Alignment:
    """Align again where one speller wrote as one word what another wrote as two."""
    longer, shorter = (left, right) if len(left.words) > len(right.words) else (right, left)
    joined = run_together(longer.words, shorter.words)
    if joined is None:
        return _NOTHING
    changed = Prepared(joined, longer.fathers)
    found = _align(changed, right, is_later) if longer is left else _align(left, changed, is_later)
    # Two words written as one are two words that agree.
    cost = _JOINED_COST - (ALONE_COST if len(joined) == 1 else 0.0)
    return Alignment(found.score - cost, found.parts, found.matched + 1)


def _align_without_family(left: Prepared, right: Prepared) -> Alignment:
    """Align "Given Patronymic" with a name that has a family name: only what both give can agree."""
    if left.given is None or right.given is None:
        return _NOTHING
    pairs = [(left.given, right.given)]
    if left.father and right.father:
        pairs.append((left.father, right.father))
    parts: list[Part] = [(one, other, word_likeness(one, other)) for one, other in pairs]
    values = [part[2] for part in parts]
    compared = {word for pair in pairs for word in pair}
    parts += [(word, None, 0.0) for word in _others(left, compared)]
    parts += [(None, word, 0.0) for word in _others(right, compared)]
    cost = UNMATCHED_COST if len(values) == 2 else ALONE_COST
    score = 0.5 * min(values) + 0.5 * sum(values) / len(values) - cost
    return Alignment(score, tuple(parts), len(values))


def _others(name: Prepared, compared: set[Word]) -> list[Word]:
    words = [word for word in name.words if word.role == "family"]
    words += [name.father] if name.father else []
    return [word for word in words if word not in compared]
