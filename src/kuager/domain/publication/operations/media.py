"""Publishing redacted copies of evidence, and taking them down.

Promises: only a redacted copy that two people released is published, and only after it was held once more
against its original and its recipe; the public file is byte for byte what the vault holds. Taking down
removes the file and leaves a gravestone. A recall in the evidence room hides the pages at once, even before
the file is gone.
"""

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from kuager.core.errors import BadInputError, InvalidTransitionError, RefusedError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may, may
from kuager.domain.accounts.terms import Capability
from kuager.domain.audit.operations import record_event
from kuager.domain.evidence.models import DigitalItem
from kuager.domain.evidence.operations import check_again
from kuager.domain.evidence.operations.recording import index_act, log_act
from kuager.domain.evidence.queries import kept, told
from kuager.domain.evidence.queries.visibility import check_sees
from kuager.domain.evidence.rules.publishing import check_publishable
from kuager.domain.evidence.terms import ReleaseState
from kuager.domain.publication.models import PublishedMedia
from kuager.domain.publication.queries.media import media_path
from kuager.domain.publication.terms import MediaReason, MediaState
from kuager.engines.media.redacting import Recipe
from kuager.engines.vault.custody import Act
from kuager.engines.vault.vault import Vault

if TYPE_CHECKING:
    from kuager.core.digest import JsonValue

LONGEST_CAPTION = 300
LONGEST_BASIS = 4_000


def publish_media(  # noqa: PLR0913  # keyword-only, one for each thing told
    *, vault: Vault, item: DigitalItem, caption: str, basis: str, folder: Path, by: User, at: datetime
) -> PublishedMedia:
    """Make a released redacted copy public.

    Parameters
    ----------
    caption
        What is to be seen, for readers; names nobody.
    basis
        How we know: where, when and by what traces it was verified, for readers.
    folder
        Of published files.

    Raises
    ------
    RefusedError
        When it is no released redacted copy, or the check finds something in it that should be gone.
    """
    check_may(by, Capability.PUBLISH)
    check_sees(by, item)
    caption, basis = _text(caption, LONGEST_CAPTION, "caption"), _text(basis, LONGEST_BASIS, "basis")
    item = DigitalItem.objects.select_related("derived_from").get(pk=item.pk)
    check_publishable(item)
    if PublishedMedia.objects.filter(item=item, state=MediaState.PUBLISHED).exists():
        raise InvalidTransitionError("this copy is public already")
    recipe = _recipe(vault, item)
    if check_again(vault, item):
        raise RefusedError("the check found something in this copy that should be gone; redact it anew")
    found = kept(vault, item)
    detail: dict[str, JsonValue] = {"what": "published"}
    event = log_act(vault, Act.RELEASED, item, detail, by=by, at=at)
    _write(media_path(folder, found.sha256, item.media_type), vault, item)
    with transaction.atomic():
        locked = DigitalItem.objects.select_for_update(no_key=True).get(pk=item.pk)
        check_publishable(locked)
        media = PublishedMedia.objects.create(
            number=(PublishedMedia.objects.aggregate(highest=Max("number"))["highest"] or 0) + 1,
            item=locked,
            sha256=found.sha256,
            size=found.size,
            media_type=item.media_type,
            caption=caption,
            basis=basis,
            removed=dict(recipe.summary()),
            recipe_digest=recipe.digest,
            published_by=by,
            published_at=at,
        )
        index_act(event, Act.RELEASED, locked, by=by, at=at)
        _record("publication.publish_media", media, by=by, at=at)
    return media


def take_down_media(
    *, media: PublishedMedia, reason: MediaReason | str, folder: Path, by: User, at: datetime
) -> PublishedMedia:
    """Take a published copy down: the file goes, a gravestone stays; whoever sees evidence may."""
    if not (may(by, Capability.PUBLISH) or may(by, Capability.VIEW_EVIDENCE)):
        check_may(by, Capability.PUBLISH)
    if reason not in MediaReason.values:
        raise BadInputError(f"expected one of {', '.join(MediaReason.values)} as the reason")
    with transaction.atomic():
        locked = PublishedMedia.objects.select_for_update(no_key=True).get(pk=media.pk)
        if locked.state != MediaState.PUBLISHED:
            raise InvalidTransitionError("this copy was taken down already")
        locked.state, locked.reason = MediaState.TAKEN_DOWN, MediaReason(reason)
        locked.taken_down_by, locked.taken_down_at = by, at
        locked.save(update_fields=["state", "reason", "taken_down_by", "taken_down_at"])
        _record("publication.take_down_media", locked, by=by, at=at, reason=str(locked.reason))
    if not PublishedMedia.objects.filter(sha256=locked.sha256, state=MediaState.PUBLISHED).exists():
        media_path(folder, locked.sha256, locked.media_type).unlink(missing_ok=True)
    return locked


def take_down_recalled(*, folder: Path, by: User, at: datetime) -> int:
    """Take down every published copy whose release was recalled; return how many."""
    recalled = PublishedMedia.objects.filter(state=MediaState.PUBLISHED).exclude(
        item__release_state=ReleaseState.RELEASED
    )
    found = list(recalled)
    for media in found:
        take_down_media(media=media, reason=MediaReason.RECALLED, folder=folder, by=by, at=at)
    return len(found)


def _recipe(vault: Vault, item: DigitalItem) -> Recipe:
    recorded = told(vault, item).get("recipe")
    if not isinstance(recorded, dict) or "recipe" not in recorded:
        raise RefusedError("this copy was not made by a recipe that can be checked; redact it anew")
    return Recipe.from_json(recorded["recipe"])


def _text(text: str, longest: int, what: str) -> str:
    text = text.strip()
    if not text or len(text) > longest:
        raise BadInputError(f"expected a {what} of 1 to {longest} letters")
    return text


def _write(path: Path, vault: Vault, item: DigitalItem) -> None:
    """Write a public file whole or not at all; the last piece comes only when the digest of all was right."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_name(f".{path.name}.partial")
    try:
        with unfinished.open("wb") as stream:
            for piece in vault.read(kept(vault, item)):
                stream.write(piece)
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _record(action: str, media: PublishedMedia, *, by: User, at: datetime, reason: str = "") -> None:
    target = f"publication.PublishedMedia:{media.number}"
    record_event(action=action, actor=by, target=target, at=at, reason=reason, digest=media.sha256)
