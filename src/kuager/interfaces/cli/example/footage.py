"""Footage of the example, drawn by this program: an invented square, invented people as dots, and smoke.

Nothing in it was ever filmed. It is drawn so that it behaves like footage: the camera moves, windows and snow
have texture, people walk, there is sound. So copies of it can be found, marked, verified and redacted.
"""

import io
from dataclasses import dataclass, replace
from fractions import Fraction

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Picture = NDArray[np.uint8]
Sound = NDArray[np.float32]

WIDTH, HEIGHT = 640, 360
RATE = 12
SOUND_RATE = 16_000
MARGIN = 80
LETTERS = cv2.FONT_HERSHEY_SIMPLEX


@dataclass(frozen=True)
class Footage:
    """Pictures (height, width, 3; red, green, blue) at 12 a second, and sound from -1 to 1."""

    pictures: list[Picture]
    sound: Sound

    @property
    def seconds(self) -> float:
        """Return how long it lasts."""
        return len(self.pictures) / RATE


def film_square(*, place: int, moment: int, seconds: float) -> Footage:
    """Draw a square; the same ``place`` has the same houses, another ``moment`` other people in it."""
    stage = _houses(np.random.default_rng(place))
    dice = np.random.default_rng([place, moment])
    count = round(seconds * RATE)
    people = dice.uniform((0, 285), (WIDTH + 2 * MARGIN, HEIGHT + 2 * MARGIN - 10), (70, 2))
    steps = dice.normal(0, 1.6, (70, 2)) + dice.normal(0, 1.2, 2)
    coats = dice.integers(20, 130, (70, 3))
    sway = np.cumsum(dice.normal(0, 1.2, (count, 2)), axis=0).clip(-MARGIN / 2, MARGIN / 2)
    pictures = []
    for number in range(count):
        scene = stage.copy()
        for (x, y), coat in zip(people + number * steps, coats, strict=True):
            _stand(scene, int(x % scene.shape[1]), max(285, int(y)), coat.tolist())
        _smoke(scene, np.random.default_rng([place, 7]), number + 40 * moment)
        left, top = (MARGIN + sway[number]).astype(int)
        view = scene[top : top + HEIGHT, left : left + WIDTH].astype(np.int16)
        pictures.append((view + dice.normal(0, 4, view.shape)).clip(0, 255).astype(np.uint8))
    return Footage(pictures, _noise_of_a_crowd(dice, seconds))


def _houses(dice: np.random.Generator) -> Picture:
    """Draw what stands still: sky, houses with windows, snow with tracks, a monument."""
    height, width = HEIGHT + 2 * MARGIN, WIDTH + 2 * MARGIN
    stage = np.full((height, width, 3), (150, 160, 175), np.uint8)
    stage[height // 2 :] = (215, 218, 222)
    left = 0
    while left < width:
        wide, tall = int(dice.integers(70, 150)), int(dice.integers(90, 190))
        wall = tuple(int(shade) for shade in dice.integers(90, 190, 3))
        top = height // 2 + 15 - tall
        cv2.rectangle(stage, (left, top), (left + wide, height // 2 + 15), wall, -1)
        for x in range(left + 8, left + wide - 10, 17):
            for y in range(top + 8, height // 2, 22):
                lit = (235, 215, 150) if dice.random() < 0.35 else (45, 50, 62)
                cv2.rectangle(stage, (x, y), (x + 9, y + 12), lit, -1)
        left += wide + int(dice.integers(0, 14))
    for _ in range(220):
        x, y = int(dice.integers(0, width)), int(dice.integers(height // 2 + 20, height))
        cv2.ellipse(stage, (x, y), (int(dice.integers(3, 22)), 2), 0, 0, 360, (196, 201, 208), -1)
    foot = int(dice.integers(width // 4, 3 * width // 4))
    cv2.rectangle(stage, (foot - 9, height // 2 - 90), (foot + 9, height // 2 + 40), (112, 104, 92), -1)
    cv2.circle(stage, (foot, height // 2 - 98), 14, (176, 150, 70), -1)
    return stage


def _stand(scene: Picture, x: int, y: int, coat: list[int]) -> None:
    """Draw one person: nobody, seven pixels wide."""
    size = 4 + max(0, y - 210) // 26
    cv2.ellipse(scene, (x, y), (size, 2 * size), 0, 0, 360, coat, -1)
    cv2.circle(scene, (x, y - 2 * size - 1), size // 2 + 1, (190, 160, 135), -1)


def _smoke(scene: Picture, dice: np.random.Generator, age: int) -> None:
    base = int(dice.integers(120, WIDTH))
    for puff in range(14):
        x = base + 2 * puff + (age * (puff % 4)) // 6
        y = HEIGHT // 2 + 60 - 14 * puff - age % 9
        shade = int(70 + 6 * puff)
        cv2.circle(scene, (x, y), 9 + 2 * puff, (shade, shade, shade + 4), -1)


def _noise_of_a_crowd(dice: np.random.Generator, seconds: float) -> Sound:
    count = round(seconds * SOUND_RATE)
    rustle = np.convolve(dice.normal(0, 0.08, count), np.ones(9) / 9, "same")
    at = np.arange(count) / SOUND_RATE
    for start in dice.uniform(0, seconds, round(3 * seconds)):
        pitch = dice.uniform(180, 900)
        rustle += 0.25 * np.sin(2 * np.pi * pitch * at) * np.exp(-(((at - start) / 0.12) ** 2))
    return rustle.clip(-1, 1).astype(np.float32)


def excerpt(footage: Footage, start: float, end: float) -> Footage:
    """Return a part, in seconds."""
    pictures = footage.pictures[round(start * RATE) : round(end * RATE)]
    return Footage(pictures, footage.sound[round(start * SOUND_RATE) : round(end * SOUND_RATE)])


def mirrored(footage: Footage) -> Footage:
    """Return it as in a mirror: a common way to hide where a copy came from."""
    return replace(footage, pictures=[np.ascontiguousarray(one[:, ::-1]) for one in footage.pictures])


def broadcast(footage: Footage, channel: str) -> Footage:
    """Return it as a channel would show it: margins cut off, a logo, a line of text below."""
    pictures = []
    for one in footage.pictures:
        cut = cv2.resize(one[18:-30, 30:-22], (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
        cv2.rectangle(cut, (WIDTH - 150, 14), (WIDTH - 14, 46), (170, 30, 40), -1)
        cv2.putText(cut, channel, (WIDTH - 142, 37), LETTERS, 0.6, (255, 255, 255), 2)
        cv2.rectangle(cut, (0, HEIGHT - 40), (WIDTH, HEIGHT), (20, 30, 70), -1)
        cv2.putText(cut, "INVENTED: drawn by a program", (14, HEIGHT - 14), LETTERS, 0.6, (240, 240, 240), 1)
        pictures.append(cut.astype(np.uint8))
    return replace(footage, pictures=pictures)


def as_video(footage: Footage, *, height: int = HEIGHT, quality: int = 24) -> bytes:
    """Return it as an MP4 file (H.264, AAC); ``quality`` 18 is good, 40 is poor."""
    width = round(height * WIDTH / HEIGHT / 2) * 2
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        pictures = container.add_stream("libx264", rate=RATE)
        pictures.width, pictures.height, pictures.pix_fmt = width, height, "yuv420p"
        pictures.options = {"crf": str(quality), "preset": "veryfast"}
        sounds = container.add_stream("aac", rate=SOUND_RATE, layout="mono")
        for one in footage.pictures:
            frame = av.VideoFrame.from_ndarray(one, format="rgb24").reformat(width=width, height=height)
            container.mux(pictures.encode(frame))
        container.mux(pictures.encode(None))
        for start in range(0, len(footage.sound), 1024):
            piece = np.ascontiguousarray(footage.sound[None, start : start + 1024])
            samples = av.AudioFrame.from_ndarray(piece, format="fltp", layout="mono")
            samples.sample_rate, samples.pts = SOUND_RATE, start
            samples.time_base = Fraction(1, SOUND_RATE)
            container.mux(sounds.encode(samples))
        container.mux(sounds.encode(None))
    return file.getvalue()


def as_photograph(picture: Picture, *, taken: str) -> bytes:
    """Return a picture as a JPEG file that says when it was taken, ``2021:11:05 14:03:20``."""
    told = Image.Exif()
    told[0x010F], told[0x0110], told[0x0132] = "Invented", "Drawn by a program", taken
    told.get_ifd(0x8769)[0x9003] = taken
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=88, exif=told)
    return file.getvalue()
