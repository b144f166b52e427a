"""Estimating how many no list has."""

from collections.abc import Sequence
from datetime import date, datetime

from kuager.domain.accounts.models import User
from kuager.domain.lists.models import CasualtyList, EstimateRun
from kuager.domain.register.terms import Status


def run_estimate(  # keyword-only
    *,
    lists: Sequence[CasualtyList],
    as_of: date,
    known_at: datetime | None = None,
    status: Status | str = "",
    by: User,
    at: datetime,
) -> EstimateRun:
    """Estimate from the overlap of some lists by every method, and keep what each one answered and refused."""
    raise NotImplementedError
