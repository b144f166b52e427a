"""Keeping a file: as it came, or a copy that we made."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from kuager.core.digest import JsonValue, canonical_json
from kuager.core.errors import BadInputError, RefusedError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.evidence.models import DigitalItem
from kuager.domain.evidence.operations.entering import enter_acquisition
from kuager.domain.evidence.operations.recording import audit, index_act, log_act
from kuager.domain.evidence.queries.visibility import check_sees
from kuager.domain.evidence.terms import AcquisitionMethod, Derivation
from kuager.domain.sources.models import Source
from kuager.engines.vault.custody import Act
from kuager.engines.vault.vault import Item, Vault


def keep_item(  # noqa: PLR0913  # keyword-only, one for each thing told
    *,
    vault: Vault,
    pieces: Iterable[bytes],
    name: str,
    media_type: str,
    method: AcquisitionMethod | str,
    told: Mapping[str, JsonValue],
    source: Source | None = None,
    is_restricted: bool = False,
    by: User,
    at: datetime,
) -> DigitalItem:
    """Keep a file as it came. It and the event that tells of it survive a power cut before this returns.

    The same bytes again are one more acquisition of the same item.

    Parameters
    ----------
    pieces
        The plain bytes, in pieces of any size; read once, never all in memory.
    name, told
        Under which name it came and whatever else is known: sealed.
    is_restricted
        Only whoever brings it, and whom they name, may know of it.
    """
    check_may(by, Capability.KEEP_EVIDENCE)
    if method == AcquisitionMethod.DERIVED:
        raise BadInputError("a copy that we made is kept with its original and its recipe")
    detail: dict[str, JsonValue] = {
        "name": name,
        "media_type": media_type,
        "method": AcquisitionMethod(method).value,
        "told": dict(told),
        "source_id": None if source is None else source.pk,
        "restricted": is_restricted,
    }
    canonical_json(detail)  # before the bytes are taken in: what cannot be written down is refused now
    kept = vault.add(pieces, by=by.username, at=at, detail=detail)
    with transaction.atomic():
        item = enter_acquisition(vault, kept, by=by, at=at)
        audit("keep_item", item, by=by, at=at, acquisition=kept.number, method=str(detail["method"]))
    return item


def keep_upload(  # noqa: PLR0913  # keyword-only, one for each thing told
    *,
    vault: Vault,
    upload_id: str,
    method: AcquisitionMethod | str,
    told: Mapping[str, JsonValue],
    source: Source | None = None,
    is_restricted: bool = False,
    by: User,
    at: datetime,
) -> DigitalItem:
    """Keep an upload that came in parts, under the name and media type that its sender told.

    May be called again after a crash: an upload becomes an item once. What the sender told beside name and
    media type is kept, but decides nothing.
    """
    check_may(by, Capability.KEEP_EVIDENCE)
    if method == AcquisitionMethod.DERIVED:
        raise BadInputError("a copy that we made is kept with its original and its recipe")
    detail: dict[str, JsonValue] = {
        "method": AcquisitionMethod(method).value,
        "told": dict(told),
        "source_id": None if source is None else source.pk,
        "restricted": is_restricted,
        "derivation": Derivation.ORIGINAL.value,
        "derived_from": None,
    }
    canonical_json(detail)
    kept = vault.assemble(upload_id, by=by.username, at=at, detail=detail)
    with transaction.atomic():
        item = enter_acquisition(vault, kept, by=by, at=vault.event(kept.number).event.at)
        audit("keep_item", item, by=by, at=at, acquisition=kept.number, method=str(detail["method"]))
    return item


def keep_derived(  # noqa: PLR0913  # keyword-only, one for each thing told
    *,
    vault: Vault,
    original: DigitalItem,
    derivation: Derivation | str,
    recipe: Mapping[str, JsonValue],
    pieces: Iterable[bytes],
    name: str,
    media_type: str,
    by: User,
    at: datetime,
) -> DigitalItem:
    """Keep a copy that was made of an item; the original stays as it is, and its history tells of the copy.

    Parameters
    ----------
    recipe
        Exactly what was done, so that somebody else can do it again: sealed.

    Raises
    ------
    RefusedError
        When a redacted copy is byte for byte the original: nothing was taken out.
    """
    check_may(by, Capability.KEEP_EVIDENCE)
    check_sees(by, original)
    derivation = Derivation(derivation)
    if derivation == Derivation.ORIGINAL:
        raise BadInputError("a copy that we made is never the original; say how it was made")
    detail: dict[str, JsonValue] = {
        "name": name,
        "media_type": media_type,
        "method": AcquisitionMethod.DERIVED.value,
        "derivation": derivation.value,
        "derived_from": original.number,
        "recipe": dict(recipe),
        "restricted": original.is_restricted,
    }
    canonical_json(detail)
    kept = vault.add(pieces, by=by.username, at=at, detail=detail)
    act = Act.REDACTED if derivation == Derivation.REDACTED else Act.NOTED
    number = log_act(vault, act, original, _said(derivation, kept), by=by, at=at)
    with transaction.atomic():
        item = enter_acquisition(vault, kept, by=by, at=at)
        index_act(number, act, original, by=by, at=at)
        audit(
            "keep_derived",
            item,
            by=by,
            at=at,
            acquisition=kept.number,
            derivation=derivation.value,
            original=original.number,
        )
    if derivation == Derivation.REDACTED and item.address == original.address:
        raise RefusedError("the redacted copy is byte for byte the original: nothing was taken out")
    return item


def _said(derivation: Derivation, kept: Item) -> dict[str, JsonValue]:
    return {"what": "derived", "derivation": derivation.value, "copy": kept.number}
