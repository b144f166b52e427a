"""Work on lists that takes longer than a page should: staging, applying, linking.

A task gets identifiers and a path, never names. It may run twice, or be killed half-way: staging goes on
where it stopped, applying is one transaction, and an edition that is further along already is left as it is.
"""

import logging
from collections.abc import Sequence
from pathlib import Path

from django.utils import timezone
from django_tasks import task

from kuager.domain.accounts.queries import get_user
from kuager.domain.lists import operations, queries
from kuager.interfaces.jobs.links import refresh_index

log = logging.getLogger(__name__)


@task()
def import_edition(edition_id: int, path: str, username: str, and_apply: bool = False) -> dict[str, int]:
    """Stage an edition from the kept original, and apply it where asked; return the counts."""
    edition, by = queries.get_edition(edition_id), get_user(username)
    if edition.state == "staging":
        edition = operations.stage_edition(edition=edition, path=Path(path), by=by, at=timezone.now())
        log.info("edition %s staged: %s rows", edition_id, edition.rows_staged)
    if not and_apply or edition.state != "staged":
        return {"rows_staged": edition.rows_staged, "rows_rejected": edition.rows_rejected}
    counts = operations.apply_edition(edition=edition, by=by, at=timezone.now())
    log.info("edition %s applied", edition_id)
    refresh_index.enqueue()
    return counts.to_json()


@task()
def link_lists(list_ids: Sequence[int], username: str) -> int:
    """Run the linkage over lists; return the identifier of the run."""
    lists = [queries.get_list(number) for number in list_ids]
    return operations.run_linkage(lists=lists, by=get_user(username), at=timezone.now()).pk
