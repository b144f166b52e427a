"""Which snapshots there are, and which one the public sees."""

from django.db.models import QuerySet

from kuager.core.errors import NotFoundError
from kuager.domain.publication.models import Snapshot
from kuager.domain.publication.terms import SnapshotState


def list_snapshots() -> QuerySet[Snapshot]:
    """Every snapshot, newest first, for the desk (lazy queryset, people joined)."""
    people = ("previous", "built_by", "published_by", "withdrawn_by")
    return Snapshot.objects.select_related(*people).order_by("-number")


def list_built() -> QuerySet[Snapshot]:
    """Snapshots that wait for an editor, newest first (lazy queryset)."""
    return list_snapshots().filter(state=SnapshotState.BUILT)


def list_public_snapshots() -> QuerySet[Snapshot]:
    """Everything that was ever published, newest first (lazy queryset)."""
    return Snapshot.objects.exclude(state=SnapshotState.BUILT).order_by("-number")


def latest_snapshot() -> Snapshot | None:
    """Return the snapshot the unnumbered pages show; None before the first publication."""
    return Snapshot.objects.filter(state=SnapshotState.PUBLISHED).order_by("-number").first()


def newest_withdrawal(shown: Snapshot | None) -> Snapshot | None:
    """Return the withdrawn snapshot that the shown one stands in for, so that the page can say why."""
    withdrawn = Snapshot.objects.filter(state=SnapshotState.WITHDRAWN).order_by("-number")
    if shown is not None:
        withdrawn = withdrawn.filter(number__gt=shown.number)
    return withdrawn.first()


def get_snapshot(number: int) -> Snapshot:
    """Return any snapshot, for desk and command line; raises NotFoundError."""
    found = Snapshot.objects.select_related("previous").filter(number=number).first()
    if found is None:
        raise NotFoundError(f"there is no snapshot {number}; 'kuager publish list' shows them")
    return found
