"""Published redacted copies of evidence: what is public, what was taken down, and where the files lie."""

from dataclasses import dataclass
from pathlib import Path

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from kuager.core.errors import NotFoundError
from kuager.domain.evidence.rules.publishing import may_publish
from kuager.domain.evidence.terms import ReleaseState
from kuager.domain.publication.models import PublishedMedia
from kuager.domain.publication.terms import MediaState

ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "video/mp4": "mp4",
    "video/webm": "webm",
    "audio/mp4": "m4a",
    "application/pdf": "pdf",
}
LARGEST_NUMBER = 2**31 - 1


@dataclass(frozen=True, slots=True)
class PublicMedia:
    """A published copy as readers see it."""

    row: PublishedMedia
    is_public: bool

    @property
    def kind(self) -> str:
        """Return ``image``, ``video``, ``audio`` or ``document``."""
        main = self.row.media_type.split("/")[0]
        return main if main in ("image", "video", "audio") else "document"

    @property
    def removed(self) -> list[str | Promise]:
        """Say in numbers what was removed."""
        return removed_words(self.row.removed)

    @property
    def file_name(self) -> str:
        """Return the name under which the file is saved."""
        return f"kuager-{self.row.number}.{ENDINGS.get(self.row.media_type, 'bin')}"


def list_media() -> QuerySet[PublishedMedia]:
    """Every copy that is public now, newest first (lazy queryset). A recalled release hides it at once."""
    return PublishedMedia.objects.filter(
        state=MediaState.PUBLISHED, item__release_state=ReleaseState.RELEASED
    ).order_by("-number")


def public_media() -> list[PublicMedia]:
    """Return every copy that is public now, as readers see it, newest first."""
    return [PublicMedia(row, is_public=True) for row in list_media()]


def list_all_media() -> QuerySet[PublishedMedia]:
    """Every copy that was ever published, newest first, for the desk (lazy queryset, people joined)."""
    return PublishedMedia.objects.select_related("item", "published_by", "taken_down_by").order_by("-number")


def get_media(number: int) -> PublicMedia:
    """Return a published copy, also one that was taken down; raises NotFoundError."""
    found = None
    if 0 < number <= LARGEST_NUMBER:
        found = PublishedMedia.objects.select_related("item").filter(number=number).first()
    if found is None:
        raise NotFoundError(f"there is no published file {number}")
    return PublicMedia(found, is_public=found.state == MediaState.PUBLISHED and may_publish(found.item))


def media_path(folder: Path, sha256: str, media_type: str) -> Path:
    """Return where the file of a published copy lies."""
    return folder / f"{sha256}.{ENDINGS.get(media_type, 'bin')}"


def removed_words(counts: dict[str, int]) -> list[str | Promise]:
    """Say in numbers what a redaction removed."""
    words: list[str | Promise] = []
    named = (
        (
            "areas",
            ngettext_lazy("%(n)d area of the picture covered", "%(n)d areas of the picture covered", "n"),
        ),
        ("silences", ngettext_lazy("%(n)d span of sound silenced", "%(n)d spans of sound silenced", "n")),
        ("texts", ngettext_lazy("%(n)d text removed", "%(n)d texts removed", "n")),
    )
    for key, word in named:
        if counts.get(key):
            words.append(word % {"n": counts[key]})
    if counts.get("without_sound"):
        words.append(_("the whole sound removed"))
    return [*words, _("all metadata removed")]
