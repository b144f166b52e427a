"""What differs between two values, piece by piece, so that a reviewer sees it at once."""

from dataclasses import dataclass
from difflib import SequenceMatcher

ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters of a value, and whether the other value has them too."""

    text: str
    differs: bool


def mark_differences(here: str, there: str) -> list[Piece]:
    """Cut ``here`` into pieces that ``there`` has as well and pieces it has not.

    Case does not count. Values with little in common, such as one name in two scripts, differ as a whole: a
    scatter of marked letters would only tire the eye.

    Examples
    --------
    >>> [(piece.text, piece.differs) for piece in mark_differences("Asanov", "Assanov")]
    [('Asanov', False)]
    >>> [(piece.text, piece.differs) for piece in mark_differences("Assanov", "Asanov")]
    [('A', False), ('s', True), ('sanov', False)]
    >>> [(piece.text, piece.differs) for piece in mark_differences("Asan", "Асан")]
    [('Asan', True)]
    """
    if not here:
        return []
    if not there:
        return [Piece(here, True)]
    # lower() keeps the length for every letter of our scripts; where it does not, compare as written.
    left, right = here.lower(), there.lower()
    if len(left) != len(here):
        left, right = here, there
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    if matcher.ratio() < ALIKE:
        return [Piece(here, True)]
    pieces = [
        Piece(here[start:end], code != "equal")
        for code, start, end, _, _ in matcher.get_opcodes()
        if end > start
    ]
    return _joined(pieces)


def are_alike(here: str, there: str) -> bool:
    """Whether two values have so much in common that single letters can be marked."""
    return SequenceMatcher(None, here.lower(), there.lower(), autojunk=False).ratio() >= ALIKE


def _joined(pieces: list[Piece]) -> list[Piece]:
    """Put neighbours of one kind together."""
    joined: list[Piece] = []
    for piece in pieces:
        if joined and joined[-1].differs == piece.differs:
            joined[-1] = Piece(joined[-1].text + piece.text, piece.differs)
        else:
            joined.append(piece)
    return joined
