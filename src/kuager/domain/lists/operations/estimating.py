"""Estimating how many no list has."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from kuager.core.errors import BadInputError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.audit.operations import record_event
from kuager.domain.lists.models import CasualtyList, EstimateRun
from kuager.domain.lists.queries.membership import unique_titles
from kuager.domain.lists.queries.overlapping import capture_histories
from kuager.domain.lists.rules.reading import check_status
from kuager.domain.register.terms import Status
from kuager.engines import estimation


@transaction.atomic
def run_estimate(  # keyword-only
    *,
    lists: Sequence[CasualtyList],
    as_of: date,
    known_at: datetime | None = None,
    status: Status | str = "",
    by: User,
    at: datetime,
) -> EstimateRun:
    """Estimate from the overlap of some lists by every method, and keep what each answered and refused.

    Parameters
    ----------
    known_at
        As it was known at this moment; None means at ``at``.
    status
        Only persons with this status on ``as_of``; empty for everybody on the lists.
    """
    check_may(by, Capability.ESTIMATE)
    check_status(status)
    if len(lists) < 2:
        raise BadInputError("an estimate needs at least two lists: it rests on the people they share")
    histories = capture_histories(lists, as_of=as_of, known_at=known_at, status=status)
    if not histories.observed:
        raise BadInputError("nobody stands on these lists on that day; choose a later one, or another status")
    comparison = estimation.compare(histories, derived=_derived(lists))
    run = EstimateRun.objects.create(
        as_of=as_of,
        known_at=known_at or at,
        status=status,
        histories=_histories_json(lists, histories),
        results=comparison.to_json(),
        is_publishable=any(answer.publishable for answer in comparison.estimates),
        run_by=by,
        run_at=at,
    )
    run.lists.set(lists)
    target = f"lists.EstimateRun:{run.pk}"
    record_event(action="lists.run_estimate", actor=by, target=target, at=at, observed=histories.observed)
    return run


def _derived(lists: Sequence[CasualtyList]) -> dict[str, str]:
    """Return the lists that were made from another of the chosen ones, by name."""
    names = {one.pk: name for one, name in zip(lists, unique_titles(lists), strict=True)}
    return {names[one.pk]: names[one.built_from_id] for one in lists if one.built_from_id in names}


def _histories_json(
    lists: Sequence[CasualtyList], histories: estimation.CaptureHistories
) -> dict[str, object]:
    """Return the table an estimate used: names, and persons by the lists (ids) they stand on."""
    ids = [one.pk for one in lists]
    return {
        "lists": list(histories.lists),
        "list_ids": ids,
        "observed": histories.observed,
        "totals": list(histories.list_totals),
        "patterns": [
            {
                "list_ids": [number for number, is_on in zip(ids, pattern, strict=True) if is_on],
                "count": int(count),
            }
            for pattern, count in zip(histories.patterns.tolist(), histories.counts.tolist(), strict=True)
        ],
    }
