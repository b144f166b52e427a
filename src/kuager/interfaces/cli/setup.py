"""What every command with a database does first."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import django
from django.apps import apps
from django.utils import timezone

if TYPE_CHECKING:
    from kuager.domain.accounts.models import User


OPERATOR = "operator"


def start_django() -> None:
    """Load the rooms; make the embedded database and its folder where they do not exist yet."""
    if not apps.ready:
        django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    from django.utils import translation

    translation.activate("en")  # the language of commands; pages ask each reader
    if connection.vendor == "sqlite":
        Path(settings.DATA).mkdir(parents=True, exist_ok=True, mode=0o700)
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0)


def acting_user(username: str = "") -> "User":
    """Return the account a command acts as.

    Without a name it is ``operator``, made on first use: a documenter as whom nobody can sign in. It may
    import and build; approving and publishing need a second person, named with ``--by``.
    """
    from kuager.core.errors import NotFoundError
    from kuager.domain.accounts import operations, queries
    from kuager.domain.accounts.terms import Role

    if username:
        return queries.get_user(username)
    try:
        return queries.get_user(OPERATOR)
    except NotFoundError:
        return operations.create_user(username=OPERATOR, role=Role.DOCUMENTER)


def now() -> datetime:
    """Return the present moment: interfaces are the only floor that asks the clock."""
    return timezone.now()
