"""Writing down what is seen and heard: marks, citations of them, transcripts."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from kuager.core.digest import JsonValue, sha256_hex
from kuager.core.errors import InvalidTransitionError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.evidence.models import DigitalItem, Mark, Transcript
from kuager.domain.evidence.operations.recording import audit, index_act, log_act
from kuager.domain.evidence.queries.visibility import check_sees
from kuager.domain.evidence.rules import notes
from kuager.domain.evidence.rules.two_people import check_reason
from kuager.domain.sources import operations as sources
from kuager.domain.sources.models import Citation, Source
from kuager.engines.media.time_codes import write_time
from kuager.engines.vault.custody import Act
from kuager.engines.vault.vault import Vault


def add_mark(  # noqa: PLR0913  # keyword-only, one for each field
    *,
    vault: Vault,
    item: DigitalItem,
    note: str,
    by: User,
    at: datetime,
    time_ms: int | None = None,
    page: int | None = None,
    box: Sequence[int] | None = None,
) -> Mark:
    """Mark a moment or a page of an item, or a box in it, with what is seen there. The note is sealed.

    Parameters
    ----------
    time_ms
        Milliseconds from the beginning.
    page
        From 1 on.
    box
        Left, top, width and height in thousandths of the picture.
    """
    check_may(by, Capability.VERIFY_EVIDENCE)
    check_sees(by, item)
    note = notes.check_text(note, longest=notes.LONGEST_NOTE, what="the note")
    notes.check_mark(time_ms=time_ms, page=page, box=box)
    detail: dict[str, JsonValue] = {
        "what": "mark",
        "time_ms": time_ms,
        "page": page,
        "box": None if box is None else list(box),
        "note": note,
    }
    number = log_act(vault, Act.NOTED, item, detail, by=by, at=at)
    left, top, width, height = box if box is not None else (None, None, None, None)
    with transaction.atomic():
        mark = Mark.objects.create(
            item=item,
            time_ms=time_ms,
            page=page,
            box_x=left,
            box_y=top,
            box_width=width,
            box_height=height,
            note_sealed=vault.seal(note.encode()),
            by=by,
            at=at,
        )
        index_act(number, Act.NOTED, item, by=by, at=at)
        audit("add_mark", item, by=by, at=at, mark=mark.pk)
    return mark


def cite_mark(*, vault: Vault, mark: Mark, source: Source, by: User, at: datetime) -> Citation:
    """Cite a mark as a place in a source, so that a statement in the register can stand on it."""
    check_sees(by, mark.item)
    if mark.citation_id is not None:
        raise InvalidTransitionError("this mark is cited already")
    detail: dict[str, JsonValue] = {"what": "citation", "mark": mark.pk, "source": source.pk}
    check_may(by, Capability.RECORD)
    number = log_act(vault, Act.NOTED, mark.item, detail, by=by, at=at)
    with transaction.atomic():
        locked = Mark.objects.select_for_update(no_key=True).get(pk=mark.pk)
        if locked.citation_id is not None or locked.superseded_at is not None:
            raise InvalidTransitionError("this mark is cited already, or was dropped")
        locked.citation = sources.add_citation(source=source, locator=locator(locked), by=by, at=at)
        locked.save(update_fields=["citation"])
        index_act(number, Act.NOTED, mark.item, by=by, at=at)
        audit("cite_mark", mark.item, by=by, at=at, mark=mark.pk)
    return locked.citation


def locator(mark: Mark) -> str:
    """Return where a mark stands, as a citation names it: ``item 12, 00:01:02.500, box 10 20 300 400``."""
    parts = [f"item {mark.item.number}"]
    if mark.time_ms is not None:
        parts.append(write_time(mark.time_ms))
    if mark.page is not None:
        parts.append(f"page {mark.page}")
    if mark.box_width is not None:
        parts.append(f"box {mark.box_x} {mark.box_y} {mark.box_width} {mark.box_height}")
    return ", ".join(parts)


@transaction.atomic
def drop_mark(*, mark: Mark, reason: str, by: User, at: datetime) -> Mark:
    """Take a mark out of use; it stays on record. One that is cited stays in use."""
    check_may(by, Capability.VERIFY_EVIDENCE)
    check_sees(by, mark.item)
    reason = check_reason(reason)
    locked = Mark.objects.select_for_update(of=("self",), no_key=True).select_related("item").get(pk=mark.pk)
    if locked.superseded_at is not None:
        raise InvalidTransitionError("this mark was dropped already")
    if locked.citation_id is not None:
        raise InvalidTransitionError("a statement stands on this mark; it cannot be dropped")
    locked.superseded_by, locked.superseded_at, locked.reason = by, at, reason
    locked.save(update_fields=["superseded_by", "superseded_at", "reason"])
    audit("drop_mark", locked.item, by=by, at=at, reason=reason, mark=locked.pk)
    return locked


def add_transcript(  # noqa: PLR0913  # keyword-only, one for each field
    *,
    vault: Vault,
    item: DigitalItem,
    language: str,
    text: str,
    is_translation: bool = False,
    by: User,
    at: datetime,
) -> Transcript:
    """Write down what is said or written in an item; supersedes the one before in this language. Sealed."""
    check_may(by, Capability.VERIFY_EVIDENCE)
    check_sees(by, item)
    language = notes.check_language(language)
    text = notes.check_text(text, longest=notes.LONGEST_TRANSCRIPT, what="the transcript")
    # The log holds the digest of the text, not the text: it proves later which text was written when.
    detail: dict[str, JsonValue] = {
        "what": "transcript",
        "language": language,
        "is_translation": is_translation,
        "sha256": sha256_hex(text.encode()),
    }
    number = log_act(vault, Act.NOTED, item, detail, by=by, at=at)
    with transaction.atomic():
        # Whoever writes at the same moment waits here, so that one stays in force.
        DigitalItem.objects.select_for_update(no_key=True).get(pk=item.pk)
        before = item.transcripts.filter(
            language=language, is_translation=is_translation, superseded_at__isnull=True
        )
        before.update(superseded_at=at, superseded_by=by)
        transcript = Transcript.objects.create(
            item=item,
            language=language,
            is_translation=is_translation,
            text_sealed=vault.seal(text.encode()),
            by=by,
            at=at,
        )
        index_act(number, Act.NOTED, item, by=by, at=at)
        audit("add_transcript", item, by=by, at=at, transcript=transcript.pk, language=language)
    return transcript
