"""``kuager doctor``: what is set up, what is not, and what that means."""

import json
import os
import stat
from pathlib import Path

import click

from kuager.core.errors import IntegrityError
from kuager.interfaces.cli.setup import start_django

Finding = tuple[str, bool, str]


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def command(as_json: bool) -> None:
    """Say what is set up, and what is not. Exit 5 when the audit record is broken."""
    start_django()
    findings = [
        _database(),
        _data_folder(),
        _secret(),
        _https(),
        _languages(),
        _search_keys(),
        _reading(),
        _audit(),
    ]
    if as_json:
        click.echo(
            json.dumps({name: {"ok": ok, "says": says} for name, ok, says in findings}, ensure_ascii=False)
        )
    else:
        for name, ok, says in findings:
            click.echo(f"{'ok  ' if ok else 'look'}  {name}: {says}")
    if not findings[-1][1]:
        raise IntegrityError("the audit record does not verify; keep this machine as it is and call for help")


def _database() -> Finding:
    from django.db import connection

    if connection.vendor == "postgresql":
        return "database", True, "PostgreSQL"
    return "database", True, "SQLite, embedded; encrypt the disk it lies on: Kuager cannot see whether it is"


def _data_folder() -> Finding:
    from django.conf import settings

    mode = stat.S_IMODE(Path(settings.DATA).stat().st_mode)
    is_private = not mode & 0o077
    says = "only its owner can read it" if is_private else f"others can read it (mode {mode:o}): chmod 700"
    return "data folder", is_private, says


def _secret() -> Finding:
    is_set = any(os.environ.get(name) for name in ("KUAGER_SECRET_KEY", "KUAGER_SECRET_KEY_FILE"))
    return "secret key", is_set, "set" if is_set else "not set: sessions end whenever Kuager restarts"


def _https() -> Finding:
    from django.conf import settings

    says = (
        "cookies travel encrypted only" if settings.IS_HTTPS else "off: only for use on this machine itself"
    )
    return "HTTPS", settings.IS_HTTPS, says


def _languages() -> Finding:
    from django.conf import settings

    lacking = [
        code
        for code in ("kk", "ru")
        if not (Path(settings.LOCALE_PATHS[0]) / code / "LC_MESSAGES" / "django.mo").exists()
    ]
    return (
        "languages",
        not lacking,
        "kk, ru and en" if not lacking else f"not compiled: {lacking}: make messages",
    )


def _search_keys() -> Finding:
    from kuager.domain.people import queries

    state = queries.keys_state()
    if state.is_current:
        return "search keys", True, f"of this release (version {state.version})"
    says = (
        f"of an older release (version {state.version}): {state.records_left} names to write anew; until then"
    )
    return "search keys", False, f"{says} some are not found: kuager register reindex"


def _reading() -> Finding:
    from kuager.engines.media.limited import protections

    held = protections()
    lacking = [name.replace("_", " ") for name, holds in held.items() if not holds]
    if not lacking:
        return "hostile files", True, f"read in a process of their own; all {len(held)} protections hold"
    return (
        "hostile files",
        False,
        f"read in a process of their own, but this system lacks: {', '.join(lacking)}",
    )


def _audit() -> Finding:
    from kuager.domain.audit import queries

    try:
        return "audit record", True, f"{queries.verify_chain()} events, unbroken"
    except IntegrityError as error:
        return "audit record", False, str(error)
