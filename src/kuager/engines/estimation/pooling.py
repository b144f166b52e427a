"""Which strata can carry an estimate, and what becomes of those that cannot.

The rule: at least three lists that share people with another list, and at least 30 persons on more than one
list (two lists and 7 where there are only two lists at all); the limits are those of the guard. A stratum
below that is thin. Thin strata are put together into one, or only counted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kuager.engines.estimation.guard import FEWEST_ON_BOTH, FEWEST_RECAPTURED
from kuager.engines.estimation.partial import PartialHistories
from kuager.engines.estimation.sentences import Sentence, people
from kuager.engines.estimation.unanswered import without_empty_lists

REST = "rest"
USUAL_LISTS = 3


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is done with each stratum.

    Parameters
    ----------
    rest : str
        Name of the stratum made of thin ones.
    pooled : tuple of str
        Strata that were put into it; empty if there is none.
    counted : mapping
        Stratum to the reason why the persons in it are only counted.

    """

    rest: str = REST
    pooled: tuple[str, ...] = ()
    counted: Mapping[str, str]

    def arranged(self, groups: Mapping[str, PartialHistories]) -> dict[str, PartialHistories]:
        """Give the strata to estimate, each with the lists that name somebody in it."""
        found = {
            name: without_empty_lists(group)
            for name, group in groups.items()
            if name not in self.counted and name not in self.pooled
        }
        if self.pooled and self.rest not in self.counted:
            found[self.rest] = without_empty_lists(
                united([groups[name] for name in self.pooled if name in groups])
            )
        return found

    def documented(self, groups: Mapping[str, PartialHistories]) -> dict[str, int]:
        """Count the persons in strata that are only counted."""
        found = {name: groups[name].observed for name in self.counted if name in groups}
        if self.rest in self.counted and self.pooled:
            found[self.rest] = sum(groups[name].observed for name in self.pooled if name in groups)
        return found


def plan_strata(tables: Sequence[Mapping[str, PartialHistories]], *, pool: bool) -> Plan:
    """Decide what is done with each stratum, the same for all versions of a table.

    Parameters
    ----------
    tables : sequence of mapping
        Versions of a table divided into strata; usually one. A stratum thin in one version is thin.
    pool : bool
        Put thin strata together.

    """
    names = list(dict.fromkeys(name for table in tables for name in table))
    thin: dict[str, str] = {}
    for name in names:
        reason = next((found for table in tables if (found := _thin(table.get(name)))), None)
        if reason:
            thin[name] = reason
    if not pool or len(thin) < 2:
        return Plan(counted=thin)
    rest = REST if REST not in names else f"{REST} (pooled)"
    together = [united([table[name] for name in thin if name in table]) for table in tables]
    reason = next((found for table in together if (found := _thin(table))), None)
    return Plan(rest=rest, pooled=tuple(thin), counted={rest: reason} if reason else {})


def united(groups: Sequence[PartialHistories]) -> PartialHistories:
    """Put strata with the same lists together."""
    return PartialHistories.from_arrays(
        groups[0].lists,
        np.concatenate([group.patterns for group in groups]),
        np.concatenate([group.counts for group in groups]),
    )


def _thin(histories: PartialHistories | None) -> str | None:
    """Say why a stratum cannot carry an estimate; None if it can."""
    if histories is None or not histories.observed:
        return Sentence("Nobody is in this stratum in every version of the table.")
    n_lists, least = _limits(len(histories.lists))
    told = without_empty_lists(histories).as_answered_no()
    together = told.overlaps
    sharing = int((together.sum(axis=1) > together.diagonal()).sum())
    if sharing >= n_lists and told.recaptured >= least:
        return None
    return Sentence(
        "Too thin to estimate: {lists} lists share people and {n} persons are on more than one; at least "
        "{least_lists} and {least} are needed.",
        lists=str(sharing),
        n=people(told.recaptured),
        least_lists=str(n_lists),
        least=str(least),
    )


def _limits(n_lists: int) -> tuple[int, int]:
    return (n_lists, FEWEST_ON_BOTH) if n_lists < USUAL_LISTS else (USUAL_LISTS, FEWEST_RECAPTURED)
