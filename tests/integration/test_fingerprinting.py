"""Fingerprints are taken inside the limited process, of video, stills and hostile bytes."""

import io

import pytest
from PIL import Image

from kuager.engines.media.errors import UnreadableMediaError
from kuager.engines.media.fingerprinting import fingerprint
from tests.footage import clips, edits


def test_a_video_keeps_its_length_size_movement_and_sound() -> None:
    made = fingerprint(io.BytesIO(edits.original(clips.clip("slides", 5, 1, seconds=3))), seconds=3)

    assert not made.is_still
    assert made.full_size == clips.SIZE
    assert made.seconds == pytest.approx(3, abs=0.1)
    assert len(made.small_pictures()) == pytest.approx(3 * 12.5, abs=2)
    assert len(made.marks.steps) > 20


def test_a_photograph_is_a_still_of_its_full_size() -> None:
    sink = io.BytesIO()
    Image.fromarray(clips.clip("street", 5, 1, seconds=0.2).frames[0]).resize((960, 540)).save(sink, "JPEG")

    made = fingerprint(sink)

    assert made.is_still
    assert made.full_size == (960, 540)
    assert len(made.key_frames[0].features) > 200


def test_bytes_that_are_no_picture_are_refused() -> None:
    with pytest.raises(UnreadableMediaError):
        fingerprint(io.BytesIO(b"not a video at all" * 100))
