"""Learn, without labels, how often the same person agrees on each field, and how many pairs are links.

Promises: deterministic; what the lists cannot teach (few links, an empty field) stays at the frozen defaults;
a probability never reaches 0 or 1. Method: expectation-maximisation over levels of agreement (Winkler 1988,
"Using the EM algorithm for weight computation in the Fellegi-Sunter model"), with the strangers'
rates counted on compared pairs less the links and on random pairs that were not compared, defaults as prior
counts, and one share of links for each pair of lists.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from kuager.engines.linkage.comparing.comparisons import (
    BIRTH,
    BIRTH_PLACE,
    CONTACT,
    ETHNICITY,
    EVENT,
    FAMILY_LINE,
    GIVEN,
    NUMBER,
    PLACE,
    POSTCODE,
    RESIDENCE,
    FieldComparison,
)

Floats = npt.NDArray[np.float64]
Levels = npt.NDArray[np.int8]
Groups = npt.NDArray[np.int64]

_ROUNDS = 30
_PRIOR_LINKS = 60.0
# What is left of the prior weight of a level that none of at least so many pairs reaches.
_UNREACHED, _ENOUGH_PAIRS = 0.01, 1_000.0
# Before anything is measured the frozen rates of chance agreement weigh as much as this many pairs.
_PRIOR_STRANGERS = 2_000.0
_SETTLED = 3e-4
_HOPELESS_BITS = -20.0
# A list of which all but this share is linked has no fewer records left to link.
_LEFT_AT_LEAST = 0.02
_TINY = 3.0
_EXPECTED_OVERLAP = 0.3
_EXPECTED_DUPLICATES = 0.01
_EXPECTED_DUPLICATES_ALONE = 0.3
# Where the given names are no evidence for one person, family and father, day and place together count at
# most this many bits: brothers share them all, and are taken or killed together. Unless birth, a number or a
# contact speaks for one person, when only family and father are held back.
SHARED_BY_BROTHERS_BITS = 1.0
FAMILY_BITS_AT_MOST = 2.0
_SHARED_BY_BROTHERS = (FAMILY_LINE, EVENT, PLACE, BIRTH_PLACE, RESIDENCE, POSTCODE, ETHNICITY)
_NOT_SHARED_BY_BROTHERS = (BIRTH, NUMBER, CONTACT)
_SUPPORTING_BITS = 3.0
# Levels of the given name up to which it is the same name in another form: same, exchanged, short, close;
# and, where spelling varies, equal consonants, or somewhat alike.
_CLOSE_UP_TO, _SPELLINGS_UP_TO, _ALIKE_UP_TO = 4, 5, 6
_LINE_EXCHANGED = 4
_VARIES_FROM = 0.5


@dataclass(frozen=True, slots=True)
class Evidence:
    """Levels of agreement of all candidate pairs.

    Parameters
    ----------
    levels
        Shape ``(n_pairs, n_fields)``; 0 is the best level, -1 unknown.
    frequency
        Shape ``(n_pairs, n_fields)``; how common the agreed value is, NaN where the level has no such column.
    groups
        Shape ``(n_pairs,)``; which pair of lists a pair belongs to.
    possible
        Shape ``(n_groups,)``; how many pairs of records that pair of lists has in all.
    expected
        Shape ``(n_groups,)``; links expected before looking.
    not_compared
        For each field, how many pairs that were not compared reach each level, measured on random pairs;
        none where it is empty.
    sizes
        Shape ``(n_groups, 2)``; records of the two lists, 0 inside a list.
    """

    levels: Levels
    frequency: Floats
    groups: Groups
    possible: Floats
    expected: Floats
    not_compared: tuple[Floats, ...] = ()
    sizes: Floats | None = None

    def only(self, rows: npt.NDArray[np.bool_]) -> "Evidence":
        """Return the evidence on some of the pairs."""
        return replace(
            self, levels=self.levels[rows], frequency=self.frequency[rows], groups=self.groups[rows]
        )


@dataclass(frozen=True, slots=True)
class Model:
    """Learned probabilities per field and level, and the share of links per pair of lists."""

    fields: tuple[FieldComparison, ...]
    m: tuple[Floats, ...]
    u: tuple[Floats, ...]
    share: Floats
    spelling_varies: bool = False


def expected_links(sizes: Sequence[int], pairs: Sequence[tuple[int, int]]) -> Floats:
    """Return the links to expect between (and inside) lists before anything is compared."""
    duplicates = _EXPECTED_DUPLICATES if len(sizes) > 1 else _EXPECTED_DUPLICATES_ALONE
    return np.array(
        [duplicates * sizes[a] if a == b else _EXPECTED_OVERLAP * min(sizes[a], sizes[b]) for a, b in pairs]
    )


def strangers_with_prior(
    fields: Sequence[FieldComparison], measured: Mapping[str, Sequence[float]], pairs: float
) -> tuple[Floats, ...]:
    """Draw measured rates of chance agreement towards the frozen ones, the more the fewer pairs there are."""
    rates = []
    for field in fields:
        default = np.array([level.u for level in field.levels])
        default /= default.sum()
        found = np.array(measured.get(field.field) or default)
        found = found / max(found.sum(), 1e-12)
        drawn = (found * pairs + default * _PRIOR_STRANGERS) / (pairs + _PRIOR_STRANGERS)
        rates.append(np.clip(drawn, 1e-7, 1.0))
    return tuple(rates)


def field_weights(model: Model, evidence: Evidence) -> Floats:
    """Return match weights in bits, shape ``(n_pairs, n_fields)``; unknown counts nothing."""
    weights = np.zeros(evidence.levels.shape)
    for column, (m, u) in enumerate(zip(model.m, model.u, strict=True)):
        # The last place is that of level -1, unknown.
        same, strangers = (np.append(np.log2(rates), 0.0) for rates in (m, u))
        level = evidence.levels[:, column]
        common = evidence.frequency[:, column]
        weights[:, column] = (same - strangers)[level]
        rare = np.flatnonzero(~np.isnan(common))
        weights[rare, column] = same[level[rare]] - np.log2(common[rare])
    return _without_outvoting(model, evidence, weights)


def _without_outvoting(model: Model, evidence: Evidence, weights: Floats) -> Floats:
    """Keep what brothers share from outvoting a different given name."""
    given, line = model.fields.index(GIVEN), model.fields.index(FAMILY_LINE)
    brotherly = evidence.levels[:, given] > (_SPELLINGS_UP_TO if model.spelling_varies else _CLOSE_UP_TO)
    own = _told_apart_from_brothers(model, weights)
    # Between two romanisations even names only somewhat alike are one name where the birth agrees.
    brotherly &= ~(own & model.spelling_varies & (evidence.levels[:, given] <= _ALIKE_UP_TO))
    related = brotherly & (weights[:, line] > 0.0) & ~own
    shared = [model.fields.index(field) for field in _SHARED_BY_BROTHERS]
    total = weights[related][:, shared].sum(axis=1)
    shrink = np.where(total > SHARED_BY_BROTHERS_BITS, SHARED_BY_BROTHERS_BITS / np.maximum(total, 1.0), 1.0)
    for column in shared:
        weights[related, column] *= shrink
    # Names of brothers resemble each other (Marat, Murat): likeness alone is no evidence among them.
    weights[related, given] = np.minimum(weights[related, given], 0.0)
    weights[brotherly, line] = np.minimum(weights[brotherly, line], FAMILY_BITS_AT_MOST)
    # Exchanged names are one observation, counted with the given name.
    weights[evidence.levels[:, line] == _LINE_EXCHANGED, line] = 0.0
    return weights


def _told_apart_from_brothers(model: Model, weights: Floats) -> npt.NDArray[np.bool_]:
    """Tell which pairs agree on something that brothers do not share: birth, a number, a contact."""
    own = [model.fields.index(field) for field in _NOT_SHARED_BY_BROTHERS]
    result: npt.NDArray[np.bool_] = weights[:, own].max(axis=1) >= _SUPPORTING_BITS
    return result


def _spelling_varies(m: Sequence[Floats], fields: Sequence[FieldComparison]) -> bool:
    """Tell whether most linked pairs spell even the family differently, as two romanisations do."""
    line = m[list(fields).index(FAMILY_LINE)]
    alike, close = line[[0, 2]].sum(), line[[1, 3]].sum()
    return bool(close > _VARIES_FROM * (alike + close))


def log_odds(model: Model, evidence: Evidence, weights: Floats) -> Floats:
    """Return the logarithm (base 2) of the odds that each pair is a link."""
    odds: Floats = weights.sum(axis=1) + prior_bits(model.share, evidence)[evidence.groups]
    return odds


def prior_bits(share: Floats, evidence: Evidence) -> Floats:
    """Return log-odds (base 2) that two records still without a partner are one person, per pair of lists.

    Where n records of two lists are linked, n links share out among the pairs of those that are not: the odds
    are n to (records of one list - n) x (records of the other - n). Inside a list all pairs are possible.
    """
    odds: Floats = np.log2(share / (1.0 - share))
    if evidence.sizes is None:
        return odds
    crosses = evidence.sizes.min(axis=1) > 0
    odds[crosses] = crossing_bits((share * evidence.possible)[crosses], evidence.sizes[crosses])
    return odds


def crossing_bits(links: Floats, sizes: Floats) -> Floats:
    """Return log-odds (base 2) that two records of two lists, still without a partner, are one person.

    Parameters
    ----------
    links
        Expected between each pair of lists, shape ``(n_groups,)``.
    sizes
        Records of the two lists, shape ``(n_groups, 2)``.
    """
    left = np.maximum(sizes - links[:, np.newaxis], _LEFT_AT_LEAST * sizes)
    odds: Floats = np.log2(links / left.prod(axis=1))
    return odds


def probability(odds: Floats) -> Floats:
    """Turn log-odds in bits into probabilities."""
    result: Floats = 1.0 / (1.0 + np.exp2(-np.clip(odds, -60.0, 60.0)))
    return result


def _learn_m(
    field: FieldComparison, levels: Levels, linked: Floats, reached: npt.NDArray[np.bool_] | None
) -> Floats:
    default = np.array([level.m for level in field.levels])
    if reached is not None:
        default *= np.where(reached, 1.0, _UNREACHED)
    default /= default.sum()
    known = levels >= 0
    counts = np.bincount(levels[known], weights=linked[known], minlength=len(default))
    learned = (counts + _PRIOR_LINKS * default) / (counts.sum() + _PRIOR_LINKS)
    for place, level in enumerate(field.levels):
        if level.m_at_most is not None:
            learned[place] = min(learned[place], level.m_at_most)
    result: Floats = learned / learned.sum()
    return result


def _reached(evidence: Evidence, column: int, length: int) -> npt.NDArray[np.bool_] | None:
    """Tell which levels any pair reaches, so that no prior weight rests on what these lists cannot show."""
    if not evidence.not_compared:
        return None
    everybody = np.ones(len(evidence.levels))
    counts = _counted(evidence.levels[:, column], everybody, length) + evidence.not_compared[column]
    return None if counts.sum() < _ENOUGH_PAIRS else np.asarray(counts > 0)


def _share(linked: Floats, evidence: Evidence) -> Floats:
    found = np.bincount(evidence.groups, weights=linked, minlength=len(evidence.possible))
    # A hundredth of the expectation stays, so that a pair of lists without any link keeps a positive share;
    # in tiny lists more, because a few pairs teach nothing.
    kept = 0.01 + _TINY / (1.0 + evidence.expected)
    drawn = (found + kept * evidence.expected) / (1.0 + kept)
    result: Floats = np.clip(drawn / np.maximum(evidence.possible, 1.0), 1e-9, 0.5)
    return result


def default_model(
    fields: Sequence[FieldComparison], strangers: tuple[Floats, ...], evidence: Evidence
) -> Model:
    """Return the model before anything is learned."""
    defaults = tuple(np.array([level.m for level in field.levels]) for field in fields)
    share = np.clip(evidence.expected / np.maximum(evidence.possible, 1.0), 1e-9, 0.5)
    return Model(tuple(fields), tuple(m / m.sum() for m in defaults), strangers, share)


def strangers_rates(
    fields: Sequence[FieldComparison],
    levels: Levels,
    linked: Floats,
    not_compared: Sequence[Floats],
) -> tuple[Floats, ...]:
    """Return how often strangers reach each level: pairs not compared, and those compared less the links.

    Strangers who agree on something rare share a key and are nearly all compared, so that rare levels are
    counted, not sampled.
    """
    counts = [
        _counted(levels[:, column], 1.0 - linked, len(one.levels)) + not_compared[column]
        for column, one in enumerate(fields)
    ]
    return rates_of(fields, counts)


def rates_of(fields: Sequence[FieldComparison], counts: Sequence[Floats]) -> tuple[Floats, ...]:
    """Return rates of chance agreement from how many pairs of strangers reach each level."""
    measured = {one.field: count.tolist() for one, count in zip(fields, counts, strict=True)}
    return tuple(strangers_with_prior([one], measured, float(sum(measured[one.field])))[0] for one in fields)


def _counted(levels: Levels, weights: Floats, length: int) -> Floats:
    known = levels >= 0
    return np.bincount(levels[known], weights=weights[known], minlength=length).astype(np.float64)


def possible_links(model: Model, evidence: Evidence) -> npt.NDArray[np.bool_]:
    """Tell which pairs are not so improbable that they teach nothing: one in ten."""
    result: npt.NDArray[np.bool_] = log_odds(model, evidence, field_weights(model, evidence)) > _HOPELESS_BITS
    return result


def learn(model: Model, evidence: Evidence, settle: Callable[[Floats], Floats] = probability) -> Model:
    """Improve the model on the pairs at hand until it settles.

    ``settle`` turns log-odds into probabilities; it lets links of one record compete.
    """
    reached = [_reached(evidence, column, len(field.levels)) for column, field in enumerate(model.fields)]
    for _ in range(_ROUNDS):
        linked = settle(log_odds(model, evidence, field_weights(model, evidence)))
        m = tuple(
            _learn_m(field, evidence.levels[:, column], linked, reached[column])
            for column, field in enumerate(model.fields)
        )
        change = max(float(np.abs(new - old).max()) for new, old in zip(m, model.m, strict=True))
        u = (
            strangers_rates(model.fields, evidence.levels, linked, evidence.not_compared)
            if evidence.not_compared
            else model.u
        )
        model = Model(model.fields, m, u, _share(linked, evidence), _spelling_varies(m, model.fields))
        if change < _SETTLED:
            break
    return model
