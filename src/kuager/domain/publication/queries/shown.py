"""Which snapshot a public page shows, and what it must say beside it."""

from dataclasses import dataclass

from kuager.core.errors import NotFoundError
from kuager.domain.publication.models import Snapshot
from kuager.domain.publication.queries.snapshots import latest_snapshot, newest_withdrawal
from kuager.domain.publication.terms import SnapshotState


@dataclass(frozen=True, kw_only=True)
class ShownSnapshot:
    """What a page shows.

    Parameters
    ----------
    snapshot
        None before the first publication, and when everything was withdrawn.
    latest
        The one the unnumbered pages show.
    withdrawn
        The withdrawn snapshot that ``snapshot`` stands in for; the page says so and why.
    """

    snapshot: Snapshot | None
    latest: Snapshot | None
    withdrawn: Snapshot | None

    @property
    def present(self) -> Snapshot:
        """Return the snapshot where one is shown; raises NotFoundError where there is none."""
        if self.snapshot is None:
            raise NotFoundError("nothing has been published yet")
        return self.snapshot

    @property
    def is_latest(self) -> bool:
        """Whether there is no newer public one."""
        return self.snapshot == self.latest

    @property
    def is_withdrawn(self) -> bool:
        """Whether the snapshot asked for by number was withdrawn."""
        return self.snapshot is not None and self.snapshot.state == SnapshotState.WITHDRAWN


def shown_snapshot(number: int | None) -> ShownSnapshot:
    """Return the latest snapshot, or the one with this number; raises NotFoundError.

    A number that waits for publication does not exist for the public.
    """
    latest = latest_snapshot()
    if number is None:
        return ShownSnapshot(snapshot=latest, latest=latest, withdrawn=newest_withdrawal(latest))
    found = Snapshot.objects.filter(number=number).exclude(state=SnapshotState.BUILT).first()
    if found is None:
        raise NotFoundError(f"there is no public snapshot {number}")
    return ShownSnapshot(snapshot=found, latest=latest, withdrawn=None)
