"""Re-link what a new edition of a list changed, and nothing else.

Promises: a record that says the same as before is neither compared nor touched; a judged pair is never
offered again, whatever the new score, but it is named when one of its records changed, for a person to look
at; the index changes only if the caller kept the result, so that a break in between loses nothing: the same
edition can be given again.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import polars as pl

from kuager.core.errors import BadInputError
from kuager.engines.linkage.incremental.index import MatchIndex
from kuager.engines.linkage.incremental.lines import fingerprints
from kuager.engines.linkage.incremental.ranking import Candidate, Key
from kuager.engines.linkage.linking import REPORTED_FROM
from kuager.engines.linkage.reading.columns import recognise_columns

# Enough for every record of one person, and short enough for a page.
_ASKED_FOR = 20
PairOfKeys = frozenset[Key]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The ids of a list's records by what a new edition does to them."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPair:
    """A pair to offer: a record of the edition and a candidate for it."""

    record: Key
    candidate: Candidate


@dataclass(frozen=True, slots=True, kw_only=True)
class Relinked:
    """What an edition calls for.

    Attributes
    ----------
    difference
        What changed.
    pairs
        New pairs of the records added or changed, without judged ones, each once.
    outdated
        Records whose earlier pairs, as far as nobody judged them, no longer hold.
    judged_before
        Judged pairs one of whose records changed or went: they stay as they are.
    """

    difference: Difference
    pairs: tuple[NewPair, ...]
    outdated: frozenset[Key]
    judged_before: frozenset[PairOfKeys]


def difference_of(index: MatchIndex, list_name: str, edition: pl.DataFrame) -> Difference:
    """Compare an edition with what is on file of its list.

    Raises
    ------
    BadInputError
        When the edition has no ids, repeats one, or leaves one empty: then nobody can say who changed.
    """
    before = index.marks(list_name)
    now = dict(zip(_ids(list_name, edition), fingerprints(edition), strict=True))
    return Difference(
        added=tuple(key for key in now if key not in before),
        changed=tuple(key for key, mark in now.items() if before.get(key, mark) != mark),
        removed=tuple(sorted(before.keys() - now.keys())),
        unchanged=sum(before.get(key) == mark for key, mark in now.items()),
    )


def _ids(list_name: str, edition: pl.DataFrame) -> list[str]:
    found = [column for column, field in recognise_columns(edition.columns).items() if field == "id"]
    if not found:
        raise BadInputError(f"list {list_name}: a new edition needs the ids of the one before")
    ids = edition[found[0]].cast(pl.String).fill_null("").str.strip_chars()
    if ids.n_unique() < len(ids) or (ids == "").any():
        raise BadInputError(f"list {list_name}: an id is empty or occurs twice")
    return ids.to_list()


@contextmanager
def relinking(
    index: MatchIndex,
    list_name: str,
    edition: pl.DataFrame,
    *,
    judged: Collection[PairOfKeys] = (),
    replaces: Mapping[str, str] | None = None,
    one_to_one: Collection[str] = (),
) -> Iterator[Relinked]:
    """Put an edition on file and give the pairs it calls for; keep them inside the ``with``.

    Parameters
    ----------
    judged
        Pairs that a person judged, same or different.
    replaces
        Where a changed record gets a new id: the id it had before, by the new one. What was judged of the old
        one is not asked again of the new one.
    one_to_one
        Lists that hold every person once.
    """
    with index.changing():
        difference = difference_of(index, list_name, edition)
        rows = dict(zip(_ids(list_name, edition), edition.cast(pl.String).iter_rows(named=True), strict=True))
        for key in difference.removed:
            index.remove(list_name, key)
        fresh = (*difference.added, *difference.changed)
        index.add_each(list_name, [rows[key] for key in fresh])
        gone = frozenset((list_name, key) for key in (*difference.changed, *difference.removed))
        asked = {key: rows[key] for key in fresh}
        settled = frozenset(judged) | _inherited(judged, list_name, replaces or {})
        yield Relinked(
            difference=difference,
            pairs=tuple(_pairs(index, list_name, asked, settled, one_to_one)),
            outdated=gone,
            judged_before=frozenset(pair for pair in judged if pair & gone),
        )


def _inherited(
    judged: Collection[PairOfKeys], list_name: str, replaces: Mapping[str, str]
) -> frozenset[PairOfKeys]:
    """Return the judged pairs of replaced records as pairs of those that replace them."""
    newer = {(list_name, before): (list_name, now) for now, before in replaces.items()}
    return frozenset(frozenset(newer.get(key, key) for key in pair) for pair in judged)


def _pairs(
    index: MatchIndex,
    list_name: str,
    asked: Mapping[str, Mapping[str, str | None]],
    settled: frozenset[PairOfKeys],
    one_to_one: Collection[str],
) -> Iterator[NewPair]:
    seen = set(settled)
    questions = [(list_name, row) for row in asked.values()]
    answers = index.candidates_of_each(questions, limit=_ASKED_FOR, one_to_one=one_to_one)
    for key, answer in zip(asked, answers, strict=True):
        for candidate in answer:
            pair = frozenset({(list_name, key), (candidate.list, candidate.id)})
            if pair not in seen and candidate.probability >= REPORTED_FROM:
                seen.add(pair)
                yield NewPair(record=(list_name, key), candidate=candidate)
