"""What lies sealed: names, told details, notes, transcripts and findings; read with the open vault only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kuager.core.digest import JsonValue
from kuager.domain.evidence.models import CustodyEvent, DigitalItem, Mark, Transcript, Verification
from kuager.domain.evidence.queries.custody import history
from kuager.engines.sealing import Decrypted
from kuager.engines.vault.vault import Item, Vault


@dataclass(frozen=True, slots=True)
class OpenedEvent:
    """An act with its sealed detail."""

    row: CustodyEvent
    detail: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class OpenedMark:
    """A mark and its note."""

    row: Mark
    note: str


@dataclass(frozen=True, slots=True)
class OpenedTranscript:
    """A transcript and its text."""

    row: Transcript
    text: str


@dataclass(frozen=True, slots=True)
class OpenedVerification:
    """A finding with its texts."""

    row: Verification
    question: str
    method: str
    finding: str


def kept(vault: Vault, item: DigitalItem) -> Item:
    """Return the vault's own record of an item: the acquisition whose file is read."""
    vault.refresh()
    return vault.item(item.read_from)


def open_item(vault: Vault, item: DigitalItem) -> Decrypted:
    """Open an item's plain bytes to read from any place; whoever shows them notes the view first."""
    return vault.open(kept(vault, item))


def told(vault: Vault, item: DigitalItem) -> Mapping[str, JsonValue]:
    """Return everything that was told when an item was first acquired: name, digest, source in words."""
    vault.refresh()
    return vault.item(item.number).acquired


def names(vault: Vault, items: Iterable[DigitalItem]) -> dict[int, str]:
    """Return the names under which items came, by number."""
    vault.refresh()
    return {item.number: str(vault.item(item.number).acquired.get("name", "")) for item in items}


def opened_history(vault: Vault, item: DigitalItem) -> list[OpenedEvent]:
    """Return every act with an item and its sealed detail, oldest first."""
    vault.refresh()
    return [OpenedEvent(row, vault.event(row.number).opening.detail) for row in history(item)]


def marks(vault: Vault, item: DigitalItem) -> list[OpenedMark]:
    """Return the marks in force: by page and moment, those of the whole item first."""
    rows = item.marks.filter(superseded_at__isnull=True).select_related("by", "citation")
    ordered = sorted(
        rows, key=lambda row: (row.page or 0, -1 if row.time_ms is None else row.time_ms, row.pk)
    )
    return [OpenedMark(row, _text(vault, row.note_sealed)) for row in ordered]


def transcripts(vault: Vault, item: DigitalItem) -> list[OpenedTranscript]:
    """Return the transcripts in force, the spoken languages before translations."""
    rows = item.transcripts.filter(superseded_at__isnull=True).select_related("by")
    ordered = rows.order_by("is_translation", "language")
    return [OpenedTranscript(row, _text(vault, row.text_sealed)) for row in ordered]


def verifications(vault: Vault, item: DigitalItem) -> list[OpenedVerification]:
    """Return all findings about an item, withdrawn ones too, by aspect and age."""
    rows = item.verifications.select_related("by", "seconded_by", "withdrawn_by").order_by(
        "aspect", "at", "id"
    )
    return [
        OpenedVerification(
            row,
            question=_text(vault, row.question_sealed),
            method=_text(vault, row.method_sealed),
            finding=_text(vault, row.finding_sealed),
        )
        for row in rows
    ]


def _text(vault: Vault, sealed: "bytes | memoryview[int]") -> str:
    return vault.unseal(bytes(sealed)).decode("utf-8")
