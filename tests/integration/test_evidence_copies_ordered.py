"""Copies by a recipe, through the real limited process: kept only when the opposite check found nothing."""

import io
from datetime import datetime
from pathlib import Path

import pytest
from PIL import Image

from kuager.core.errors import BadInputError, InvalidTransitionError, NotFoundError, PermissionDeniedError
from kuager.domain.accounts.models import User
from kuager.domain.evidence import operations, queries
from kuager.domain.evidence.models import CopyOrder, DigitalItem
from kuager.domain.evidence.terms import OrderFault, OrderState
from kuager.engines.media.redacting import Area, Box, Kind, Making, Recipe, Span
from kuager.engines.vault.vault import Vault
from tests import media_made
from tests.integration.evidence_story import AT, keep, new_vault

BOX = Area.still(Box(100, 100, 400, 400))


def clock() -> datetime:
    return AT


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return new_vault(tmp_path)


def ordered(vault: Vault, item: DigitalItem, recipe: Recipe, by: User) -> CopyOrder:
    order = operations.draw_copy(vault=vault, item=item, recipe=recipe, by=by, at=AT)
    order = operations.order_copy(vault=vault, order=order, reason="a face", by=by, at=AT)
    return operations.make_ordered(vault=vault, order=order, clock=clock)


def content(vault: Vault, item: DigitalItem) -> bytes:
    return b"".join(vault.read(vault.item(item.number)))


def test_a_covered_picture_is_kept_as_an_item_of_its_own(vault: Vault, asel: User) -> None:
    item = keep(vault, asel, media_made.picture(), media_type="image/jpeg")
    done = ordered(vault, item, Recipe(make=Making.REDACTED, of=Kind.IMAGE, areas=(BOX,)), asel)
    assert (done.state, done.fault) == (OrderState.DONE, "")
    assert done.result is not None
    assert (done.result.derived_from_id, done.result.derivation) == (item.pk, "redacted")
    copy = content(vault, done.result)
    assert media_made.SECRET.encode() not in copy
    assert Image.open(io.BytesIO(copy)).getpixel((40, 40)) == (0, 0, 0)
    told = vault.item(done.result.number).acquired["recipe"]
    assert isinstance(told, dict)
    assert told["reason"] == "a face"
    assert operations.check_again(vault, done.result) == []


def test_a_video_is_covered_and_muted(vault: Vault, asel: User) -> None:
    item = keep(vault, asel, media_made.video())
    recipe = Recipe(make=Making.REDACTED, of=Kind.VIDEO, areas=(BOX,), silences=(Span(200, 600),))
    done = ordered(vault, item, recipe, asel)
    assert done.state == OrderState.DONE
    assert done.result is not None
    assert done.result.media_type == "video/mp4"


def test_a_text_that_is_nowhere_is_told(vault: Vault, asel: User) -> None:
    item = keep(vault, asel, media_made.document(["Alpha"]), media_type="application/pdf")
    recipe = Recipe(make=Making.REDACTED, of=Kind.DOCUMENT, texts=("Bravo",))
    done = ordered(vault, item, recipe, asel)
    assert (done.state, done.fault, done.result) == (OrderState.FAILED, OrderFault.TEXT_NOT_FOUND, None)
    again = operations.order_copy(vault=vault, order=done, reason="again", by=asel, at=AT)
    assert again.state == OrderState.WAITING


def test_hostile_bytes_fail_and_keep_nothing(vault: Vault, asel: User) -> None:
    item = keep(vault, asel, media_made.video()[:3_000])
    before = DigitalItem.objects.count()
    done = ordered(vault, item, Recipe(make=Making.REDACTED, of=Kind.VIDEO, areas=(BOX,)), asel)
    assert (done.state, done.fault) == (OrderState.FAILED, OrderFault.NOT_UNDERSTOOD)
    assert DigitalItem.objects.count() == before


def test_an_order_is_made_once(vault: Vault, asel: User) -> None:
    item = keep(vault, asel, media_made.picture(), media_type="image/jpeg")
    done = ordered(vault, item, Recipe(make=Making.REDACTED, of=Kind.IMAGE, areas=(BOX,)), asel)
    again = operations.make_ordered(vault=vault, order=done, clock=clock)
    assert again.result_id == done.result_id
    with pytest.raises(InvalidTransitionError):
        operations.order_copy(vault=vault, order=done, reason="twice", by=asel, at=AT)


def test_recipes_lie_sealed(vault: Vault, asel: User) -> None:
    item = keep(vault, asel, media_made.document([media_made.SECRET]), media_type="application/pdf")
    recipe = Recipe(make=Making.REDACTED, of=Kind.DOCUMENT, texts=(media_made.SECRET,))
    order = operations.draw_copy(vault=vault, item=item, recipe=recipe, by=asel, at=AT)
    assert media_made.SECRET.encode() not in bytes(order.recipe_sealed)
    assert queries.recipe_of(vault, order).recipe == recipe


def test_who_may_not_keep_or_see_orders_nothing(vault: Vault, asel: User, erlan: User, gulnar: User) -> None:
    recipe = Recipe(make=Making.REDACTED, of=Kind.IMAGE, areas=(BOX,))
    item = keep(vault, asel, media_made.picture(), media_type="image/jpeg", is_restricted=True)
    with pytest.raises(PermissionDeniedError):
        operations.draw_copy(vault=vault, item=item, recipe=recipe, by=erlan, at=AT)
    with pytest.raises(NotFoundError):
        operations.draw_copy(vault=vault, item=item, recipe=recipe, by=gulnar, at=AT)
    order = operations.draw_copy(vault=vault, item=item, recipe=recipe, by=asel, at=AT)
    with pytest.raises(NotFoundError):
        queries.get_order(order.pk, item=item, user=gulnar)
    with pytest.raises(BadInputError):
        operations.order_copy(vault=vault, order=order, reason=" ", by=asel, at=AT)
