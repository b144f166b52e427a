"""Time stamps by a real authority (OpenSSL's) on this machine: when, never that it is true."""

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kuager.core.errors import BadInputError, IntegrityError
from kuager.engines.vault.bundle.verify import Fault, check_clock
from kuager.interfaces.cli.main import cli
from tests.integration.test_vault_bundles import reseal

OPENSSL = shutil.which("openssl") or ""
CONFIG = """
[tsa]
dir = {folder}
serial = {folder}/serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


def openssl(folder: Path, *words: str) -> None:
    subprocess.run([OPENSSL, *words], cwd=folder, check=True, capture_output=True, timeout=60)  # noqa: S603


def authority_in(folder: Path) -> Path:
    """Make the keys and certificates of an authority."""
    folder.mkdir()
    (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder))
    (folder / "serial").write_text("01\n")
    (folder / "ext").write_text("extendedKeyUsage=critical,timeStamping\nkeyUsage=digitalSignature\n")
    openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem",
            "-days", "3650", "-subj", "/CN=Invented Root")  # fmt: skip
    openssl(folder, "req", "-newkey", "rsa:2048", "-nodes", "-keyout", "tsa.key", "-out", "tsa.csr",
            "-subj", "/CN=Invented Authority")  # fmt: skip
    openssl(folder, "x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
            "-out", "tsa.pem", "-days", "3650", "-extfile", "ext")  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = authority_in(tmp_path_factory.mktemp("tsa") / "authority")

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            (folder / "question").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            openssl(folder, "ts", "-reply", "-config", "tsa.cnf", "-section", "tsa", "-queryfile", "question",
                    "-signer", "tsa.pem", "-inkey", "tsa.key", "-out", "answer")  # fmt: skip
            self.send_response(200)
            self.end_headers()
            self.wfile.write((folder / "answer").read_bytes())

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", folder
    server.shutdown()
    server.server_close()


def run(*words: object) -> Result:
    environment = {"KUAGER_VAULT_PASSPHRASE": "алтын дән жаңбыр"}
    return CliRunner().invoke(cli, [str(word) for word in words], env=environment)


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    assert run("vault", "init", tmp_path / "vault", "--name", "log.example/a").exit_code == 0
    (tmp_path / "clip").write_bytes(b"evidence")
    assert run("vault", "add", tmp_path / "clip", "--vault", tmp_path / "vault").exit_code == 0
    return tmp_path / "vault"


def checked(bundle: Path) -> str:
    command = [sys.executable, "-I", str(bundle / "verify.py"), str(bundle)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60).stdout  # noqa: S603


def test_a_stamped_log_proves_when_to_a_stranger(
    vault: Path, authority: tuple[str, Path], tmp_path: Path
) -> None:
    address, folder = authority
    stamped = run(
        "vault", "anchor", "--vault", vault, "--authority", address, "--certificates", folder / "ca.pem"
    )
    assert "vouches for 1 events" in stamped.output
    bundle = tmp_path / "bundle"
    assert run("vault", "export", 0, "--vault", vault, "-o", bundle, "--reason", "court").exit_code == 0
    said = checked(bundle)
    assert "vouches that the first 1 entries existed" in said
    assert said.endswith("SOUND\n")
    dated = json.loads((bundle / "proofs/bundle.json").read_bytes())
    dated["stamps"][0]["at"] = "2022-01-06T00:00:00+00:00"
    (bundle / "proofs/bundle.json").write_text(json.dumps(dated))
    reseal(bundle)
    assert checked(bundle).startswith("BAD-STAMP")


def dated(at: datetime) -> dict[int, dict[str, str]]:
    return {0: {"at": at.isoformat()}}


def test_an_event_dated_in_the_second_of_its_stamp_is_sound() -> None:
    stamp = datetime(2026, 11, 22, 12, tzinfo=UTC)
    check_clock(dated(stamp + timedelta(seconds=0.7)), [(1, stamp)])


def test_an_event_dated_later_than_clocks_differ_is_named() -> None:
    stamp = datetime(2026, 11, 22, 12, tzinfo=UTC)
    with pytest.raises(Fault, match="event 0 is dated after the time stamp"):
        check_clock(dated(stamp + timedelta(minutes=2)), [(1, stamp)])
    check_clock(dated(stamp + timedelta(minutes=2)), [(0, stamp)])


def test_an_answer_signed_by_somebody_else_is_refused(
    vault: Path, authority: tuple[str, Path], tmp_path: Path
) -> None:
    stranger = authority_in(tmp_path / "stranger")
    result = run(
        "vault",
        "anchor",
        "--vault",
        vault,
        "--authority",
        authority[0],
        "--certificates",
        stranger / "ca.pem",
    )
    assert isinstance(result.exception, IntegrityError)


def test_off_line_nothing_is_lost(vault: Path, authority: tuple[str, Path]) -> None:
    nowhere = "http://127.0.0.1:1/"
    result = run(
        "vault", "anchor", "--vault", vault, "--authority", nowhere, "--certificates", authority[1] / "ca.pem"
    )
    assert isinstance(result.exception, BadInputError)
    assert "nothing is lost" in str(result.exception)
    again = run(
        "vault",
        "anchor",
        "--vault",
        vault,
        "--authority",
        authority[0],
        "--certificates",
        authority[1] / "ca.pem",
    )
    assert again.exit_code == 0
