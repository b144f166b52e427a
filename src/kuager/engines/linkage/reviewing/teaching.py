"""Let judged pairs teach the scores of all others.

Promises: without judgements nothing changes; few change little (``reviewed``); from a hundred on a model of
what judged pairs look like refines every pair that is not hopeless (``verdict_model``), on top of what was
learned without labels. Rivals compete afterwards, and a judged pair is then certain: who is judged the same
takes no other partner of that list, and who is judged different leaves the field to rivals.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from kuager.engines.linkage.exclusivity import Floats, Ints
from kuager.engines.linkage.reviewing.company import company
from kuager.engines.linkage.reviewing.likeness import likeness
from kuager.engines.linkage.reviewing.reviewed import Correction, correction
from kuager.engines.linkage.reviewing.verdict_model import Levels, Looks, errors_of_odds

ENOUGH_FOR_A_MODEL = 100
# More judged pairs than this are thinned out evenly: the work grows with the cube of their number.
_LEARNED_FROM_AT_MOST = 1_200
# Pairs below are not refined: nothing that labels teach lifts them to even odds.
_HOPELESS_BITS = -10.0
_MAX_BITS = 30.0
# Odds of a judged pair, in bits: beyond every other.
_CERTAIN_BITS = 45.0
# So many pairs of these probabilities, which nobody judged, count as rightly scored.
_ANCHORS, _ANCHORED = 100, (0.001, 0.3)
# In these steps odds enter the smooth part; beyond the limits they are all alike.
_ODDS_STEP, _ODDS_LIMITS = 6.0, (-10.0, 20.0)
_INPUTS_FROM_BITS = -6.0
# One third record for or against is worth as much difference as so many standard deviations of likeness.
_COMPANY_SCALE = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """The scores of all compared pairs before anybody judged.

    Attributes
    ----------
    pairs
        Columns ``left`` and ``right``: row numbers of ``records``.
    records
        Prepared records.
    weights
        Match weights of the fields in bits, shape ``(n_pairs, n_fields)``.
    levels
        Levels of agreement, same shape.
    odds
        Log-odds in bits of each pair on its own.
    probability
        After rivals competed.
    """

    pairs: pl.DataFrame
    records: pl.DataFrame
    weights: Floats
    levels: Levels
    odds: Floats
    probability: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Taught:
    """Scores set right: weights of fields, log-odds in bits, and how the weights were corrected."""

    weights: Floats
    odds: Floats
    correction: Correction


def teach(scores: Scores, verdicts: Mapping[int, bool]) -> Taught | None:
    """Set scores right by judged pairs; None without any.

    Parameters
    ----------
    scores
        All compared pairs.
    verdicts
        By row: whether a person judged the two records the same.
    """
    competing = _bits(scores.probability)
    total = scores.weights.sum(axis=1)
    learned = correction(scores.weights, competing - total, verdicts)
    if learned is None:
        return None
    weights = learned.corrected(scores.weights)
    odds = scores.odds - total + weights.sum(axis=1) + learned.common_bits
    if len(verdicts) >= ENOUGH_FOR_A_MODEL:
        odds = scores.odds + _refined(scores, competing, verdicts)
    return Taught(weights, odds, learned)


def with_certainty(odds: Floats, verdicts: Mapping[int, bool]) -> Floats:
    """Return log-odds in which judged pairs are certain, for their rivals to compete with."""
    certain = odds.copy()
    for row, is_same in verdicts.items():
        certain[row] = _CERTAIN_BITS if is_same else -_CERTAIN_BITS
    return certain


def _refined(scores: Scores, competing: Floats, verdicts: Mapping[int, bool]) -> Floats:
    """Give what the model of verdicts adds to the log-odds, 0 for hopeless pairs that nobody judged."""
    judged = np.array(sorted(verdicts), dtype=np.int64)
    learned_from = _thinned(judged, scores.pairs)
    rows = np.union1d(np.flatnonzero(scores.odds > _HOPELESS_BITS), judged)
    looks = _looks(scores, competing, rows)
    anchors = _anchors(scores, rows, judged)
    same = np.array([verdicts[row] for row in learned_from.tolist()], dtype=np.float64)
    taught = np.concatenate([same, scores.probability[anchors]])
    places = np.searchsorted(rows, np.concatenate([learned_from, anchors]))
    given = np.clip(competing[rows], -_MAX_BITS, _MAX_BITS)
    result = np.zeros(len(scores.odds))
    result[rows] = errors_of_odds(looks, given, places, taught)
    return result


def _anchors(scores: Scores, rows: Ints, judged: Ints) -> Ints:
    """Choose pairs that nobody judged and that stay as they are, as far as judged pairs do not say otherwise.

    Reviewers are asked where there is doubt; without anchors what is learned there would be taken to hold for
    the many improbable pairs nobody is asked about.
    """
    low, high = _ANCHORED
    between = rows[(scores.probability[rows] >= low) & (scores.probability[rows] < high)]
    free = np.setdiff1d(between, judged)
    ordered = free[np.lexsort((free, scores.probability[free]))]
    places = np.linspace(0, len(free) - 1, min(len(free), _ANCHORS)).round().astype(np.int64)
    return np.sort(ordered[places])


def _thinned(judged: Ints, pairs: pl.DataFrame) -> Ints:
    """Keep at most so many judged pairs, spread evenly over the records, whatever their verdict."""
    if len(judged) <= _LEARNED_FROM_AT_MOST:
        return judged
    ordered = judged[np.lexsort((pairs["right"].to_numpy()[judged], pairs["left"].to_numpy()[judged]))]
    chosen = np.linspace(0, len(judged) - 1, _LEARNED_FROM_AT_MOST).round().astype(np.int64)
    return np.sort(ordered[chosen])


def _looks(scores: Scores, competing: Floats, rows: Ints) -> Looks:
    alike = likeness(scores.records, scores.pairs[rows.tolist()])
    usual = scores.odds[rows] > _INPUTS_FROM_BITS
    odds = [np.clip(bits[rows], *_ODDS_LIMITS) / _ODDS_STEP for bits in (scores.odds, competing)]
    others = company(scores.pairs, scores.probability, rows)
    levels = scores.levels[rows]
    varies = [len(np.unique(column)) > 1 for column in levels.T]
    return Looks(
        weights=scores.weights[rows],
        levels=levels[:, varies],
        smooth=np.column_stack([_standardised(alike, usual), *odds, _COMPANY_SCALE * others]),
    )


def _standardised(table: Floats, usual: np.ndarray) -> Floats:
    """Bring columns to mean 0 and deviation 1 over the usual rows; what is not known is the mean."""
    known = usual[:, np.newaxis] & ~np.isnan(table)
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, table, 0.0).sum(axis=0) / count
    spread = np.sqrt((np.where(known, table - mean, 0.0) ** 2).sum(axis=0) / count)
    result: Floats = np.where(np.isnan(table), 0.0, (table - mean) / np.maximum(spread, 1e-6))
    return result


def _bits(probability: Floats) -> Floats:
    sure = np.clip(probability, 1e-12, 1 - 1e-12)
    result: Floats = np.log2(sure / (1 - sure))
    return result
