"""The proof that the register was searched before a new person is made: a search, signed by the server.

It expires, belongs to one user, and holds for names like the one searched for. So nobody can make a person
by mistake or by a hand-made form without having seen who is known already.
"""

from typing import TYPE_CHECKING

from django.core import signing
from django.utils.translation import gettext

from kuager.core.errors import RefusedError
from kuager.engines.names import compare_names
from kuager.interfaces.desk.name_reasons import begins_alike

if TYPE_CHECKING:
    from kuager.domain.accounts.models import User

SALT = "kuager.desk.call-search"
VALID_SECONDS = 4 * 3600


def sign_search(user: "User", text: str) -> str:
    """Return the proof that this user searched for this text just now."""
    return signing.dumps([user.pk, text], salt=SALT)


def searched_text(user: "User", proof: str) -> str:
    """Return what was searched for; refuse a proof that is forged, old, or somebody else's."""
    try:
        owner, text = signing.loads(proof, salt=SALT, max_age=VALID_SECONDS)
    except signing.BadSignature:
        owner, text = None, ""
    if owner != user.pk:
        raise RefusedError(
            gettext(
                "Search the register first: the person may be known already. Then a new person can be made."
            )
        )
    return str(text)


def covers(searched: str, name: str) -> bool:
    """Tell whether searching for one text would have found somebody of this name."""
    return compare_names(searched, name).verdict != "different" or begins_alike(searched, name)
