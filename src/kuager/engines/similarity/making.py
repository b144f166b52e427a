"""Take the fingerprint of a video or picture from its frames and sound."""

from collections.abc import Iterable, Iterator
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from kuager.engines.similarity.features import Features, find_features, no_features
from kuager.engines.similarity.fingerprints import Fingerprint, KeyFrame
from kuager.engines.similarity.landmarks import Marks, find_marks
from kuager.engines.similarity.motion import BLOCK, RATE, Grey, Greys, PackedBlock, pack, small

# What decoders should give: frames a second (every second one of 25), and points of the larger side.
FRAMES_PER_SECOND = 12.5
LARGEST_SIDE = 480
LARGEST_SIDE_OF_STILLS = 640
FEATURES_OF_STILLS = 600
SECONDS_BETWEEN_KEYS = 1.0
# While nothing but noise changes, one key frame in ten seconds is enough. Noise is below 4 % of the contrast,
# or half a grey level.
SECONDS_BETWEEN_STILL_KEYS = 10.0
LEAST_CHANGE, LEAST_CHANGE_SHARE = 0.4, 0.04
# Four hours; times beyond are told by damaged or hostile files.
MOST_STEPS = 180_000


class TimedPicture(Protocol):
    """A frame of a video: ``kuager.engines.media.decoding.Frame`` is one."""

    @property
    def seconds(self) -> float:
        """Time since the beginning."""

    @property
    def pixels(self) -> npt.NDArray[np.uint8]:
        """Red, green, blue; shape ``(height, width, 3)``."""

    @property
    def full_size(self) -> tuple[int, int]:
        """Width and height before it was made smaller."""


def fingerprint_video(
    frames: Iterable[TimedPicture], sound: npt.NDArray[np.float32] | None = None
) -> Fingerprint:
    """Take the fingerprint of a video.

    Parameters
    ----------
    frames
        In order of time, 12.5 a second where the video has as many, longer side about 480 points. They are
        looked at one by one; about 40 kB per second of video are held.
    sound
        8,000 samples a second, shape ``(n,)``.

    Raises
    ------
    ValueError
        If there is no frame.
    """
    taker = _Taker()
    for frame in frames:
        taker.take(frame)
    if taker.first is None:
        raise ValueError("a video needs at least one frame")
    taker.finish()
    return Fingerprint(
        is_still=False,
        full_size=taker.first.full_size,
        seconds=max(taker.step / RATE, len(sound) / 8000 if sound is not None else 0.0),
        key_frames=tuple(taker.keys),
        small_size=taker.small_size,
        blocks=tuple(taker.blocks),
        marks=find_marks(sound) if sound is not None else no_marks(),
    )


def fingerprint_picture(
    pixels: npt.NDArray[np.uint8], full_size: tuple[int, int] | None = None
) -> Fingerprint:
    """Take the fingerprint of a still picture: red, green, blue, shape ``(height, width, 3)``, upright."""
    height, width = pixels.shape[:2]
    share = min(1.0, LARGEST_SIDE_OF_STILLS / max(height, width))
    size = max(1, round(width * share)), max(1, round(height * share))
    fitting = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA) if share < 1 else pixels
    grey = _grey(np.asarray(fitting, dtype=np.uint8))
    picture = small(grey, STILL_SIDE)
    return Fingerprint(
        is_still=True,
        full_size=full_size or (width, height),
        seconds=0.0,
        key_frames=(KeyFrame(seconds=0.0, features=_features(grey, FEATURES_OF_STILLS)),),
        small_size=(picture.shape[1], picture.shape[0]),
        blocks=(pack([picture]),),
        marks=no_marks(),
    )


STILL_SIDE = 192


def no_marks() -> Marks:
    """Give the marks of silence."""
    return Marks(steps=np.zeros(0, dtype=np.uint32), bins=np.zeros(0, dtype=np.uint16))


def _grey(pixels: npt.NDArray[np.uint8]) -> Grey:
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def _features(grey: Grey, most: int) -> Features:
    return find_features(grey, most) if min(grey.shape) >= 16 else no_features()


class _Taker:
    """Goes along a video: small pictures on an even grid of time, key frames where something changed."""

    def __init__(self) -> None:
        self.first: TimedPicture | None = None
        self.keys: list[KeyFrame] = []
        self.blocks: list[PackedBlock] = []
        self.waiting: list[Greys] = []
        self.small_size = (0, 0)
        self.step = 0
        self.last: Greys | None = None
        self.key_picture: Greys | None = None

    def take(self, frame: TimedPicture) -> None:
        grey = _grey(frame.pixels)
        picture = small(grey)
        if self.first is None:
            self.first, self.small_size = frame, (picture.shape[1], picture.shape[0])
        if picture.shape[::-1] != self.small_size:
            # The size changed within the file, as broadcasts do.
            picture = np.asarray(cv2.resize(picture, self.small_size), dtype=np.float32)
        for held in self._held(frame.seconds):
            self._keep(held)
        self.last = picture
        if self._is_key(frame.seconds, picture):
            self.keys.append(KeyFrame(seconds=frame.seconds, features=_features(grey, 300)))
            self.key_picture = picture

    def _held(self, seconds: float) -> Iterator[Greys]:
        """Repeat the last picture until the time of the next one."""
        until = min(round(seconds * RATE), MOST_STEPS)
        while self.last is not None and self.step < until:
            self.step += 1
            yield self.last

    def _keep(self, picture: Greys) -> None:
        self.waiting.append(picture)
        if len(self.waiting) == BLOCK:
            self.blocks.append(pack(self.waiting))
            self.waiting = []

    def _is_key(self, seconds: float, picture: Greys) -> bool:
        if self.key_picture is None:
            return True
        passed = seconds - self.keys[-1].seconds
        if passed < SECONDS_BETWEEN_KEYS - 0.5 / RATE:
            return False
        changed = float(np.abs(picture - self.key_picture).mean())
        return (
            changed > max(LEAST_CHANGE, LEAST_CHANGE_SHARE * float(picture.std()))
            or passed >= SECONDS_BETWEEN_STILL_KEYS
        )

    def finish(self) -> None:
        if self.last is not None:
            self._keep(self.last)
            self.step += 1
        if self.waiting:
            self.blocks.append(pack(self.waiting))
