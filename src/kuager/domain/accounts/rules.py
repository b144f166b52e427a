"""Which role may do what. One table; the handbook's table is checked against it."""

from kuager.core.errors import PermissionDeniedError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.terms import Capability, Role

C = Capability
CAPABILITIES: dict[Role, frozenset[Capability]] = {
    Role.NONE: frozenset(),
    Role.VOLUNTEER: frozenset({C.READ_REGISTER, C.RECORD}),
    Role.DOCUMENTER: frozenset(
        {
            C.READ_REGISTER,
            C.RECORD,
            C.IMPORT_LISTS,
            C.JUDGE,
            C.APPROVE,
            C.VIEW_EVIDENCE,
            C.KEEP_EVIDENCE,
            C.VERIFY_EVIDENCE,
        }
    ),
    Role.EVIDENCE_OFFICER: frozenset(
        {
            C.READ_REGISTER,
            C.RECORD,
            C.APPROVE,
            C.VIEW_EVIDENCE,
            C.KEEP_EVIDENCE,
            C.VERIFY_EVIDENCE,
            C.EXPORT_EVIDENCE,
        }
    ),
    Role.LAWYER: frozenset(
        {C.READ_REGISTER, C.RECORD, C.APPROVE, C.VIEW_EVIDENCE, C.VERIFY_EVIDENCE, C.EXPORT_EVIDENCE}
    ),
    Role.STATISTICIAN: frozenset({C.READ_REGISTER, C.JUDGE, C.ESTIMATE}),
    Role.EDITOR: frozenset({C.READ_REGISTER, C.APPROVE, C.ESTIMATE, C.PUBLISH, C.VIEW_EVIDENCE}),
    Role.ADMINISTRATOR: frozenset({C.ADMINISTER}),
    Role.AUDITOR: frozenset({C.READ_AUDIT}),
}


def may(user: User, capability: Capability) -> bool:
    """Whether ``user`` is active and has a role that carries ``capability``."""
    return user.is_active and capability in CAPABILITIES[Role(user.role)]


def check_may(user: User, capability: Capability) -> None:
    """Raise PermissionDeniedError unless ``user`` may do acts of this kind."""
    if not may(user, capability):
        raise PermissionDeniedError(f"{user.username} may not {capability.value.replace('_', ' ')}")
