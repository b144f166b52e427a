"""``kuager manage work``: background work, and the hourly sweep of ended consents.

What an earlier worker was computing when it ended is taken up again, from where it stopped.
"""

from django.core.management import BaseCommand, call_command
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from kuager.interfaces.jobs import estimates, links
from kuager.interfaces.jobs.consents import sweep_ended_consents


class Command(BaseCommand):
    """See to it that one sweep waits, then work until stopped."""

    help = "Do background work until stopped; one such process is enough."

    def handle(self, *_args: object, **_options: object) -> None:
        waiting = DBTaskResult.objects.filter(
            task_path=sweep_ended_consents.module_path, status=TaskResultStatus.READY
        )
        waiting.delete()
        sweep_ended_consents.enqueue()
        estimates.take_up_unfinished()
        links.take_up_unfinished()
        call_command("db_worker", reload=False, startup_delay=False)
