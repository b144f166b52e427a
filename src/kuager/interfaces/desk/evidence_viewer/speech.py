"""What is said in an item, beside its picture: pieces with times, original and translation in one row."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kuager.core.errors import BadInputError
from kuager.domain.evidence import queries
from kuager.engines.media.subtitles import Cue, Transcript, read_text
from kuager.engines.media.time_codes import write_time

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kuager.domain.evidence.models import Transcript as TranscriptRow
    from kuager.interfaces.desk.evidence_viewer.asked import AskedItem

SHOWN_LINES = 400
_NEAR_MS = 300


@dataclass(frozen=True, kw_only=True)
class SpokenLine:
    """One piece, and what stands beside it in the other language.

    Attributes
    ----------
    ms, code
        When it begins; None and empty where nobody said.
    is_now
        The picture shows the time at which it is said.
    """

    ms: int | None
    code: str
    speaker: str
    text: str
    beside: str
    is_now: bool


@dataclass(frozen=True, kw_only=True)
class Speech:
    """What stands beside the picture.

    Attributes
    ----------
    rows
        All transcripts in force, to choose from.
    chosen, other
        The one that is read, and the one beside it, if any.
    left
        How many more pieces there are than are shown.
    """

    rows: "Sequence[TranscriptRow]"
    chosen: "TranscriptRow | None"
    other: "TranscriptRow | None"
    lines: Sequence[SpokenLine]
    left: int


def speech_beside(request: "HttpRequest", asked: "AskedItem", at_ms: int) -> Speech:
    """Return the transcript that the address names, or the first, with a translation beside it."""
    opened = queries.transcripts(asked.vault, asked.item)
    by_key = {str(one.row.pk): one for one in opened}
    chosen = by_key.get(request.GET.get("speech", "")) or (opened[0] if opened else None)
    if chosen is None:
        return Speech(rows=[], chosen=None, other=None, lines=[], left=0)
    other = next((one for one in opened if one.row.is_translation is not chosen.row.is_translation), None)
    cues = read_again(chosen.text).cues
    beside = _side_by_side(cues, read_again(other.text).cues) if other else {}
    lines = [_line(cue, beside, at_ms) for cue in _window(cues, at_ms)]
    return Speech(
        rows=[one.row for one in opened],
        chosen=chosen.row,
        other=other.row if other else None,
        lines=lines,
        left=len(cues) - len(lines),
    )


def read_again(text: str) -> Transcript:
    """Read a transcript that was taken in; what an older version took and this one refuses is empty."""
    try:
        return read_text(text)
    except BadInputError:
        return read_text("…")


def _window(cues: Sequence[Cue], at_ms: int) -> Sequence[Cue]:
    """Return the pieces around the present time; all where they are few."""
    if len(cues) <= SHOWN_LINES:
        return cues
    here = sum(1 for cue in cues if cue.start_ms is not None and cue.start_ms <= at_ms)
    begin = min(max(0, here - SHOWN_LINES // 2), len(cues) - SHOWN_LINES)
    return cues[begin : begin + SHOWN_LINES]


def _line(cue: Cue, beside: Mapping[int, str], at_ms: int) -> SpokenLine:
    return SpokenLine(
        ms=cue.start_ms,
        code="" if cue.start_ms is None else write_time(cue.start_ms),
        speaker=cue.speaker,
        text=cue.text,
        beside=beside.get(cue.line, ""),
        is_now=cue.start_ms is not None and cue.start_ms <= at_ms < _end(cue),
    )


def _end(cue: Cue) -> int:
    start = cue.start_ms or 0
    return cue.end_ms if cue.end_ms is not None else start + 5_000


def _side_by_side(cues: Sequence[Cue], others: Sequence[Cue]) -> dict[int, str]:
    """Return, by the line of a piece, what of the other language stands beside it.

    A piece stands beside the last one that has begun by then, or begins a moment later: translators set their
    times by hand. Without times, as many pieces on both sides stand beside each other in their order.
    """
    begun = sorted((cue.start_ms, place) for place, cue in enumerate(cues) if cue.start_ms is not None)
    found: dict[int, list[str]] = {}
    for index, other in enumerate(others):
        if other.start_ms is not None:
            reached = bisect_right(begun, (other.start_ms + _NEAR_MS, len(cues)))
            place = begun[reached - 1][1] if reached else 0
        elif len(others) == len(cues):
            place = index
        else:
            continue
        found.setdefault(place, []).append(other.text)
    return {cues[place].line: "\n".join(texts) for place, texts in found.items()}
