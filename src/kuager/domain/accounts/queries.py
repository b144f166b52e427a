"""Questions about accounts."""

from kuager.core.errors import NotFoundError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import CAPABILITIES
from kuager.domain.accounts.terms import Capability


def get_user(username: str) -> User:
    """Return the account of that name; raises NotFoundError."""
    try:
        return User.objects.get(username=username)
    except User.DoesNotExist:
        raise NotFoundError(f"there is no account {username!r}") from None


def count_users() -> int:
    """Return how many accounts there are."""
    return User.objects.count()


def list_users_who_may(capability: Capability) -> list[User]:
    """Return the active members whose role carries a capability, by name."""
    roles = [role for role, capabilities in CAPABILITIES.items() if capability in capabilities]
    return list(User.objects.filter(is_active=True, role__in=roles).order_by("username"))
