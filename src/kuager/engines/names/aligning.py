"""Put the words of two names side by side, in the best of all orders, and say how alike they are.

Promises: symmetric up to the exchange of left and right; each word is used once.
"""

from functools import lru_cache
from itertools import permutations
from typing import NamedTuple

from kuager.engines.names.word_likeness import word_ceiling, word_likeness
from kuager.engines.names.words import Prepared, Word, prepare, read_word

_UNMATCHED_COST = 0.08
_ALONE_COST = 0.25
_MAX_WORDS = 5
_JOINED_MUST_REACH = 0.86
_JOINED_COST = 0.02


class AlignedWord(NamedTuple):
    """One word of each name; "" where the other name has no counterpart."""

    role: str
    left: str
    right: str
    likeness: float
    is_initial: bool = False
    crosses_arabic: bool = False
    crosses_roles: bool = False


class Alignment(NamedTuple):
    """The raw score of two names (about 0 to 1), the words side by side, and how many were matched."""

    score: float
    parts: tuple[AlignedWord, ...]
    matched: int


def _align(
    fewer: tuple[Word, ...], more: tuple[Word, ...]
) -> tuple[float, tuple[int, ...], list[list[float]]]:
    table = [[word_likeness(one, other) for other in more] for one in fewer]
    count = len(fewer)
    cost = _UNMATCHED_COST * (len(more) - count) + (_ALONE_COST if count < 2 else 0.0)
    best, chosen = -9.0, tuple(range(count))
    orders = _orders(len(more), count) if len(more) <= _MAX_WORDS else (_greedy_order(table),)
    for order in orders:
        values = [row[column] for row, column in zip(table, order, strict=True)]
        score = 0.5 * min(values) + 0.5 * sum(values) / count - cost
        if score > best:
            best, chosen = score, order
    return best, chosen, table


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


def _aligned(left: Word, right: Word, alike: float, *, swapped: bool) -> AlignedWord:
    if swapped:
        left, right = right, left
    role = (
        left.role if left.role == right.role else "family" if "family" in (left.role, right.role) else "given"
    )
    return AlignedWord(
        role,
        left.text,
        right.text,
        alike,
        is_initial=left.is_initial or right.is_initial,
        crosses_arabic=left.is_arabic != right.is_arabic,
        crosses_roles={left.role, right.role} == {"family", "given"},
    )


def _alone(word: Word, *, swapped: bool) -> AlignedWord:
    left, right = ("", word.text) if not swapped else (word.text, "")
    return AlignedWord(word.role, left, right, 0.0)


def may_reach(a: str, b: str, score: float) -> bool:
    """Return False when the two names cannot reach this raw score; True promises nothing."""
    if _prepared_may_reach(prepare(a), prepare(b), score):
        return True
    if "-" not in a and "-" not in b:
        return False
    return _prepared_may_reach(prepare(a, joined=True), prepare(b, joined=True), score)


def _prepared_may_reach(one: Prepared, other: Prepared, score: float) -> bool:
    (fewer, fathers), (more, more_fathers) = (one, other) if len(one[0]) <= len(other[0]) else (other, one)
    if not fewer:
        return False
    best = [max([word_ceiling(word, candidate) for candidate in more]) for word in fewer]
    missing = len(more) - len(fewer)
    # Fathers that agree add 0.02 each.
    gain = 0.02 * min(len(fathers), len(more_fathers)) - _UNMATCHED_COST * missing
    if 0.5 * min(best) + 0.5 * sum(best) / len(best) + gain >= score - 1e-9:
        return True
    return missing > 0 and _run_together(more, fewer) is not None


def align_names(a: str, b: str) -> Alignment:
    """Put the words of two names side by side and score them."""
    best = _align_prepared(prepare(a), prepare(b), a > b)
    if best.score < _JOINED_MUST_REACH and ("-" in a or "-" in b):
        # One speller writes a double name with a hyphen, another as one word.
        joined = _align_prepared(prepare(a, joined=True), prepare(b, joined=True), a > b)
        best = joined if joined.score > best.score else best
    if best.score < _JOINED_MUST_REACH and best.parts:
        best = max(best, _align_run_together(a, b), key=lambda alignment: alignment.score)
    return best


def _run_together(longer: tuple[Word, ...], shorter: tuple[Word, ...]) -> tuple[Word, ...] | None:
    """Join two neighbours of the longer name where that makes a word of the shorter one."""
    for place in range(len(longer) - 1):
        first, second = longer[place], longer[place + 1]
        if first.is_initial or second.is_initial:
            continue
        for text in (first.text + second.text, second.text + first.text):
            whole = read_word(text, first.role, False, first.is_arabic)
            if any(word_likeness(whole, word) >= _JOINED_MUST_REACH for word in shorter):
                return (*longer[:place], whole, *longer[place + 2 :])
    return None


def _align_run_together(a: str, b: str) -> Alignment:
    """Align again where one speller wrote as one word what another wrote as two."""
    left, right = prepare(a), prepare(b)
    if len(left[0]) == len(right[0]):
        return Alignment(0.0, (), 0)
    longer, shorter = (left, right) if len(left[0]) > len(right[0]) else (right, left)
    joined = _run_together(longer[0], shorter[0])
    if joined is None:
        return Alignment(0.0, (), 0)
    changed = (joined, longer[1])
    pair = (changed, right) if longer is left else (left, changed)
    found = _align_prepared(*pair, a > b)
    # Two words written as one are two words that agree.
    cost = _JOINED_COST - (_ALONE_COST if len(joined) == 1 else 0.0)
    return Alignment(found.score - cost, found.parts, found.matched + 1)


def _align_prepared(left: Prepared, right: Prepared, is_later: bool) -> Alignment:
    """Align; ``is_later`` settles which side leads among equals, so that the answer is symmetric."""
    swapped = (len(left[0]), is_later) > (len(right[0]), not is_later)
    (fewer, fathers_a), (more, fathers_b) = (right, left) if swapped else (left, right)
    if not fewer:
        return Alignment(0.0, (), 0)
    score, order, table = _align(fewer, more)
    parts = [
        _aligned(fewer[row], more[column], table[row][column], swapped=swapped)
        for row, column in enumerate(order)
    ]
    parts += [_alone(word, swapped=swapped) for place, word in enumerate(more) if place not in order]
    if fathers_a and fathers_b:
        # Arabic names tell father and grandfather: each generation has to fit.
        for one, other in zip(fathers_a, fathers_b, strict=False):
            alike = word_likeness(one, other)
            score += _father_adjustment(alike)
            parts.append(_aligned(one, other, alike, swapped=swapped))
    return Alignment(score, tuple(parts), len(fewer))
