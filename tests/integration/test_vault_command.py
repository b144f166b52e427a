"""``kuager vault`` and ``kuager verify`` from one end to the other, as an evidence officer uses them."""

import json
import os
from pathlib import Path

import pyrage
import pytest
from click.testing import CliRunner, Result

from kuager.core.errors import BadInputError, IntegrityError, PermissionDeniedError
from kuager.interfaces.cli.main import cli

WORDS = "алтын дән жаңбыр терезе"


def run(*words: object, passphrase: str = WORDS) -> Result:
    environment = {"KUAGER_VAULT_PASSPHRASE": passphrase}
    return CliRunner().invoke(cli, [str(word) for word in words], env=environment)


def done(*words: object) -> str:
    result = run(*words)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    folder = tmp_path / "vault"
    done("vault", "init", folder, "--name", "log.example/case-1", "--escrow-file", tmp_path / "escrow.txt")
    return folder


def test_a_file_is_kept_read_proven_exported_and_checked(vault: Path, tmp_path: Path) -> None:
    clip = tmp_path / "қала алаңы.mp4"
    clip.write_bytes(os.urandom(200_000))
    kept = json.loads(done("vault", "add", clip, "--vault", vault, "--source", "a neighbour", "--json"))
    item = kept["kept"][0]["item"]
    assert run("vault", "get", item, "--vault", vault, "-o", tmp_path / "copy.mp4").exit_code == 0
    assert (tmp_path / "copy.mp4").read_bytes() == clip.read_bytes()
    assert json.loads(done("vault", "prove", item, "--vault", vault))["events"][0]["number"] == item
    done("vault", "export", item, "--vault", vault, "-o", tmp_path / "bundle", "--reason", "for the court")
    assert done("verify", tmp_path / "bundle").endswith("SOUND\n")
    acts = [json.loads(line)["act"] for line in done("vault", "log", "--vault", vault, "--json").splitlines()]
    assert acts == ["acquired", "copied", "exported"]
    assert "1 items" in done("vault", "verify", "--vault", vault)


def test_nothing_on_the_disk_tells_what_is_kept(vault: Path, tmp_path: Path) -> None:
    clip = tmp_path / "Secret-Name-Of-Clip.mp4"
    clip.write_bytes(b"canary-content " * 1_000)
    done("vault", "add", clip, "--vault", vault, "--source", "canary-source", "--by", "canary-officer")
    digest = json.loads(done("vault", "log", "--vault", vault, "--json"))["sha256"]
    for path in vault.rglob("*"):
        content = str(path).encode() + (path.read_bytes() if path.is_file() else b"")
        for secret in ("canary", "Secret-Name", digest, "AGE-SECRET"):
            assert secret.encode() not in content, path


def test_the_escrow_key_opens_what_the_passphrase_no_longer_does(vault: Path, tmp_path: Path) -> None:
    clip = tmp_path / "clip"
    clip.write_bytes(b"evidence")
    done("vault", "add", clip, "--vault", vault)
    escrow = pyrage.x25519.Identity.from_str((tmp_path / "escrow.txt").read_text().strip())
    (sealed,) = (vault / "objects").rglob("*.age")
    assert pyrage.decrypt(sealed.read_bytes(), [escrow]) == b"evidence"
    assert (tmp_path / "escrow.txt").stat().st_mode & 0o777 == 0o600


def test_a_wrong_passphrase_opens_nothing(vault: Path) -> None:
    result = run("vault", "log", "--vault", vault, passphrase="something else entirely")
    assert isinstance(result.exception, PermissionDeniedError)
    assert WORDS not in result.output


def test_a_short_passphrase_is_refused(tmp_path: Path) -> None:
    assert isinstance(run("vault", "init", tmp_path / "v", passphrase="short").exception, BadInputError)


def test_without_a_passphrase_the_command_says_how_to_give_one(vault: Path) -> None:
    result = CliRunner().invoke(
        cli, ["vault", "log", "--vault", str(vault)], env={"KUAGER_VAULT_PASSPHRASE": ""}
    )
    assert "KUAGER_VAULT_PASSPHRASE_FILE" in str(result.exception)


def test_links_folders_and_devices_are_refused_and_the_other_files_kept(vault: Path, tmp_path: Path) -> None:
    good, link = tmp_path / "good", tmp_path / "link"
    good.write_bytes(b"good")
    link.symlink_to(good)
    result = run("vault", "add", link, tmp_path, "/dev/zero", good, "--vault", vault)
    assert "3 of 4 files were not kept" in str(result.exception)
    assert "good" in result.output.splitlines()[-1]


def test_a_changed_file_is_found_and_the_rest_is_read_all_the_same(vault: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).write_bytes(name.encode() * 50)
    done("vault", "add", tmp_path / "one", tmp_path / "two", "--vault", vault)
    first = sorted((vault / "objects").rglob("*.age"))[0]
    damaged = bytearray(first.read_bytes())
    damaged[-20] ^= 1
    first.write_bytes(bytes(damaged))
    result = run("vault", "verify", "--vault", vault)
    assert isinstance(result.exception, IntegrityError)
    assert "2 items" in result.output


def test_an_export_for_one_recipient_is_sealed(vault: Path, tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"evidence")
    done("vault", "add", tmp_path / "one", "--vault", vault)
    court = pyrage.x25519.Identity.generate()
    output = tmp_path / "bundle.zip.age"
    done("vault", "export", 0, "--vault", vault, "-o", output, "--reason", "court", "--to", court.to_public())
    assert pyrage.decrypt(output.read_bytes(), [court]).startswith(b"PK")


def test_a_folder_that_is_no_vault_is_named(tmp_path: Path) -> None:
    assert "no vault" in str(run("vault", "log", "--vault", tmp_path).exception)


def test_a_vault_is_made_in_an_empty_folder_only(tmp_path: Path) -> None:
    (tmp_path / "something").write_bytes(b"")
    assert "must be empty" in str(run("vault", "init", tmp_path).exception)


def test_everything_can_be_read_again_and_again(vault: Path, tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"evidence")
    done("vault", "add", tmp_path / "one", "--vault", vault)
    assert "1 items" in done("vault", "verify", "--vault", vault)
    (vault / "fixity.json").write_text('{"after": 0, "items"')
    again = run("vault", "verify", "--vault", vault)
    assert again.exit_code == 0
    assert "beginning anew" in again.output
    assert "1 items" in again.output


def test_a_damaged_head_is_told_though_nothing_is_lost(vault: Path, tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"evidence")
    done("vault", "add", tmp_path / "one", "--vault", vault)
    heads = vault / "log/heads"
    content = bytearray(heads.read_bytes())
    content[20] ^= 1
    heads.write_bytes(content)
    told = run("vault", "verify", "--vault", vault)
    assert told.exit_code == 0
    assert "log/heads: the head in slot 0 cannot be read" in told.output
