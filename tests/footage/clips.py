"""Invented footage: a place seen by a camera that moves or stands, with people and cars that pass.

A clip is drawn from two seeds: one of the place, one of the shot. Two clips of one place and different shots
are the hard pairs: the same walls, another time.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from tests.footage import places, sounds
from tests.footage.places import HEIGHT, WIDTH, Pixels, Place

SIZE = (480, 270)
FPS = 25.0
KINDS = ("street", "cctv", "head", "slides", "night", "fog", "crowd", "walk")


@dataclass(frozen=True, kw_only=True)
class Clip:
    """Frames ``(n, height, width, 3)`` at ``fps`` per second, and sound at 16 kHz."""

    name: str
    frames: Pixels
    fps: float
    sound: sounds.Sound

    @property
    def seconds(self) -> float:
        """How long it runs."""
        return len(self.frames) / self.fps


def clip(kind: str, place: int, shot: int, *, seconds: float = 8.0, fps: float = FPS) -> Clip:
    """Shoot a clip of ``kind`` at a place."""
    rng = np.random.default_rng([KINDS.index(kind), place, shot])
    number = int(seconds * fps)
    frames = _slides(rng, place, number) if kind == "slides" else _shot(kind, rng, place, number, fps)
    return Clip(name=f"{kind}-{place}-{shot}", frames=frames, fps=fps, sound=sounds.sound(rng, number / fps))


def _shot(kind: str, rng: np.random.Generator, place: int, number: int, fps: float) -> Pixels:
    of_place = np.random.default_rng([KINDS.index(kind), place])
    scene = {"head": places.room, "fog": places.fog}.get(kind, places.street)(of_place)
    still = kind in {"cctv", "head"}
    path = _path(of_place if still else rng, number, fps, kind)
    movers = _movers(rng, kind, number)
    light = rng.uniform(0.85, 1.1)
    frames = np.empty((number, SIZE[1], SIZE[0], 3), dtype=np.uint8)
    for index in range(number):
        frame = _view(scene, path[index])
        for draw in movers:
            draw(frame, index / fps, path[index])
        frames[index] = _sensor(rng, frame, light, kind)
        if kind == "cctv":
            stamp = f"CAM {place % 9} {shot_clock(rng_seconds=index / fps, seed=int(light * 1e4))}"
            places.write(frames[index], stamp, (8, 20), 0.5, (240, 240, 240), 1)
    return frames


def shot_clock(*, rng_seconds: float, seed: int) -> str:
    """The time a surveillance camera writes into its picture."""
    total = seed * 7 % 86_400 + int(rng_seconds)
    return f"{total // 3600:02d}:{total // 60 % 60:02d}:{total % 60:02d}"


def _path(rng: np.random.Generator, number: int, fps: float, kind: str) -> npt.NDArray[np.float64]:
    """Middle of the view in the place (x, y), width of the view, roll in radians; for each frame."""
    time = np.arange(number) / fps
    middle = np.array([rng.uniform(380, WIDTH - 380), rng.uniform(270, HEIGHT - 270)])
    path = np.empty((number, 4))
    path[:] = (*middle, rng.uniform(520, 700), rng.normal(0, 0.02))
    if kind in {"cctv", "head"}:
        return path
    drift = {"street": 60, "walk": 110, "crowd": 40}.get(kind, 60)
    for axis in (0, 1):
        slow = np.sin(2 * np.pi * rng.uniform(0.04, 0.12) * time + rng.uniform(0, 6.3)) * drift
        path[:, axis] += (slow if axis == 0 else slow * 0.3) + _tremor(rng, number, fps) * 5
    path[:, 3] += _tremor(rng, number, fps) * 0.006
    if kind == "walk":
        path[:, 2] *= np.linspace(1.0, rng.uniform(0.72, 0.9), number)
        path[:, 1] += np.sin(2 * np.pi * 1.8 * time) * 4
    return path


def _tremor(rng: np.random.Generator, number: int, fps: float) -> npt.NDArray[np.float64]:
    """Shake of a hand: noise up to some 4 Hz, standard deviation 1."""
    noise = cv2.GaussianBlur(rng.standard_normal((1, number + 64)), (0, 0), fps / 12)[0, 32 : 32 + number]
    return np.asarray(noise / max(1e-9, float(noise.std())))


def _view(scene: Place, at: npt.NDArray[np.float64]) -> Pixels:
    """Look at the far layer, then the near one, which moves more (parallax)."""
    frame = cv2.warpAffine(
        scene.far, _matrix(at, 1.0), SIZE, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    near = cv2.warpAffine(scene.near, _matrix(at, 1.35), SIZE, flags=cv2.INTER_LINEAR)
    cv2.copyTo(near[..., :3].copy(), (near[..., 3] > 127).astype(np.uint8), frame)
    return np.asarray(frame, dtype=np.uint8)


def _matrix(at: npt.NDArray[np.float64], nearness: float) -> npt.NDArray[np.float64]:
    """Map points of the place to points of the view."""
    x, y = WIDTH / 2 + (at[0] - WIDTH / 2) * nearness, HEIGHT / 2 + (at[1] - HEIGHT / 2) * nearness
    scale = SIZE[0] / at[2]
    cos, sin = np.cos(at[3]) * scale, np.sin(at[3]) * scale
    return np.array(
        [[cos, -sin, SIZE[0] / 2 - cos * x + sin * y], [sin, cos, SIZE[1] / 2 - sin * x - cos * y]]
    )


Mover = Callable[[Pixels, float, npt.NDArray[np.float64]], None]


def _movers(rng: np.random.Generator, kind: str, number: int) -> list[Mover]:
    if kind == "head":
        return [_head(rng)]
    many = {"crowd": (14, 22), "cctv": (1, 5), "fog": (1, 3), "night": (3, 7)}.get(kind, (2, 7))
    return [_walker(rng) for _ in range(int(rng.integers(*many)))]


def _walker(rng: np.random.Generator) -> Mover:
    """Somebody, or a car, who passes; in points of the place."""
    start = np.array([rng.uniform(100, WIDTH - 100), rng.uniform(HEIGHT * 0.45, HEIGHT * 0.8)])
    pace = np.array([rng.choice([-1, 1]) * rng.uniform(15, 90), rng.normal(0, 6)])
    high, shirt, legs = rng.uniform(50, 110), places.colour(rng, 10, 240), places.colour(rng, 10, 120)
    is_car, step = rng.random() < 0.25, rng.uniform(1.2, 2.2)

    def draw(frame: Pixels, seconds: float, at: npt.NDArray[np.float64]) -> None:
        x, y = _matrix(at, 1.15) @ [*(start + pace * seconds), 1]
        size = high * SIZE[0] / at[2]
        if is_car:
            cv2.rectangle(frame, _point(x, y), _point(x + size * 2, y + size * 0.6), shirt, -1)
            cv2.rectangle(frame, _point(x + size * 0.4, y - size * 0.3), _point(x + size * 1.5, y), legs, -1)
            return
        swing = np.sin(2 * np.pi * step * seconds) * size * 0.16
        for side in (-1, 1):
            foot = _point(x + side * swing, y + size)
            cv2.line(frame, _point(x, y + size * 0.5), foot, legs, max(2, int(size * 0.12)))
        cv2.ellipse(frame, _point(x, y + size * 0.3), _point(size * 0.17, size * 0.3), 0, 0, 360, shirt, -1)
        cv2.circle(frame, _point(x, y - size * 0.08), max(2, int(size * 0.11)), (150, 120, 100), -1)

    return draw


def _head(rng: np.random.Generator) -> Mover:
    """Somebody who speaks into the camera: a head that nods and a mouth that opens."""
    skin, coat = places.colour(rng, 110, 190), places.colour(rng, 20, 120)
    rates, phases = rng.uniform(0.2, 2.4, 6), rng.uniform(0, 6.3, 6)

    def draw(frame: Pixels, seconds: float, at: npt.NDArray[np.float64]) -> None:
        wave = np.sin(2 * np.pi * rates * seconds + phases)
        x, y = SIZE[0] * 0.45 + 9 * wave[0] + 4 * wave[1], SIZE[1] * 0.45 + 5 * wave[2]
        cv2.ellipse(frame, _point(x, y + 150), (110, 95), 0, 0, 360, coat, -1)
        cv2.ellipse(frame, _point(x, y), (46, 62), 3 * wave[1], 0, 360, skin, -1)
        cv2.ellipse(frame, _point(x, y - 38), (48, 30), 0, 180, 360, (30, 25, 20), -1)
        for side in (-18, 18):
            cv2.circle(frame, _point(x + side, y - 10), 5, (20, 20, 20), -1)
        cv2.ellipse(
            frame, _point(x, y + 30), _point(16, 2 + 8 * abs(wave[3] * wave[4])), 0, 0, 360, (60, 20, 20), -1
        )

    return draw


def _point(x: float, y: float) -> tuple[int, int]:
    return round(float(x)), round(float(y))


def _sensor(rng: np.random.Generator, frame: Pixels, light: float, kind: str) -> Pixels:
    """Exposure and noise of a cheap sensor; at night little light and much noise."""
    gain, noise = (light * 0.2, 3.5) if kind == "night" else (light, 4.0)
    grain = rng.integers(0, 256, frame.shape[:2], dtype=np.uint8)
    table = np.random.default_rng(1).normal(0, noise, 256).astype(np.float32)
    return np.asarray((frame * np.float32(gain) + table[grain][..., None]).clip(0, 255), dtype=np.uint8)


def _slides(rng: np.random.Generator, place: int, number: int) -> Pixels:
    pictures = places.slides(rng, place, 6)
    turns = np.sort(rng.uniform(0, number, len(pictures) - 1))
    shown = [cv2.resize(picture, SIZE, interpolation=cv2.INTER_AREA) for picture in pictures]
    return np.stack([shown[int(np.searchsorted(turns, index))] for index in range(number)])
