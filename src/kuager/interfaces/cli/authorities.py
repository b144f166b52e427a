"""Carry a question to a time-stamping authority and its answer back (RFC 3161, section 3.4)."""

from urllib.error import URLError
from urllib.request import Request, urlopen

from kuager.core.errors import BadInputError
from kuager.engines.vault.stamps import LARGEST_ANSWER

_SECONDS = 30
_KINDS = ("http://", "https://")


def ask_authority(address: str, question: bytes) -> bytes:
    """Send a question and return the answer; raises BadInputError when the authority cannot be reached."""
    if not address.startswith(_KINDS):
        raise BadInputError("the address of an authority begins with http:// or https://")
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    request = Request(address, data=question, headers=headers, method="POST")  # noqa: S310  # checked above
    try:
        with urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310  # checked above
            return bytes(answer.read(LARGEST_ANSWER))
    except (URLError, OSError) as error:
        raise BadInputError(
            f"{address} cannot be reached ({error}); nothing is lost: the next stamp covers all before it"
        ) from error
