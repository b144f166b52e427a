"""Making accounts. Sign-in itself is Django's; a later issue adds second factors and invitations."""

from kuager.core.errors import BadInputError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.terms import Role


def create_user(*, username: str, role: Role, password: str | None = None) -> User:
    """Create an account with a role; without a password nobody can sign in with it."""
    if User.objects.filter(username=username).exists():
        raise BadInputError(f"an account {username!r} exists already; choose another name")
    user = User(username=username, role=role)
    if password is None:
        user.set_unusable_password()
    else:
        user.set_password(password)
    user.save()
    return user
