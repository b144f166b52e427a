"""The pictures of a snapshot as pages show them."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language

from kuager.core.digest import JsonValue
from kuager.core.errors import NotFoundError
from kuager.domain.publication.models import Snapshot, SnapshotPicture
from kuager.domain.publication.terms import PictureKey


@dataclass(frozen=True, kw_only=True)
class PictureLine:
    """A picture without its drawing."""

    key: str
    title: str | Promise
    alt: str
    table: dict[str, JsonValue]
    width: int
    height: int


def pictures_of(snapshot: Snapshot) -> list[PictureLine]:
    """Return the pictures in the reader's language, in the order of PictureKey."""
    found = SnapshotPicture.objects.filter(snapshot=snapshot, language=get_language()).defer("svg")
    pictures = {picture.key: picture for picture in found}
    return [
        PictureLine(
            key=key.value, title=key.label, alt=picture.alt, table=picture.table, width=width, height=height
        )
        for key in PictureKey
        if (picture := pictures.get(key)) is not None
        for width, height in [picture.table["size"]]
    ]


def get_picture(snapshot: Snapshot, key: str) -> SnapshotPicture:
    """Return one picture with its drawing in the reader's language; raises NotFoundError."""
    found = SnapshotPicture.objects.filter(snapshot=snapshot, key=key, language=get_language()).first()
    if found is None:
        raise NotFoundError(f"snapshot {snapshot.number} has no picture {key!r}")
    return found
