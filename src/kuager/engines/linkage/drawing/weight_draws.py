"""Draw weights anew, again and again, each time from who is who as drawn last.

Promises: rates of agreement are drawn given the pairs that the last draw put together, and what was believed
before; the odds that two records are one person at all are drawn given how many persons the last draw knows
on one list only and on two: where n persons are on exactly these two lists, and a and b on one of them only,
n to a x b. (The share of links among pairs of two lists is not it: who is not linked between them must be
missing on every other list, too.) An error that all weights share, and how much of what caution withheld is
evidence, are drawn from what is believed beforehand.

References
----------
Tanner and Wong (1987), The calculation of posterior distributions by data augmentation, JASA 82; Sadinle
(2017), JASA 112, for the rates of agreement given a partition.

"""

from dataclasses import dataclass

import numpy as np

from kuager.engines.linkage.drawing.doubt import Doubt
from kuager.engines.linkage.exclusivity import Floats, Ints

# What was believed of rates of agreement before weighs as much as so many links.
_LINKS_BEFORE = 20.0
# Persons on two lists, and on one, that are believed before any is seen.
_BOTH_BEFORE, _ALONE_BEFORE = 0.05, 1.0
# At most this share of what caution withheld is evidence; how much is not known.
_WITHHELD_AT_MOST = 1.0
_LEAST = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Errors:
    """What no draw of who is who can tell: the common error in bits, the share of evidence withheld."""

    common_bits: float
    withheld: float


def draw_errors(doubt: Doubt, random: np.random.Generator) -> Errors:
    """Draw what is not learned from the lists."""
    return Errors(random.normal(0.0, doubt.common_error_bits), random.uniform(0.0, _WITHHELD_AT_MOST))


def draw_weights(
    doubt: Doubt, errors: Errors, person_of: Ints, list_of: Ints, random: np.random.Generator
) -> tuple[Floats, Floats]:
    """Draw the bits of each field, and those before any field is looked at, of every pair that may be a link.

    Parameters
    ----------
    doubt
        What is not known.
    errors
        What was drawn for a while.
    person_of, list_of
        Person of each record as drawn last, and its list; numbers from 0, shape ``(n_records,)``.
    """
    pairs = doubt.pairs
    together = person_of[pairs.left] == person_of[pairs.right]
    weights = pairs.weights + errors.withheld * pairs.withheld
    for column in range(weights.shape[1]):
        level = pairs.levels[:, column]
        known = level >= 0
        counts = np.bincount(level[known & together], minlength=len(doubt.same[column]))
        change = _redrawn_same(counts, doubt, column, random)[level[known]]
        chance = _redrawn_strangers(doubt.strangers[column], random)[level[known]]
        weights[known, column] += change - np.where(pairs.measured[known, column], chance, 0.0)
    before = odds_before(person_of, list_of, random)[list_of[pairs.left], list_of[pairs.right]]
    return weights, before + pairs.beyond + errors.common_bits


def odds_before(person_of: Ints, list_of: Ints, random: np.random.Generator) -> Floats:
    """Draw the log-odds (base 2) that two records of two lists are one person, before they are compared.

    Returns
    -------
    Shape ``(n_lists, n_lists)``.
    """
    lists = int(list_of.max(initial=0)) + 1
    records = np.bincount(person_of)[person_of]
    alone = np.bincount(list_of[records == 1], minlength=lists).astype(np.float64)
    twice = np.flatnonzero(records == 2)
    ends = np.sort(list_of[twice[np.argsort(person_of[twice], kind="stable")]].reshape(-1, 2), axis=1)
    both = np.bincount(ends[:, 0] * lists + ends[:, 1], minlength=lists * lists).reshape(lists, lists)
    drawn_both = np.maximum(random.gamma(both + _BOTH_BEFORE), _LEAST)
    drawn_alone = np.maximum(random.gamma(alone + _ALONE_BEFORE), _LEAST)
    possible = np.outer(drawn_alone, drawn_alone) * np.where(np.eye(lists) > 0, 0.5, 1.0)
    odds = np.triu(np.log2(drawn_both / possible))
    result: Floats = odds + np.triu(odds, 1).T
    return result


def _redrawn_same(counts: Ints, doubt: Doubt, column: int, random: np.random.Generator) -> Floats:
    """Draw the rates of one person's records; give the change of their logarithm in bits."""
    expected = counts + _LINKS_BEFORE * doubt.same_before[column]
    drawn = np.maximum(random.standard_gamma(np.maximum(expected, 0.05)), _LEAST)
    rates = np.minimum(drawn / drawn.sum(), doubt.same_most[column])
    result: Floats = np.log2(rates) - np.log2(np.maximum(doubt.same[column], _LEAST))
    return result


def _redrawn_strangers(counts: Floats, random: np.random.Generator) -> Floats:
    """Draw the rates of strangers; give the change of their logarithm in bits."""
    kept = np.maximum(counts, 0.5)
    drawn = np.maximum(random.standard_gamma(kept), _LEAST)
    result: Floats = np.log2(drawn / drawn.sum()) - np.log2(kept / kept.sum())
    return result
