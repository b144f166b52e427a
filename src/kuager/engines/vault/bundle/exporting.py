"""Write a bundle: the files as they were kept, their whole history, and what proves both.

Layout: a bag (RFC 8493) whose payload is the items; beside it ``proofs/bundle.json`` with the signed head,
the events with their proofs and openings, and how the log grew since earlier bundles; ``custody.csv`` for
reading; ``verify.py``, and a sheet in three languages that says what this proves and what it does not.
Described in ``docs/formats/vault.md``.

Promises: the export is itself an event of each item, recorded durably before the first byte leaves; equal
contents give equal bundles; an item whose bytes changed is not exported, it raises IntegrityError.
"""

import csv
import hashlib
import io
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources

from kuager.core.csv_cells import safe_cell
from kuager.core.digest import JsonValue, canonical_json
from kuager.core.errors import BadInputError
from kuager.engines.vault.bundle.file_names import safe_name
from kuager.engines.vault.bundle.sinks import Sink
from kuager.engines.vault.custody import Act
from kuager.engines.vault.heads import Head
from kuager.engines.vault.merkle import consistency_proof, inclusion_proof
from kuager.engines.vault.stamps import ChainProof, Stamp, chain_covering, chain_proofs, covering, stamps
from kuager.engines.vault.vault import Item, Recorded, Vault

_EXPORTED = b'"act":"exported"'
_SHEETS = ("kk", "ru", "en")


@dataclass(frozen=True, slots=True)
class Bundle:
    """What an export was recorded to give out; ``number`` names the bundle."""

    number: str
    items: tuple[Item, ...]
    histories: Mapping[int, list[Recorded]]
    files: Mapping[int, str]
    stamps: tuple[Stamp, ...]
    chains: tuple[ChainProof, ...]
    size: int


def export(vault: Vault, numbers: Sequence[int], sink: Sink, *, by: str, at: datetime, reason: str) -> str:
    """Export items and return the bundle's number.

    Parameters
    ----------
    numbers
        The items.
    sink
        Where to; see :class:`FolderSink` and :class:`SealedSink`.
    by, at, reason
        Who gives them out, when and what for; sealed in the log, plain in the bundle's history.

    Raises
    ------
    NotFoundError
        When there is no such item.
    IntegrityError
        When an item has changed; nothing is left behind.
    """
    try:
        bundle = begin(vault, numbers, by=by, at=at, reason=reason)
        for path, pieces in contents(vault, bundle):
            sink.write(path, pieces)
        sink.finish()
    except BaseException:
        sink.drop()
        raise
    return bundle.number


def begin(vault: Vault, numbers: Sequence[int], *, by: str, at: datetime, reason: str) -> Bundle:
    """Record the export, durably, as an event of each item; its :func:`contents` may then be given out."""
    if not numbers or not reason.strip():
        raise BadInputError("say which items are to be exported, and what for")
    numbers = sorted(set(numbers))
    items = tuple(vault.item(number) for number in numbers)
    bundle = secrets.token_hex(8)
    detail: dict[str, JsonValue] = {"bundle": bundle, "reason": reason}
    first = vault.record_many([(Act.EXPORTED, by, at, detail, item.number) for item in items])
    names = {
        item.number: f"data/{item.number}-{safe_name(str(item.acquired.get('name', '')))}" for item in items
    }
    histories = {item.number: vault.history(item.number) for item in items}
    size = first + len(items)
    stamped, chained = stamps(vault), chain_proofs(vault)
    found = {
        stamp.answer: stamp for number in numbers for stamp in covering(vault, number, size, among=stamped)
    }
    chains = {
        one.ots: one for number in numbers for one in chain_covering(vault, number, size, among=chained)
    }
    return Bundle(bundle, items, histories, names, tuple(found.values()), tuple(chains.values()), size)


class _Measured:
    """Pieces on their way out, whose digests are known once all of them have passed."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces
        self._small, self._large = hashlib.sha256(), hashlib.sha512()

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self._small.update(piece)
            self._large.update(piece)
            yield piece

    def digests(self) -> tuple[str, str]:
        return self._small.hexdigest(), self._large.hexdigest()


def contents(vault: Vault, bundle: Bundle) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Give the files of a bundle, path and pieces; take each wholly before the next is asked for."""
    payload: dict[str, tuple[str, str]] = {}
    for item in bundle.items:
        measured = _Measured(vault.read(item))
        yield bundle.files[item.number], measured
        payload[bundle.files[item.number]] = measured.digests()
    tags: dict[str, str] = {}
    for path, content in _tag_files(vault, bundle, payload):
        yield path, [content]
        tags[path] = hashlib.sha256(content).hexdigest()
    yield "tagmanifest-sha256.txt", [_manifest(tags)]


def _tag_files(
    vault: Vault, bundle: Bundle, payload: Mapping[str, tuple[str, str]]
) -> Iterator[tuple[str, bytes]]:
    yield "bagit.txt", b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    size = sum(item.size for item in bundle.items)
    info = f"External-Identifier: {bundle.number}\nPayload-Oxum: {size}.{len(bundle.items)}\n"
    yield "bag-info.txt", info.encode()
    yield "manifest-sha256.txt", _manifest({path: small for path, (small, _) in payload.items()})
    yield "manifest-sha512.txt", _manifest({path: large for path, (_, large) in payload.items()})
    yield "proofs/bundle.json", canonical_json(_proofs(vault, bundle)) + b"\n"
    for number, stamp in enumerate(bundle.stamps):
        yield f"proofs/stamps/{number}.tsr", stamp.answer
        yield f"proofs/stamps/{number}.pem", stamp.certificates
    for number, chain in enumerate(bundle.chains):
        yield f"proofs/stamps/ots-{number}.head", chain.head.encode()
        yield f"proofs/stamps/ots-{number}.head.ots", chain.ots
    yield "custody.csv", _custody(bundle)
    folder = resources.files("kuager.engines.vault.bundle")
    yield "verify.py", folder.joinpath("verify.py").read_bytes()
    for language in _SHEETS:
        name = f"READ_ME_{language}.txt"
        yield name, folder.joinpath("sheets", name).read_bytes()


def _manifest(digests: Mapping[str, str]) -> bytes:
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(digests.items())).encode()


def _proofs(vault: Vault, bundle: Bundle) -> dict[str, JsonValue]:
    node = vault.journal.tiles.node
    recorded = {one.number: one for history in bundle.histories.values() for one in history}
    return {
        "bundle": bundle.number,
        "key": str(vault.public.log),
        "head": vault.signed_head(bundle.size),
        "growth": [
            {
                "head": vault.signed_head(old),
                "proof": [step.hex() for step in consistency_proof(node, old, bundle.size)],
            }
            for old in _given_out(vault, bundle.size)
        ],
        "events": [
            {
                "number": number,
                "public": one.event.as_json().decode(),
                "opening": {"detail": dict(one.opening.detail), "salt": one.opening.salt.hex()},
                "proof": [step.hex() for step in inclusion_proof(node, number, bundle.size)],
            }
            for number, one in sorted(recorded.items())
        ],
        "items": [
            {
                "number": item.number,
                "file": bundle.files[item.number],
                "events": [one.number for one in bundle.histories[item.number]],
            }
            for item in bundle.items
        ],
        "stamps": [
            {
                "authority": stamp.authority,
                "at": stamp.at.isoformat(),
                "head": stamp.head,
                "proof": [step.hex() for step in _growth(vault, stamp.head, bundle.size)],
                "token": f"proofs/stamps/{number}.tsr",
                "certificates": f"proofs/stamps/{number}.pem",
            }
            for number, stamp in enumerate(bundle.stamps)
        ],
        "chains": [
            {
                "head": chain.head,
                "state": chain.state,
                "proof": [step.hex() for step in _growth(vault, chain.head, bundle.size)],
                "file": f"proofs/stamps/ots-{number}.head",
                "ots": f"proofs/stamps/ots-{number}.head.ots",
            }
            for number, chain in enumerate(bundle.chains)
        ],
    }


def _growth(vault: Vault, head: str, size: int) -> list[bytes]:
    covered = Head.read(head, vault.public.log).size
    return consistency_proof(vault.journal.tiles.node, covered, size)


def _given_out(vault: Vault, size: int) -> list[int]:
    """Return how long the log was whenever a bundle left, so that whoever kept that head can compare."""
    ends = (number + 1 for number, entry in vault.journal.entries(0, size) if _EXPORTED in entry.public)
    return [end for end in ends if end < size]


def _custody(bundle: Bundle) -> bytes:
    """Return the histories as a table in which no cell is a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["item", "event", "at", "act", "by", "details"])
    for item in bundle.items:
        for one in bundle.histories[item.number]:
            told = {key: value for key, value in one.opening.detail.items() if key != "by"}
            row = [item.number, one.number, one.event.at.isoformat(), one.event.act.value]
            writer.writerow(
                [*row, safe_cell(one.opening.detail["by"]), safe_cell(canonical_json(told).decode())]
            )
    return text.getvalue().encode()
