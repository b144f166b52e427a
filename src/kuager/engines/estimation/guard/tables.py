"""Reasons that lie in the lists themselves, whatever is computed from them."""

from collections.abc import Iterator, Mapping

from kuager.core.errors import BadInputError
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.sentences import Sentence, people

TWO_LIST_METHODS = ("lincoln-petersen", "chapman")
# Our choice, a rule of thumb: with fewer persons than this the large-sample theory of the intervals fails.
FEWEST_PERSONS = 30
# Robson & Regier (1964), Trans. Am. Fish. Soc. 93, 215-226: with 7 on both lists Chapman's estimate is
# unbiased to within 2 %.
FEWEST_ON_BOTH = 7
# Our choice, refusing rather than warning: tables with 12 and 23 recaptured persons (New Orleans, Western
# site) have published intervals fourfold wide once the choice of the model is counted (Chan, Silverman &
# Vincent 2021, JASA 116; Silverman, Chan & Vincent 2024, Stat. Comput. 34): that choice is mostly chance.
FEWEST_RECAPTURED = 30
# With three lists a model in which people differ has as many unknowns as there are counts, so it cannot be
# checked, and one in which they do not is confidently wrong: for lists of the size usual in a crisis, people
# half of whom are hard to find, intervals of 95 % held the truth in 7 of 40 simulated cases, and in 4 of 40
# by another method (benchmarks/estimation_coverage.py simulates the same again).
FEW_LISTS = 3
# Our choice: one person in twenty whose lists share nobody with the others moves the answer by about as much,
# less than any interval; truth commissions have such lists (verdata 1.0 takes lists of one person).
LARGEST_APART = 0.05


def refused_for_table(
    histories: CaptureHistories,
    estimate: Estimate,
    *,
    derived: Mapping[str, str],
    cannot_contain: Mapping[str, str],
) -> Iterator[str]:
    """Give the reasons that lie in the number of lists, their making and their overlap."""
    yield from _declared(histories, derived, cannot_contain)
    yield from _size(histories, estimate)
    yield from _overlap(histories)


def _size(histories: CaptureHistories, estimate: Estimate) -> Iterator[str]:
    # Lists that share nobody say nothing of dependence.
    n_lists = len(groups(histories)[0])
    if len(histories.lists) < 2:
        yield Sentence("There are fewer than two lists; nothing overlaps.")
    if histories.observed < FEWEST_PERSONS:
        yield Sentence(
            "Only {n} persons are on the lists; at least {least} are needed.",
            n=people(histories.observed),
            least=str(FEWEST_PERSONS),
        )
    if estimate.method in TWO_LIST_METHODS and len(histories.lists) > 2:
        yield Sentence("There are more than two lists; a method for two ignores what the others show.")
    elif n_lists <= FEW_LISTS and not estimate.is_lower_bound:
        yield Sentence(
            "With three lists or fewer nothing can show how they depend on each other; only a lower bound "
            'may be published, as "at least".'
        )


def _declared(
    histories: CaptureHistories, derived: Mapping[str, str], cannot_contain: Mapping[str, str]
) -> Iterator[str]:
    """Say what was declared about how the lists were made; no count can show it."""
    for name in (*(name for pair in derived.items() for name in pair), *cannot_contain):
        if name not in histories.lists:
            raise BadInputError(f"there is no list {name!r}; the lists are {', '.join(histories.lists)}")
    for copy, origin in derived.items():
        yield Sentence(
            "List {copy} was built from list {origin}; their overlap is copying, not chance.",
            copy=copy,
            origin=origin,
        )
    for name, who in cannot_contain.items():
        yield Sentence(
            "List {name} cannot contain some people ({who}); that they are missing from it says nothing. "
            "Leave the list out, or estimate the others alone.",
            name=name,
            who=who,
        )


def _overlap(histories: CaptureHistories) -> Iterator[str]:
    totals = dict(zip(histories.lists, histories.list_totals, strict=True))
    _, *apart = groups(histories)
    alone = [group[0] for group in apart if len(group) == 1]
    limit = LARGEST_APART * histories.observed
    if sum(totals[name] for name in alone) > limit:
        for name in alone:
            yield Sentence("List {name} shares nobody with any other list.", name=name)
    if sum(histories.select(group).observed for group in apart if len(group) > 1) > limit:
        yield Sentence("The lists fall into groups that share nobody with each other.")
    least = FEWEST_ON_BOTH if len(histories.lists) == 2 else FEWEST_RECAPTURED
    if len(histories.lists) >= 2 and histories.recaptured < least:
        yield Sentence(
            "Only {n} persons are on more than one list; at least {least} are needed.",
            n=people(histories.recaptured),
            least=str(least),
        )


def lists_without_overlap(histories: CaptureHistories) -> tuple[str, ...]:
    """Name the lists that share nobody with any other list."""
    together = histories.overlaps
    return tuple(
        name for place, name in enumerate(histories.lists) if together[place].sum() == together[place, place]
    )


def groups(histories: CaptureHistories) -> list[tuple[str, ...]]:
    """Divide the lists into groups within which shared persons lead from every list to every other.

    Returns
    -------
    list of tuple of str
        Names of lists; the group with most lists first, among equals the one with most persons.

    """
    together = histories.overlaps
    left, found = set(range(len(histories.lists))), []
    while left:
        border = [min(left)]
        reached = set(border)
        while border:
            new = {int(other) for other in together[border.pop()].nonzero()[0]} - reached
            reached |= new
            border.extend(new)
        left -= reached
        found.append(tuple(histories.lists[place] for place in sorted(reached)))
    return sorted(found, key=lambda group: (-len(group), -histories.select(group).observed, group))
