"""Say why two records are linked or not, field by field.

Promises: the weights of the fields and the starting odds add up to the match weight, except after judgements
and rivalry in one-to-one lists, which are named.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from kuager.engines.linkage.comparing.comparisons import FieldComparison
from kuager.engines.linkage.learning import Evidence, Floats

Reason = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Sides:
    """The records on both sides: ``pairs`` has columns ``left`` and ``right``, row numbers of ``records``."""

    pairs: pl.DataFrame
    records: pl.DataFrame


def explain(
    rows: npt.NDArray[np.int64],
    evidence: Evidence,
    weights: Floats,
    fields: tuple[FieldComparison, ...],
    sides: Sides,
) -> list[str]:
    """Return, for the chosen pairs, JSON lists of ``{field, left, right, level, weight}``, in bits."""
    reasons = reasons_for(rows, evidence, weights, fields, sides)
    return [json.dumps(each, ensure_ascii=False) for each in reasons]


def reasons_for(
    rows: npt.NDArray[np.int64],
    evidence: Evidence,
    weights: Floats,
    fields: tuple[FieldComparison, ...],
    sides: Sides,
) -> list[list[Reason]]:
    """Return, for the chosen pairs, what ``explain`` writes down."""
    shown = [sides.records[f"shown_{field.shown}"].to_list() for field in fields]
    left, right = sides.pairs["left"].to_list(), sides.pairs["right"].to_list()
    return [
        [
            {
                "field": field.field,
                "left": shown[place][left[row]],
                "right": shown[place][right[row]],
                "level": field.levels[level].words,
                "weight": round(float(weights[row, place]), 2),
            }
            for place, field in enumerate(fields)
            if (level := int(evidence.levels[row, place])) >= 0
        ]
        for row in rows.tolist()
    ]
