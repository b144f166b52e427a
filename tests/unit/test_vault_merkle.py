"""Proofs of the log agree with the published vectors and refuse everything else."""

import hashlib
import os
from itertools import pairwise
from random import Random

import pytest

from kuager.core.errors import IntegrityError
from kuager.engines.vault.files import OsFiles
from kuager.engines.vault.heads import Head, SigningKey, VerifierKey
from kuager.engines.vault.journal import Entry, Journal
from kuager.engines.vault.merkle import (
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_of,
)
from kuager.engines.vault.tiles import Tiles
from tests.faults.crash_disk import CrashDisk

# The leaves and roots published with RFC 6962's reference implementation.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def tree(entries: list[bytes]) -> Tiles:
    hashes = [leaf_hash(entry) for entry in entries]
    disk = CrashDisk()
    disk.make_folder("log/tiles")
    tiles = Tiles(disk, lambda begin, end: b"".join(hashes[begin:end]))
    tiles.open(len(entries))
    return tiles


def naive_root(entries: list[bytes]) -> bytes:
    """The definition of RFC 9162, section 2.1.1, word for word."""
    if len(entries) == 1:
        return hashlib.sha256(b"\0" + entries[0]).digest()
    half = 1
    while half * 2 < len(entries):
        half *= 2
    return hashlib.sha256(b"\1" + naive_root(entries[:half]) + naive_root(entries[half:])).digest()


def test_roots_are_the_published_ones() -> None:
    entries = [bytes.fromhex(leaf) for leaf in LEAVES]
    for size in range(1, 9):
        assert root_of(tree(entries[:size]).node, size).hex() == ROOTS[size - 1]


def test_every_proof_up_to_three_hundred_entries_holds() -> None:
    entries = [number.to_bytes(2, "big") for number in range(300)]
    tiles = tree(entries)
    roots = [root_of(tiles.node, size) for size in range(301)]
    for size in (1, 2, 3, 7, 8, 64, 255, 256, 257, 300):
        assert roots[size] == naive_root(entries[:size])
        for index in range(size):
            proof = inclusion_proof(tiles.node, index, size)
            check_inclusion(leaf_hash(entries[index]), index, size, proof, roots[size])
        for old in range(1, size + 1):
            proof = consistency_proof(tiles.node, old, size)
            check_consistency(old, roots[old], size, roots[size], proof)


def test_a_changed_proof_is_refused() -> None:
    draw = Random(7)  # noqa: S311  # no secret
    entries = [os.urandom(8) for _ in range(300)]
    tiles = tree(entries)
    for _ in range(1_500):
        size = draw.randint(2, 300)
        index, old = draw.randrange(size), draw.randint(1, size - 1)
        root = root_of(tiles.node, size)
        proof = inclusion_proof(tiles.node, index, size)
        with pytest.raises(IntegrityError):
            check_inclusion(leaf_hash(entries[index]), index, size, _spoiled(proof, draw), root)
        with pytest.raises(IntegrityError):
            check_inclusion(leaf_hash(os.urandom(8)), index, size, proof, root)
        proof = consistency_proof(tiles.node, old, size)
        with pytest.raises(IntegrityError):
            check_consistency(old, root_of(tiles.node, old), size, root, _spoiled(proof, draw))
        with pytest.raises(IntegrityError):
            check_consistency(old, os.urandom(32), size, root, proof)


def _spoiled(proof: list[bytes], draw: Random) -> list[bytes]:
    kind = draw.randrange(3)
    if kind == 0 or not proof:
        return [*proof, os.urandom(32)]
    place = draw.randrange(len(proof))
    if kind == 1:
        return proof[:place] + proof[place + 1 :]
    step = bytearray(proof[place])
    step[draw.randrange(32)] ^= 1 << draw.randrange(8)
    return [*proof[:place], bytes(step), *proof[place + 1 :]]


def test_a_log_that_shrank_or_split_is_named() -> None:
    with pytest.raises(IntegrityError, match="rolled back"):
        check_consistency(5, b"a" * 32, 4, b"b" * 32, [])
    with pytest.raises(IntegrityError, match="forked"):
        check_consistency(5, b"a" * 32, 5, b"b" * 32, [])


@pytest.mark.parametrize("size", [1, 255, 256, 257, 70_000])
def test_a_log_opens_again_with_the_same_digest(size: int, tmp_path: object) -> None:
    files = OsFiles(tmp_path)  # type: ignore[arg-type]
    key = SigningKey.generate("log.example/a")
    Journal.begin(files, key)
    journal = Journal(files, key.verifier)
    rest = size
    while rest:
        part = min(rest, 4_096)
        journal.append([Entry(b"%d" % number) for number in range(part)], key)
        rest -= part
    again = Journal(files, key.verifier)
    assert (again.size, again.root()) == (size, journal.root())
    again.verify()
    for number, entry in again.entries(max(0, size - 3)):
        check_inclusion(
            leaf_hash(entry.public),
            number,
            size,
            inclusion_proof(again.tiles.node, number, size),
            again.root(),
        )
    heads = [Head.read(note, key.verifier) for note in again.notes()]
    for one, other in pairwise(heads):
        proof = consistency_proof(again.tiles.node, one.size, other.size)
        check_consistency(one.size, one.root, other.size, other.root, proof)


def test_heads_are_believed_from_their_key_alone() -> None:
    key, stranger = SigningKey.generate("log.example/a"), SigningKey.generate("log.example/a")
    head = Head("log.example/a", 3, bytes(32))
    note = head.signed(key)
    assert Head.read(note, VerifierKey.from_text(str(key.verifier))) == head
    with pytest.raises(IntegrityError):
        Head.read(note, stranger.verifier)
    with pytest.raises(IntegrityError, match="changed"):
        Head.read(note.replace("\n3\n", "\n4\n"), key.verifier)
    other = Head("log.example/b", 3, bytes(32)).signed(key)
    with pytest.raises(IntegrityError, match="another log"):
        Head.read(other, key.verifier)


def test_a_signing_key_does_not_show_itself() -> None:
    key = SigningKey.generate("log.example/a")
    assert key.secret.hex() not in repr(key)
    assert repr(key.secret)[2:10] not in repr(key)
