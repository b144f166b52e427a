"""Keeping evidence: what is promised, what becomes one item, and what a crash leaves."""

from pathlib import Path

import pytest

from kuager.core.errors import BadInputError, PermissionDeniedError, RefusedError
from kuager.domain.accounts.models import User
from kuager.domain.audit.models import AuditEvent
from kuager.domain.evidence import operations, queries
from kuager.domain.evidence.models import Acquisition, CustodyEvent, DigitalItem
from kuager.domain.evidence.terms import AcquisitionMethod, Derivation
from kuager.engines.vault.custody import Act
from kuager.engines.vault.vault import Vault
from tests.integration.evidence_story import AT, CLIP, keep, new_vault, pieces, redact


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return new_vault(tmp_path)


def indexed() -> list[tuple[object, ...]]:
    rows = CustodyEvent.objects.order_by("number")
    return [(row.number, row.act, row.at, row.item and row.item.number) for row in rows]


def logged(vault: Vault) -> list[tuple[object, ...]]:
    return [
        (
            one.number,
            one.event.act.value,
            one.event.at,
            one.number if one.event.act is Act.ACQUIRED else one.event.item,
        )
        for one in vault.events()
    ]


def test_a_file_is_kept_and_read_back(vault: Vault, asel: User) -> None:
    item = keep(vault, asel, CLIP)
    assert item.size == len(CLIP)
    assert queries.open_item(vault, item).read() == CLIP
    assert queries.told(vault, item)["name"] == "кадр.mp4"
    assert queries.names(vault, [item]) == {item.number: "кадр.mp4"}


def test_the_database_holds_no_name_and_no_digest_of_the_file(vault: Vault, asel: User) -> None:
    item = keep(vault, asel, CLIP)
    digest = vault.item(item.number).sha256
    told = str(list(DigitalItem.objects.values())) + str(list(AuditEvent.objects.values()))
    told += str(list(Acquisition.objects.values()))
    assert digest not in told
    assert "кадр" not in told
    assert "neighbour" not in told


def test_the_same_bytes_again_are_one_item_with_two_acquisitions(
    vault: Vault, asel: User, gulnar: User
) -> None:
    first, second = keep(vault, asel, CLIP), keep(vault, gulnar, CLIP, name="copy.mp4")
    assert first.pk == second.pk
    assert [one.by for one in queries.acquisitions(first)] == [asel, gulnar]


def test_the_index_tells_what_the_log_tells(vault: Vault, asel: User) -> None:
    item = keep(vault, asel, CLIP)
    operations.note_view(vault=vault, item=item, what="frames", by=asel, at=AT)
    redact(vault, item, asel)
    assert indexed() == logged(vault)


def test_what_the_log_holds_and_the_tables_lack_is_adopted(vault: Vault, asel: User) -> None:
    original = keep(vault, asel, CLIP)
    redacted = redact(vault, original, asel)
    before = indexed()
    CustodyEvent.objects.all().delete()
    Acquisition.objects.all().delete()
    redacted.delete()
    original.delete()
    assert operations.adopt_items(vault=vault, by=asel, at=AT) == len(before)
    assert indexed() == before == logged(vault)
    again = queries.get_item(redacted.number, user=asel)
    assert (again.derivation, again.acquired_by) == (Derivation.REDACTED, asel)
    assert again.derived_from is not None
    assert again.derived_from.number == original.number


def test_adopting_again_changes_nothing(vault: Vault, asel: User) -> None:
    vault.add([CLIP], by="somebody", at=AT, detail={"name": "added by command"})
    assert operations.adopt_items(vault=vault, by=asel, at=AT) == 1
    events = AuditEvent.objects.count()
    assert operations.adopt_items(vault=vault, by=asel, at=AT) == 0
    assert AuditEvent.objects.count() == events
    item = queries.get_item(0, user=asel)
    assert item.acquired_by is None
    assert queries.acquisitions(item).get().method == AcquisitionMethod.COMMAND


def test_a_derived_item_needs_a_change(vault: Vault, asel: User) -> None:
    original = keep(vault, asel, CLIP)
    with pytest.raises(RefusedError, match="nothing was taken out"):
        redact(vault, original, asel, CLIP)
    assert indexed() == logged(vault)


def test_a_derivation_is_told_in_the_history_of_the_original(vault: Vault, asel: User) -> None:
    original = keep(vault, asel, CLIP)
    redacted = redact(vault, original, asel)
    told = queries.opened_history(vault, original)
    assert [one.row.act for one in told] == ["acquired", "redacted"]
    assert told[1].detail["copy"] == redacted.number
    assert queries.told(vault, redacted)["recipe"] == {"boxes": [[0, 0, 500, 500]]}


def test_who_may_only_look_keeps_nothing(vault: Vault, farida: User, bolat: User) -> None:
    for user in (farida, bolat):
        with pytest.raises(PermissionDeniedError):
            keep(vault, user, CLIP)
    assert not list(vault.events())


def test_a_copy_of_ours_is_not_kept_as_if_it_came(vault: Vault, asel: User) -> None:
    with pytest.raises(BadInputError, match="recipe"):
        operations.keep_item(
            vault=vault,
            pieces=pieces(CLIP),
            name="x",
            media_type="",
            method=AcquisitionMethod.DERIVED,
            told={},
            by=asel,
            at=AT,
        )


def damage(vault: Vault, folder: Path, item: DigitalItem) -> None:
    address = vault.item(item.read_from).address
    path = folder / "vault" / "objects" / address[:2] / f"{address}.age"
    content = bytearray(path.read_bytes())
    content[-40] ^= 1
    path.write_bytes(content)


def test_the_same_file_coming_again_heals_a_damaged_one(vault: Vault, tmp_path: Path, asel: User) -> None:
    item = keep(vault, asel, CLIP)
    damage(vault, tmp_path, item)
    again = keep(vault, asel, CLIP)
    assert (again.pk, again.read_from != again.number) == (item.pk, True)
    assert queries.open_item(vault, again).read() == CLIP
