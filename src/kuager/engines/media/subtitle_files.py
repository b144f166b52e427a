"""Writing transcripts as WebVTT, SubRip or plain text, so that what is read from them again says the same."""

from collections.abc import Iterator, Sequence

from kuager.core.errors import BadInputError
from kuager.engines.media.subtitles import Cue, Form, tidy
from kuager.engines.media.time_codes import write_time

_SHOWN_WITHOUT_END_MS = 10_000


def write(cues: Sequence[Cue], form: Form) -> str:
    """Write a transcript; what was read from it again says the same.

    Notes
    -----
    An end that nobody gave becomes the beginning of the next piece, at most ten seconds later.

    Raises
    ------
    BadInputError
        When a piece has no time and the form needs one.
    """
    if form is Form.PLAIN:
        return "".join(f"{_plain_line(cue)}\n" for cue in cues)
    spans = list(_spans(cues))
    if form is Form.VTT:
        pieces = [f"{_arrow(*span)}\n{_vtt_text(cue)}\n" for cue, span in zip(cues, spans, strict=True)]
        return "\n".join(["WEBVTT\n", *pieces])
    numbered = enumerate(zip(cues, spans, strict=True), 1)
    return "\n".join(
        f"{number}\n{_arrow(*span).replace('.', ',')}\n{_srt_text(cue)}\n" for number, (cue, span) in numbered
    )


def _spans(cues: Sequence[Cue]) -> Iterator[tuple[int, int]]:
    starts = [cue.start_ms for cue in cues]
    missing = starts.count(None)
    if missing:
        raise BadInputError(
            f"{missing} pieces of this transcript have no time code: write it as plain text, or add the times"
        )
    known = [start or 0 for start in starts]
    for cue, start, following in zip(cues, known, [*known[1:], None], strict=True):
        latest = start + _SHOWN_WITHOUT_END_MS
        until = latest if following is None or following <= start else min(following, latest)
        yield start, until if cue.end_ms is None else cue.end_ms


def _arrow(start: int, end: int) -> str:
    return f"{write_time(start)} --> {write_time(end)}"


def _vtt_text(cue: Cue) -> str:
    voice = f"<v {_escaped(cue.speaker)}>" if cue.speaker else ""
    return voice + _escaped(tidy(cue.text))


def _escaped(text: str) -> str:
    """Write the three signs of WebVTT's markup so that they are read as themselves."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _srt_text(cue: Cue) -> str:
    # SubRip knows no way to write an arrow that is no time.
    text = tidy(cue.text).replace("-->", "→")
    return f"{cue.speaker}: {text}" if cue.speaker else text


def _plain_line(cue: Cue) -> str:
    time = f"[{write_time(cue.start_ms)}] " if cue.start_ms is not None else ""
    speaker = f"{cue.speaker}: " if cue.speaker else ""
    return time + speaker + " ".join(tidy(cue.text).split("\n"))
