"""Put scored records in order and say why.

Promises: the likeliest first; equals in the order in which they were filed.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from kuager.engines.linkage.comparisons import FieldComparison
from kuager.engines.linkage.learning import Evidence, Floats
from kuager.engines.linkage.reasons import Sides, explain

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
    """One record compared with others: ``keys`` name the others; arrays have one row for each of them."""

    keys: tuple[Key, ...]
    evidence: Evidence
    weights: Floats
    odds: Floats
    sides: Sides


def sides_of(asked: pl.DataFrame, others: pl.DataFrame) -> Sides:
    """Return what the reasons show of both: the record asked about is number 0."""
    shown = [column for column in asked.columns if column.startswith("shown_")]
    pairs = pl.DataFrame(
        {"left": np.zeros(others.height, dtype=np.uint32), "right": np.arange(1, others.height + 1)}
    )
    return Sides(pairs, pl.concat([asked.select(shown), others.select(shown)]))


def ranked(
    scored: Scored, probability: Floats, fields: tuple[FieldComparison, ...], limit: int
) -> list[Candidate]:
    """Return the best candidates with their reasons."""
    filing = np.arange(len(scored.keys))
    best = np.lexsort((filing, -scored.odds, -probability))[:limit]
    texts = explain(best, scored.evidence, scored.weights, fields, scored.sides)
    return [
        Candidate(
            list=scored.keys[row][0],
            id=scored.keys[row][1],
            probability=float(probability[row]),
            match_weight=float(scored.odds[row]),
            reasons=tuple(json.loads(text)),
        )
        for row, text in zip(best.tolist(), texts, strict=True)
    ]
