"""Signatures made by GnuPG and Sequoia: right for the file, wrong for any other."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from kuager.core.errors import BadInputError
from kuager.engines.captures.openpgp import read_keys, read_signatures, signer

FOUND: dict[str, Any] = json.loads(Path(__file__).with_name("openpgp_signatures.json").read_text("utf-8"))
FILE = base64.b64decode(FOUND["file"])
STRONG = [one for one in FOUND["signatures"] if one["digest"] != "SHA1"]


def named(one: dict[str, str]) -> str:
    return f"{one['by'].split()[0]} {one['key']} {one['digest']}"


FORMS = [(one, form) for one in STRONG for form in ("signature", "signature_binary") if one[form]]


@pytest.mark.parametrize(("one", "form"), FORMS, ids=[f"{named(one)} {form}" for one, form in FORMS])
def test_a_signature_of_another_program_is_right_for_its_file_alone(one: dict[str, str], form: str) -> None:
    data = one["signature"].encode() if form == "signature" else base64.b64decode(one["signature_binary"])
    (signature,) = read_signatures(data)
    (key,) = signer(signature, read_keys(one["public_key"].encode()))
    right = hashlib.new(signature.digest_name, FILE + signature.trailer).digest()
    wrong = hashlib.new(signature.digest_name, FILE[:-1] + signature.trailer).digest()
    assert signature.check(right, key)
    assert not signature.check(wrong, key)
    assert signature.made_at is not None


def test_no_key_makes_the_signature_of_another_right() -> None:
    keys = [key for one in STRONG for key in read_keys(one["public_key"].encode())]
    for one in STRONG:
        (signature,) = read_signatures(one["signature"].encode())
        digest = hashlib.new(signature.digest_name, FILE + signature.trailer).digest()
        fitting = [key.fingerprint for key in keys if signature.check(digest, key)]
        assert len(fitting) == 1
        assert fitting[0].endswith(signature.issuer)


def test_a_signature_over_sha1_is_not_taken_for_a_proof() -> None:
    weak = next(one for one in FOUND["signatures"] if one["digest"] == "SHA1")
    with pytest.raises(BadInputError, match="proves nothing"):
        read_signatures(weak["signature"].encode())


def test_a_signature_over_a_text_is_not_taken_for_one_over_the_bytes() -> None:
    with pytest.raises(BadInputError, match="as it stands"):
        read_signatures(FOUND["text_mode"].encode())
