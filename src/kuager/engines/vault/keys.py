"""The keys of a vault: which are public, which a passphrase guards.

Promises: what lies in the open (``vault.json``) opens nothing and tells nothing about what is kept; the
secret keys lie in one file sealed with the passphrase (age format), which the ``age`` program opens too.
"""

import hashlib
import hmac
import io
import json
import os
from dataclasses import dataclass

from kuager.core.digest import JsonValue, canonical_json
from kuager.core.errors import BadInputError, IntegrityError, KuagerError, PermissionDeniedError
from kuager.engines.sealing import Passphrase, PublicKey, SecretKey, decrypt, encrypt
from kuager.engines.vault.files import Files, write_whole
from kuager.engines.vault.heads import SigningKey, VerifierKey

PUBLIC, SECRET = "vault.json", "keys/vault.age"
_FORMAT = "kuager-vault-1"
_SHORTEST = 12


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """What everybody may know of a vault.

    Attributes
    ----------
    case
        Evidence is sealed to this key; its secret half is behind the passphrase.
    escrow
        And to this one, whose secret half is kept off-line.
    log
        The log's heads are checked with this key.
    """

    case: PublicKey
    escrow: PublicKey
    log: VerifierKey

    @property
    def recipients(self) -> tuple[PublicKey, PublicKey]:
        """Whom everything is sealed to."""
        return self.case, self.escrow

    def as_json(self) -> bytes:
        """Return them as a file."""
        keys = {"case": str(self.case), "escrow": str(self.escrow), "format": _FORMAT, "log": str(self.log)}
        return canonical_json(dict(keys)) + b"\n"

    @classmethod
    def read(cls, files: Files) -> "PublicKeys":
        """Read them; raises BadInputError when this folder is no vault, or one of another version."""
        try:
            said = json.loads(files.read(PUBLIC))
        except FileNotFoundError as error:
            raise BadInputError(
                "this folder is no vault: it has no vault.json; make one with init"
            ) from error
        except ValueError as error:
            raise IntegrityError("vault.json is damaged; restore it from a backup") from error
        if not isinstance(said, dict) or said.get("format") != _FORMAT:
            raise BadInputError(f"vault.json tells of another version; expected the format {_FORMAT}")
        try:
            return cls(
                PublicKey.from_text(said["case"]),
                PublicKey.from_text(said["escrow"]),
                VerifierKey.from_text(said["log"]),
            )
        except (BadInputError, KeyError, AttributeError, TypeError) as error:
            raise IntegrityError("a key in vault.json is damaged; restore it from a backup") from error


@dataclass(frozen=True, slots=True, repr=False)
class SecretKeys:
    """What the passphrase opens: the case key, the key of addresses and pseudonyms, the log's signing key."""

    case: SecretKey
    address: bytes
    log: SigningKey

    @classmethod
    def generate(cls, name: str) -> "SecretKeys":
        """Return new keys for a log of this name."""
        return cls(SecretKey.generate(), os.urandom(32), SigningKey.generate(name))

    def address_of(self, digest: bytes, generation: int = 0) -> str:
        """Return where a file of this SHA-256 lies: its HMAC-SHA-256 under a secret.

        Who only knows the file cannot ask whether it is kept. Later generations are for a file whose stored
        copy was damaged before it came again.
        """
        further = bytes([generation]) if generation else b""
        return hmac.new(self.address, b"object\0" + digest + further, hashlib.sha256).hexdigest()

    def write(self, files: Files, passphrase: str) -> None:
        """Seal them with a passphrase, replacing the file as a whole."""
        if len(passphrase) < _SHORTEST:
            raise BadInputError(
                f"the passphrase needs at least {_SHORTEST} characters; several words that come to mind "
                "by chance are best"
            )
        said: dict[str, JsonValue] = {
            "address": self.address.hex(),
            "case": self.case.text(),
            "log": {"name": self.log.name, "secret": self.log.secret.hex()},
        }
        files.make_folder("keys")
        write_whole(files, SECRET, encrypt(canonical_json(said), [Passphrase(passphrase)]))

    @classmethod
    def unlock(cls, files: Files, passphrase: str) -> "SecretKeys":
        """Open them; raises PermissionDeniedError when the passphrase is wrong."""
        try:
            opened = decrypt(io.BytesIO(files.read(SECRET)), [Passphrase(passphrase)])
        except FileNotFoundError as error:
            raise IntegrityError("the file keys/vault.age is missing; restore it from a backup") from error
        except PermissionDeniedError as error:
            raise PermissionDeniedError("the passphrase is wrong, or keys/vault.age was damaged") from error
        except (KuagerError, ValueError) as error:
            raise IntegrityError("keys/vault.age was damaged; restore it from a backup") from error
        said = json.loads(opened)
        return cls(
            SecretKey.from_text(said["case"]),
            bytes.fromhex(said["address"]),
            SigningKey(said["log"]["name"], bytes.fromhex(said["log"]["secret"])),
        )
