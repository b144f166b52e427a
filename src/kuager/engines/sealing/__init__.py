"""Sealing: bytes that only the holders of certain keys can read again, in the age format, version 1.

Promises: files made here open with the public ``age`` programs, and theirs here; whoever changes a byte is
noticed; memory is one chunk of 64 KiB whatever the size. Failure model: who holds a secret key or knows the
passphrase reads everything sealed to it; sizes are not hidden.
"""

from kuager.engines.sealing.covered import CoveredFile
from kuager.engines.sealing.keys import Identity, Passphrase, PublicKey, Recipient, SecretKey
from kuager.engines.sealing.streams import Decrypted, Encryptor, decrypt, encrypt, encrypted

__all__ = [
    "CoveredFile",
    "Decrypted",
    "Encryptor",
    "Identity",
    "Passphrase",
    "PublicKey",
    "Recipient",
    "SecretKey",
    "decrypt",
    "encrypt",
    "encrypted",
]
