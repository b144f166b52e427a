"""How many false and missed links to expect, stratum by stratum, before anybody signs.

Promises: sums of the probabilities at hand, or means and 95 % intervals over draws of who is who where these
are given; nothing is invented for pairs that neither knows. Failure model: as good as the probabilities are
calibrated; a blind double review measures the same on a sample.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from kuager.engines.linkage.draws import PartitionDraws
from kuager.engines.linkage.exclusivity import Floats
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
    together = _together(result)
    false, missed = (
        _from_probabilities(result, together, name) if draws is None else _from_draws(draws, together, name)
    )
    links = Counter(name(*pair) for pair in together)
    names = sorted(set(links) | set(false) | set(missed))
    strata = tuple(_stratum(one, links[one], false.get(one), missed.get(one), draws) for one in names)
    total = _stratum("all", len(together), _summed(false), _summed(missed), draws)
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
    draws: PartitionDraws, together: set[tuple[Key, Key]], name: StratumOf
) -> tuple[_Counts, _Counts]:
    keys = list(draws.records.iter_rows())
    count = len(draws.clusters)
    false: _Counts = defaultdict(lambda: np.zeros(count))
    missed: _Counts = defaultdict(lambda: np.zeros(count))
    place = {key: row for row, key in enumerate(keys)}
    for one, other in together:
        apart = draws.clusters[:, place[one]] != draws.clusters[:, place[other]]
        if apart.any():
            false[name(one, other)] += apart
    for number, row in enumerate(draws.clusters):
        for pair in _pairs_in(row, keys):
            if pair not in together:
                missed[name(*pair)][number] += 1
    return false, missed


def _pairs_in(row: npt.NDArray[np.int32], keys: list[Key]) -> Iterator[tuple[Key, Key]]:
    order = np.argsort(row, kind="stable")
    ends = np.flatnonzero(np.diff(row[order])) + 1
    for group in np.split(order, ends):
        for one, other in combinations(group.tolist(), 2):
            yield _pair(keys[one], keys[other])


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
