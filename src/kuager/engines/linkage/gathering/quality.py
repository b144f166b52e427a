"""How many false and missed links to expect, stratum by stratum, before anybody signs.

Promises: sums of the probabilities at hand, or means and 95 % intervals over draws of who is who where these
are given; nothing is invented for pairs that neither knows. Failure model: as good as the probabilities are
calibrated; a blind double review measures the same on a sample.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from kuager.engines.linkage.drawing.draws import PartitionDraws
from kuager.engines.linkage.drawing.partitions_compared import missed_in_draws, pairs_together
from kuager.engines.linkage.exclusivity import Floats, Ints
from kuager.engines.linkage.linking import LinkResult

Key = tuple[str, str]
StratumOf = Callable[[Key, Key], str]
_Counts = dict[str, Floats]


@dataclass(frozen=True, slots=True)
class StratumErrors:
    """What to expect in one stratum of pairs.

    Attributes
    ----------
    stratum
        Its name; by default the two lists.
    links
        Pairs of records put together.
    false_links, missed_links
        Expected number of pairs put together that are different persons, and of pairs of one person kept
        apart.
    false_interval, missed_interval
        95 % intervals over draws of who is who; None without draws.
    """

    stratum: str
    links: int
    false_links: float
    missed_links: float
    false_interval: tuple[float, float] | None = None
    missed_interval: tuple[float, float] | None = None

    @property
    def precision(self) -> float:
        """Expected share of the links that are right."""
        return 1.0 - self.false_links / self.links if self.links else 1.0

    @property
    def recall(self) -> float:
        """Expected share of the true links that are made."""
        right = self.links - self.false_links
        return right / (right + self.missed_links) if right + self.missed_links > 0 else 1.0


@dataclass(frozen=True, slots=True)
class ExpectedErrors:
    """Strata by name, all pairs together, and links expected where records were never compared."""

    strata: tuple[StratumErrors, ...]
    total: StratumErrors
    not_compared: float


def expected_errors(
    result: LinkResult, *, draws: PartitionDraws | None = None, stratum_of: StratumOf | None = None
) -> ExpectedErrors:
    """Expect false and missed links.

    Parameters
    ----------
    result
        What ``link`` found.
    draws
        Draws of who is who from it; with them, numbers have intervals.
    stratum_of
        Names the stratum of a pair of records ``(list, id)``; by default its two lists.
    """
    name = stratum_of or _two_lists
    if draws is None:
        together = _together(result)
        false, missed = _from_probabilities(result, together, name)
        links = Counter(name(*pair) for pair in together)
    else:
        false, missed, links = _from_draws(result, draws, name)
    names = sorted(set(links) | set(false) | set(missed))
    strata = tuple(_stratum(one, links[one], false.get(one), missed.get(one), draws) for one in names)
    total = _stratum("all", links.total(), _summed(false), _summed(missed), draws)
    return ExpectedErrors(strata, total, result.doubt.missed if result.doubt else 0.0)


def _two_lists(one: Key, other: Key) -> str:
    return " + ".join(sorted((one[0], other[0])))


def _pair(one: Key, other: Key) -> tuple[Key, Key]:
    return (one, other) if one < other else (other, one)


def _together(result: LinkResult) -> set[tuple[Key, Key]]:
    members: dict[int, list[Key]] = defaultdict(list)
    for name, key, cluster in result.clusters.select("list", "id", "cluster").iter_rows():
        members[cluster].append((name, key))
    return {_pair(*pair) for group in members.values() for pair in combinations(group, 2)}


def _probabilities(result: LinkResult) -> dict[tuple[Key, Key], float]:
    rows = result.pairs.select("list_l", "id_l", "list_r", "id_r", "probability").iter_rows()
    return {_pair((a, b), (c, d)): chance for a, b, c, d, chance in rows}


def _from_probabilities(
    result: LinkResult, together: set[tuple[Key, Key]], name: StratumOf
) -> tuple[_Counts, _Counts]:
    """Sum over pairs; a linked pair that was not reported is as doubtful as its best way round is."""
    chance = _probabilities(result)
    false: _Counts = defaultdict(lambda: np.zeros(1))
    missed: _Counts = defaultdict(lambda: np.zeros(1))
    beside: dict[Key, dict[Key, float]] = defaultdict(dict)
    for (one, other), probability in chance.items():
        beside[one][other] = beside[other][one] = probability
    for one, other in together:
        known = chance.get((one, other))
        round_about = max(
            (there * beside[other].get(third, 0.0) for third, there in beside[one].items()), default=0.0
        )
        false[name(one, other)] += 1.0 - (round_about if known is None else known)
    for pair, probability in chance.items():
        if pair not in together:
            missed[name(*pair)] += probability
    return false, missed


def _from_draws(
    result: LinkResult, draws: PartitionDraws, name: StratumOf
) -> tuple[_Counts, _Counts, Counter[str]]:
    """Count in every draw, by stratum, links it cuts and pairs it joins; each pair is named once."""
    keys = list(draws.records.iter_rows())
    number = result.clusters.select("list", "id", "cluster")
    linked = draws.records.join(number, on=["list", "id"], how="left", maintain_order="left")[
        "cluster"
    ].to_numpy()
    links = pairs_together(linked)
    missed = list(missed_in_draws(linked, draws.clusters))
    unlinked, place = np.unique(np.concatenate([links[:0], *missed]), return_inverse=True)
    strata: dict[str, int] = {}

    def coded(pairs: Ints) -> Ints:
        ends = zip((pairs // len(keys)).tolist(), (pairs % len(keys)).tolist(), strict=True)
        names = (name(*_pair(keys[one], keys[other])) for one, other in ends)
        return np.array([strata.setdefault(one, len(strata)) for one in names], dtype=np.int64)

    link_codes, missed_codes = coded(links), coded(unlinked)[place.reshape(-1)]
    left, right = links // max(len(keys), 1), links % max(len(keys), 1)
    cut = [np.bincount(link_codes[row[left] != row[right]], minlength=len(strata)) for row in draws.clusters]
    ends = np.cumsum([len(pairs) for pairs in missed])[:-1]
    joined = [np.bincount(codes, minlength=len(strata)) for codes in np.split(missed_codes, ends)]
    of_links = np.bincount(link_codes, minlength=len(strata))
    return (
        _by_name(strata, np.array(cut)),
        _by_name(strata, np.array(joined)),
        Counter({one: int(of_links[code]) for one, code in strata.items()}),
    )


def _by_name(strata: Mapping[str, int], counts: Ints) -> _Counts:
    return {
        name: counts[:, code].astype(np.float64) for name, code in strata.items() if counts[:, code].any()
    }


def _summed(counts: Mapping[str, Floats]) -> Floats | None:
    return np.sum(list(counts.values()), axis=0) if counts else None


def _stratum(
    name: str,
    links: int,
    false: Floats | None,
    missed: Floats | None,
    draws: PartitionDraws | None,
) -> StratumErrors:
    none = np.zeros(1)
    wrong, lost = (none if counts is None else counts for counts in (false, missed))
    return StratumErrors(
        stratum=name,
        links=links,
        false_links=float(wrong.mean()),
        missed_links=float(lost.mean()),
        false_interval=_interval(wrong) if draws else None,
        missed_interval=_interval(lost) if draws else None,
    )


def _interval(counts: Floats) -> tuple[float, float]:
    low, high = np.quantile(counts, [0.025, 0.975])
    return float(low), float(high)
