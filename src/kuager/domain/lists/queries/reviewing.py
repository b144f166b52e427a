"""The queue of pairs that wait for a reviewer."""

from kuager.domain.accounts.models import User
from kuager.domain.lists.models import CandidatePair, LinkRun
from kuager.domain.lists.queries.answers import PairPage, PairSummary, ReviewProgress


def review_queue(
    user: User, *, run: LinkRun | None = None, offset: int = 0, limit: int = 50
) -> tuple[list[PairSummary], int]:
    """Return one page of the pairs this user may judge, most informative first, and how many there are."""
    raise NotImplementedError


def next_pair(
    user: User, *, run: LinkRun | None = None, after: CandidatePair | None = None
) -> CandidatePair | None:
    """Return the pair this user should judge next; None when nothing waits. ``after`` skips to the one behind."""
    raise NotImplementedError


def pair_page(pair: CandidatePair) -> PairPage:
    """Return everything a reviewer needs to judge a pair, side by side."""
    raise NotImplementedError


def review_progress(run: LinkRun | None = None, *, user: User | None = None) -> ReviewProgress:
    """Return how far the review of a run (None: the newest) has come."""
    raise NotImplementedError
