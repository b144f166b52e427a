"""Questions about publishers and sources."""

from django.db.models import QuerySet

from kuager.core.errors import NotFoundError
from kuager.domain.sources.models import Consent, Publisher, Source
from kuager.domain.sources.rules import origin_of


def list_publishers() -> QuerySet[Publisher]:
    """All publishers by name (lazy queryset)."""
    return Publisher.objects.order_by("name")


def get_publisher(publisher_id: int) -> Publisher:
    """Return one publisher; raises NotFoundError."""
    try:
        return Publisher.objects.get(pk=publisher_id)
    except Publisher.DoesNotExist:
        raise NotFoundError(f"there is no publisher {publisher_id}") from None


def find_publisher(name: str) -> Publisher | None:
    """Return the publisher of this name, whatever its case; None when there is none."""
    return Publisher.objects.filter(name__iexact=" ".join(name.split())).first()


def get_source(source_id: int) -> Source:
    """Return one source with its publisher; raises NotFoundError."""
    try:
        return Source.objects.select_related("publisher").get(pk=source_id)
    except Source.DoesNotExist:
        raise NotFoundError(f"there is no source {source_id}") from None


def list_sources(publisher: Publisher | None = None) -> QuerySet[Source]:
    """List the sources of one publisher or of all, newest told first (lazy queryset, publisher joined)."""
    sources = Source.objects.select_related("publisher").order_by("-told_on", "-id")
    return sources if publisher is None else sources.filter(publisher=publisher)


def get_consent(consent_id: int) -> Consent:
    """Return one consent; raises NotFoundError."""
    try:
        return Consent.objects.get(pk=consent_id)
    except Consent.DoesNotExist:
        raise NotFoundError(f"there is no consent {consent_id}") from None


def derived_origins() -> dict[int, str]:
    """Return, for each source made from another one, whose word it is: a copy is no second witness."""
    derived = Source.objects.filter(derived_from__isnull=False).select_related("publisher")
    known = {source.pk: source for source in derived}
    wanted = {source.derived_from_id for source in known.values() if source.derived_from_id is not None}
    known |= Source.objects.select_related("publisher").in_bulk(list(wanted - set(known)))
    return {pk: _origin(source, known) for pk, source in known.items() if source.derived_from_id is not None}


def _origin(source: Source, known: dict[int, Source]) -> str:
    """Follow copies, excerpts and translations to where they come from; a circle ends where it began."""
    seen: set[int] = set()
    while source.derived_from_id is not None and source.pk not in seen:
        seen.add(source.pk)
        source = known[source.derived_from_id]
    return origin_of(source.publisher_id, source.publisher.origin_group)
