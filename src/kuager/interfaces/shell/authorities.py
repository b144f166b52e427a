"""Whom the organisation has chosen to vouch for its log, and how they are asked over the network.

The file that KUAGER_AUTHORITIES names (TOML; paths are relative to it):

    [[authority]]
    name = "Name for people"
    url = "https://tsa.example/tsr"
    certificates = "tsa.example.pem"

    [[calendar]]
    url = "https://a.pool.opentimestamps.org"

Promises: only addresses from this file (and the well-known calendars) are called; redirections are refused;
an answer is read up to a limit.
"""

import tomllib
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from kuager.core.errors import BadInputError, NotFoundError
from kuager.engines.vault.anchoring import Authorities, Authority
from kuager.engines.vault.opentimestamps import NAME as CALENDARS

_SECONDS = 30
_KINDS = ("http://", "https://")
_NOT_FOUND = 404


def read_authorities(path: Path) -> Authorities:
    """Read the file of authorities.

    Raises
    ------
    BadInputError
        When it is missing, or something in it is; the message says what.
    """
    try:
        said = tomllib.loads(path.read_text("utf-8"))
        stamping = tuple(_authority(one, path.parent) for one in said.get("authority", []))
        calendars = tuple(_url(one, "calendar") for one in said.get("calendar", []))
    except FileNotFoundError as error:
        raise BadInputError(f"{error.filename} is missing; it was to say who vouches for the log") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, AttributeError, TypeError) as error:
        raise BadInputError(
            f"{path.name} cannot be read: expected [[authority]] and [[calendar]] tables"
        ) from error
    names = [one.name for one in stamping]
    if len(set(names)) != len(names) or CALENDARS in names:
        raise BadInputError(f"two authorities have the same name, or one is called {CALENDARS}")
    return Authorities(stamping, calendars)


def _authority(said: dict[str, Any], folder: Path) -> Authority:
    name, certificates = said.get("name"), said.get("certificates")
    if not isinstance(name, str) or not name.strip() or not isinstance(certificates, str):
        raise BadInputError("an authority needs a name, a url and certificates (a PEM file)")
    return Authority(name.strip(), _url(said, name), (folder / certificates).read_bytes())


def _url(said: dict[str, Any], name: str) -> str:
    url = said.get("url")
    if not isinstance(url, str) or not url.startswith(_KINDS):
        raise BadInputError(f"{name} needs a url that begins with https:// (or http://)")
    return url


class _NoRedirection(HTTPRedirectHandler):
    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """Refuse: where an answer comes from must be what the organisation chose."""
        del req, fp, code, msg, headers, newurl


_OPENER = build_opener(_NoRedirection)


def fetch(url: str, *, body: bytes | None, kind: str, largest: int) -> bytes:
    """Carry a question to an authority or calendar, and its answer back; see ``anchoring.Fetch``."""
    if not url.startswith(_KINDS):
        raise BadInputError("the address of an authority begins with http:// or https://")
    headers = {"Accept": kind.replace("query", "reply"), "Content-Type": kind, "User-Agent": "kuager"}
    request = Request(url, data=body, headers=headers)  # noqa: S310  # checked above
    try:
        with _OPENER.open(request, timeout=_SECONDS) as answer:
            content = bytes(answer.read(largest + 1))
    except HTTPError as error:
        error.close()
        if error.code == _NOT_FOUND:
            raise NotFoundError(f"{url} has nothing yet") from error
        raise BadInputError(f"{url} refused ({error.code}); nothing is lost: it is asked again") from error
    except (URLError, HTTPException, OSError) as error:
        raise BadInputError(
            f"{url} cannot be reached ({error}); nothing is lost: the next stamp covers all before it"
        ) from error
    if len(content) > largest:
        raise BadInputError(f"the answer of {url} is too long")
    return content
