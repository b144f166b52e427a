"""Evidence in the background: read by a limited process, checked at night, entered after a crash."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import av
import numpy as np
import pytest
from click.testing import CliRunner
from django_tasks_db.models import DBTaskResult
from PIL import Image

from kuager.domain.accounts.models import User
from kuager.domain.evidence import operations, queries
from kuager.domain.evidence.models import DigitalItem, FixityRun, ItemRelation
from kuager.engines.vault.vault import Vault
from kuager.interfaces.cli.evidence import group
from kuager.interfaces.jobs import evidence
from kuager.interfaces.shell import evidence_work
from tests.integration.desk_evidence import PASSPHRASE, empty_vault, opened_vault
from tests.integration.evidence_story import AT, CLIP, keep, redact


def clock() -> datetime:
    return AT


@pytest.fixture(autouse=True)
def folder(settings: object, tmp_path: Path) -> Path:
    settings.DATA = tmp_path  # type: ignore[attr-defined]  # pytest-django's settings take any name
    empty_vault(tmp_path)
    return tmp_path


@pytest.fixture
def vault(folder: Path) -> Vault:
    return opened_vault(folder)


@pytest.fixture
def trusted(settings: object) -> None:
    """A server that holds the passphrase."""
    settings.VAULT_PASSPHRASE = PASSPHRASE  # type: ignore[attr-defined]


def photo(colour: str = "red") -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(held, "JPEG")
    return held.getvalue()


def film(seed: int, *, width: int = 320, moments: int = 45) -> bytes:
    """A film of invented things that move before an invented wall."""
    dice = np.random.default_rng(seed)
    coarse = dice.integers(0, 255, (12, 16, 3), dtype=np.uint8)
    wall = np.asarray(Image.fromarray(coarse).resize((480, 360), Image.Resampling.BICUBIC)).copy()
    for left, top, wide, high in dice.integers((0, 0, 3, 3), (460, 340, 18, 18), (150, 4)):
        wall[top : top + high, left : left + wide] = dice.integers(0, 255, 3)
    way = np.clip(np.cumsum(dice.normal(0, 3, (60, 2)), axis=0) + 40, 0, 100).astype(int)
    held = io.BytesIO()
    with av.open(held, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = width, width * 3 // 4, "yuv420p"
        for moment, (x, y) in enumerate(way[:moments]):
            picture = wall[y : y + 240, x : x + 320].copy()
            place = (20 + 3 * moment) % 260
            picture[100:160, place : place + 40] = (moment * 4 % 255, 30, 200)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            container.mux(stream.encode(frame.reformat(width, width * 3 // 4)))
        container.mux(stream.encode())
    return held.getvalue()


def waiting_paths() -> list[str]:
    return sorted(DBTaskResult.objects.filter(status="READY").values_list("task_path", flat=True))


def test_a_picture_is_read_and_what_was_read_is_sealed(vault: Vault, asel: User, folder: Path) -> None:
    item = keep(vault, asel, photo(), media_type="application/octet-stream")
    assert evidence_work.read_some(vault, by=asel, clock=clock) == 1
    item.refresh_from_db()
    assert (item.reading_state, item.media_type) == ("read", "image/jpeg")
    probe = queries.probe_of(vault, item)
    assert probe is not None
    assert (probe["width"], probe["height"]) == (64, 48)
    assert queries.measures(vault, [item])[item.number].amount == 64 * 48
    preview = queries.preview_of(vault, item)
    assert preview is not None
    assert Image.open(io.BytesIO(preview)).format == "JPEG"
    for path in (folder / "vault" / "sidecars").rglob("*.age"):
        assert path.read_bytes().startswith(b"age-encryption.org/v1")


def test_a_file_that_cannot_be_read_is_marked_and_kept(vault: Vault, asel: User) -> None:
    broken = keep(vault, asel, photo()[:200])
    sound = keep(vault, asel, photo("blue"))
    assert evidence_work.read_some(vault, by=asel, clock=clock) == 2
    states = dict(DigitalItem.objects.values_list("number", "reading_state"))
    assert states == {broken.number: "unreadable", sound.number: "read"}
    probe = queries.probe_of(vault, broken)
    assert probe is not None
    assert probe["reason"]
    assert queries.preview_of(vault, broken) is None
    assert not queries.items_waiting()


def test_bytes_that_changed_are_not_read(vault: Vault, asel: User, folder: Path) -> None:
    item = keep(vault, asel, photo())
    address = vault.item(item.number).address
    (folder / "vault" / "objects" / address[:2] / f"{address}.age").write_bytes(b"something else")
    assert evidence_work.read_some(vault, by=asel, clock=clock) == 1
    item.refresh_from_db()
    assert item.reading_state == "unreadable"


def test_twins_are_suggested_to_those_who_see_both(vault: Vault, asel: User, gulnar: User) -> None:
    secret = keep(vault, asel, photo(), is_restricted=True)
    keep(vault, gulnar, photo())
    evidence_work.read_some(vault, by=asel, clock=clock)
    assert ItemRelation.objects.get().kind == "same_bytes"
    assert not queries.list_suggestions(user=gulnar)
    operations.grant_reading(item=secret, user=gulnar, reason="knows the clip", by=asel, at=AT)
    assert len(queries.list_suggestions(user=gulnar)) == 1


def test_a_smaller_copy_of_a_film_is_suggested_and_another_film_is_not(
    vault: Vault, asel: User, folder: Path
) -> None:
    large, small, other = (
        keep(vault, asel, film(seed, width=width)) for seed, width in ((1, 320), (1, 240), (2, 320))
    )
    assert evidence_work.read_some(vault, by=asel, clock=clock) == 3
    (found,) = queries.list_suggestions(user=asel)
    assert {found.first.number, found.second.number} == {large.number, small.number}
    assert (found.kind, found.score > 0.65) == ("same_footage", True)
    assert json.loads(found.why)["fuller"] == large.number
    assert other.number not in {found.first.number, found.second.number}


def test_what_we_made_ourselves_is_no_suggestion(vault: Vault, asel: User) -> None:
    rough = Image.fromarray(np.random.default_rng(5).integers(0, 255, (60, 80, 3), dtype=np.uint8))
    pictures = []
    for width in (800, 640, 480):
        held = io.BytesIO()
        rough.resize((width, width * 3 // 4), Image.Resampling.BICUBIC).save(held, "JPEG")
        pictures.append(held.getvalue())
    original = keep(vault, asel, pictures[0])
    redact(vault, original, asel, pictures[1])
    evidence_work.read_some(vault, by=asel, clock=clock)
    assert not queries.list_suggestions(user=asel)
    copy = keep(vault, asel, pictures[2])
    evidence_work.read_some(vault, by=asel, clock=clock)
    kinds = {found.kind for found in queries.relations(copy, user=asel)}
    assert kinds == {"same_picture"}


def test_a_server_without_the_passphrase_reads_nothing(vault: Vault, asel: User) -> None:
    keep(vault, asel, photo())
    assert evidence.read_waiting.call() == 0
    assert evidence.watch_evidence.call() == 0
    assert evidence.check_fixity.call() == ""
    assert evidence.bring_to_authorities.call() is False
    assert len(queries.items_waiting()) == 1
    assert not FixityRun.objects.exists()


def test_a_server_with_the_passphrase_enters_and_reads_by_itself(
    vault: Vault, asel: User, trusted: None
) -> None:
    vault.add([photo()], by="somebody", at=AT, detail={"name": "by command"})
    assert evidence.watch_evidence.call() == 1
    item = queries.get_item(0, user=asel)
    assert item.reading_state == "read"
    assert evidence.watch_evidence.module_path in waiting_paths()


def test_reading_comes_again_while_something_waits(
    vault: Vault, asel: User, trusted: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence_work, "READ_AT_ONCE", 1)
    for colour in ("red", "blue"):
        keep(vault, asel, photo(colour))
    assert evidence.read_waiting.call() == 1
    assert waiting_paths() == [evidence.read_waiting.module_path]
    assert evidence.read_waiting.call() == 1
    assert len(waiting_paths()) == 1


def test_the_nightly_look_goes_on_until_it_is_done(
    vault: Vault, asel: User, trusted: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence_work, "STEP_BYTES", 1)
    keep(vault, asel)
    keep(vault, asel)
    states = [evidence.check_fixity.call() for _ in range(3)]
    assert states == ["running", "running", "done"]
    hours = [result.run_after.astimezone().hour for result in DBTaskResult.objects.order_by("-run_after")[:1]]
    assert len(hours) == 1
    assert FixityRun.objects.get().checked_items == 2


def test_a_look_that_was_interrupted_goes_on_when_a_worker_begins(asel: User) -> None:
    noon = datetime(2022, 1, 8, 12, tzinfo=UTC)
    assert evidence.first_check(noon) == datetime(2022, 1, 9, 2, tzinfo=UTC)
    assert evidence.next_check(noon.replace(hour=1)) == datetime(2022, 1, 8, 2, tzinfo=UTC)
    operations.begin_fixity(by=asel, at=AT)
    assert evidence.first_check(noon) == noon


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("KUAGER_VAULT_PASSPHRASE", PASSPHRASE)
    return CliRunner()


def test_somebody_works_by_hand_where_the_server_has_no_passphrase(
    vault: Vault, asel: User, command: CliRunner
) -> None:
    keep(vault, asel, photo())
    vault.add([photo("blue")], by="somebody", at=AT, detail={"name": "by command"})
    done = command.invoke(group, ["work", "--json"], catch_exceptions=False)
    assert json.loads(done.stdout) == {"entered": 1, "read": 2, "copies": 0}


def test_checking_by_hand_names_what_has_changed(
    vault: Vault, asel: User, command: CliRunner, folder: Path
) -> None:
    sound, changed = keep(vault, asel, CLIP), keep(vault, asel)
    address = vault.item(changed.number).address
    path = folder / "vault" / "objects" / address[:2] / f"{address}.age"
    path.write_bytes(path.read_bytes()[:-1])
    done = command.invoke(group, ["check", "--json"])
    said = json.loads(done.stdout)
    assert (said["state"], said["items"], list(said["faults"])) == ("done", 2, [str(changed.number)])
    assert done.exit_code != 0
    assert str(sound.number) not in said["faults"]


def test_who_has_the_passphrase_can_let_somebody_in(
    vault: Vault, asel: User, gulnar: User, command: CliRunner
) -> None:
    secret = keep(vault, asel, is_restricted=True)
    said = command.invoke(
        group, ["grant", str(secret.number), "gulnar", "--reason", "asel has left"], catch_exceptions=False
    )
    assert said.exit_code == 0
    assert queries.get_item(secret.number, user=gulnar) == secret
