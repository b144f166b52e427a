"""What waits for the signed-in user, with the page on which to do it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from kuager.domain.accounts.rules import may
from kuager.domain.accounts.terms import Capability
from kuager.domain.lists import queries as lists
from kuager.domain.lists.terms import EditionState
from kuager.domain.publication.queries import list_built
from kuager.domain.register import queries as register
from kuager.interfaces.desk.access import today

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kuager.domain.accounts.models import User


@dataclass(frozen=True, kw_only=True)
class Queue:
    """One work queue: how many wait, in which words, and where to go."""

    url: str
    word: str
    count: int


def queues_of(user: "User") -> list[Queue]:
    """Return the queues in which something waits for this user, the most urgent first."""
    return [queue for queue in _queues(user) if queue.count and queue.url]


def _queues(user: "User") -> "Iterator[Queue]":
    if may(user, Capability.APPROVE):
        waiting = register.count_pending(for_user=user)
        yield _queue("desk-approvals", gettext("for you as the second person"), waiting)
    if may(user, Capability.JUDGE):
        yield _queue("desk-review", gettext("pairs to compare"), lists.review_progress(user=user).mine)
    if may(user, Capability.RECORD):
        yield _queue("desk-conflicts", gettext("people in conflict"), register.totals()["conflicts"])
        stale = register.count_stale(as_of=today())
        yield _queue("desk-stale", gettext("in custody, unconfirmed for 90 days"), stale)
    if may(user, Capability.IMPORT_LISTS):
        staged = lists.list_editions().filter(state=EditionState.STAGED).count()
        yield _queue("desk-lists", gettext("imports staged, not applied"), staged)
    if may(user, Capability.PUBLISH):
        yield _queue("desk-publication", gettext("snapshots built, not published"), list_built().count())


def _queue(url: str, word: str, count: int) -> Queue:
    try:
        return Queue(url=reverse(url), word=word, count=count)
    except NoReverseMatch:
        # The section is not built yet: nothing can be done there.
        return Queue(url="", word=word, count=count)
