"""Choosing which estimates snapshots hold. The guard is obeyed here, whatever a page offers."""

import secrets
from datetime import datetime

from django.db import transaction

from kuager.core.errors import IntegrityError, RefusedError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.audit.operations import record_event
from kuager.domain.lists.models import EstimateRun
from kuager.domain.lists.queries import is_intact
from kuager.domain.publication import rules
from kuager.domain.publication.models import EstimateChoice
from kuager.domain.publication.queries.estimates import ALL


@transaction.atomic
def choose_estimate(*, run: EstimateRun, method: str, by: User, at: datetime) -> EstimateChoice:
    """Let the following snapshots hold what one method answered; it replaces one about the same people.

    Raises
    ------
    RefusedError
        Without the right to publish, and where the guard refuses the number.
    IntegrityError
        When the stored results are not what was computed.
    """
    check_may(by, Capability.PUBLISH)
    rules.check_publishable(run, method)
    if not is_intact(run):
        raise IntegrityError(f"estimate {run.pk} is not what was computed; ask who changed it, compute anew")
    key = run.status or ALL
    EstimateChoice.objects.filter(key=key, dropped_at__isnull=True).update(dropped_by=by, dropped_at=at)
    choice = EstimateChoice.objects.create(
        run=run, method=method, key=key, salt=secrets.token_hex(16), chosen_by=by, chosen_at=at
    )
    _record("publication.choose_estimate", run, by=by, at=at)
    return choice


@transaction.atomic
def drop_estimate(*, run: EstimateRun, by: User, at: datetime) -> None:
    """Let the following snapshots do without an estimate; those that hold it stay as they are."""
    check_may(by, Capability.PUBLISH)
    chosen = EstimateChoice.objects.filter(run=run, dropped_at__isnull=True)
    if not chosen.update(dropped_by=by, dropped_at=at):
        raise RefusedError("the next snapshot does not hold this estimate anyway")
    _record("publication.drop_estimate", run, by=by, at=at)


def _record(action: str, run: EstimateRun, *, by: User, at: datetime) -> None:
    target = f"lists.EstimateRun:{run.pk}"
    record_event(action=action, actor=by, target=target, at=at, result_digest=run.result_digest)
