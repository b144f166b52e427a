"""Where the organisation's vault lies: a folder of this machine, or a bucket beside the folder of its log.

Promises: nothing here needs a passphrase, and looking for a vault never makes one.
"""

from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from obstore.store import S3Store

from kuager.core.errors import NotFoundError
from kuager.engines.vault.buckets import BucketObjects
from kuager.engines.vault.files import OsFiles
from kuager.engines.vault.keys import PUBLIC, PublicKeys
from kuager.engines.vault.objects import FolderObjects, Objects


def vault_folder() -> Path:
    """Return the folder of the vault; whether there is a vault in it is another question."""
    return Path(settings.VAULT) if settings.VAULT else Path(settings.DATA) / "vault"


def has_vault() -> bool:
    """Tell whether somebody has made a vault there."""
    return (vault_folder() / PUBLIC).is_file()


def vault_files() -> OsFiles:
    """Return the files of the vault's folder.

    Raises
    ------
    NotFoundError
        When no vault has been made yet.
    """
    if not has_vault():
        raise NotFoundError(
            "no vault has been made yet; on the server's own terminal: kuager vault init "
            "and the folder that KUAGER_VAULT names"
        )
    return OsFiles(vault_folder())


def vault_public() -> PublicKeys:
    """Return the public keys, to which everything that comes in is sealed while the vault is locked."""
    return PublicKeys.read(vault_files())


def vault_objects(files: OsFiles) -> Objects:
    """Return the store of sealed files: the folder, or the bucket that ``KUAGER_VAULT_BUCKET`` names."""
    if not settings.VAULT_BUCKET:
        return FolderObjects(files)
    return BucketObjects(files, _bucket(settings.VAULT_BUCKET, settings.VAULT_BUCKET_ENDPOINT))


@lru_cache(maxsize=4)
def _bucket(url: str, endpoint: str) -> S3Store:
    """Return the bucket. A store of one's own, at an address of its own, may speak plain HTTP at home."""
    parts = urlsplit(url)
    options: dict[str, str] = {
        "region": settings.VAULT_BUCKET_REGION,
        "access_key_id": settings.VAULT_BUCKET_KEY,
        "secret_access_key": settings.VAULT_BUCKET_SECRET,
    }
    if endpoint:
        options["endpoint"] = endpoint
    return S3Store(
        parts.netloc,
        prefix=parts.path.strip("/") or None,
        virtual_hosted_style_request=not endpoint,
        client_options={"allow_http": endpoint.startswith("http://")},
        **{name: value for name, value in options.items() if value},  # type: ignore[arg-type]
    )
