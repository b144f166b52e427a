"""Laws of transcripts: reading never loses a word, and what was written is read as the same."""

import string

from hypothesis import given
from hypothesis import strategies as st

from kuager.core.errors import BadInputError
from kuager.engines.media.subtitle_files import write
from kuager.engines.media.subtitles import Cue, Form, read_bytes, read_text
from kuager.engines.media.time_codes import LONGEST_MS, read_time, write_time

WORDS = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=30)
PLACES = st.integers(0, LONGEST_MS)
HARMLESS = string.ascii_letters + "әғқңөұүһі .,!?"


def cues(words: st.SearchStrategy[str]) -> st.SearchStrategy[list[Cue]]:
    spoken = words.map(str.strip).filter(lambda text: bool(text.strip()))
    spans = st.tuples(PLACES, PLACES).map(sorted)
    one = st.builds(lambda text, span: Cue(text=text, start_ms=span[0], end_ms=span[1]), spoken, spans)
    return st.lists(one, min_size=1, max_size=8)


@given(PLACES)
def test_time_codes_round_trip(place: int) -> None:
    assert read_time(write_time(place)) == place


@given(cues(WORDS))
def test_webvtt_round_trips_whatever_was_said(written: list[Cue]) -> None:
    found = read_text(write(written, Form.VTT)).cues
    assert [(c.start_ms, c.end_ms, c.text) for c in found] == [
        (c.start_ms, c.end_ms, c.text) for c in written
    ]


@given(cues(st.text(HARMLESS, min_size=1, max_size=40)))
def test_subrip_round_trips_plain_words(written: list[Cue]) -> None:
    found = read_text(write(written, Form.SRT)).cues
    assert [(c.start_ms, c.end_ms, c.text) for c in found] == [
        (c.start_ms, c.end_ms, c.text) for c in written
    ]


@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        found = read_bytes(data)
    except BadInputError:
        return
    assert all(cue.text.strip() for cue in found.cues)


@given(
    st.lists(st.sampled_from(["1", "", "00:00:01,000 --> 00:00:02,000", "x --> y", "word-{}", "WEBVTT", "7"]))
)
def test_no_word_is_lost_however_lines_stand(lines: list[str]) -> None:
    text = "\n".join(line.format(number) for number, line in enumerate(lines))
    words = {f"word-{number}" for number, line in enumerate(lines) if line == "word-{}"}
    if not words or text.startswith("WEBVTT"):
        return  # the name of a piece may stand above its time in WebVTT
    found = " ".join(cue.text for cue in read_text(text).cues)
    assert all(word in found.split() for word in words)
