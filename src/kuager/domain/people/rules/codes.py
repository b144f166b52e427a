"""The public code of a person: short, read out over a bad line, and never a guessable number."""

import re
import secrets

# No vowels, so that no code spells a word; no 0, 1, L, which are taken for letters, or for one another.
ALPHABET = "23456789BCDFGHJKMNPQRSTVWXZ"
LENGTH = 8
_SIZE = len(ALPHABET) ** LENGTH
_CODE = re.compile(rf"[{ALPHABET}]{{4}}-?[{ALPHABET}]{{1,4}}")


def new_codes(count: int) -> list[str]:
    """Draw distinct codes at random. The caller checks them against those already given.

    There are 282 thousand million codes: for a million persons one guess in 280,000 finds anybody.
    """
    drawn: set[str] = set()
    while len(drawn) < count:
        drawn.add(_write(secrets.randbelow(_SIZE)))
    return list(drawn)


def read_code(text: str) -> str:
    """Return a typed code in the form it is stored in, or "" if it is not one. A code may be unfinished."""
    bare = text.strip().upper().replace(" ", "-")
    if not _CODE.fullmatch(bare):
        return ""
    bare = bare.replace("-", "")
    return f"{bare[:4]}-{bare[4:]}"


def _write(number: int) -> str:
    letters = []
    for _ in range(LENGTH):
        number, place = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[place])
    return "".join(letters[:4]) + "-" + "".join(letters[4:])
