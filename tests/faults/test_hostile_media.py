"""Files made to break their readers end in a plain reason or a plain answer, and within the bounds."""

import contextlib
import io
import json
import random
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kuager.engines.media import archives, limited, previews, probing
from kuager.engines.media.errors import Reason, UnreadableMediaError
from kuager.engines.media.limited import Limits, run_limited
from kuager.engines.media.messages import HEADER, MAX_PAYLOAD, Kind, packed
from kuager.engines.media.types import Family, media_types
from tests import made_media
from tests.faults import hostile_media

# Every bomb: what probing and drawing it ends in; "read" when an answer is fine.
BOMBS = {
    "png_bomb": ("read", "too_large"),
    "png_text_bomb": ("read", "read"),
    "vast_jpeg": ("read", "too_large"),
    "vast_tiff": ("read", "too_large"),
    "circular_tiff": ("read", "read"),
    "vast_gif": ("read", "too_large"),
    "endless_video": ("not_understood", "not_understood"),
    "many_boxes": ("not_understood", "not_understood"),
    "vast_pdf": ("read", "read"),
    "circular_pdf": ("not_understood", "not_understood"),
    "pdf_bomb": ("read", "crashed"),
    "endless_page": ("read", "read"),
    "scripted_pdf": ("read", "read"),
    "nested_zip": ("read", "unknown_kind"),
    "gzip_bomb": ("read", "unknown_kind"),
    "polyglot": ("read", "read"),
}
MEASURED = """
import io, json, resource, sys, time
from kuager.engines.media import archives, previews, probing
from kuager.engines.media.errors import UnreadableMediaError
from tests.faults import hostile_media

def outcome(read, data):
    try:
        read(io.BytesIO(data))
        return "read"
    except UnreadableMediaError as error:
        return error.reason.value

found = {}
for name in sys.argv[1:]:
    data = getattr(hostile_media, name)()
    before, begin = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    ends = [outcome(read, data) for read in (probing.probe, previews.preview, archives.entries)]
    found[name] = {
        "ends": ends,
        "seconds": time.monotonic() - begin,
        "parent_mib": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024,
        "child_mib": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    }
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def measured() -> dict[str, Any]:
    """What each bomb did, in a process of its own so that its memory can be measured."""
    done = subprocess.run(  # noqa: S603  # our own interpreter and our own script
        [sys.executable, "-c", MEASURED, *BOMBS],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": f"{Path(limited.__file__).parents[3]}:{Path(__file__).parents[2]}"},
    )
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_end_in_a_plain_reason_within_the_bounds(name: str, measured: dict[str, Any]) -> None:
    told = measured[name]

    assert tuple(told["ends"][:2]) == BOMBS[name]
    assert told["seconds"] < 30
    assert told["parent_mib"] < 50
    assert told["child_mib"] < 1024


def test_nested_archives_are_told_and_left_packed(measured: dict[str, Any]) -> None:
    assert measured["nested_zip"]["ends"][2] == "read"
    listed = archives.entries(io.BytesIO(hostile_media.nested_zip(depth=2)))

    assert all("archive_inside" in entry.problems for entry in listed)


def test_a_packed_file_that_grows_a_thousandfold_is_refused(measured: dict[str, Any]) -> None:
    assert measured["gzip_bomb"]["ends"][2] == "too_large"


@pytest.mark.parametrize(
    "data",
    [hostile_media.XML_BOMB, hostile_media.PLAY_LIST, hostile_media.CONCATENATION, b"<script>x</script>"],
)
def test_markup_and_play_lists_are_named_and_never_parsed(data: bytes) -> None:
    assert probing.probe(io.BytesIO(data)).was_read is False
    with pytest.raises(UnreadableMediaError) as caught:
        previews.preview(io.BytesIO(data))
    assert caught.value.reason == Reason.UNKNOWN_KIND


def test_a_preview_carries_no_byte_of_what_hides_around_the_pixels() -> None:
    picture = previews.preview(io.BytesIO(hostile_media.polyglot()))

    assert b"script" not in picture
    assert media_types(io.BytesIO(picture)) == ("image/jpeg",)


@pytest.mark.parametrize("read", [probing.probe, previews.preview, archives.entries])
def test_an_empty_file_is_said_to_be_empty(read: Callable[[io.BytesIO], object]) -> None:
    with pytest.raises(UnreadableMediaError) as caught:
        read(io.BytesIO())

    assert caught.value.reason == Reason.EMPTY


MADE = {
    "jpeg": made_media.jpeg(has_place=True),
    "png": made_media.picture("PNG"),
    "pdf": made_media.pdf(),
    "mp4": made_media.video(frames=20, has_sound=True, tags={"location": "+43.2+076.8/"}),
}


def survives(data: bytes) -> str:
    """Probe and draw; return what came of it. Anything but an answer or a reason fails the test."""
    ends = []
    for read in (probing.probe, previews.preview):
        try:
            read(io.BytesIO(data))
            ends.append("read")
        except UnreadableMediaError as error:
            ends.append(error.reason.value)
    return " ".join(ends)


@pytest.mark.parametrize("kind", MADE)
def test_files_cut_anywhere_are_survived(kind: str) -> None:
    data = MADE[kind]
    for share in (0.02, 0.3, 0.7, 0.98):
        assert survives(data[: max(1, int(len(data) * share))])


@pytest.mark.parametrize("kind", MADE)
def test_files_damaged_at_random_are_survived(kind: str) -> None:
    dice = random.Random(f"media {kind}")  # noqa: S311  # repeatable
    for _ in range(10):
        assert survives(hostile_media.mutated(MADE[kind], dice))


# --- A reading process that was taken over and answers what it likes ----------------------------------

LIES = {
    "a kind that does not exist": b"?" + HEADER.pack(b"?", 0, 0)[1:],
    "a payload beyond the bound": HEADER.pack(b"Z", MAX_PAYLOAD + 1, 0),
    "a question far behind the end": packed(Kind.READ, struct.pack(">I", 10), 2**60),
    "a question for too much": packed(Kind.READ, struct.pack(">I", 2**31), 0),
    "a question of a wrong form": packed(Kind.READ, b"ab", 0),
    "bytes for a sink that is not there": packed(Kind.OUTPUT, b"", 0),
    "a failure that is no JSON": packed(Kind.FAILED, b"\xff\xfe"),
    "a failure of an unknown kind": packed(Kind.FAILED, b'{"reason": "<script>"}'),
    "a failure that is nested without end": packed(Kind.FAILED, b"[" * 100_000),
    "a job, which only we may give": packed(Kind.JOB, b"{}"),
    "a second word of being ready": packed(Kind.READY, b"{}"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_reading_process_that_lies_is_ended(lie: str) -> None:
    with pytest.raises(UnreadableMediaError) as caught:
        run_limited("misbehave", {"message": LIES[lie].hex()}, io.BytesIO(b"abc"))

    assert caught.value.reason == Reason.BROKEN_RULES
    assert "script" not in str(caught.value)


def test_a_flood_of_answers_is_cut_off() -> None:
    request = {"message": packed(Kind.RESULT, bytes(MAX_PAYLOAD)).hex(), "times": 10_000}
    with pytest.raises(UnreadableMediaError) as caught:
        run_limited("misbehave", request, io.BytesIO())

    assert caught.value.reason == Reason.TOO_MUCH_OUTPUT


def test_half_an_answer_and_then_silence_is_cut_off() -> None:
    begin = time.monotonic()
    with pytest.raises(UnreadableMediaError) as caught:
        run_limited(
            "misbehave", {"message": "5a0000", "then": "hang"}, io.BytesIO(), limits=Limits(wall_seconds=1)
        )

    assert caught.value.reason == Reason.TOO_LONG
    assert time.monotonic() - begin < 5


def test_an_answer_with_nothing_in_it_is_refused() -> None:
    with pytest.raises(UnreadableMediaError) as caught:
        probing._checked(probing.probe(io.BytesIO(b"words")), b"")

    assert caught.value.reason == Reason.BROKEN_RULES


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.one_of(
            st.binary(max_size=40),
            st.builds(
                packed,
                st.sampled_from(Kind),
                st.binary(max_size=40),
                st.integers(min_value=0, max_value=2**64 - 1),
            ),
        ),
        max_size=6,
    )
)
def test_whatever_a_reading_process_says_ends_in_bytes_or_a_reason(messages: list[bytes]) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(packed(Kind.READY, b"{}") + b"".join(messages))
        theirs.shutdown(socket.SHUT_WR)
        talk = limited._Talk(ours, io.BytesIO(b"abc"), None, limited.DEFAULT, time.monotonic() + 5)
        with contextlib.suppress(UnreadableMediaError, limited._ChildGoneError):
            assert isinstance(talk.through({}), bytes)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)
FACTS = [
    "width",
    "duration_ms",
    "streams",
    "found",
    "is_cut",
    "latitude",
    "longitude",
    "altitude_m",
    "format",
]


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        JSON, st.dictionaries(st.sampled_from(FACTS), JSON), st.fixed_dictionaries(dict.fromkeys(FACTS, JSON))
    )
)
def test_whatever_a_probe_answers_is_a_probe_or_refused(answer: object) -> None:
    known = probing.Probe(media_type="image/png", also=(), family=Family.PICTURE, size=1)
    try:
        found = probing._checked(known, json.dumps(answer).encode())
    except UnreadableMediaError:
        return
    assert found.was_read
    repr(found).encode()


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=5000))
def test_any_bytes_have_a_kind(data: bytes) -> None:
    assert all("/" in kind for kind in media_types(io.BytesIO(data)))
