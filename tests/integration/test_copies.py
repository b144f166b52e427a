"""Copies are found through edits, other footage of the same place is not; figures are the same twice."""

import io
from collections.abc import Callable

import numpy as np
import pytest

from kuager.engines.media.decoding import frames, sound
from kuager.engines.similarity import (
    Fingerprint,
    Index,
    Kind,
    compare,
    fingerprint_picture,
    fingerprint_video,
)
from tests.footage import clips, edits, pictures

PLACE = 31


def fingerprint(file: bytes) -> Fingerprint:
    shown = frames(io.BytesIO(file), per_second=12.5, largest_side=480)
    return fingerprint_video(shown, sound(io.BytesIO(file)))


@pytest.fixture(scope="module")
def clip() -> clips.Clip:
    return clips.clip("street", PLACE, 1, seconds=5)


@pytest.fixture(scope="module")
def other() -> clips.Clip:
    return clips.clip("cctv", PLACE, 1, seconds=5)


@pytest.fixture(scope="module")
def original(clip: clips.Clip) -> Fingerprint:
    return fingerprint(edits.original(clip))


@pytest.fixture(scope="module")
def edited(clip: clips.Clip, other: clips.Clip) -> Callable[[str], Fingerprint]:
    made: dict[str, Fingerprint] = {}

    def make(name: str) -> Fingerprint:
        if name not in made:
            edit = next(edit for key, edit in edits.EDITS.items() if key.startswith(name))
            made[name] = fingerprint(edit(clip, np.random.default_rng(4), other))
        return made[name]

    return make


@pytest.mark.parametrize("name", ["e01", "e05", "e08", "e14"])
def test_a_copy_is_found_through_compression_logos_bars_and_crops(
    name: str, original: Fingerprint, edited: Callable[[str], Fingerprint]
) -> None:
    relation = compare(original, edited(name))

    assert relation is not None
    assert relation.kind is Kind.SAME_FOOTAGE
    assert relation.is_clear


def test_an_excerpt_tells_its_part(original: Fingerprint, edited: Callable[[str], Fingerprint]) -> None:
    relation = compare(original, edited("e06"))

    assert relation is not None
    assert relation.kind is Kind.EXCERPT
    span = relation.spans[0]
    assert span.first_to - span.first_from == pytest.approx(1.9, abs=0.3)
    assert span.second_from == pytest.approx(0, abs=0.2)
    assert relation.fuller == "first"


def test_a_mirrored_cut_and_shrunk_copy_tells_that_it_is_mirrored(
    original: Fingerprint, edited: Callable[[str], Fingerprint]
) -> None:
    relation = compare(original, edited("e15"))

    assert relation is not None
    assert relation.is_clear
    assert relation.spans[0].is_mirrored
    assert relation.fuller == "first"


def test_a_slowed_copy_tells_its_speed(original: Fingerprint, edited: Callable[[str], Fingerprint]) -> None:
    relation = compare(original, edited("e16"))

    assert relation is not None
    assert relation.spans[0].speed == pytest.approx(0.8)


def test_a_picture_in_a_picture_tells_where_it_stands(
    original: Fingerprint, edited: Callable[[str], Fingerprint]
) -> None:
    relation = compare(original, edited("e10"))

    assert relation is not None
    assert relation.is_clear
    box = relation.spans[0].second_box
    assert box.right - box.left == pytest.approx(0.6, abs=0.03)
    assert relation.spans[0].scale == pytest.approx(0.6, abs=0.03)


def test_which_is_asked_first_does_not_change_the_finding(
    original: Fingerprint, edited: Callable[[str], Fingerprint]
) -> None:
    there, back = compare(original, edited("e14")), compare(edited("e14"), original)

    assert there is not None
    assert back is not None
    assert (there.kind, there.is_clear) == (back.kind, back.is_clear)


@pytest.mark.parametrize("kind", ["street", "cctv", "head"])
def test_the_same_place_at_another_time_is_not_the_same_footage(kind: str) -> None:
    first, second = (clips.clip(kind, PLACE, shot, seconds=4) for shot in (1, 2))

    relation = compare(fingerprint(edits.original(first)), fingerprint(edits.original(second)))

    assert relation is None or not relation.is_clear


def test_another_place_has_no_relation(original: Fingerprint, other: clips.Clip) -> None:
    assert compare(original, fingerprint(edits.original(other))) is None


def test_the_index_names_the_original_first(
    original: Fingerprint, other: clips.Clip, edited: Callable[[str], Fingerprint]
) -> None:
    index: Index[str] = Index()
    index.add("other", fingerprint(edits.original(other)))
    index.add("original", original)

    for name in ("e01", "e15"):
        assert index.candidates(edited(name))[0].key == "original"


def test_the_index_names_both_whose_picture_and_whose_sound_it_is(
    original: Fingerprint, other: clips.Clip, edited: Callable[[str], Fingerprint]
) -> None:
    index: Index[str] = Index()
    index.add("sound", fingerprint(edits.original(other)))
    index.add("picture", original)

    assert {one.key for one in index.candidates(edited("e16"))} == {"sound", "picture"}


def test_the_same_file_gives_the_same_bytes_and_the_same_relation(
    clip: clips.Clip, original: Fingerprint, edited: Callable[[str], Fingerprint]
) -> None:
    file = edits.original(clip)

    assert fingerprint(file).to_bytes() == fingerprint(file).to_bytes()
    assert compare(original, edited("e05")) == compare(original, edited("e05"))


def test_pictures_are_found_through_edits_and_others_are_not() -> None:
    found = {}
    for _, name, first, second in pictures.pairs(PLACE * 7):
        found[name] = compare(fingerprint_picture(first), fingerprint_picture(second))

    copies = [relation for name, relation in found.items() if name in pictures.EDITS]
    assert all(relation is not None and relation.kind is Kind.SAME_PICTURE for relation in copies)
    assert found["other place"] is None


def test_a_still_out_of_a_video_names_its_moment(clip: clips.Clip, original: Fingerprint) -> None:
    relation = compare(original, fingerprint_picture(clip.frames[50]))

    assert relation is not None
    assert relation.kind is Kind.EXCERPT
    assert relation.spans[0].first_from == pytest.approx(2.0, abs=0.3)
    assert not relation.is_clear
