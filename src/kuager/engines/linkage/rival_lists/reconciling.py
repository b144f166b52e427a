"""Why rival lists give different numbers: who is on which, who stands there twice, who is named by nobody.

Promises: every row is accounted for exactly once (it names nobody, it repeats a person of its own list, or it
is a person); every bridge from one number to another closes; the same links give the same account. A row
without a name is never held for anybody else's, however well place and day agree: who it is nobody can say.
Failure model: as good as the links; pairs in doubt are listed with what they would change, and with draws of
who is who every number has an interval.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np
import polars as pl

from kuager.core.errors import BadInputError
from kuager.engines.linkage.drawing.draws import PartitionDraws
from kuager.engines.linkage.linking import LinkResult
from kuager.engines.linkage.rival_lists.bridges import Ints, Size, Tally, bridge, count_persons, interval_of
from kuager.engines.linkage.rival_lists.reconciliation import (
    Clash,
    Combination,
    Key,
    ListAccount,
    OpenPair,
    Person,
    Reconciliation,
    Said,
)
from kuager.engines.linkage.rival_lists.unnamed import names_in

__all__ = ["MOST_LISTS", "Clash", "Key", "OpenPair", "Person", "Reconciliation", "Said", "reconcile"]

MOST_LISTS = 6
# Pairs less probable than the first, or more probable than the last, are not in doubt; a row without a name
# stays in doubt however probable its links are, and is worth a look from one half on.
DOUBT_FROM, DOUBT_TO, LOOK_FROM = 0.05, 0.95, 0.5

_CUSTODY = frozenset({"detained", "remanded", "house_arrest", "imprisoned", "released"})
_HEALTH = frozenset({"injured", "hospitalised", "recovered"})
# What cannot be true of one person at one time, in the order in which it is looked for.
EXCLUDES: Mapping[str, frozenset[str]] = {
    "dead": frozenset({"alive", "missing"}) | _CUSTODY | _HEALTH,
    "missing": frozenset({"alive"}) | _CUSTODY | _HEALTH,
}


def reconcile(
    result: LinkResult,
    frames: Mapping[str, pl.DataFrame],
    *,
    statuses: Mapping[Key, Collection[Said]] | None = None,
    unnamed: Collection[Key] | None = None,
    claimed: Mapping[str, int] | None = None,
    draws: PartitionDraws | None = None,
) -> Reconciliation:
    """Account for every row of some lists, and explain each difference of their numbers.

    Parameters
    ----------
    result
        What ``link`` found, or who is who by the judgements of people, in the same form.
    frames
        The lists by name, as given to ``link``; their order is the order of the account.
    statuses
        What rows say of their person, by list and id.
    unnamed
        Rows that name nobody, by list and id; None: those whose cells for a name hold none.
    claimed
        Numbers that publishers give for their lists, in persons.
    draws
        Draws of who is who from the same result, for intervals.

    Raises
    ------
    BadInputError
        For fewer than 2 or more than 6 lists, or a number claimed for a list that is not there.
    """
    _check(tuple(frames), claimed or {})
    names = names_in(frames)
    keys = [(name, key) for name, key in result.clusters.select("list", "id").iter_rows() if name in frames]
    nobody = {key for key in keys if not names.get(key)} if unnamed is None else set(unnamed)
    people = _people(result, tuple(frames), nobody)
    tally = _tally(tuple(frames), people, draws, nobody)
    accounts = tuple(
        _account(
            name, [key for key in keys if key[0] == name], people, nobody, (claimed or {}).get(name), tally
        )
        for name in frames
    )
    return Reconciliation(
        lists=accounts,
        combinations=_combinations(people, tally),
        clashes=tuple(_clashes(people, statuses or {})),
        open_pairs=_open_pairs(result, people, nobody),
        bridges=tuple(bridge(one.size, two.size, tally) for one, two in combinations(accounts, 2)),
        names={key: names.get(key, "") for key in keys},
        draws=len(tally.draws),
        persons_interval=interval_of(tally.draws.sum(axis=1)),
    )


def _check(lists: Sequence[str], claimed: Mapping[str, int]) -> None:
    if not 2 <= len(lists) <= MOST_LISTS:
        raise BadInputError(f"2 to {MOST_LISTS} lists can be reconciled, got {len(lists)}")
    unknown = sorted(set(claimed) - set(lists))
    if unknown:
        raise BadInputError(f"a number is claimed for {unknown[0]}; the lists are {', '.join(lists)}")
    if any(number < 0 for number in claimed.values()):
        raise BadInputError("a number claimed for a list cannot be negative")


def _people(result: LinkResult, lists: Sequence[str], nobody: Collection[Key]) -> list[Person]:
    """Gather the rows with a name by person, in the order of the lists and of their rows."""
    place = {name: number for number, name in enumerate(lists)}
    members: dict[int, list[Key]] = defaultdict(list)
    for name, key, cluster in result.clusters.select("list", "id", "cluster").iter_rows():
        if name in place and (name, key) not in nobody:
            members[cluster].append((name, key))
    return [tuple(sorted(group, key=lambda key: place[key[0]])) for group in members.values()]


def _tally(
    lists: tuple[str, ...], people: Sequence[Person], draws: PartitionDraws | None, nobody: Collection[Key]
) -> Tally:
    place = {name: number for number, name in enumerate(lists)}
    rows = [(place[key[0]], number) for number, person in enumerate(people) for key in person]
    table = np.array(rows, dtype=np.int64).reshape(-1, 2)
    counts = count_persons(lists, table[:, 0], table[:, 1])
    return Tally(lists, counts, _drawn(lists, draws, nobody))


def _drawn(lists: tuple[str, ...], draws: PartitionDraws | None, nobody: Collection[Key]) -> Ints:
    if draws is None:
        return np.zeros((0, 2 ** len(lists)), dtype=np.int64)
    place = {name: number for number, name in enumerate(lists)}
    keys = list(draws.records.select("list", "id").iter_rows())
    list_of = np.array([-1 if key in nobody else place.get(key[0], -1) for key in keys], dtype=np.int64)
    used = list_of >= 0
    return np.array(
        [count_persons(lists, list_of[used], row[used]) for row in draws.clusters.astype(np.int64)]
    )


def _account(
    name: str,
    keys: Sequence[Key],
    people: Sequence[Person],
    nobody: Collection[Key],
    claimed: int | None,
    tally: Tally,
) -> ListAccount:
    without = tuple(key for _, key in (one for one in keys if one in nobody))
    repeats = []
    for person in people:
        here = [key for listed, key in person if listed == name]
        repeats += [(again, here[0]) for again in here[1:]]
    persons, interval = tally.on(name)
    size = Size(name=name, claimed=claimed, rows=len(keys), unnamed=len(without))
    return ListAccount(size=size, unnamed=without, repeats=tuple(repeats), persons=persons, interval=interval)


def _combinations(people: Sequence[Person], tally: Tally) -> tuple[Combination, ...]:
    """Group persons by the lists they stand on: first those on one list, last those on all."""
    groups: dict[int, list[Person]] = defaultdict(list)
    for person in people:
        groups[sum({1 << tally.lists.index(name) for name, _ in person})].append(person)
    masks = [mask for mask in range(1, len(tally.counts)) if mask in groups or tally.draws[:, mask].any()]
    return tuple(
        Combination(
            lists=tuple(name for number, name in enumerate(tally.lists) if mask >> number & 1),
            people=tuple(groups.get(mask, ())),
            interval=tally.exactly(mask)[1],
        )
        for mask in sorted(masks, key=lambda mask: (mask.bit_count(), mask))
    )


def _clashes(people: Sequence[Person], statuses: Mapping[Key, Collection[Said]]) -> Iterator[Clash]:
    """List, for each person and kind of contradiction, the first two rows that contradict each other."""
    for person in people:
        said = [(key, one) for key in person for one in statuses.get(key, ())]
        for grave, excluded in EXCLUDES.items():
            left = next(((key, one) for key, one in said if one.status == grave), None)
            right = next(((key, one) for key, one in said if one.status in excluded), None)
            if left and right and not (grave == "missing" and right[1].status == "dead"):
                yield Clash(
                    left=left[0],
                    right=right[0],
                    left_said=left[1],
                    right_said=right[1],
                    may_follow=_may_follow(left[1], right[1]),
                )
                break


def _may_follow(grave: Said, other: Said) -> bool:
    """Tell whether the days allow both: somebody detained died later, somebody missing was found later."""
    if grave.day is None or other.day is None:
        return False
    return grave.day >= other.day if grave.status == "dead" else other.day >= grave.day


def _open_pairs(
    result: LinkResult, people: Sequence[Person], nobody: Collection[Key]
) -> tuple[OpenPair, ...]:
    person_of = {key: number for number, person in enumerate(people) for key in person}
    sure = _sure_links(result, person_of)
    found = []
    columns = ("list_l", "id_l", "list_r", "id_r", "probability")
    likely = result.pairs.filter(pl.col("probability") >= DOUBT_FROM)
    for list_l, id_l, list_r, id_r, probability in likely.select(columns).iter_rows():
        left, right = (list_l, id_l), (list_r, id_r)
        effect = _effect(left, right, person_of, nobody, sure)
        in_doubt = probability >= LOOK_FROM if effect == "unnamed" else probability <= DOUBT_TO
        if effect and in_doubt:
            chance = round(probability, 4)
            found.append(OpenPair(left=left, right=right, probability=chance, effect=effect))
    return tuple(sorted(found, key=lambda one: (abs(one.probability - 0.5), one.left, one.right)))


def _effect(
    left: Key,
    right: Key,
    person_of: Mapping[Key, int],
    nobody: Collection[Key],
    sure: Mapping[Key, int],
) -> str:
    """Say what the answer to this pair would change; "" for nothing."""
    known = [key for key in (left, right) if key in person_of]
    if len(known) == 2:
        if person_of[left] != person_of[right]:
            return "one-fewer"
        # Held together by sure links besides, the person stays one whatever the answer is.
        return "" if sure[left] == sure[right] else "one-more"
    return "unnamed" if len(known) == 1 and (left in nobody or right in nobody) else ""


def _sure_links(result: LinkResult, person_of: Mapping[Key, int]) -> dict[Key, int]:
    """Give every row with a name the number of the group that links beyond doubt hold together."""
    group = {key: number for number, key in enumerate(person_of)}

    def root(number: int) -> int:
        while leader[number] != number:
            leader[number] = leader[leader[number]]
            number = leader[number]
        return number

    leader = list(range(len(group)))
    sure = result.pairs.filter(pl.col("probability") > DOUBT_TO)
    for list_l, id_l, list_r, id_r in sure.select("list_l", "id_l", "list_r", "id_r").iter_rows():
        one, other = (list_l, id_l), (list_r, id_r)
        if person_of.get(one, -1) == person_of.get(other, -2):
            leader[root(group[one])] = root(group[other])
    return {key: root(number) for key, number in group.items()}
