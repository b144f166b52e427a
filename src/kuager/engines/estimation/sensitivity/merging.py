"""Take lists that depend on each other as one: what they share is then no longer mistaken for overlap."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import exp, log, sqrt

import numpy as np

from kuager.core.errors import BadInputError
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.methods import estimate
from kuager.engines.estimation.request import Request
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.sensitivity.variation import Variation, alone, vary
from kuager.engines.estimation.sentences import Sentence, people

ANALYSIS = "merged"
# Normal quantile beyond which sharing is more than chance: 0.1 %, strict since many pairs are looked at.
BEYOND_CHANCE = 3.09
MOST_PROPOSED = 3


@dataclass(frozen=True, kw_only=True)
class Dependence:
    """How two lists go together among the people on other lists.

    Parameters
    ----------
    lists : tuple of str
        The two lists.
    odds_ratio : float
        1 if they do not; above 1 if they share more people than chance would give.
    z : float
        Distance of its logarithm from 0 in standard errors.

    """

    lists: tuple[str, str]
    odds_ratio: float
    z: float


def merge_lists(histories: CaptureHistories, groups: Iterable[Sequence[str]]) -> CaptureHistories:
    """Join the lists of each group into one, named after them; nobody is lost.

    Raises
    ------
    BadInputError
        A group has fewer than two lists, names one that is not there, or shares one with another group.

    """
    place: dict[str, tuple[str, ...]] = {name: (name,) for name in histories.lists}
    taken: set[str] = set()
    for group in groups:
        members = tuple(name for name in histories.lists if name in group)
        if len(members) < 2 or len(members) != len(set(group)):
            raise BadInputError(
                f"expected two or more of the lists {', '.join(histories.lists)} to merge, "
                f"got {', '.join(group)}"
            )
        if taken & set(members):
            raise BadInputError(f"a list is in two groups to merge: {', '.join(taken & set(members))}")
        taken |= set(members)
        place |= dict.fromkeys(members, members)
    joined = list(dict.fromkeys(place.values()))
    columns = [
        histories.patterns[:, [histories.lists.index(name) for name in members]].max(axis=1)
        for members in joined
    ]
    names = [" + ".join(members) for members in joined]
    return CaptureHistories.from_counts(names, np.column_stack(columns).tolist(), histories.counts.tolist())


def merged(
    histories: CaptureHistories,
    *,
    method: str,
    groups: Sequence[Sequence[str]],
    request: Request | None = None,
    full: Estimate | None = None,
) -> Variation:
    """Estimate with the lists of each group taken as one.

    Parameters
    ----------
    groups : sequence of sequences of str
        Lists to join; groups share no list.
    full : Estimate, optional
        The answer with the lists apart, if it is known already.

    """
    asked = request or Request()
    whole = full or estimate(histories, method=method, request=alone(asked))
    name = "; ".join(" + ".join(group) for group in groups)
    table = merge_lists(histories, groups)
    return vary(ANALYSIS, name, table, method=method, request=asked, full=whole)


def dependences(histories: CaptureHistories) -> tuple[Dependence, ...]:
    """Measure how every two lists go together among the people on other lists, strongest first.

    Nothing here is guessed: those people are known whether or not they are on the two lists. Half a person
    is added to each count (Haldane), so that an empty one gives no infinity. There is nothing to measure
    with two lists.
    """
    wide = histories.patterns.astype(np.int64)
    found = []
    for first, second in combinations(range(len(histories.lists)), 2):
        others = np.delete(wide, [first, second], axis=1).any(axis=1)
        counts = histories.counts * others
        on_first, on_second = wide[:, first], wide[:, second]
        cells = [
            float(counts[(on_first == a) & (on_second == b)].sum()) + 0.5 for a in (1, 0) for b in (1, 0)
        ]
        if sum(cells) > 2:
            ratio = log(cells[0]) + log(cells[3]) - log(cells[1]) - log(cells[2])
            error = sqrt(sum(1 / cell for cell in cells))
            pair = (histories.lists[first], histories.lists[second])
            found.append(Dependence(lists=pair, odds_ratio=exp(ratio), z=ratio / error))
    return tuple(sorted(found, key=lambda case: (-case.z, sorted(case.lists))))


def proposed_merges(
    histories: CaptureHistories, *, derived: Mapping[str, str] | None = None
) -> tuple[tuple[tuple[str, ...], Sentence], ...]:
    """Propose lists to merge, with the reason: copies first, then pairs that share more than chance.

    Parameters
    ----------
    derived : mapping, optional
        Lists built from another list: name of the copy to name of its origin.

    """
    if len(histories.lists) < 3:
        return ()
    copies = [
        (
            group,
            Sentence(
                "Lists {names} were built from each other; take them as one list.", names=", ".join(group)
            ),
        )
        for group in _copied(histories, derived or {})
    ]
    pairs = [
        (
            case.lists,
            Sentence(
                "Among people on other lists, {first} and {second} share more than chance would give "
                "(odds ratio {ratio}); see what the number would be with them as one list.",
                first=case.lists[0],
                second=case.lists[1],
                ratio=f"{case.odds_ratio:.1f}",
            ),
        )
        for case in dependences(histories)
        if case.z > BEYOND_CHANCE and not any(set(case.lists) <= set(group) for group, _ in copies)
    ]
    return (*copies, *pairs[:MOST_PROPOSED])


def _copied(histories: CaptureHistories, derived: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Gather lists that lead to each other by copying, in the order of the lists."""
    groups: list[set[str]] = []
    for copy, origin in derived.items():
        touching = [group for group in groups if {copy, origin} & group]
        groups = [group for group in groups if group not in touching]
        groups.append({copy, origin}.union(*touching))
    return [tuple(name for name in histories.lists if name in group) for group in groups]


def merged_sentence(case: Variation, full: Estimate) -> Sentence:
    """Say what the merged lists give."""
    if case.answer is None:
        return Sentence("With {names} taken as one list there is no answer.", names=case.name)
    return Sentence(
        "With {names} taken as one list the number would be {value} instead of {full}.",
        names=case.name,
        value=people(case.answer.estimate),
        full=people(full.estimate),
    )
