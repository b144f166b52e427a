"""Redacted evidence is published when two people released it and the check finds nothing; and goes again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from kuager.core.errors import InvalidTransitionError, PermissionDeniedError, RefusedError
from kuager.domain.accounts.models import User
from kuager.domain.evidence import operations as evidence
from kuager.domain.evidence.models import DigitalItem
from kuager.domain.publication import operations, queries
from kuager.domain.publication.models import PublishedMedia
from kuager.engines.media.redacting import Area, Box, Kind, Making, Recipe
from kuager.engines.vault.vault import Vault
from tests import media_made
from tests.integration.evidence_story import AT, keep, new_vault, redact


@pytest.fixture(autouse=True)
def folder(settings: object, tmp_path: Path) -> Iterator[Path]:
    settings.DATA = tmp_path  # type: ignore[attr-defined]  # pytest-django's settings take any name
    with translation.override("en"):
        yield tmp_path / "published"


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return new_vault(tmp_path)


def covered(vault: Vault, by: User) -> DigitalItem:
    """A picture with a box over it, made by its recipe."""
    original = keep(vault, by, media_made.picture("PNG"), media_type="image/png")
    recipe = Recipe(make=Making.REDACTED, of=Kind.IMAGE, areas=(Area.still(Box(100, 100, 400, 400)),))
    order = evidence.draw_copy(vault=vault, item=original, recipe=recipe, by=by, at=AT)
    order = evidence.order_copy(vault=vault, order=order, reason="a face", by=by, at=AT)
    done = evidence.make_ordered(vault=vault, order=order, clock=lambda: AT)
    assert done.result is not None
    return done.result


def released(vault: Vault, item: DigitalItem, one: User, other: User) -> DigitalItem:
    evidence.propose_release(item=item, reason="of public interest", by=one, at=AT)
    return evidence.release_item(vault=vault, item=item, by=other, at=AT)


def publish(vault: Vault, item: DigitalItem, folder: Path, by: User) -> PublishedMedia:
    return operations.publish_media(
        vault=vault, item=item, caption="A square", basis="By its shadows.", folder=folder, by=by, at=AT
    )


def test_a_released_copy_is_public_byte_for_byte(
    vault: Vault, asel: User, gulnar: User, farida: User, folder: Path
) -> None:
    item = released(vault, covered(vault, asel), asel, gulnar)
    media = publish(vault, item, folder, farida)
    client = Client()
    page = client.get(reverse("public-media-one", args=[media.number])).content.decode()
    for words in ("A square", "By its shadows.", media.sha256, "1 area of the picture covered"):
        assert words in page
    assert "A square" in client.get(reverse("public-media")).content.decode()
    file = client.get(reverse("public-media-file", args=[media.number]))
    assert b"".join(file) == b"".join(vault.read(vault.item(item.number)))
    assert (file["Content-Type"], file["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert "sandbox" in file["Content-Security-Policy"]
    part = client.get(reverse("public-media-file", args=[media.number]), headers={"Range": "bytes=1-3"})
    assert (part.status_code, b"".join(part)) == (206, b"PNG")
    assert asel.username not in page
    assert farida.username not in page


def test_only_what_two_people_released_is_published(
    vault: Vault, asel: User, farida: User, folder: Path
) -> None:
    item = covered(vault, asel)
    assert item.derived_from is not None
    for one in (item, item.derived_from):
        with pytest.raises(RefusedError):
            publish(vault, one, folder, farida)
    evidence.propose_release(item=item, reason="of public interest", by=asel, at=AT)
    with pytest.raises(RefusedError):
        publish(vault, item, folder, farida)
    with pytest.raises(PermissionDeniedError):
        publish(vault, item, folder, asel)
    assert not folder.exists() or not list(folder.iterdir())


def test_a_copy_that_hides_nothing_is_not_published(
    vault: Vault, asel: User, gulnar: User, farida: User, folder: Path
) -> None:
    original = keep(vault, asel, media_made.picture("PNG"), media_type="image/png")
    loose = redact(vault, original, asel, media_made.picture("PNG", seed=1))
    item = released(vault, loose, asel, gulnar)
    with pytest.raises(RefusedError):
        publish(vault, item, folder, farida)
    pretended = evidence.keep_derived(
        vault=vault,
        original=original,
        derivation="redacted",
        recipe={
            "recipe": Recipe(
                make=Making.REDACTED, of=Kind.IMAGE, areas=(Area.still(Box(0, 0, 500, 500)),)
            ).as_json()
        },
        pieces=[media_made.picture("PNG", seed=2)],
        name="x.png",
        media_type="image/png",
        by=asel,
        at=AT,
    )
    with pytest.raises(RefusedError, match="should be gone"):
        publish(vault, released(vault, pretended, asel, gulnar), folder, farida)


def test_a_recall_hides_it_at_once_and_the_file_goes(
    vault: Vault, asel: User, gulnar: User, farida: User, folder: Path
) -> None:
    item = released(vault, covered(vault, asel), asel, gulnar)
    media = publish(vault, item, folder, farida)
    evidence.recall_release(item=item, reason="a danger", by=asel, at=AT)
    client = Client()
    assert client.get(reverse("public-media-file", args=[media.number])).status_code == 410
    assert client.get(reverse("public-media-one", args=[media.number])).status_code == 410
    assert "A square" not in client.get(reverse("public-media")).content.decode()
    assert operations.take_down_recalled(folder=folder, by=farida, at=AT) == 1
    assert not list(folder.iterdir())
    stone = client.get(reverse("public-media-one", args=[media.number]))
    assert stone.status_code == 410
    assert "its release was recalled" in stone.content.decode()
    assert "A square" not in stone.content.decode()


def test_it_is_published_once_and_taken_down_once(
    vault: Vault, asel: User, gulnar: User, farida: User, folder: Path
) -> None:
    item = released(vault, covered(vault, asel), asel, gulnar)
    media = publish(vault, item, folder, farida)
    with pytest.raises(InvalidTransitionError):
        publish(vault, item, folder, farida)
    operations.take_down_media(media=media, reason="mistake", folder=folder, by=farida, at=AT)
    with pytest.raises(InvalidTransitionError):
        operations.take_down_media(media=media, reason="mistake", folder=folder, by=farida, at=AT)
    assert queries.get_media(media.number).is_public is False
    assert publish(vault, item, folder, farida).number == media.number + 1


def test_what_was_never_published_is_not_found(db: None) -> None:
    assert Client().get(reverse("public-media-one", args=[7])).status_code == 404
    assert Client().get(reverse("public-media-file", args=[7])).status_code == 404
