"""Who may do what, as the table in accounts.rules says."""

import pytest

from kuager.core.errors import BadInputError, NotFoundError, PermissionDeniedError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.operations import create_user
from kuager.domain.accounts.queries import get_user
from kuager.domain.accounts.rules import CAPABILITIES, check_may, may
from kuager.domain.accounts.terms import Capability, Role


def test_every_role_stands_in_the_table() -> None:
    assert set(CAPABILITIES) == set(Role)


def test_nobody_alone_can_both_import_and_publish() -> None:
    for capabilities in CAPABILITIES.values():
        assert not {Capability.IMPORT_LISTS, Capability.PUBLISH} <= capabilities


def test_a_stranger_may_nothing(bolat: User) -> None:
    assert not any(may(bolat, capability) for capability in Capability)
    with pytest.raises(PermissionDeniedError, match="bolat may not publish"):
        check_may(bolat, Capability.PUBLISH)


def test_a_closed_account_may_nothing(asel: User) -> None:
    asel.is_active = False
    assert not may(asel, Capability.RECORD)


def test_a_name_is_given_once(asel: User) -> None:
    with pytest.raises(BadInputError, match="exists already"):
        create_user(username="asel", role=Role.EDITOR)


def test_passwords_are_stored_as_scrypt(db: None) -> None:
    user = create_user(username="saule", role=Role.LAWYER, password="a long enough sentence")
    assert user.password.startswith("scrypt$")
    assert user.check_password("a long enough sentence")


def test_an_account_without_password_cannot_sign_in(asel: User) -> None:
    assert not asel.has_usable_password()
    assert get_user("asel") == asel
    with pytest.raises(NotFoundError):
        get_user("nobody")
