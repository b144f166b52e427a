"""Transcripts with time codes: WebVTT, SubRip (SRT) and plain text, read tolerantly and written strictly.

Promises: no spoken word is lost in reading (numbers and names of pieces, notes and styles are not kept).
What cannot be placed in time is kept without a time, and what was not as it should be is told with its line
number, so that a person can mend it. Nothing here is markup afterwards: tags are taken off, names of speakers
are kept. Failure model: the text is hostile; time and memory grow with its length alone, which is bounded.

References: WebVTT, W3C Candidate Recommendation (4 April 2019), sections 4 and 6; SubRip has no standard.
"""

import html
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from kuager.core.errors import BadInputError
from kuager.engines.media.time_codes import read_time

MOST_CHARACTERS = 4_000_000
MOST_CUES = 100_000
MOST_PROBLEMS = 200

_ARROW = re.compile(r"^\s*(\S+)\s*-{2,3}>\s*(\S+)(?:\s.*)?$")
# Without brackets only the long form counts: "12:30 they came" tells the hour, not a place in the film.
_LEADING_TIME = re.compile(
    r"^\s*(?:[\[(]\s*((?:\d{1,4}:)?\d{1,2}:\d{2}(?:[.,]\d{1,9})?)\s*[\])]|(\d{1,4}:\d{2}:\d{2}(?:[.,]\d{1,9})?))"
    r"(?:\s*[-–—:]\s+|\s+|$)(.*)$",
    re.ASCII,
)
_VTT_TAG = re.compile(r"<[^<>]*>")
_VTT_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?[ \t]+([^\s<>][^<>]*)>")
_SRT_TAG = re.compile(r"</?(?:[ibus]|font)(?:\s[^<>]*)?>|\{\\[^{}]*\}", re.IGNORECASE)
_SPEAKER = re.compile(r"^([^\W\d_][^:<>\n]{0,38}[^\W_]|[^\W\d_]):[ \t]+(?=\S)")


class Form(StrEnum):
    """How a transcript is written down."""

    VTT = "vtt"
    SRT = "srt"
    PLAIN = "plain"


class ProblemKind(StrEnum):
    """What was not as it should be."""

    BAD_TIME = "bad_time"
    END_BEFORE_START = "end_before_start"
    OUT_OF_ORDER = "out_of_order"
    TEXT_WITHOUT_TIME = "text_without_time"
    TIME_WITHOUT_TEXT = "time_without_text"
    NO_EMPTY_LINE = "no_empty_line"
    GUESSED_ENCODING = "guessed_encoding"


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: in which line (from 1), and of which kind."""

    line: int
    kind: ProblemKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One piece of a transcript.

    Attributes
    ----------
    start_ms, end_ms
        Milliseconds from the beginning; None where it is not known.
    text
        Plain text; lines are divided by a line feed and none is empty.
    speaker
        Who speaks, where it says so.
    line
        In which line (from 1) of what was read it began; 0 where it was not read.
    """

    text: str
    start_ms: int | None = None
    end_ms: int | None = None
    speaker: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """What was read: its pieces in the order of the text, and what was wrong with it."""

    form: Form
    cues: tuple[Cue, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def is_timed(self) -> bool:
        """Whether every piece has a time."""
        return all(cue.start_ms is not None for cue in self.cues)


@dataclass(slots=True)
class _Block:
    """Lines between empty lines: the number of the first, and what stands there."""

    line: int
    lines: list[str]


def read_bytes(data: bytes) -> Transcript:
    """Read a file: UTF-8, UTF-16 with its mark, or else the code page of Kazakh and Russian (KZ-1048)."""
    text, is_guessed = decoded(data)
    found = read_text(text)
    if not is_guessed:
        return found
    guessed = Problem(1, ProblemKind.GUESSED_ENCODING)
    return replace(found, problems=(guessed, *found.problems))


def decoded(data: bytes) -> tuple[str, bool]:
    """Return the text of a file, and whether its code page had to be guessed."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding), False
    except UnicodeDecodeError:
        return data.decode("kz1048", errors="replace"), True


def read_text(text: str) -> Transcript:
    """Read a transcript of any form.

    Parameters
    ----------
    text
        At most ``MOST_CHARACTERS``.

    Raises
    ------
    BadInputError
        When it is empty, too long, or no text.
    """
    if len(text) > MOST_CHARACTERS:
        raise BadInputError(f"a transcript has at most {MOST_CHARACTERS:,} characters")
    if "\x00" in text:
        raise BadInputError("this is no text: it has empty bytes in it")
    lines = re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff"))
    form = _form_of(lines)
    cues, problems = _plain(lines) if form is Form.PLAIN else _timed(lines, form)
    if not cues:
        raise BadInputError("there is no text in this transcript")
    if len(cues) > MOST_CUES:
        raise BadInputError(f"a transcript has at most {MOST_CUES:,} pieces")
    problems = sorted([*problems, *_disorder(cues)], key=lambda one: one.line)
    return Transcript(form=form, cues=tuple(cues), problems=tuple(problems[:MOST_PROBLEMS]))


def _form_of(lines: Sequence[str]) -> Form:
    if re.match(r"WEBVTT(?:[ \t]|$)", lines[0]):
        return Form.VTT
    return Form.SRT if any(_ARROW.match(line) for line in lines) else Form.PLAIN


def _disorder(cues: Iterable[Cue]) -> Iterator[Problem]:
    latest = 0
    for cue in cues:
        if cue.start_ms is None:
            continue
        if cue.start_ms < latest:
            yield Problem(cue.line, ProblemKind.OUT_OF_ORDER)
        latest = max(latest, cue.start_ms)


def _timed(lines: Sequence[str], form: Form) -> tuple[list[Cue], list[Problem]]:
    cues: list[Cue] = []
    problems: list[Problem] = []
    for block in _blocks(lines, form):
        for part in _parts(block, problems):
            cues.extend(_cues_of(part, form, problems))
    return cues, problems


def _blocks(lines: Sequence[str], form: Form) -> Iterator[_Block]:
    """Give what stands between empty lines, without the header, notes and style of WebVTT."""
    block = _Block(1, [])
    for number, line in enumerate([*lines, ""], 1):
        if line.strip():
            if not block.lines:
                block.line = number
            block.lines.append(line)
        elif block.lines:
            if form is not Form.VTT or not _is_no_text(block):
                yield block
            block = _Block(number, [])


def _is_no_text(block: _Block) -> bool:
    words = "WEBVTT|NOTE" if block.line == 1 else "NOTE"
    if re.match(rf"(?:{words})(?:[ \t]|$)", block.lines[0]):
        # A header that runs into the first piece without an empty line must not take it away.
        head = next((i for i, line in enumerate(block.lines) if _ARROW.match(line)), len(block.lines))
        block.line, block.lines = block.line + head, block.lines[head:]
        return not block.lines
    return bool(re.match(r"(?:STYLE|REGION)[ \t]*$", block.lines[0]))


def _parts(block: _Block, problems: list[Problem]) -> Iterator[_Block]:
    """Divide a block at further lines with times, where an empty line was forgotten."""
    times = [index for index, line in enumerate(block.lines) if _ARROW.match(line)]
    begin = 0
    for before, index in itertools.pairwise(times):
        has_number = index - before > 1 and block.lines[index - 1].strip().isdecimal()
        end = index - 1 if has_number else index
        problems.append(Problem(block.line + end, ProblemKind.NO_EMPTY_LINE))
        yield _Block(block.line + begin, block.lines[begin:end])
        begin = end
    yield _Block(block.line + begin, block.lines[begin:])


def _cues_of(part: _Block, form: Form, problems: list[Problem]) -> list[Cue]:
    index = next((i for i, line in enumerate(part.lines) if _ARROW.match(line)), None)
    if index is None:
        problems.append(Problem(part.line, ProblemKind.TEXT_WITHOUT_TIME))
        return _spoken("\n".join(part.lines), form, Cue(text="", line=part.line))
    line = part.line + index
    start, end = _span(part.lines[index], line, problems)
    text = "\n".join([*_text_above(part.lines[:index], form), *part.lines[index + 1 :]])
    cues = _spoken(text, form, Cue(text="", start_ms=start, end_ms=end, line=line))
    if not cues:
        problems.append(Problem(line, ProblemKind.TIME_WITHOUT_TEXT))
    return cues


def _text_above(lines: list[str], form: Form) -> list[str]:
    """Return what stands above the time without the piece's number, or its name in WebVTT."""
    is_name = bool(lines) and (form is Form.VTT or lines[-1].strip().isdecimal())
    return lines[:-1] if is_name else lines


def _span(text: str, line: int, problems: list[Problem]) -> tuple[int | None, int | None]:
    """Return beginning and end in milliseconds; what cannot be read is told and left unknown."""
    said = _ARROW.match(text)
    try:
        start, end = (read_time(one) for one in said.groups()) if said else (0, 0)
    except BadInputError:
        problems.append(Problem(line, ProblemKind.BAD_TIME))
        return None, None
    if end < start:
        problems.append(Problem(line, ProblemKind.END_BEFORE_START))
        return start, None
    return start, end


def _spoken(text: str, form: Form, cue: Cue) -> list[Cue]:
    """Take the tags off; a piece in which several people speak becomes several pieces."""
    if form is not Form.VTT:
        speaker, words = _named(tidy(_SRT_TAG.sub("", text)))
        return [replace(cue, text=words, speaker=speaker)] if words else []
    # re.split gives: text before the first voice, then voice and text in turn.
    parts = _VTT_VOICE.split(text)
    voices = zip(["", *parts[1::2]], parts[::2], strict=True)
    said = [(tidy(_plain_vtt(voice)), tidy(_plain_vtt(words))) for voice, words in voices]
    return [replace(cue, text=words, speaker=" ".join(voice.split())) for voice, words in said if words]


def _plain_vtt(text: str) -> str:
    return html.unescape(_VTT_TAG.sub("", text))


def tidy(text: str) -> str:
    """Take empty lines and blanks at the ends of lines away."""
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def _named(text: str) -> tuple[str, str]:
    """Divide "Name: words" into the name and the words."""
    found = _SPEAKER.match(text)
    return (found[1], text[found.end() :]) if found else ("", text)


def _plain(lines: Sequence[str]) -> tuple[list[Cue], list[Problem]]:
    cues: list[Cue] = []
    problems: list[Problem] = []
    for number, line in enumerate(lines, 1):
        found, start, words = _LEADING_TIME.match(line), None, line
        if found is not None:
            try:
                start, words = read_time(found[1] or found[2]), found[3]
            except BadInputError:
                problems.append(Problem(number, ProblemKind.BAD_TIME))
        speaker, text = _named(tidy(words))
        if text:
            cues.append(Cue(text=text, start_ms=start, speaker=speaker, line=number))
        elif start is not None:
            problems.append(Problem(number, ProblemKind.TIME_WITHOUT_TEXT))
    return cues, problems
