"""``kuager manage work``: background work, and what comes again every hour or night.

Again and again: the sweep of ended consents, the audit of links, the reading of evidence that waits, the look
at every byte that the vault keeps, and bringing its log to those who vouch for it.

What an earlier worker was computing when it ended is taken up again, from where it stopped.
"""

from django.core.management import BaseCommand, call_command
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from kuager.interfaces.jobs import derived_copies, estimates, evidence, links
from kuager.interfaces.jobs.consents import sweep_ended_consents


class Command(BaseCommand):
    """See to it that each repeated work waits once, then work until stopped."""

    help = "Do background work until stopped; one such process is enough."

    def handle(self, *_args: object, **_options: object) -> None:
        again = (
            sweep_ended_consents,
            links.audit_links,
            evidence.watch_evidence,
            evidence.check_fixity,
            evidence.bring_to_authorities,
        )
        waiting = DBTaskResult.objects.filter(
            task_path__in=[one.module_path for one in again], status=TaskResultStatus.READY
        )
        waiting.delete()
        sweep_ended_consents.enqueue()
        links.audit_links.using(run_after=links.next_night(timezone.localtime())).enqueue()
        evidence.watch_evidence.enqueue()
        evidence.check_fixity.using(run_after=evidence.first_check(timezone.localtime())).enqueue()
        evidence.bring_to_authorities.enqueue()
        estimates.take_up_unfinished()
        links.take_up_unfinished()
        derived_copies.take_up_unfinished()
        call_command("db_worker", reload=False, startup_delay=False)
