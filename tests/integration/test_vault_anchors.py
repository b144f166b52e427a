"""Heads of the log before authorities and calendars: asked, promised, completed, retried, exported."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import HTTPServer
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kuager.core.errors import BadInputError, IntegrityError, NotFoundError
from kuager.engines.vault import anchoring, opentimestamps, stamps
from kuager.engines.vault.anchoring import AnchorState, Authorities, Authority, anchor_due
from kuager.engines.vault.bundle import FolderSink, export
from kuager.engines.vault.bundle.verify import Fault, check_bundle
from kuager.engines.vault.custody import Act
from kuager.engines.vault.files import OsFiles
from kuager.engines.vault.opentimestamps import ProofState
from kuager.engines.vault.vault import Vault
from kuager.interfaces.cli.main import cli
from kuager.interfaces.shell.authorities import fetch, read_authorities
from tests.faults.calendars import BLOCK_SECONDS, HEIGHT, Calendar
from tests.faults.vault_crashes import KEYS, prepared
from tests.integration.test_vault_bundles import reseal
from tests.integration.test_vault_stamps import authority  # noqa: F401  # a fixture

AT = datetime(2022, 1, 6, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
URL = "https://calendar.example"


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    vault = prepared(OsFiles(tmp_path / "vault"))
    vault.add([b"evidence"], by="gulnar", at=AT, detail={"name": "clip"})
    return vault


@pytest.fixture
def calendar() -> Calendar:
    return Calendar(URL)


def only(states: tuple[AnchorState, ...]) -> AnchorState:
    (state,) = states
    return state


def test_a_promise_of_a_calendar_becomes_a_proof_to_a_block(vault: Vault, calendar: Calendar) -> None:
    calendars = Authorities(calendars=(URL,))
    promised = only(anchor_due(vault, calendars, calendar.fetch, AT))
    assert (promised.confirmed, promised.pending, promised.waiting) == (0, 1, 0)
    still = only(anchor_due(vault, calendars, calendar.fetch, AT + HOUR))
    assert (still.confirmed, still.pending) == (0, 1)
    calendar.mine()
    done = only(anchor_due(vault, calendars, calendar.fetch, AT + 2 * HOUR))
    assert (done.confirmed, done.pending, done.is_whole) == (1, 0, True)
    (proof,) = stamps.chain_covering(vault, 0, vault.journal.size)
    assert proof.state == "complete"
    found = opentimestamps.check_block(proof.ots, proof.head, height=HEIGHT, header=calendar.header)
    assert found == datetime.fromtimestamp(BLOCK_SECONDS, UTC)


def test_what_only_tells_of_answers_is_not_anchored_again(vault: Vault, calendar: Calendar) -> None:
    calendars = Authorities(calendars=(URL,))
    anchor_due(vault, calendars, calendar.fetch, AT)
    calendar.mine()
    for hour in range(1, 6):
        anchor_due(vault, calendars, calendar.fetch, AT + hour * HOUR)
    assert vault.journal.size == 3
    vault.record(Act.VIEWED, by="asel", at=AT + 6 * HOUR, detail={}, item=0)
    again = only(anchor_due(vault, calendars, calendar.fetch, AT + 6 * HOUR))
    assert (again.confirmed, again.pending, again.waiting) == (1, 4, 0)


def test_new_events_are_brought_at_most_every_hour(vault: Vault, calendar: Calendar) -> None:
    calendars = Authorities(calendars=(URL,))
    for minute in range(0, 120, 10):
        vault.record(Act.VIEWED, by="asel", at=AT, detail={}, item=0)
        anchor_due(vault, calendars, calendar.fetch, AT + timedelta(minutes=minute))
    assert len(stamps.chain_proofs(vault)) == 2


def test_who_cannot_be_reached_is_asked_later_and_later(vault: Vault) -> None:
    asked: list[datetime] = []
    now = AT

    def unreachable(url: str, **_: object) -> bytes:
        asked.append(now)
        raise BadInputError(f"{url} cannot be reached")

    calendars = Authorities(calendars=(URL,))
    for minute in range(0, 3_000, 1):
        now = AT + timedelta(minutes=minute)
        if not asked or only(anchoring.status(vault, calendars)).next_try <= now:  # type: ignore[operator]
            anchor_due(vault, calendars, unreachable, now)
    waits = [later - earlier for earlier, later in pairwise(asked)]
    assert waits[:4] == [timedelta(minutes=2**one) for one in range(4)]
    assert max(waits) == timedelta(hours=6)
    state = only(anchoring.status(vault, calendars))
    assert state.waiting == 1
    assert state.fault == f"{URL}/digest cannot be reached"
    assert state.tries == len(asked)


def test_a_restart_and_a_damaged_queue_forget_no_proof(vault: Vault, calendar: Calendar) -> None:
    calendars = Authorities(calendars=(URL,))
    anchor_due(vault, calendars, calendar.fetch, AT)
    path = Path(vault.files.root) / "anchors/queue"  # type: ignore[attr-defined]
    whole = path.read_bytes()
    for damaged in (whole[:-1], whole.replace(b"2022", b"2023", 1), b""):
        path.write_bytes(damaged)
        state = only(anchoring.status(Vault(vault.files, KEYS), calendars))
        assert (state.pending, state.waiting) == (1, 0)
    path.unlink()
    calendar.mine()
    again = Vault(vault.files, KEYS)
    assert only(anchor_due(again, calendars, calendar.fetch, AT + HOUR)).confirmed == 1


def test_a_queue_that_knows_more_than_the_log_shows_a_rollback(vault: Vault, calendar: Calendar) -> None:
    calendars = Authorities(calendars=(URL,))
    anchor_due(vault, calendars, calendar.fetch, AT)
    other = prepared(OsFiles(Path(vault.files.root).with_name("other")))  # type: ignore[attr-defined]
    other.files.make_folder("anchors")
    other.files.overwrite("anchors/queue", 0, vault.files.read("anchors/queue"))
    with pytest.raises(IntegrityError, match="rolled back"):
        anchor_due(other, calendars, calendar.fetch, AT)


def test_a_calendar_that_nobody_chose_is_not_called(vault: Vault, calendar: Calendar) -> None:
    calendar.url = "http://169.254.169.254"
    called: list[str] = []

    def answers(url: str, *, body: bytes | None, kind: str, largest: int) -> bytes:
        called.append(url)
        return calendar.submit(body or b"")

    calendars = Authorities(calendars=(URL,))
    anchor_due(vault, calendars, answers, AT)
    anchor_due(vault, calendars, answers, AT + HOUR)
    assert called == [f"{URL}/digest"]
    assert opentimestamps.may_be_asked("https://alice.btc.calendar.opentimestamps.org", [])
    for address in (
        "http://alice.btc.calendar.opentimestamps.org",
        "https://calendar.opentimestamps.org.example",
        "https://a@b.calendar.opentimestamps.org",
        "https://x.calendar.opentimestamps.org:22",
    ):
        assert not opentimestamps.may_be_asked(address, [])


def test_a_proof_that_was_damaged_or_is_of_another_head_is_refused(vault: Vault, calendar: Calendar) -> None:
    head = vault.signed_head()
    asked = opentimestamps.ask([head, head + "other"])
    ots, other = opentimestamps.read_promises(asked, [calendar.submit(asked.content)])
    assert opentimestamps.read(ots, head).state is ProofState.PENDING
    with pytest.raises(IntegrityError, match="another head"):
        opentimestamps.read(other, head)
    for bit in range(0, len(ots) * 8, 7):
        damaged = bytearray(ots)
        damaged[bit // 8] ^= 1 << bit % 8
        try:
            found = opentimestamps.read(bytes(damaged), head)
        except IntegrityError:
            continue
        assert found != opentimestamps.read(ots, head)
        assert found.state is ProofState.PENDING


@pytest.mark.parametrize("answer", [b"", b"\0", b"\xff" * 99, b"\xf0\x05", b"\x08" * 9_000, b"x" * 20_000])
def test_what_is_no_answer_of_a_calendar_is_refused(vault: Vault, answer: bytes) -> None:
    asked = opentimestamps.ask([vault.signed_head()])
    with pytest.raises(BadInputError, match="no calendar gave a promise"):
        opentimestamps.read_promises(asked, [answer])


def test_a_block_that_is_not_the_one_proves_nothing(vault: Vault, calendar: Calendar) -> None:
    calendars = Authorities(calendars=(URL,))
    anchor_due(vault, calendars, calendar.fetch, AT)
    calendar.mine()
    anchor_due(vault, calendars, calendar.fetch, AT + HOUR)
    proof = stamps.chain_proofs(vault)[-1]
    check = opentimestamps.check_block
    other_root = calendar.header[:36] + bytes(32) + calendar.header[68:]
    with pytest.raises(IntegrityError, match="does not lead into"):
        check(proof.ots, proof.head, height=HEIGHT, header=other_root)
    with pytest.raises(IntegrityError, match="does not lead to block"):
        check(proof.ots, proof.head, height=HEIGHT + 1, header=calendar.header)
    hard = calendar.header[:72] + (0x170B98AB).to_bytes(4, "little") + calendar.header[76:]
    with pytest.raises(IntegrityError, match="nobody worked"):
        check(proof.ots, proof.head, height=HEIGHT, header=hard)
    with pytest.raises(BadInputError, match="80 bytes"):
        check(proof.ots, proof.head, height=HEIGHT, header=b"short")


def test_bundles_carry_the_proof_and_the_verifier_says_what_it_did_not_check(
    vault: Vault, calendar: Calendar, tmp_path: Path
) -> None:
    calendars = Authorities(calendars=(URL,))
    anchor_due(vault, calendars, calendar.fetch, AT)
    export(vault, [0], FolderSink(tmp_path / "pending"), by="erlan", at=AT, reason="court")
    assert any("is there, pending (not checked" in one for one in check_bundle(str(tmp_path / "pending")))
    calendar.mine()
    anchor_due(vault, calendars, calendar.fetch, AT + HOUR)
    bundle = tmp_path / "complete"
    export(vault, [0], FolderSink(bundle), by="erlan", at=AT + HOUR, reason="court")
    assert any("first 1 entries is there, complete" in one for one in check_bundle(str(bundle)))
    ots = bundle / "proofs/stamps/ots-0.head.ots"
    ots.write_bytes(ots.read_bytes()[:40] + b"x" + ots.read_bytes()[41:])
    reseal(bundle)
    with pytest.raises(Fault, match="is not for the head"):
        check_bundle(str(bundle))


@pytest.fixture
def over_http() -> Iterator[Callable[[], tuple[str, Calendar]]]:
    servers = []

    def start() -> tuple[str, Calendar]:
        calendar = Calendar("")
        server = HTTPServer(("127.0.0.1", 0), calendar.handler())
        calendar.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return calendar.url, calendar

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def run(*words: object, chosen: Path) -> Result:
    environment = {"KUAGER_VAULT_PASSPHRASE": "алтын дән жаңбыр", "KUAGER_AUTHORITIES": str(chosen)}
    return CliRunner().invoke(cli, [str(word) for word in words], env=environment)


def test_the_command_asks_everybody_and_says_when_it_is_enough(
    tmp_path: Path,
    authority: tuple[str, Path],  # noqa: F811
    over_http: Callable[[], tuple[str, Calendar]],
) -> None:
    (first, calendar), (second, other) = over_http(), over_http()
    url, folder = authority
    chosen = tmp_path / "authorities.toml"
    (tmp_path / "one.pem").write_bytes((folder / "ca.pem").read_bytes())
    table = '[[authority]]\nname = "{}"\nurl = "{}"\ncertificates = "one.pem"\n'
    calendars = "".join(f'[[calendar]]\nurl = "{one}"\n' for one in (first, second))
    chosen.write_text(table.format("One", url) + table.format("Two", "http://127.0.0.1:1/") + calendars)
    vault = tmp_path / "vault"
    run("vault", "init", vault, "--name", "log.example/a", chosen=chosen)
    (tmp_path / "clip").write_bytes(b"evidence")
    run("vault", "add", tmp_path / "clip", "--vault", vault, chosen=chosen)
    asked = run("vault", "anchor", "--vault", vault, "--all", "--json", chosen=chosen)
    assert asked.exit_code == 0, asked.exception
    states = {one["name"]: one for one in json.loads(asked.output)["authorities"]}
    assert (states["One"]["confirmed"], states["Two"]["waiting"]) == (1, 1)
    assert states["Two"]["fault"].startswith("http://127.0.0.1:1/ cannot be reached")
    assert states["OpenTimestamps"]["pending"] >= 1
    chosen.write_text(chosen.read_text().replace("http://127.0.0.1:1/", url))
    calendar.mine()
    other.mine()
    again = run("vault", "anchor", "--vault", vault, "--all", "--json", chosen=chosen)
    assert json.loads(again.output)["enough"] is True
    shown = run("vault", "anchor", "--vault", vault, "--status", chosen=chosen)
    assert "OpenTimestamps: " in shown.output
    opened = Vault.unlock(OsFiles(vault), "алтын дән жаңбыр")
    proof = stamps.chain_proofs(opened)[-1]
    for one in (calendar, other):
        opentimestamps.check_block(proof.ots, proof.head, height=HEIGHT, header=one.header)


def test_the_network_is_asked_as_chosen_only(over_http: Callable[[], tuple[str, Calendar]]) -> None:
    url, _ = over_http()
    with pytest.raises(NotFoundError):
        fetch(f"{url}/timestamp/{'00' * 32}", body=None, kind="x/y", largest=10)
    with pytest.raises(BadInputError, match="too long"):
        fetch(f"{url}/digest", body=bytes(32), kind="x/y", largest=10)
    with pytest.raises(BadInputError, match="http://"):
        fetch("file:///etc/passwd", body=None, kind="x/y", largest=10)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("x", "cannot be read"),
        ('[[authority]]\nname = "A"', "needs a name"),
        ('[[authority]]\nname = "A"\nurl = "ftp://x"\ncertificates = "c"', "begins with"),
        ('[[authority]]\nname = "A"\nurl = "http://x"\ncertificates = "nothing.pem"', "missing"),
        ("[[calendar]]\nurl = 3", "begins with"),
        ("calendar = 3", "cannot be read"),
    ],
)
def test_a_file_of_authorities_that_is_wrong_is_named(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "authorities.toml"
    path.write_text(text)
    with pytest.raises(BadInputError, match=fault):
        read_authorities(path)


def test_authorities_with_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "c").write_bytes(b"")
    table = '[[authority]]\nname = "A"\nurl = "http://x"\ncertificates = "c"\n'
    path = tmp_path / "authorities.toml"
    path.write_text(table * 2)
    with pytest.raises(BadInputError, match="same name"):
        read_authorities(path)


def test_the_proof_that_is_exported_is_read_by_the_public_library(vault: Vault, calendar: Calendar) -> None:
    anchor_due(vault, Authorities(calendars=(URL,)), calendar.fetch, AT)
    (proof,) = stamps.chain_proofs(vault)
    said = opentimestamps.as_detail(proof.ots, proof.head)
    assert base64.b64decode(str(said["ots"])) == proof.ots
    assert Authority("A", "http://x", b"").name == "A"
