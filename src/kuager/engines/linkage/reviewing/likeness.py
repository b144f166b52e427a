"""How alike two written names are, in numbers finer than levels of agreement, for learning from judged pairs.

Promises: the order of the two records does not matter; names in two scripts are compared by their skeletons
only; what cannot be compared is NaN. Nothing here is evidence by itself: only judged pairs give it a weight.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl
from rapidfuzz.distance import Indel, JaroWinkler
from rapidfuzz.process import cpdist

Floats = npt.NDArray[np.float64]

_WORDS_COMPARED = 5
_SKELETONS = ("given", "father", "grandfather", "family")
# The script of a word by its first letter: up to these code points Latin, Cyrillic, and beyond.
_LAST_LATIN, _LAST_CYRILLIC = 0x24F, 0x52F


def likeness(records: pl.DataFrame, pairs: pl.DataFrame) -> Floats:
    """Compare the names of the pairs.

    Parameters
    ----------
    records
        Prepared records.
    pairs
        Columns ``left`` and ``right``: row numbers of ``records``.

    Returns
    -------
    npt.NDArray[np.float64]
        Shape ``(n_pairs, 8)``, each 0 to 1 or NaN: written names whole, by words (mean and least), given name
        and family line; skeletons whole, by parts (mean and least).
    """
    left, right = pairs["left"].to_numpy(), pairs["right"].to_numpy()
    given, line = (_written(records[column]) for column in ("shown_given", "shown_line"))
    whole = [f"{one} {other}".strip() for one, other in zip(given, line, strict=True)]
    parts = [[text or "" for text in records[column].to_list()] for column in _SKELETONS]
    skeletons = [" ".join(filter(None, texts)) for texts in zip(*parts, strict=True)]
    words = [name.split()[:_WORDS_COMPARED] for name in whole]
    by_place = [[one[place] if place < len(one) else "" for one in words] for place in range(_WORDS_COMPARED)]

    def compared(texts: Sequence[str], *, by_letters: bool = False) -> Floats:
        return _compared(texts, left, right, by_letters)

    written = [compared(["".join(name.split()) for name in whole], by_letters=True)]
    written += _mean_and_least([compared(texts) for texts in by_place])
    written += [compared(given), compared(line)]
    script = np.array([_script(name) for name in whole])
    columns = [np.where(script[left] == script[right], one, np.nan) for one in written]
    columns.append(compared(skeletons, by_letters=True))
    columns += _mean_and_least([compared(texts) for texts in parts])
    return np.stack(columns, axis=1)


def _written(column: pl.Series) -> list[str]:
    return [" ".join((text or "").casefold().split()) for text in column.to_list()]


def _script(name: str) -> int:
    code = next((ord(letter) for letter in name if letter.isalpha()), 0)
    return int(code > _LAST_LATIN) + int(code > _LAST_CYRILLIC)


def _compared(
    texts: Sequence[str], left: npt.NDArray[np.integer], right: npt.NDArray[np.integer], by_letters: bool
) -> Floats:
    """Compare one text of both records: by letters kept in order, or by Jaro and Winkler."""
    table = np.array(texts, dtype=object)
    known = np.array([bool(text) for text in texts])
    both = np.flatnonzero(known[left] & known[right])
    result: Floats = np.full(len(left), np.nan)
    scorer = Indel.normalized_similarity if by_letters else JaroWinkler.similarity
    if len(both):
        result[both] = cpdist(
            table[left[both]].tolist(), table[right[both]].tolist(), scorer=scorer, dtype=np.float64
        )
    return result


def _mean_and_least(columns: Sequence[Floats]) -> list[Floats]:
    """Give mean and least of what could be compared, NaN where nothing could."""
    table = np.stack(columns)
    known = ~np.isnan(table)
    count = known.sum(axis=0)
    total = np.where(known, table, 0.0).sum(axis=0)
    mean = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    least = np.where(count > 0, np.where(known, table, np.inf).min(axis=0), np.nan)
    return [mean, least]
