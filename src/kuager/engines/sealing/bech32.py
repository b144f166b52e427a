"""Bech32: keys as text with a checksum, so that a slip of the pen is noticed.

Source: BIP 173, without its limit of 90 characters, as the age format uses it. Promises: ``decode`` gives
back what ``encode`` was given, and refuses a text in which up to four characters are wrong.
"""

from kuager.core.errors import BadInputError

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM_LENGTH = 6


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, term in enumerate(_GENERATOR):
            check ^= term if top >> bit & 1 else 0
    return check


def _expanded(prefix: str) -> list[int]:
    return [ord(letter) >> 5 for letter in prefix] + [0] + [ord(letter) & 31 for letter in prefix]


def _regroup(values: bytes | list[int], size: int, new_size: int, *, pad: bool) -> list[int]:
    """Cut a row of ``size``-bit numbers anew into ``new_size``-bit numbers."""
    held, bits, result = 0, 0, []
    for value in values:
        held, bits = held << size | value, bits + size
        while bits >= new_size:
            bits -= new_size
            result.append(held >> bits & (1 << new_size) - 1)
        held &= (1 << bits) - 1
    if pad and bits:
        result.append(held << new_size - bits)
    elif not pad and (bits >= size or held):
        raise BadInputError("the key has bits left over; copy it again")
    return result


def encode(prefix: str, data: bytes) -> str:
    """Return ``data`` as text that begins with ``prefix`` (lower case) and 1."""
    values = _regroup(data, 8, 5, pad=True)
    check = _polymod([*_expanded(prefix), *values, *[0] * _CHECKSUM_LENGTH]) ^ 1
    tail = [check >> 5 * (5 - place) & 31 for place in range(_CHECKSUM_LENGTH)]
    return prefix + "1" + "".join(_ALPHABET[value] for value in values + tail)


def decode(text: str, prefix: str) -> bytes:
    """Return the data of a text made by ``encode``, all lower or all upper case.

    Raises
    ------
    BadInputError
        When the text begins with something else, or a character is wrong or missing.
    """
    if text not in (text.lower(), text.upper()):
        raise BadInputError("a key is written all in small or all in capital letters")
    found, separator, body = text.lower().rpartition("1")
    if found != prefix or not separator:
        raise BadInputError(f"expected a key that begins with {prefix}1")
    if any(letter not in _ALPHABET for letter in body) or len(body) < _CHECKSUM_LENGTH:
        raise BadInputError("the key holds a character that keys never hold, or is too short; copy it again")
    values = [_ALPHABET.index(letter) for letter in body]
    if _polymod([*_expanded(prefix), *values]) != 1:
        raise BadInputError(
            "the checksum of the key is wrong: a character was lost or changed; copy it again"
        )
    return bytes(_regroup(values[:-_CHECKSUM_LENGTH], 5, 8, pad=False))
