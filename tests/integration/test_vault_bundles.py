"""A bundle is checked by a stranger with nothing but Python; each attack fails under its own name."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyrage
import pytest

from kuager.core.digest import canonical_json
from kuager.core.errors import BadInputError, IntegrityError
from kuager.engines.sealing import SecretKey, encrypted
from kuager.engines.vault.bundle import FolderSink, SealedSink, begin, export, zipped
from kuager.engines.vault.custody import Act
from kuager.engines.vault.files import OsFiles
from kuager.engines.vault.keys import SecretKeys
from kuager.engines.vault.vault import Vault
from tests.faults.vault_crashes import KEYS, prepared

AT = datetime(2022, 1, 8, 9, 30, tzinfo=UTC)
CLIP = b"not a real clip " * 9_000


def vault_with_items(folder: Path) -> Vault:
    vault = prepared(OsFiles(folder))
    vault.add([CLIP], by="gulnar", at=AT, detail={"name": "../кадр =1.mp4", "source": "a neighbour"})
    vault.add([b"minutes"], by="gulnar", at=AT + timedelta(hours=1), detail={"name": "minutes.pdf"})
    vault.record(Act.VIEWED, by="erlan", at=AT + timedelta(hours=2), detail={"why": "review"}, item=0)
    vault.record(Act.NOTED, by="erlan", at=AT + timedelta(hours=3), detail={"note": "=cmd()"}, item=0)
    return vault


def exported(vault: Vault, folder: Path, *, hours: int = 4, items: tuple[int, ...] = (0, 1)) -> Path:
    at = AT + timedelta(hours=hours)
    export(vault, items, FolderSink(folder), by="saule", at=at, reason="for the court")
    return folder


def checked(folder: Path, *options: str) -> tuple[int, str]:
    """Run the verifier of the bundle itself, without this project on the path."""
    command = [sys.executable, "-I", "-S", str(folder / "verify.py"), str(folder), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[Vault, Path]:
    folder = tmp_path_factory.mktemp("bundles")
    vault = vault_with_items(folder / "vault")
    return vault, exported(vault, folder / "bundle")


def test_a_sound_bundle_is_called_sound(sound: tuple[Vault, Path]) -> None:
    vault, bundle = sound
    code, said = checked(bundle, "--key", str(vault.public.log))
    assert (code, said.splitlines()[-1]) == (0, "SOUND")
    assert "published one" in checked(bundle)[1]
    assert (bundle / "data/0-кадр 1.mp4").read_bytes() == CLIP


def test_coreutils_confirm_the_digests(sound: tuple[Vault, Path]) -> None:
    _, bundle = sound
    subprocess.run(["sha256sum", "--quiet", "-c", "manifest-sha256.txt"], cwd=bundle, check=True)  # noqa: S607
    subprocess.run(["sha512sum", "--quiet", "-c", "manifest-sha512.txt"], cwd=bundle, check=True)  # noqa: S607


def reseal(folder: Path) -> None:
    """Do what a forger does first: bring the manifests in order again."""

    def digest(path: Path, kind: str) -> str:
        return hashlib.new(kind, path.read_bytes()).hexdigest()

    data = sorted((folder / "data").iterdir())
    for kind in ("sha256", "sha512"):
        lines = [f"{digest(path, kind)}  data/{path.name}\n" for path in data]
        (folder / f"manifest-{kind}.txt").write_text("".join(lines))
    tags = [path for path in sorted(folder.rglob("*")) if path.is_file() and "data" not in path.parts]
    lines = [
        f"{digest(path, 'sha256')}  {path.relative_to(folder)}\n"
        for path in tags
        if path.name != "tagmanifest-sha256.txt" and "__pycache__" not in path.parts
    ]
    (folder / "tagmanifest-sha256.txt").write_text("".join(lines))


def changed_file(folder: Path) -> None:
    path = folder / "data/1-minutes.pdf"
    path.write_bytes(path.read_bytes() + b".")


def changed_file_and_manifests(folder: Path) -> None:
    changed_file(folder)
    reseal(folder)


def strange_file(folder: Path) -> None:
    (folder / "data/2-more.pdf").write_bytes(b"more")


def missing_file(folder: Path) -> None:
    (folder / "data/1-minutes.pdf").unlink()


def edited(change: Callable[[dict[str, list[dict[str, object]]]], None]) -> Callable[[Path], None]:
    def attack(folder: Path) -> None:
        path = folder / "proofs/bundle.json"
        proofs = json.loads(path.read_bytes())
        change(proofs)
        path.write_bytes(canonical_json(proofs) + b"\n")
        reseal(folder)

    return attack


def event(proofs: dict[str, list[dict[str, object]]], act: str) -> dict[str, object]:
    return next(one for one in proofs["events"] if f'"act":"{act}"' in str(one["public"]))


def remove_event(proofs: dict[str, list[dict[str, object]]]) -> None:
    gone = event(proofs, "viewed")
    proofs["events"].remove(gone)
    proofs["items"][0]["events"].remove(gone["number"])  # type: ignore[attr-defined]


def remove_last_event(proofs: dict[str, list[dict[str, object]]]) -> None:
    proofs["items"][0]["events"].pop()  # type: ignore[attr-defined]


def reorder_events(proofs: dict[str, list[dict[str, object]]]) -> None:
    one, other = event(proofs, "viewed"), event(proofs, "noted")
    one["public"], other["public"] = other["public"], one["public"]
    one["opening"], other["opening"] = other["opening"], one["opening"]


def change_details(proofs: dict[str, list[dict[str, object]]]) -> None:
    event(proofs, "viewed")["opening"]["detail"]["by"] = "somebody else"  # type: ignore[index]


def redate(proofs: dict[str, list[dict[str, object]]]) -> None:
    viewed = event(proofs, "viewed")
    viewed["public"] = str(viewed["public"]).replace("2022-01-08", "2022-01-09")


def another_head(proofs: dict[str, object]) -> None:
    proofs["head"] = re.sub(r"\n\d+\n", "\n9\n", str(proofs["head"]), count=1)


@pytest.mark.parametrize(
    ("attack", "name"),
    [
        (changed_file, "CHANGED-FILE"),
        (changed_file_and_manifests, "CHANGED-FILE"),
        (strange_file, "STRANGE-FILE"),
        (missing_file, "MISSING-FILE"),
        (edited(remove_event), "REMOVED-EVENT"),
        (edited(remove_last_event), "REMOVED-EVENT"),
        (edited(reorder_events), "NOT-IN-LOG"),
        (edited(change_details), "CHANGED-DETAILS"),
        (edited(redate), "NOT-IN-LOG"),
        (edited(another_head), "BAD-HEAD"),  # type: ignore[arg-type]
    ],
)
def test_each_attack_fails_under_its_name(
    attack: Callable[[Path], None], name: str, sound: tuple[Vault, Path], tmp_path: Path
) -> None:
    vault, bundle = sound
    forged = shutil.copytree(bundle, tmp_path / "forged")
    attack(forged)
    code, said = checked(forged, "--key", str(vault.public.log))
    assert code == 5
    assert said.startswith(f"{name}: ")


def test_a_log_that_grew_is_believed_and_one_that_shrank_is_not(tmp_path: Path) -> None:
    vault = vault_with_items(tmp_path / "vault")
    first = exported(vault, tmp_path / "first")
    memory = tmp_path / "memory"
    assert checked(first, "--remember", str(memory))[0] == 0
    second = exported(vault, tmp_path / "second", hours=5)
    assert "only grew" in checked(second, "--remember", str(memory))[1]
    assert checked(first, "--remember", str(memory))[1].startswith("ROLLED-BACK")


def test_a_second_log_with_the_same_key_is_noticed(tmp_path: Path) -> None:
    vault = vault_with_items(tmp_path / "vault")
    shutil.copytree(tmp_path / "vault", tmp_path / "other")
    memory = tmp_path / "memory"
    assert checked(exported(vault, tmp_path / "one"), "--remember", str(memory))[0] == 0
    other = Vault(OsFiles(tmp_path / "other"), KEYS)
    other.record(Act.VIEWED, by="erlan", at=AT + timedelta(hours=3), detail={}, item=0)
    forked = exported(other, tmp_path / "two", items=(1,))
    assert checked(forked, "--remember", str(memory))[1].startswith("FORKED")


def test_a_proof_from_another_log_is_named(sound: tuple[Vault, Path], tmp_path: Path) -> None:
    _, bundle = sound
    stranger = SecretKeys.generate("log.example/other").log.verifier
    assert checked(bundle, "--key", str(stranger))[1].startswith("ANOTHER-LOG")


def test_a_clock_that_went_back_is_named(tmp_path: Path) -> None:
    vault = vault_with_items(tmp_path / "vault")
    # A keeper who does not tell it: the vault itself would.
    vault._latest = AT - timedelta(days=2)
    vault.record(Act.VIEWED, by="erlan", at=AT - timedelta(days=1), detail={}, item=0)
    assert checked(exported(vault, tmp_path / "bundle"))[1].startswith("CLOCK-MOVED")


def test_a_sealed_bundle_opens_for_its_recipient_alone(tmp_path: Path) -> None:
    vault = vault_with_items(tmp_path / "vault")
    court = SecretKey.generate()
    sealed = tmp_path / "bundle.zip.age"
    export(
        vault, [0], SealedSink(sealed, [court.public]), by="saule", at=AT + timedelta(hours=4), reason="court"
    )
    assert b"minutes" not in sealed.read_bytes()
    opened = pyrage.decrypt(sealed.read_bytes(), [pyrage.x25519.Identity.from_str(court.text())])
    (tmp_path / "bundle.zip").write_bytes(opened)
    shutil.unpack_archive(tmp_path / "bundle.zip", tmp_path / "open")
    assert checked(tmp_path / "open")[1].endswith("SOUND\n")


def test_a_bundle_in_one_stream_is_the_same_bundle(tmp_path: Path) -> None:
    vault = vault_with_items(tmp_path / "vault")
    court = SecretKey.generate()
    begun = begin(vault, [0, 1], by="saule", at=AT + timedelta(hours=4), reason="court")
    sealed = b"".join(encrypted(zipped(vault, begun), [court.public]))
    opened = pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(court.text())])
    (tmp_path / "bundle.zip").write_bytes(opened)
    shutil.unpack_archive(tmp_path / "bundle.zip", tmp_path / "open")
    assert checked(tmp_path / "open")[1].endswith("SOUND\n")
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(sealed[:-70_000], [pyrage.x25519.Identity.from_str(court.text())])


def test_an_item_that_changed_is_not_exported(tmp_path: Path) -> None:
    vault = vault_with_items(tmp_path / "vault")
    item = vault.item(0)
    path = tmp_path / "vault/objects" / item.address[:2] / f"{item.address}.age"
    damaged = bytearray(path.read_bytes())
    damaged[-9] ^= 4
    path.write_bytes(bytes(damaged))
    with pytest.raises(IntegrityError):
        exported(vault, tmp_path / "bundle")
    assert not list(tmp_path.glob("*bundle*"))


def test_a_bundle_never_replaces_anything(sound: tuple[Vault, Path]) -> None:
    vault, bundle = sound
    with pytest.raises(BadInputError, match="exists already"):
        exported(vault, bundle)


@pytest.mark.parametrize("by", ["=HYPERLINK()", " =HYPERLINK()", "|cmd", "＝HYPERLINK()"])
def test_no_cell_of_the_history_is_a_formula(by: str, tmp_path: Path) -> None:
    vault = prepared(OsFiles(tmp_path / "vault"))
    vault.add([b"x"], by=by, at=AT, detail={"name": "@x"})
    bundle = exported(vault, tmp_path / "bundle", items=(0,))
    assert f",'{by}," in (bundle / "custody.csv").read_text()


def test_the_reference_implementation_of_bags_validates_it(sound: tuple[Vault, Path]) -> None:
    _, bundle = sound
    command = [sys.executable, "-W", "ignore", "-m", "bagit", "--validate", str(bundle)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)  # noqa: S603
