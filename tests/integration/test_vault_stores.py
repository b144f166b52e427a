"""The same promises in a folder, in memory, and in a bucket behind a real S3 interface."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from moto.server import ThreadedMotoServer
from obstore.store import MemoryStore, S3Store

from kuager.core.errors import IntegrityError
from kuager.engines.vault.buckets import BucketObjects
from kuager.engines.vault.files import OsFiles
from kuager.engines.vault.fixity import check_items, strays
from kuager.engines.vault.objects import FolderObjects, Objects
from kuager.engines.vault.vault import Vault
from tests.faults.vault_crashes import KEYS, prepared

AT = datetime(2022, 1, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Store]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    store = S3Store(
        "evidence",
        endpoint=f"http://{host}:{port}",
        access_key_id="invented",
        secret_access_key="invented",
        region="us-east-1",
        virtual_hosted_style_request=False,
        client_options={"allow_http": True},
    )
    urlopen(Request(f"http://{host}:{port}/evidence", method="PUT")).close()
    yield store
    server.stop()


@pytest.fixture(params=["folder", "memory", "s3"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> Objects:
    files = OsFiles(tmp_path / "vault")
    if request.param == "folder":
        return FolderObjects(files)
    return BucketObjects(files, MemoryStore() if request.param == "memory" else request.getfixturevalue("s3"))


@pytest.fixture
def vault(objects: Objects, tmp_path: Path) -> Vault:
    files = OsFiles(tmp_path / "vault")
    prepared(files)
    return Vault(files, KEYS, objects=objects)


@pytest.mark.parametrize("size", [0, 100, 70_000, 33 << 20])
def test_what_was_kept_comes_back(vault: Vault, size: int) -> None:
    content = os.urandom(size)
    item = vault.add([content], by="gulnar", at=AT, detail={})
    assert b"".join(vault.read(item)) == content
    with vault.open(item) as plain:
        plain.seek(size // 2)
        assert plain.read(10) == content[size // 2 : size // 2 + 10]


def test_the_same_file_is_stored_once_and_is_two_items(vault: Vault, tmp_path: Path) -> None:
    before = set(vault.objects.addresses())
    content = os.urandom(5_000)
    one = vault.add([content], by="gulnar", at=AT, detail={})
    other = vault.add([content], by="gulnar", at=AT, detail={})
    assert one.number != other.number
    assert len(set(vault.objects.addresses()) - before) == 1
    assert not list((tmp_path / "vault/incoming").iterdir())
    assert all(found.fault is None for found in check_items(vault))


def test_a_file_that_is_gone_is_named(vault: Vault, tmp_path: Path) -> None:
    item = vault.add([b"x" + os.urandom(9)], by="gulnar", at=AT, detail={})
    path = f"objects/{item.address[:2]}/{item.address}.age"
    if isinstance(vault.objects, BucketObjects):
        vault.objects._bucket.delete(path)
    else:
        (tmp_path / "vault" / path).unlink()
    with pytest.raises(IntegrityError, match="missing"):
        vault.check(item)


def test_a_file_without_an_event_is_a_stray(vault: Vault) -> None:
    upload = vault.objects.begin()
    upload.write(b"sealed")
    assert vault.objects.keep(upload, os.urandom(32).hex())
    assert len(strays(vault)) >= 1
