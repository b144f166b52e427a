"""A group of copies as a picture: one box an item, one below the other in the order in which they were seen.

On the left, arcs join items that people confirmed to be copies. On the right, arrows lead from the item that
was taken to the item it was taken from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, BOX, LEFT, ROW, HEIGHT = 340, 180, 80, 84, 60
_STEP, _FIRST = 11, 12


@dataclass(frozen=True, slots=True)
class Box:
    """One item: where its box stands and what is written in it."""

    number: int
    top: int
    words: tuple[str, ...]
    is_asked: bool

    @property
    def head(self) -> int:
        """Where the first line of words stands."""
        return self.top + 20

    @property
    def lines(self) -> list[tuple[int, str]]:
        """Where each further line of words stands."""
        return [(self.top + 38 + 15 * place, word) for place, word in enumerate(self.words)]


@dataclass(frozen=True, slots=True)
class Arc:
    """One line between two boxes; ``words`` says what it means."""

    path: str
    words: str
    label_at: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn, in points of a sheet of ``width`` times ``height``."""

    width: int
    height: int
    boxes: Sequence[Box]
    joins: Sequence[Arc]
    takes: Sequence[Arc]


def draw(
    order: Sequence[int],
    words: Mapping[int, tuple[str, ...]],
    *,
    joined: Sequence[tuple[int, int, str]],
    taken: Sequence[tuple[int, int, str]],
    asked: int,
) -> Picture:
    """Place boxes and lines.

    Parameters
    ----------
    order
        Numbers of the items from top to bottom.
    words
        What is written in each box below its number, at most two lines.
    joined
        Pairs that belong together, and as what.
    taken
        Who took from whom: the copy, what it was taken from, and a word.
    asked
        The item whose page this is.
    """
    place = {number: row for row, number in enumerate(order)}
    boxes = [
        Box(number, ROW * row + 4, words.get(number, ()), number == asked) for number, row in place.items()
    ]
    return Picture(
        width=WIDTH,
        height=ROW * max(1, len(order)),
        boxes=boxes,
        joins=_arcs(place, joined, edge=LEFT, direction=-1),
        takes=_arcs(place, taken, edge=LEFT + BOX, direction=1),
    )


def _arcs(
    place: Mapping[int, int], pairs: Sequence[tuple[int, int, str]], *, edge: int, direction: int
) -> list[Arc]:
    """Draw half ovals beside the boxes; longer ones reach further, so that none hides another."""
    known = [pair for pair in pairs if pair[0] in place and pair[1] in place and pair[0] != pair[1]]
    ordered = sorted(known, key=lambda pair: abs(place[pair[0]] - place[pair[1]]))
    found = []
    for depth, (one, other, words) in enumerate(ordered):
        reach = min(_FIRST + _STEP * (depth + 1), LEFT - 10)
        start, end = (ROW * place[number] + 4 + HEIGHT // 2 for number in (one, other))
        # What begins at a box and what ends there must not lie on each other.
        start, end = start + 9 + 3 * (depth % 3), end - 9 - 3 * (depth % 3)
        far = edge + direction * reach
        path = f"M {edge} {start} C {far} {start}, {far} {end}, {edge} {end}"
        found.append(Arc(path, words, (far, (start + end) // 2)))
    return found
