"""What is computed from evidence and may be computed again, sealed beside it: previews, fingerprints.

Promises: a sidecar is sealed like the evidence it tells of; it is replaced as a whole, and durable when
``put`` returns; what ``get`` gives is what was put under that very name, or an error. Sealing needs public
keys alone, reading needs the case key. Failure model: sidecars are no evidence and stand in no log; who can
write to the disk can take them away or, having the public keys, make others. File names (kind and key) are
plain: a key must tell nothing; the number of an item is a good one.
"""

import io
import re

from kuager.core.errors import (
    BadInputError,
    IntegrityError,
    KuagerError,
    NotFoundError,
    PermissionDeniedError,
)
from kuager.engines.sealing import SecretKey, decrypt, encrypt
from kuager.engines.vault.files import Files, write_whole
from kuager.engines.vault.keys import PublicKeys

FOLDER = "sidecars"
_LOCK = f"{FOLDER}/.lock"
_KIND = re.compile(r"[a-z][a-z0-9-]{0,31}")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_FORMAT = "kuager-sidecar-1"


class Sidecars:
    """The sidecars of one vault.

    Parameters
    ----------
    files
        The vault's folder.
    public
        Its public keys; everything is sealed to them.
    case_key
        The secret key that reads; None when the vault is locked: then sidecars are only written.
    """

    def __init__(self, files: Files, public: PublicKeys, case_key: SecretKey | None = None) -> None:
        self._files = files
        self._public = public
        self._case_key = case_key
        self._durable_folders: set[str] = set()

    def put(self, kind: str, key: str, data: bytes) -> None:
        """Keep ``data`` under a name, durably, in place of what was there.

        Parameters
        ----------
        kind
            What it is, for instance ``preview``: 1 to 32 small letters, digits and hyphens.
        key
            Whose it is, for instance ``17`` or ``17-frame-2000``: 1 to 128 letters (a to z), digits, ``._-``.
        data
            Any bytes; they are held in memory.

        Raises
        ------
        BadInputError
            For a kind or key of another shape.
        """
        path = _path(kind, key)
        sealed = encrypt(_label(kind, key) + data, self._public.recipients)
        self._prepare(kind)
        with self._files.locked(_LOCK):
            write_whole(self._files, path, sealed)

    def get(self, kind: str, key: str) -> bytes:
        """Return what was put under a name.

        Raises
        ------
        NotFoundError
            When nothing was.
        PermissionDeniedError
            When the vault is locked.
        IntegrityError
            When the file was changed, or is that of another name.
        """
        path = _path(kind, key)
        if self._case_key is None:
            raise PermissionDeniedError("the vault is locked; unlock it to read what was computed")
        try:
            sealed = self._files.read(path)
        except FileNotFoundError as error:
            raise NotFoundError(f"no {kind} is kept for {key}") from error
        try:
            plain = decrypt(io.BytesIO(sealed), [self._case_key])
        except KuagerError as error:
            raise IntegrityError(f"{path} was changed on disk; compute it again ({error})") from error
        label = _label(kind, key)
        if not plain.startswith(label):
            raise IntegrityError(f"{path} is the file of another name; compute it again")
        return plain[len(label) :]

    def has(self, kind: str, key: str) -> bool:
        """Tell whether something is kept under a name."""
        return self._files.exists(_path(kind, key))

    def drop(self, kind: str, key: str) -> None:
        """Take away what is kept under a name, if anything is."""
        path = _path(kind, key)
        if not self._files.exists(path):
            return
        with self._files.locked(_LOCK):
            self._files.remove(path)
            self._files.sync_names(f"{FOLDER}/{kind}")

    def keys(self, kind: str) -> list[str]:
        """Return the keys of all sidecars of a kind, sorted."""
        if not _KIND.fullmatch(kind):
            raise BadInputError("the kind of a sidecar is small letters, digits and hyphens")
        names = self._files.names(f"{FOLDER}/{kind}")
        return sorted(name.removesuffix(".age") for name in names if not name.startswith("."))

    def kinds(self) -> list[str]:
        """Return the kinds that there are, sorted."""
        return [name for name in self._files.names(FOLDER) if _KIND.fullmatch(name)]

    def _prepare(self, kind: str) -> None:
        """Make the folder of a kind, durably, once in the life of this object."""
        if kind in self._durable_folders:
            return
        self._files.make_folder(f"{FOLDER}/{kind}")
        self._files.sync_names("")
        self._files.sync_names(FOLDER)
        self._durable_folders.add(kind)


def _path(kind: str, key: str) -> str:
    if not _KIND.fullmatch(kind) or not _KEY.fullmatch(key):
        raise BadInputError("expected a kind of small letters and a key of letters, digits, '.', '_' and '-'")
    return f"{FOLDER}/{kind}/{key}.age"


def _label(kind: str, key: str) -> bytes:
    """Return what stands before the data inside the seal, so that two files cannot change places."""
    return f"{_FORMAT} {kind} {key}\n".encode("ascii")
