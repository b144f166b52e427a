"""Put scored records in order and say why.

Promises: the likeliest first; equals in the order in which they were filed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from kuager.engines.linkage.comparing.comparisons import FieldComparison
from kuager.engines.linkage.comparing.reasons import Reason, Sides, reasons_for
from kuager.engines.linkage.exclusivity import exclusive_probability
from kuager.engines.linkage.incremental.scoring import Compared, Rows
from kuager.engines.linkage.learning import Evidence, Floats

Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A record that may be about the same person.

    ``probability`` is 0 to 1, ``match_weight`` the logarithm (base 2) of the odds, and ``reasons`` say field
    by field what agrees and differs, the record asked about on the left.
    """

    list: str
    id: str
    probability: float
    match_weight: float
    reasons: tuple[Mapping[str, object], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """Records compared: ``keys`` name the right side of each pair; arrays have one row for each pair.

    Pairs of one record asked about stand together, in the order of these records.
    """

    keys: tuple[Key, ...]
    compared: Compared
    evidence: Evidence
    weights: Floats
    odds: Floats


def chances(scored: Scored, lists: Sequence[str], one_to_one: Collection[str]) -> Floats:
    """Return the probability of each pair; only candidates of one record compete with each other.

    Parameters
    ----------
    lists
        The list of each record asked about.
    """
    # A record on file stands once for each record it is compared with: two questions are no rivals.
    pairs = pl.DataFrame(
        {
            "left": scored.compared.left,
            "right": np.arange(len(lists), len(lists) + len(scored.keys), dtype=np.int64),
        }
    )
    names = [*lists, *(name for name, _ in scored.keys)]
    return exclusive_probability(scored.odds, pairs, names, one_to_one)


def ranked(
    scored: Scored,
    probability: Floats,
    fields: tuple[FieldComparison, ...],
    *,
    limit: int,
    least_bits: float,
) -> list[list[Candidate]]:
    """Return the best candidates of each record asked about, with their reasons."""
    starts = np.searchsorted(scored.compared.left, np.arange(scored.compared.asked.height + 1))
    best = [
        _best(scored.odds, probability, start, end, limit)
        for start, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)
    ]
    kept = [rows[scored.odds[rows] >= least_bits] for rows in best]
    every = np.concatenate(kept)
    reasons = dict(zip(every.tolist(), _reasons(scored, every, fields), strict=True))
    return [
        [
            Candidate(
                list=scored.keys[row][0],
                id=scored.keys[row][1],
                probability=float(probability[row]),
                match_weight=float(scored.odds[row]),
                reasons=tuple(reasons[row]),
            )
            for row in rows.tolist()
        ]
        for rows in kept
    ]


def _best(odds: Floats, probability: Floats, start: int, end: int, limit: int) -> Rows:
    filing = np.arange(start, end)
    order = np.lexsort((filing, -odds[start:end], -probability[start:end]))[:limit]
    result: Rows = filing[order]
    return result


def _reasons(scored: Scored, rows: Rows, fields: tuple[FieldComparison, ...]) -> list[list[Reason]]:
    """Return the reasons of some pairs; only their records are read."""
    compared, evidence = scored.compared, scored.evidence
    used, right = np.unique(compared.right[rows], return_inverse=True)
    shown = [f"shown_{field.shown}" for field in fields]
    shown = list(dict.fromkeys(shown))
    sides = Sides(
        pl.DataFrame({"left": compared.left[rows], "right": compared.asked.height + right.reshape(-1)}),
        pl.concat([compared.asked.select(shown), compared.others[used].select(shown)]),
    )
    chosen = replace(evidence, levels=evidence.levels[rows], frequency=evidence.frequency[rows])
    return reasons_for(np.arange(len(rows)), chosen, scored.weights[rows], fields, sides)
