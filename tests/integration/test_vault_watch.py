"""A watched folder: files at rest are kept once, what is no file is refused, interruptions lose nothing."""

import os
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from kuager.core.errors import BadInputError
from kuager.engines.vault.files import OsFiles
from kuager.engines.vault.vault import Vault
from kuager.engines.vault.watching import Watch
from kuager.interfaces.cli.main import cli
from tests.faults.vault_crashes import KEYS, prepared

AT = datetime(2022, 1, 6, tzinfo=UTC)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    (tmp_path / "in").mkdir()
    return prepared(OsFiles(tmp_path / "vault"))


def watching(vault: Vault, tmp_path: Path, **options: Path) -> Watch:
    return Watch(vault, tmp_path / "in", by="gulnar", source="a phone", **options)


def names(vault: Vault) -> list[object]:
    return [item.acquired["name"] for item in vault.items()]


def test_a_file_is_kept_once_it_stopped_growing(vault: Vault, tmp_path: Path) -> None:
    watch = watching(vault, tmp_path)
    growing = tmp_path / "in/clip.mp4"
    growing.write_bytes(b"first part")
    assert watch.look(AT).waiting == ["clip.mp4"]
    with growing.open("ab") as file:
        file.write(b", second part")
    assert watch.look(AT).waiting == ["clip.mp4"]
    assert watch.look(AT).kept == [("clip.mp4", 0)]
    assert watch.look(AT).kept == []
    assert b"".join(vault.read(vault.item(0))) == b"first part, second part"
    assert growing.exists()
    growing.write_bytes(b"another file")
    watch.look(AT)
    assert watch.look(AT).kept == [("clip.mp4", 1)]


def test_originals_are_moved_where_they_are_done_and_none_is_overwritten(
    vault: Vault, tmp_path: Path
) -> None:
    watch = watching(vault, tmp_path, done=tmp_path / "done")
    for content in (b"one", b"two"):
        (tmp_path / "in/sub").mkdir(exist_ok=True)
        (tmp_path / "in/sub/clip").write_bytes(content)
        watch.look(AT)
        watch.look(AT)
    assert sorted(path.name for path in (tmp_path / "done/sub").iterdir()) == ["clip", "clip.1"]
    assert (tmp_path / "done/sub/clip").read_bytes() == b"one"
    assert not (tmp_path / "in/sub/clip").exists()
    assert names(vault) == ["clip", "clip"]


def test_what_is_no_plain_file_is_refused_and_never_followed(vault: Vault, tmp_path: Path) -> None:
    folder, secret = tmp_path / "in", tmp_path / "secret"
    secret.mkdir()
    (secret / "file").write_bytes(b"not for the vault")
    (folder / "link").symlink_to(secret / "file")
    (folder / "folder-link").symlink_to(secret)
    (folder / "broken").symlink_to("nowhere")
    (folder / ".hidden").write_bytes(b"still being written")
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(folder / "socket"))
        watch = watching(vault, tmp_path)
        watch.look(AT)
        found = watch.look(AT)
    assert {name for name, _ in found.refused} == {"link", "folder-link", "broken", "pipe", "socket"}
    assert (found.kept, found.waiting) == ([], [])


@pytest.mark.parametrize("name", [b"a\nb\x1b[2J.mp4", b"\xff\xfe.jpg", "\u202egpj.exe".encode(), b"=cmd()"])
def test_names_of_any_bytes_are_kept_and_shown_harmless(vault: Vault, tmp_path: Path, name: bytes) -> None:
    (tmp_path / "in" / os.fsdecode(name)).write_bytes(b"content")
    watch = watching(vault, tmp_path)
    watch.look(AT)
    ((shown, number),) = watch.look(AT).kept
    acquired = vault.item(number).acquired
    assert acquired["name"] == shown
    assert shown.isprintable()
    assert bytes.fromhex(str(acquired.get("path_bytes", os.fsencode(shown).hex()))) == name


def test_work_that_was_interrupted_keeps_nothing_twice(vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "in/clip").write_bytes(b"content")
    watch = watching(vault, tmp_path)
    watch.look(AT)
    watch.look(AT)
    # The power failed after the log told of the item and before the file was marked.
    (mark,) = vault.sidecars.keys("watched")
    vault.sidecars.drop("watched", mark)
    again = watching(Vault(vault.files, KEYS), tmp_path, done=tmp_path / "done")
    again.look(AT)
    again.look(AT)
    assert names(vault) == ["clip"]
    assert (tmp_path / "done/clip").read_bytes() == b"content"


def test_nothing_on_the_disk_of_the_vault_names_a_watched_file(vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "in/canary-name").write_bytes(b"canary-content")
    watch = watching(vault, tmp_path)
    watch.look(AT)
    assert watch.look(AT).kept
    for path in (tmp_path / "vault").rglob("*"):
        assert b"canary" not in str(path.relative_to(tmp_path)).encode() + (
            path.read_bytes() if path.is_file() else b""
        )


def test_folders_that_cannot_be_watched_are_named(vault: Vault, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="not there"):
        Watch(vault, tmp_path / "nothing", by="gulnar")
    with pytest.raises(BadInputError, match="outside"):
        watching(vault, tmp_path, done=tmp_path / "in/done")
    with pytest.raises(BadInputError, match="vault itself"):
        Watch(vault, tmp_path, by="gulnar")


def test_the_command_looks_twice_and_ends(tmp_path: Path) -> None:
    environment = {"KUAGER_VAULT_PASSPHRASE": "алтын дән жаңбыр"}
    (tmp_path / "in").mkdir()
    (tmp_path / "in/clip").write_bytes(b"content")
    (tmp_path / "in/link").symlink_to("clip")
    runner, vault = CliRunner(), str(tmp_path / "vault")
    assert runner.invoke(cli, ["vault", "init", vault], env=environment).exit_code == 0
    words = ["vault", "watch", str(tmp_path / "in"), "--vault", vault, "--once", "--every", "0.1"]
    result = runner.invoke(cli, [*words, "--done", str(tmp_path / "done")], env=environment)
    assert result.exit_code == 0, result.exception
    assert "0\tclip" in result.output
    assert "link is not followed" in result.output
    assert (tmp_path / "done/clip").exists()
