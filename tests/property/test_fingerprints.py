"""Laws of fingerprints: bytes go round, damage is named, mirroring twice is nothing, sound keeps time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuager.engines.similarity.buckets import Buckets, distances
from kuager.engines.similarity.features import Features, mirrored
from kuager.engines.similarity.fingerprints import Fingerprint, FingerprintError, KeyFrame
from kuager.engines.similarity.landmarks import Marks, match_sounds
from kuager.engines.similarity.motion import pack, unpack


def features(rng: np.random.Generator, number: int) -> Features:
    return Features(
        points=rng.random((number, 2)).astype(np.float32),
        sizes=rng.uniform(-9, -2, number).astype(np.float32),
        angles=rng.uniform(0, 6.28, number).astype(np.float32),
        codes=rng.integers(0, 256, (number, 16), dtype=np.uint8),
    )


def made(seed: int) -> Fingerprint:
    rng = np.random.default_rng(seed)
    keys = [KeyFrame(seconds=float(k), features=features(rng, int(rng.integers(0, 20)))) for k in range(3)]
    pictures = [rng.uniform(0, 255, (18, 32)).astype(np.float32) for _ in range(int(rng.integers(1, 17)))]
    steps = np.sort(rng.integers(0, 1000, 40)).astype(np.uint32)
    return Fingerprint(
        is_still=False,
        full_size=(640, 360),
        seconds=3.5,
        key_frames=tuple(keys),
        small_size=(32, 18),
        blocks=(pack(pictures),),
        marks=Marks(steps=steps, bins=rng.integers(12, 450, 40).astype(np.uint16)),
    )


WRITTEN = made(1).to_bytes()


@given(st.integers(0, 2**32 - 1))
def test_reading_and_writing_again_gives_the_same_bytes(seed: int) -> None:
    data = made(seed).to_bytes()

    assert Fingerprint.from_bytes(data).to_bytes() == data


@given(st.integers(0, len(WRITTEN) - 1), st.integers(1, 255))
def test_a_changed_byte_is_a_clear_error(place: int, change: int) -> None:
    damaged = bytearray(WRITTEN)
    damaged[place] ^= change

    with pytest.raises(FingerprintError):
        Fingerprint.from_bytes(bytes(damaged))


@given(st.integers(0, len(WRITTEN) - 1))
def test_a_cut_off_end_is_a_clear_error(length: int) -> None:
    with pytest.raises(FingerprintError):
        Fingerprint.from_bytes(WRITTEN[:length])


@given(st.binary(max_size=200))
def test_other_bytes_are_a_clear_error(data: bytes) -> None:
    with pytest.raises(FingerprintError):
        Fingerprint.from_bytes(data)


@given(st.integers(0, 1000))
def test_mirroring_twice_gives_the_first_back(seed: int) -> None:
    first = features(np.random.default_rng(seed), 12)

    twice = mirrored(mirrored(first, 1.0), 1.0)

    assert np.array_equal(twice.codes, first.codes)
    assert twice.points == pytest.approx(first.points, abs=1e-5)


@given(st.integers(0, 1000))
def test_packed_pictures_come_back_nearly(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pictures = [rng.uniform(0, 255, (9, 16)).astype(np.float32) for _ in range(5)]

    block = pack(pictures)

    assert np.abs(unpack(block, 9, 16) - np.stack(pictures)).mean() < block.step


@given(st.integers(0, 1000))
def test_every_pair_from_the_buckets_is_near_and_equal_points_are_found(seed: int) -> None:
    rng = np.random.default_rng(seed)
    held = rng.integers(0, 256, (50, 16), dtype=np.uint8)

    asked, found = Buckets(held).near(held, 20)

    assert (distances(held[asked], held[found]) <= 20).all()
    assert set(range(50)) <= {int(a) for a, b in zip(asked, found, strict=True) if a == b}


@given(st.integers(0, 200), st.integers(0, 2000))
def test_a_sound_shifted_in_time_is_found_at_its_shift(seed: int, shift: int) -> None:
    rng = np.random.default_rng(seed)
    steps = np.sort(rng.choice(600, 300, replace=False)).astype(np.uint32)
    bins = rng.integers(12, 450, 300).astype(np.uint16)

    match = match_sounds(Marks(steps=steps + np.uint32(shift), bins=bins), Marks(steps=steps, bins=bins))

    assert match is not None
    assert match.offset == pytest.approx(shift * 0.032, abs=0.05)
