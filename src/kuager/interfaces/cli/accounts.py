"""``kuager accounts``: who may act. A later issue adds invitations and second factors."""

import json
import os
from pathlib import Path

import click

from kuager.core.errors import BadInputError
from kuager.interfaces.cli.setup import start_django


@click.group("accounts")
def group() -> None:
    """Create accounts."""
    start_django()


@group.command("create")
@click.argument("name")
@click.option("--role", required=True, help="What the person is here for, such as documenter or editor.")
@click.option("--no-password", is_flag=True, help="For commands only: nobody can sign in with it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def create(*, name: str, role: str, no_password: bool, as_json: bool) -> None:
    """Create the account NAME; the password is asked for or stands in the file KUAGER_PASSWORD_FILE."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from kuager.domain.accounts import operations
    from kuager.domain.accounts.terms import Role

    if role not in Role.values:
        raise BadInputError(f"--role: expected one of {', '.join(Role.values)}, got {role!r}")
    password = None if no_password else _password()
    if password is not None:
        try:
            validate_password(password)
        except ValidationError as error:
            raise BadInputError(f"the password cannot be used: {' '.join(error.messages)}") from None
    user = operations.create_user(username=name, role=Role(role), password=password)
    answer = {"name": user.username, "role": user.role, "can_sign_in": password is not None}
    click.echo(json.dumps(answer, ensure_ascii=False) if as_json else f"account {name} created: {role}")


def _password() -> str:
    """Read the password from its file, or ask for it twice without showing it. Never from an argument."""
    path = os.environ.get("KUAGER_PASSWORD_FILE")
    if not path:
        asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return asked
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise BadInputError(f"KUAGER_PASSWORD_FILE cannot be read: {error.strerror}") from None
