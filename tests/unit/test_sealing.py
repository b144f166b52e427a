"""Sealed files open for their keys alone, here and with the programs of others."""

import io
import os

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuager.core.errors import BadInputError, IntegrityError, PermissionDeniedError
from kuager.engines.sealing import Decrypted, Encryptor, Passphrase, PublicKey, SecretKey, decrypt, encrypt
from kuager.engines.sealing.bech32 import decode

CHUNK = 1 << 16
SIZES = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 17)
KEY, OTHER = SecretKey.generate(), SecretKey.generate()


@pytest.mark.parametrize("size", SIZES)
def test_what_is_sealed_here_opens_with_the_other_implementation(size: int) -> None:
    data = os.urandom(size)
    identity = pyrage.x25519.Identity.from_str(KEY.text())
    assert pyrage.decrypt(encrypt(data, [OTHER.public, KEY.public]), [identity]) == data


@pytest.mark.parametrize("size", SIZES)
def test_what_the_other_implementation_sealed_opens_here(size: int) -> None:
    data = os.urandom(size)
    recipient = pyrage.x25519.Recipient.from_str(str(KEY.public))
    assert decrypt(io.BytesIO(pyrage.encrypt(data, [recipient])), [KEY]) == data


def test_keys_read_as_the_other_implementation_writes_them() -> None:
    theirs = pyrage.x25519.Identity.generate()
    assert str(SecretKey.from_text(str(theirs)).public) == str(theirs.to_public())
    assert PublicKey.from_text(str(theirs.to_public())) == SecretKey.from_text(str(theirs)).public


def test_a_passphrase_opens_here_and_there() -> None:
    words = "алтын дән жаңбыр"
    sealed = encrypt(b"minutes", [Passphrase(words, work_factor=12)])
    assert pyrage.passphrase.decrypt(sealed, words) == b"minutes"
    assert (
        decrypt(io.BytesIO(pyrage.passphrase.encrypt(b"minutes", words)), [Passphrase(words)]) == b"minutes"
    )
    with pytest.raises(PermissionDeniedError):
        decrypt(io.BytesIO(sealed), [Passphrase("another")])


def test_a_passphrase_is_never_one_recipient_among_others() -> None:
    with pytest.raises(BadInputError, match="stands alone"):
        Encryptor([Passphrase("a"), KEY.public])


def test_a_file_that_asks_for_endless_work_is_refused() -> None:
    sealed = encrypt(b"x", [Passphrase("a", work_factor=4)])
    start = sealed.index(b" 4\n")
    with pytest.raises(BadInputError, match="steps of work"):
        decrypt(io.BytesIO(sealed[:start] + b" 63\n" + sealed[start + 3 :]), [Passphrase("a")])


def test_another_key_opens_nothing() -> None:
    with pytest.raises(PermissionDeniedError):
        decrypt(io.BytesIO(encrypt(b"secret", [KEY.public])), [OTHER])


def test_secrets_do_not_show_themselves() -> None:
    assert KEY.text() not in repr(KEY)
    assert "word" not in repr(Passphrase("word"))


def test_any_part_is_read_without_the_rest() -> None:
    data = os.urandom(5 * CHUNK + 321)
    plain = Decrypted(io.BytesIO(encrypt(data, [KEY.public])), [KEY])
    assert plain.size == len(data)
    for start, length in ((0, 10), (CHUNK - 3, 7), (4 * CHUNK, 2 * CHUNK), (len(data) - 5, 50)):
        plain.seek(start)
        assert io.BufferedReader(plain).read(length) == data[start : start + length]
        plain = Decrypted(io.BytesIO(encrypt(data, [KEY.public])), [KEY])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.binary(max_size=3 * CHUNK), max_size=5))
def test_pieces_of_any_size_make_the_same_file(pieces: list[bytes]) -> None:
    encryptor = Encryptor([KEY.public])
    sealed = encryptor.begin() + b"".join(encryptor.update(piece) for piece in pieces) + encryptor.finish()
    assert decrypt(io.BytesIO(sealed), [KEY]) == b"".join(pieces)


@settings(max_examples=400, deadline=None)
@given(st.integers(min_value=0), st.integers(0, 7))
def test_every_flipped_bit_is_noticed(place: int, bit: int) -> None:
    sealed = bytearray(_sealed_once)
    sealed[place % len(sealed)] ^= 1 << bit
    with pytest.raises((BadInputError, IntegrityError, PermissionDeniedError)):
        decrypt(io.BytesIO(bytes(sealed)), [KEY])


@settings(max_examples=200, deadline=None)
@given(st.integers(min_value=0))
def test_every_cut_is_noticed(place: int) -> None:
    with pytest.raises((BadInputError, IntegrityError, PermissionDeniedError)):
        decrypt(io.BytesIO(_sealed_once[: place % len(_sealed_once)]), [KEY])


def test_exchanged_chunks_are_noticed() -> None:
    data = os.urandom(3 * CHUNK)
    sealed = encrypt(data, [KEY.public])
    body = len(sealed) - 3 * (CHUNK + 16)
    first, second = sealed[body : body + CHUNK + 16], sealed[body + CHUNK + 16 : body + 2 * (CHUNK + 16)]
    with pytest.raises(IntegrityError, match="chunk 1 of 3"):
        decrypt(io.BytesIO(sealed[:body] + second + first + sealed[body + 2 * (CHUNK + 16) :]), [KEY])


@pytest.mark.parametrize(
    "change", [lambda text: text[:-1], lambda text: text[:-1] + "b", lambda text: text + "q"]
)
def test_a_key_copied_wrongly_is_refused(change) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadInputError):
        PublicKey.from_text(change(str(KEY.public)))


def test_published_texts_of_bech32_are_read() -> None:
    # BIP 173, valid strings.
    assert decode("A12UEL5L", "a") == b""
    assert decode("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw", "abcdef").hex() == (
        "00443214c74254b635cf84653a56d7c675be77df"
    )


_sealed_once = encrypt(bytes(range(256)) * 300, [KEY.public])
