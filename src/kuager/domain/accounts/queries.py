"""Questions about accounts."""

from kuager.core.errors import NotFoundError
from kuager.domain.accounts.models import User


def get_user(username: str) -> User:
    """Return the account of that name; raises NotFoundError."""
    try:
        return User.objects.get(username=username)
    except User.DoesNotExist:
        raise NotFoundError(f"there is no account {username!r}") from None


def count_users() -> int:
    """Return how many accounts there are."""
    return User.objects.count()
