"""The guided tour of the demonstration: the story in nine clicks, as figures come about."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from kuager.domain.accounts.rules import may
from kuager.domain.accounts.terms import Capability

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from kuager.domain.accounts.models import User


@dataclass(frozen=True, kw_only=True)
class Stop:
    """One click of the tour."""

    name: str
    title: "Promise"
    text: "Promise"
    needs: Capability = Capability.READ_REGISTER


STOPS = (
    Stop(
        name="desk-lists",
        title=_("Three lists"),
        text=_("Three groups, three spellings, two alphabets. Every row is kept as it came."),
    ),
    Stop(
        name="desk-review",
        title=_("Who is who?"),
        text=_("Compare a pair side by side. Every link is a judgement that can be undone."),
        needs=Capability.JUDGE,
    ),
    Stop(
        name="desk-taken-back",
        title=_("Two brothers, made one and parted"),
        text=_(
            "A hasty acceptance took them for one man; their mother called. See the evidence part by part, "
            "the reason, and what it changed: both judgements stay in the history."
        ),
    ),
    Stop(
        name="desk-call",
        title=_("A family calls"),
        text=_("Search in any script before a new person is made; two minutes on a phone."),
        needs=Capability.RECORD,
    ),
    Stop(
        name="desk-approvals",
        title=_("The second person"),
        text=_("Dead and released count only when a second person has looked."),
        needs=Capability.APPROVE,
    ),
    Stop(
        name="evidence",
        title=_("Footage, kept and found again"),
        text=_(
            "Sealed as it came, covered until you ask, marked, verified by two people. Copies with a logo or "
            "in a mirror are found; every look stands in a log that strangers can check."
        ),
        needs=Capability.VIEW_EVIDENCE,
    ),
    Stop(
        name="desk-conflicts",
        title=_("What cannot all be true"),
        text=_("Conflicts are shown, never resolved silently; a contradiction keeps a person off the site."),
    ),
    Stop(
        name="desk-counts",
        title=_("One figure, for ever"),
        text=_("Ask for any day, as known at any moment: the same question always has the same answer."),
    ),
    Stop(
        name="desk-changes",
        title=_("What changed, and why"),
        text=_("Between two moments: which statements and judgements moved the count."),
    ),
    Stop(
        name="desk-estimates",
        title=_("Those on no list"),
        text=_("From the overlap of lists to an estimate, with its assumptions in words."),
        needs=Capability.ESTIMATE,
    ),
    Stop(
        name="desk-publication",
        title=_("Publish"),
        text=_("A snapshot copies what may be public; every figure can be followed back."),
        needs=Capability.PUBLISH,
    ),
    Stop(
        name="public-home",
        title=_("What the world sees"),
        text=_("Figures, a map, a list, and for each number: how do we know?"),
    ),
)
LENGTH = 9


def tour_stops(user: "User") -> list[dict[str, object]]:
    """Return the stops that this user's role opens, at most nine, the public pages always last."""
    open_stops = [stop for stop in STOPS if may(user, stop.needs) and _url(stop.name)]
    chosen = [*open_stops[: LENGTH - 1], open_stops[-1]] if len(open_stops) > LENGTH else open_stops
    return [{"url": _url(stop.name), "title": stop.title, "text": stop.text} for stop in chosen]


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
