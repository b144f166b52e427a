"""Time stamps of a real authority (OpenSSL's) in a folder of auto-archiver: what they cover, and what not."""

from pathlib import Path

import pytest

from kuager.engines.captures import Capture, Code, FileKind, read_capture
from tests.integration.test_vault_stamps import authority_in, openssl
from tests.unit.capture_bundles import VIDEO, auto_archiver


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return authority_in(tmp_path_factory.mktemp("tsa") / "authority")


def token(authority: Path, data: bytes) -> bytes:
    """Return a bare token as auto-archiver keeps it (``timestamping_enricher.save_timestamp_token``)."""
    (authority / "data").write_bytes(data)
    openssl(authority, "ts", "-query", "-data", "data", "-sha256", "-cert", "-out", "question")
    openssl(authority, "ts", "-reply", "-config", "tsa.cnf", "-section", "tsa", "-queryfile", "question",
            "-signer", "tsa.pem", "-inkey", "tsa.key", "-out", "answer")  # fmt: skip
    openssl(authority, "ts", "-reply", "-in", "answer", "-token_out", "-out", "token")
    return (authority / "token").read_bytes()


def stamped(folder: Path, authority: Path, *, certificates: bool = True, **changes: bytes) -> Capture:
    files = auto_archiver()
    listed = files["local_archive/hashes.txt"]
    files["local_archive/timestamp_token_http-timestamp-example-org"] = token(authority, listed)
    if certificates:
        files["local_archive/1 – 123.crt"] = (authority / "tsa.pem").read_bytes()
        files["local_archive/2 – 456.crt"] = (authority / "ca.pem").read_bytes()
    files |= {f"local_archive/{name.replace('_', '.')}": data for name, data in changes.items()}
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return read_capture(folder)


def stamps(capture: Capture) -> dict[str, dict[str, object]]:
    """Return what was found about stamps, by the file it is about."""
    return {
        capture.files[finding.file].name: dict(finding.values)
        for finding in capture.findings
        if finding.code is Code.STAMP_FITS and finding.file is not None
    }


def test_a_stamp_over_the_list_of_digests_covers_the_files_in_it(tmp_path: Path, authority: Path) -> None:
    capture = stamped(tmp_path, authority)
    found = stamps(capture)
    video = next(file.name for file in capture.files if file.name.endswith(".mp4"))
    assert set(found) == {"hashes.txt", video}
    assert all(one["signed"] is True for one in found.values())
    assert "Invented Authority" in str(found[video]["authority"])
    proofs = {file.name for file in capture.files if file.kind is FileKind.PROOF}
    assert {"hashes.txt", "timestamp_token_http-timestamp-example-org"} <= proofs


def test_without_certificates_a_stamp_is_told_as_not_checked(tmp_path: Path, authority: Path) -> None:
    found = stamps(stamped(tmp_path, authority, certificates=False))
    assert all(one["signed"] is False for one in found.values())
    assert found


def test_a_stamp_of_another_list_covers_nothing(tmp_path: Path, authority: Path) -> None:
    capture = stamped(tmp_path, authority, hashes_txt=b"0" * 64)
    assert stamps(capture) == {}
    assert Code.FILE_MISSING in {finding.code for finding in capture.findings}


def test_a_file_exchanged_after_the_stamp_is_not_covered(tmp_path: Path, authority: Path) -> None:
    capture = stamped(tmp_path, authority)
    video = next(path for path in tmp_path.rglob("*.mp4"))
    video.write_bytes(VIDEO + b"cut")
    assert set(stamps(read_capture(tmp_path))) == {"hashes.txt"}
    assert set(stamps(capture)) != {"hashes.txt"}
