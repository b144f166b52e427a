"""Lists that cannot contain some people, and lists that cannot share any: which methods are left.

An overlap that is empty by design is not a rare event that did not happen. A method that gives it a
chance, however small, counts the people it expected there among the unseen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kuager.core.errors import BadInputError
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.sentences import Sentence

# It leaves the overlaps of a pair that shares nobody out of the fit, which is right for a pair that cannot.
LEAVES_CELLS_OUT = ("sparse",)
# A class of people whom a list never names is one of its classes.
LETS_LISTS_SKIP_PEOPLE = ("latent-class",)


@dataclass(frozen=True, kw_only=True)
class MethodUnderDesign:
    """Whether a method may be used although lists leave some people out by design.

    Parameters
    ----------
    method : str
        Name of the method.
    valid : bool
        It may be used as it is.
    reason : str
        Why, or what to do instead.

    """

    method: str
    valid: bool
    reason: Sentence


def method_under_design(
    histories: CaptureHistories,
    *,
    method: str,
    cannot_contain: Mapping[str, str] | None = None,
    exclusive: Sequence[tuple[str, str]] = (),
) -> MethodUnderDesign:
    """Tell whether a method is still valid, and why.

    Parameters
    ----------
    histories : CaptureHistories
        The table.
    method : str
        Name of the method as on the command line.
    cannot_contain : mapping, optional
        List to a description of the people it cannot contain, such as "people killed in custody".
    exclusive : sequence of pairs, optional
        Lists that cannot share anybody, such as one of the dead and one of the released.

    Raises
    ------
    BadInputError
        A list is not there, or two exclusive lists share somebody after all.

    Notes
    -----
    Two remedies keep every method: split the people so that each group's lists could name all of it, or
    leave the list out (``cannot_contain``); merge the two lists into one (``exclusive``).

    """
    skipping = dict(cannot_contain or {})
    _check(histories, skipping, exclusive)
    if exclusive and method not in LEAVES_CELLS_OUT:
        return MethodUnderDesign(method=method, valid=False, reason=_merge(*exclusive[0]))
    if skipping and method not in LETS_LISTS_SKIP_PEOPLE:
        return MethodUnderDesign(method=method, valid=False, reason=_split(*next(iter(skipping.items()))))
    return MethodUnderDesign(method=method, valid=True, reason=_allowed(skipping, exclusive))


def _check(
    histories: CaptureHistories, skipping: Mapping[str, str], exclusive: Sequence[tuple[str, str]]
) -> None:
    for name in (*skipping, *(name for pair in exclusive for name in pair)):
        if name not in histories.lists:
            raise BadInputError(f"there is no list {name!r}; the lists are {', '.join(histories.lists)}")
    for first, second in exclusive:
        if shared := histories.overlap(first, second):
            raise BadInputError(
                f"lists {first} and {second} are said to share nobody, but {shared} persons are on both"
            )


def _merge(first: str, second: str) -> Sentence:
    return Sentence(
        "Lists {first} and {second} can share nobody, and this method expects that they do; "
        "merge the two into one list.",
        first=first,
        second=second,
    )


def _split(name: str, whom: str) -> Sentence:
    return Sentence(
        "List {name} cannot contain {whom}; estimate these people apart without it, or leave it out.",
        name=name,
        whom=whom,
    )


def _allowed(skipping: Mapping[str, str], exclusive: Sequence[tuple[str, str]]) -> Sentence:
    if exclusive:
        return Sentence("The overlaps that cannot be are left out of the fit.")
    if skipping:
        return Sentence("People whom a list never names can be one of the classes of this model.")
    return Sentence("Nothing in the design of the lists forbids this.")
