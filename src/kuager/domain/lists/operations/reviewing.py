"""Judging one pair, and taking the last judgement back."""

from datetime import datetime

from kuager.domain.accounts.models import User
from kuager.domain.lists.models import CandidatePair
from kuager.domain.people.terms import Verdict


def review_pair(
    *, pair: CandidatePair, verdict: Verdict | str, explanation: str = "", by: User, at: datetime
) -> CandidatePair:
    """Judge one pair: same, different or unsure. *Unsure* asks for a second reviewer."""
    raise NotImplementedError


def undo_review(*, by: User, at: datetime) -> CandidatePair | None:
    """Take back the last judgement of this reviewer and return its pair; None when there is none."""
    raise NotImplementedError
