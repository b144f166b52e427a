"""The sentences of the estimation engine in the reader's language.

An estimate is stored with its sentences finished, in English. They are found again by the templates below,
which are also what translators see; a test compares them with the engine.
"""

import re
from functools import cache

from django.utils.translation import gettext, gettext_noop

TEMPLATES = (
    gettext_noop(
        "The log-linear model ({model}) and Chao's lower bound ({bound}) agree within the interval."
    ),
    gettext_noop(
        "The log-linear model ({model}) is below Chao's lower bound ({bound}): the model assumes "
        "that people are alike, the bound does not. Trust neither before people are split into "
        "groups."
    ),
    gettext_noop(
        "The log-linear model ({model}) is far above Chao's lower bound ({bound}), as it should "
        "be if lists share people by more than chance; the difference rests on the model."
    ),
    gettext_noop(
        "Chapman's estimate is below Lincoln-Petersen's because it corrects for small overlap; "
        "two lists cannot show whether they depend on each other."
    ),
    gettext_noop("None of these numbers may be published; give the {n} documented."),
    gettext_noop(
        "Two lists at a time the answers run from {low} ({low_lists}) to {high} ({high_lists}), "
        "more than chance allows: some lists find the same people, others avoid each other's."
    ),
    gettext_noop(
        "Two lists at a time the answers run from {low} ({low_lists}) to {high} ({high_lists}), "
        "no more than chance allows."
    ),
    gettext_noop(
        "{n} log-linear models fit about equally well and say from {low} to {high}: that choice, "
        "not chance, is the larger doubt."
    ),
    gettext_noop("There are fewer than two lists; nothing overlaps."),
    gettext_noop("Only {n} persons are on the lists; at least {least} are needed."),
    gettext_noop("There are more than two lists; a method for two ignores what the others show."),
    gettext_noop("List {copy} was built from list {origin}; their overlap is copying, not chance."),
    gettext_noop("List {name} shares nobody with any other list."),
    gettext_noop("The lists fall into groups that share nobody with each other."),
    gettext_noop("Only {n} persons are on more than one list; at least {least} are needed."),
    gettext_noop("The data do not bound the number from above."),
    gettext_noop("The model that fits best has no finite estimate; too many overlaps are empty."),
    gettext_noop("The model has a parameter for every count, so nothing in the table can check it."),
    gettext_noop("The lists differ so much in size that the bound may lie above the true number."),
    gettext_noop("The number rests on an assumed curve; others say from {low} to {high}."),
    gettext_noop("The interval runs from {low} to {high}; that is no finding."),
    gettext_noop("Lists do not depend on each other, except that some people are easier to see than others."),
    gettext_noop(
        "How people differ follows a curve that is assumed, not seen; other curves give other numbers."
    ),
    gettext_noop("Nobody joined or left the group while the lists were made, and every match is right."),
    gettext_noop("Other assumed curves say from {low} to {high}."),
    gettext_noop("The model fits the counts poorly; lists seem to depend on each other."),
    gettext_noop(
        "The ways in which lists depend on each other, seen among the people on them, hold for the unseen."
    ),
    gettext_noop(
        "All lists together do not depend on each other in a way that no smaller group of them shows."
    ),
    gettext_noop("Everybody had some chance of being on each list."),
    gettext_noop(
        "With three lists or fewer no data can show how all of them depend on each other; give "
        "the lower bound (method chao) first."
    ),
    gettext_noop("Even the best model fits the counts poorly; look for mismatched people or mixed groups."),
    gettext_noop("Models that fit almost as well say from {low} to {high}, beyond the interval."),
    gettext_noop("Some lists of the model share nobody; that was taken as a rule, not as chance."),
    gettext_noop(
        "This is a LOWER BOUND: people differ in how easily they are seen, and the true number is higher."
    ),
    gettext_noop("The lists reach about the same number of people and do not copy from each other."),
    gettext_noop("Lists that avoid each other's people would make even this bound too high."),
    gettext_noop(
        "The lists differ in size so much that this lower bound may count the unseen {times} times."
    ),
    gettext_noop("Strata that may not be published: {names}."),
    gettext_noop(
        "The interval of the total is drawn from the strata's intervals as if they were "
        "independent; it is not the sum of their ends."
    ),
    gettext_noop(
        "The two lists were made independently: being on one says nothing about being on the other."
    ),
    gettext_noop("On at least one of the lists everybody was equally likely to be named."),
    gettext_noop("If people known to one list are likelier to be on the other, the true number is higher."),
)


def translated(text: str) -> str:
    """Say a finished sentence of the engine in the reader's language; others stay as they are."""
    for template, pattern in _patterns():
        found = pattern.fullmatch(text)
        if found is not None:
            return gettext(template).format(**found.groupdict())
    return gettext(text) if text else ""


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((template, re.compile(_pattern(template), re.DOTALL)) for template in TEMPLATES)


def _pattern(template: str) -> str:
    """Turn ``Only {n} persons`` into a pattern with a group ``n``."""
    parts = re.split(r"\{(\w+)\}", template)
    return "".join(f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts))
