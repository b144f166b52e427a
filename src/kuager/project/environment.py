"""Reading the environment: plain values, secrets (or files that hold them) and the database's address."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit


class ConfigurationError(Exception):
    """A setting is missing or cannot be used; the start stops."""


def read_text(name: str, default: str) -> str:
    """Return the variable ``name``, or ``default``."""
    return os.environ.get(name, default)


def read_secret(name: str) -> str:
    """Return the variable ``name``, or the contents of the file named by ``name_FILE``, or nothing."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ConfigurationError(
                f"{name}_FILE names a file that cannot be read: {error.strerror}"
            ) from error
    return os.environ.get(name, "")


def database_from_url(url: str, data: Path) -> dict[str, object]:
    """Turn ``postgresql://user:password@host:port/name`` into Django's form; nothing: SQLite.

    A query ``?host=/directory`` names a socket's directory.
    """
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": data / "kuager.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                    "PRAGMA secure_delete=ON; PRAGMA cache_size=-64000; PRAGMA mmap_size=268435456;"
                ),
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres") or len(parts.path) < 2:
        raise ConfigurationError(
            "KUAGER_DATABASE_URL must look like postgresql://user:password@host:5432/name"
        )
    options = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(options.get("host", parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
    }
