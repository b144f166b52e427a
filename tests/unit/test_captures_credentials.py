"""Content Credentials in the limited process: absent, valid, trusted, invalid, each told apart."""

import io

import pytest
from PIL import Image

from kuager.core.errors import BadInputError
from kuager.engines.captures.credentials import Credentials, CredentialState, read_answer
from kuager.engines.media.limited import run_limited
from tests.unit.c2pa_files import ACTION, Pair, certificate, pem, picture, signed_picture


@pytest.fixture(scope="module")
def root() -> Pair:
    return certificate("Invented Root")


@pytest.fixture(scope="module")
def signed(root: Pair) -> bytes:
    return signed_picture(root)


def credentials(data: bytes, anchors: str = "") -> Credentials:
    request = {"media_type": "image/jpeg", "anchors": anchors}
    return read_answer(run_limited("credentials", request, io.BytesIO(data)))


def test_a_signature_of_somebody_unknown_is_valid_but_not_trusted(signed: bytes) -> None:
    found = credentials(signed)
    assert found.state is CredentialState.VALID
    assert found.signer == "Invented Camera, Invented"
    assert found.generator.startswith("Invented Camera 1")
    assert found.actions == [f"{ACTION['action']} {ACTION['digitalSourceType']}"]
    assert found.faults == ()


def test_a_signature_is_trusted_when_we_named_its_authority(signed: bytes, root: Pair) -> None:
    assert credentials(signed, pem(root[0]).decode()).state is CredentialState.TRUSTED
    another = certificate("Another Root")[0]
    assert credentials(signed, pem(another).decode()).state is CredentialState.VALID


def test_one_changed_bit_makes_the_credentials_invalid(signed: bytes) -> None:
    data = bytearray(signed)
    data[-30] ^= 1
    found = credentials(bytes(data))
    assert found.state is CredentialState.INVALID
    assert found.faults == ["assertion.dataHash.mismatch"]


def test_a_copy_drawn_anew_has_none(signed: bytes) -> None:
    sink = io.BytesIO()
    Image.open(io.BytesIO(signed)).save(sink, "JPEG")
    assert credentials(sink.getvalue()).state is CredentialState.ABSENT


@pytest.mark.parametrize("data", [picture(), b"hello" * 50])
def test_files_without_credentials_have_none(data: bytes) -> None:
    assert credentials(data).state is CredentialState.ABSENT


@pytest.mark.parametrize(
    "answer", [b"", b"[]", b'{"there":"present"}', b'{"there":"present","said":{"manifests":{}}}']
)
def test_a_process_that_was_taken_over_is_not_believed(answer: bytes) -> None:
    with pytest.raises(BadInputError, match="never should"):
        read_answer(answer)
