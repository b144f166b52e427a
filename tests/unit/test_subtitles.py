"""Transcripts are read however they were written, and nothing anybody said is lost."""

import time

import pytest

from kuager.core.errors import BadInputError
from kuager.engines.media.subtitle_files import write
from kuager.engines.media.subtitles import Cue, Form, Problem, ProblemKind, Transcript, read_bytes, read_text
from kuager.engines.media.time_codes import read_time, write_time

VTT = """WEBVTT - an invented street

STYLE
::cue { color: red }

NOTE
Not for the reader.

first
00:01.000 --> 00:02.500 align:start line:0
<v Asel>Where is <i>he</i>?</v>

01:00:03.000 --> 01:00:04.000
&lt;steps&gt; &amp; doors
second line
"""
SRT = (
    "\ufeff1\r\n00:00:01,000 --> 00:00:02,000\r\n<i>Қайда?</i>\r\n\r\n"
    "2\r\n00:00:03,5 --> 00:00:04\r\n{\\an8}Dana: here\r\n"
)


def said(transcript: Transcript) -> list[tuple[int | None, int | None, str, str]]:
    return [(cue.start_ms, cue.end_ms, cue.speaker, cue.text) for cue in transcript.cues]


def problems(text: str) -> list[Problem]:
    return list(read_text(text).problems)


def test_webvtt_is_read_without_its_markup() -> None:
    found = read_text(VTT)
    assert found.form is Form.VTT
    assert found.problems == ()
    assert said(found) == [
        (1_000, 2_500, "Asel", "Where is he?"),
        (3_603_000, 3_604_000, "", "<steps> & doors\nsecond line"),
    ]


def test_subrip_is_read_with_any_line_ends_and_tags() -> None:
    found = read_text(SRT)
    assert found.form is Form.SRT
    assert said(found) == [(1_000, 2_000, "", "Қайда?"), (3_500, 4_000, "Dana", "here")]


def test_plain_text_keeps_the_times_a_transcriber_wrote() -> None:
    found = read_text("[0:05] Erlan: they came\n\n00:01:02 - then silence\n12:30 they left again\n")
    assert found.form is Form.PLAIN
    assert said(found) == [
        (5_000, None, "Erlan", "they came"),
        (62_000, None, "", "then silence"),
        (None, None, "", "12:30 they left again"),
    ]
    assert not found.is_timed


def test_two_voices_in_one_piece_become_two_pieces() -> None:
    found = read_text("WEBVTT\n\n00:01.000 --> 00:02.000\n<v Asel>Who?\n<v.loud Gulnar>We.\n")
    assert said(found) == [(1_000, 2_000, "Asel", "Who?"), (1_000, 2_000, "Gulnar", "We.")]


@pytest.mark.parametrize(
    ("text", "line", "kind"),
    [
        ("1\n00:99:00,000 --> 00:99:01,000\nlost?\n", 2, ProblemKind.BAD_TIME),
        ("1\n00:00:05,000 --> 00:00:01,000\nback\n", 2, ProblemKind.END_BEFORE_START),
        ("1\n00:00:05,000 --> 00:00:06,000\n\n", 2, ProblemKind.TIME_WITHOUT_TEXT),
        ("1\n00:00:05,0 --> 00:00:06,0\na\n\nand more\n", 5, ProblemKind.TEXT_WITHOUT_TIME),
        ("1\n00:00:05,0 --> 00:00:06,0\na\n2\n00:00:07,0 --> 00:00:08,0\nb\n", 4, ProblemKind.NO_EMPTY_LINE),
        ("1\n00:00:05,0 --> 00:00:06,0\na\n\n00:00:01,0 --> 00:00:02,0\nb\n", 5, ProblemKind.OUT_OF_ORDER),
    ],
)
def test_faults_are_told_by_line(text: str, line: int, kind: ProblemKind) -> None:
    if kind is ProblemKind.TIME_WITHOUT_TEXT:
        text += "00:00:07,000 --> 00:00:08,000\nsomething\n"
    assert problems(text) == [Problem(line, kind)]


def test_what_stands_beside_a_fault_is_kept() -> None:
    text = "WEBVTT\n00:00:01.000 --> 00:00:02.000\nfirst\n00:00:99.000 --> 00:00:99.500\nsecond\n\nthird\n"
    assert [cue.text for cue in read_text(text).cues] == ["first", "second", "third"]


def test_old_code_pages_are_guessed_and_the_guess_is_told() -> None:
    found = read_bytes("1\n00:00:01,000 --> 00:00:02,000\nҚайда қызым? Где дочь?\n".encode("kz1048"))
    assert found.cues[0].text == "Қайда қызым? Где дочь?"
    assert found.problems == (Problem(1, ProblemKind.GUESSED_ENCODING),)
    assert read_bytes("Где?".encode("utf-16")).cues[0].text == "Где?"
    with pytest.raises(BadInputError, match="no text"):
        read_bytes(b"\xff\xfe\x00")


@pytest.mark.parametrize("text", ["", " \n\n", "WEBVTT\n\nNOTE only this\n", "a\x00b", "x" * 4_000_001])
def test_what_is_no_transcript_is_refused(text: str) -> None:
    with pytest.raises(BadInputError):
        read_text(text)


def test_each_form_is_written_so_that_it_can_be_read_again() -> None:
    cues = (
        Cue(text="<b> & --> not markup\nline two", start_ms=0, end_ms=1_500, speaker="Asel"),
        Cue(text="next", start_ms=61_001, end_ms=62_000),
    )
    assert said(read_text(write(cues, Form.VTT))) == [
        (0, 1_500, "Asel", "<b> & --> not markup\nline two"),
        (61_001, 62_000, "", "next"),
    ]
    assert "\n00:01:01,001 --> 00:01:02,000\n" in write(cues, Form.SRT)
    assert write(cues[1:], Form.PLAIN) == "[00:01:01.001] next\n"


def test_a_missing_end_is_the_next_beginning_and_a_missing_time_is_refused() -> None:
    cues = [Cue(text="a", start_ms=0), Cue(text="b", start_ms=4_000), Cue(text="c", start_ms=4_000)]
    assert [cue.end_ms for cue in read_text(write(cues, Form.VTT)).cues] == [4_000, 14_000, 14_000]
    with pytest.raises(BadInputError, match="1 pieces"):
        write([*cues, Cue(text="when?")], Form.SRT)


@pytest.mark.parametrize("text", ["", "1:2:3:4", "12:60", "-1", "one", "1:75:00", "99999:00:00", "９"])
def test_what_is_no_time_code_is_refused(text: str) -> None:
    with pytest.raises(BadInputError):
        read_time(text)


def test_times_are_cut_to_milliseconds() -> None:
    assert read_time("00:00:00.0019999") == 1
    assert write_time(read_time("999:59:59.999")) == "999:59:59.999"


@pytest.mark.parametrize(
    "piece", ["-->", "<v ", "00:00:01 --> 00:00:02\n", "{\\", "NOTE\n", "[1:00] ", "<v \u2028", "\n", "a: "]
)
def test_long_hostile_text_takes_no_long_time(piece: str) -> None:
    began = time.process_time()
    for head in ("", "WEBVTT\n\n00:01.000 --> 00:02.000\n", "1\n00:00:01,0 --> 00:00:02,0\n"):
        text = head + piece * (300_000 // len(piece))
        try:
            read_text(text)
        except BadInputError:
            continue
    assert time.process_time() - began < 3
