"""Every hour: whoever's consent has run out leaves the public pages, though nobody did anything."""

import logging
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone
from django_tasks import task

from kuager.core.errors import NotFoundError
from kuager.domain.accounts.operations import create_user
from kuager.domain.accounts.queries import get_user
from kuager.domain.accounts.terms import Role
from kuager.domain.publication import operations

if TYPE_CHECKING:
    from kuager.domain.accounts.models import User

CARETAKER = "caretaker"
INTERVAL = timedelta(hours=1)
log = logging.getLogger(__name__)


@task()
def sweep_ended_consents() -> int:
    """Take off the public pages whoever may not stand there any more; return how many, and come again."""
    try:
        taken_off = operations.redact_unpublishable(by=caretaker(), at=timezone.now())
        folder = Path(settings.DATA) / "published"
        operations.take_down_recalled(folder=folder, by=caretaker(), at=timezone.now())
        log.info("ended consents: %s persons taken off the public pages", taken_off)
        return taken_off
    finally:
        sweep_ended_consents.using(run_after=timezone.now() + INTERVAL).enqueue()


def caretaker() -> "User":
    """Return the account as which the program itself acts; nobody can sign in with it."""
    try:
        return get_user(CARETAKER)
    except NotFoundError:
        return create_user(username=CARETAKER, role=Role.EDITOR)
