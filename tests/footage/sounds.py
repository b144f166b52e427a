"""Invented sound: voices as gliding tones with pauses, knocks, engines, hiss."""

import cv2
import numpy as np
import numpy.typing as npt

RATE = 16_000
Sound = npt.NDArray[np.float32]


def sound(rng: np.random.Generator, seconds: float) -> Sound:
    """Draw sound, shape ``(seconds * 16000,)``, within -1 to 1."""
    length = int(seconds * RATE)
    total = rng.normal(0, 0.02, length).astype(np.float32)
    for _ in range(int(seconds * 5)):
        _voice(rng, total)
    for _ in range(int(seconds * 1.5)):
        at = int(rng.integers(0, max(1, length - 3000)))
        knock = rng.normal(0, 1, 3000) * np.exp(-np.arange(3000) / rng.uniform(100, 900))
        total[at : at + 3000] += (0.4 * knock[: length - at]).astype(np.float32)
    return (total / max(1e-6, float(np.abs(total).max())) * 0.8).astype(np.float32)


def _voice(rng: np.random.Generator, total: Sound) -> None:
    span = int(rng.uniform(0.15, 0.5) * RATE)
    at = int(rng.integers(0, max(1, len(total) - span)))
    time = np.arange(span) / RATE
    pitch = rng.uniform(110, 320) * (1 + rng.uniform(-0.4, 0.4) * time)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    formants = rng.uniform(300, 3200, 3)
    tone = np.zeros(span)
    for harmonic in range(1, 14):
        near = np.exp(-(((harmonic * pitch.mean() - formants[:, None]) / 260) ** 2)).sum()
        tone += (0.06 + near) * np.sin(harmonic * phase)
    tone *= np.hanning(span) * rng.uniform(0.05, 0.25)
    total[at : at + span] += tone[: len(total) - at].astype(np.float32)


def faster(sound: Sound, speed: float) -> Sound:
    """Play faster, the pitch rising with it, as a changed sampling rate does."""
    wanted = max(1, round(len(sound) / speed))
    played = cv2.resize(sound.reshape(1, -1), (wanted, 1), interpolation=cv2.INTER_LINEAR)
    return np.asarray(played[0], dtype=np.float32)
