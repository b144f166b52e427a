"""One person finds or proposes, another one agrees; what was agreed can be taken back."""

from pathlib import Path

import pytest

from kuager.core.errors import BadInputError, InvalidTransitionError, PermissionDeniedError, RefusedError
from kuager.domain.accounts.models import User
from kuager.domain.audit.models import AuditEvent
from kuager.domain.evidence import operations, queries
from kuager.domain.evidence.models import DigitalItem, Verification
from kuager.engines.vault.vault import Vault
from tests.integration.evidence_story import AT, CLIP, keep, new_vault, redact


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return new_vault(tmp_path)


@pytest.fixture
def item(vault: Vault, asel: User) -> DigitalItem:
    return keep(vault, asel, CLIP)


def found(vault: Vault, item: DigitalItem, by: User) -> Verification:
    return operations.propose_verification(
        vault=vault,
        item=item,
        aspect="place",
        question="Where was this filmed?",
        method="Shadows and the clock tower compared with satellite pictures",
        finding="Republic Square, Almaty",
        certainty="probable",
        by=by,
        at=AT,
    )


def test_verified_needs_somebody_else(vault: Vault, item: DigitalItem, asel: User, gulnar: User) -> None:
    finding = found(vault, item, asel)
    with pytest.raises(PermissionDeniedError, match="your own finding"):
        operations.second_verification(vault=vault, verification=finding, by=asel, at=AT)
    verified = operations.second_verification(vault=vault, verification=finding, by=gulnar, at=AT)
    assert (verified.state, verified.seconded_by) == ("verified", gulnar)
    with pytest.raises(InvalidTransitionError):
        operations.second_verification(vault=vault, verification=finding, by=gulnar, at=AT)
    assert [event.act for event in queries.history(item)] == ["acquired", "noted", "verified"]


def test_a_finding_is_read_with_the_vault_only(vault: Vault, item: DigitalItem, asel: User) -> None:
    found(vault, item, asel)
    (opened,) = queries.verifications(vault, item)
    assert opened.finding == "Republic Square, Almaty"
    row = str(Verification.objects.values().get()) + str(list(AuditEvent.objects.values()))
    assert "Almaty" not in row
    assert "tower" not in row


def test_a_finding_stands_in_the_history_that_leaves(vault: Vault, item: DigitalItem, asel: User) -> None:
    found(vault, item, asel)
    told = queries.opened_history(vault, item)[-1].detail
    assert (told["finding"], told["certainty"]) == ("Republic Square, Almaty", "probable")


def test_a_finding_is_withdrawn_with_a_reason(
    vault: Vault, item: DigitalItem, asel: User, gulnar: User
) -> None:
    finding = found(vault, item, asel)
    with pytest.raises(BadInputError, match="say why"):
        operations.withdraw_verification(vault=vault, verification=finding, reason=" ", by=asel, at=AT)
    gone = operations.withdraw_verification(
        vault=vault, verification=finding, reason="the tower was built later", by=gulnar, at=AT
    )
    assert gone.state == "withdrawn"
    with pytest.raises(InvalidTransitionError):
        operations.second_verification(vault=vault, verification=gone, by=gulnar, at=AT)
    with pytest.raises(InvalidTransitionError):
        operations.withdraw_verification(vault=vault, verification=gone, reason="x", by=asel, at=AT)
    assert len(queries.verifications(vault, item)) == 1


def test_an_editor_looks_but_does_not_verify(vault: Vault, item: DigitalItem, farida: User) -> None:
    with pytest.raises(PermissionDeniedError):
        found(vault, item, farida)


def test_only_redacted_copies_are_released_and_by_somebody_else(
    vault: Vault, item: DigitalItem, asel: User, farida: User
) -> None:
    with pytest.raises(RefusedError, match="only a redacted copy"):
        operations.propose_release(item=item, reason="for the site", by=asel, at=AT)
    copy = operations.propose_release(item=redact(vault, item, asel), reason="for the site", by=asel, at=AT)
    assert list(queries.list_releasable(farida)) == [copy]
    with pytest.raises(PermissionDeniedError, match="somebody else"):
        operations.release_item(vault=vault, item=copy, by=asel, at=AT)
    released = operations.release_item(vault=vault, item=copy, by=farida, at=AT)
    assert (released.release_state, released.released_by) == ("released", farida)
    assert [event.act for event in queries.history(copy)] == ["acquired", "released"]
    with pytest.raises(InvalidTransitionError):
        operations.release_item(vault=vault, item=copy, by=farida, at=AT)


def test_a_release_is_stopped_by_anybody_at_once(
    vault: Vault, item: DigitalItem, asel: User, farida: User
) -> None:
    copy = redact(vault, item, asel)
    with pytest.raises(InvalidTransitionError):
        operations.recall_release(item=copy, reason="x", by=asel, at=AT)
    operations.propose_release(item=copy, reason="for the site", by=asel, at=AT)
    operations.release_item(vault=vault, item=copy, by=farida, at=AT)
    recalled = operations.recall_release(item=copy, reason="a plate is seen", by=asel, at=AT)
    assert (recalled.release_state, recalled.released_by) == ("none", None)


def test_a_copy_from_which_nothing_was_taken_is_never_released(
    vault: Vault, item: DigitalItem, asel: User
) -> None:
    with pytest.raises(RefusedError, match="nothing was taken out"):
        redact(vault, item, asel, CLIP)
    copy = queries.derivatives(item, user=asel).get()
    with pytest.raises(RefusedError, match="byte for byte"):
        operations.propose_release(item=copy, reason="x", by=asel, at=AT)
