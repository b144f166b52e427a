"""Pairs of stills: one picture under edits, and pairs that must not be taken for copies."""

import io
from collections.abc import Callable, Iterator, Mapping

import cv2
import numpy as np
from PIL import Image

from tests.footage import clips, places
from tests.footage.places import Pixels

Edit = Callable[[Pixels, np.random.Generator], Pixels]
KINDS = ("street", "cctv", "crowd", "head", "fog", "night", "slides")


def jpeg(picture: Pixels, quality: int) -> Pixels:
    """Compress and read again."""
    sink = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(picture)).save(sink, "JPEG", quality=quality)
    return np.asarray(Image.open(sink).convert("RGB"), dtype=np.uint8)


def _resized(picture: Pixels, share: float) -> Pixels:
    size = int(picture.shape[1] * share), int(picture.shape[0] * share)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _cropped(picture: Pixels, rng: np.random.Generator, most: float) -> Pixels:
    height, width = picture.shape[:2]
    left, top, right, bottom = rng.uniform(0, most, 4)
    return picture[
        int(top * height) : int((1 - bottom) * height), int(left * width) : int((1 - right) * width)
    ]


def _screenshot(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """A telephone's screen: the picture between a name, a line of signs and text below."""
    small = _resized(picture, 0.75)
    height, width = small.shape[:2]
    out = np.full((int(height * 2.2), width + 20, 3), 248, dtype=np.uint8)
    out[120 : 120 + height, 10 : 10 + width] = small
    places.write(out, "CHANNEL " + places.words(rng, 6), (20, 60), 0.8, (10, 10, 10), 2)
    for line in range(5):
        text = " ".join(places.words(rng, 5) for _ in range(4))
        places.write(out, text, (20, 170 + height + line * 32), 0.6, (30, 30, 30), 1)
    return out


def _overlaid(picture: Pixels, rng: np.random.Generator) -> Pixels:
    out = picture.copy()
    height, width = out.shape[:2]
    cv2.rectangle(out, (0, int(height * 0.78)), (width, height), places.colour(rng), -1)
    places.write(out, places.words(rng, 14), (12, int(height * 0.92)), 1.1, (255, 255, 255), 3)
    cv2.circle(out, (int(width * 0.86), int(height * 0.16)), int(height * 0.12), places.colour(rng), -1)
    return out


def _hard_grey(picture: Pixels, rng: np.random.Generator) -> Pixels:
    grey = picture.mean(axis=2, keepdims=True)
    middle = float(grey.mean())
    hard = ((grey - middle) * 1.5 + 128).clip(0, 255).astype(np.uint8)
    return np.asarray(hard.repeat(3, axis=2), dtype=np.uint8)


def _filmed(picture: Pixels, rng: np.random.Generator) -> Pixels:
    height, width = picture.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    there = (corners * 0.84 + [width * 0.08, height * 0.08] + rng.normal(0, 11, (4, 2))).astype(np.float32)
    bent = cv2.warpPerspective(picture, cv2.getPerspectiveTransform(corners, there), (width, height))
    noisy = cv2.GaussianBlur(bent, (0, 0), 1.0) + rng.normal(0, 6, bent.shape)
    return noisy.clip(0, 255).astype(np.uint8)


EDITS: Mapping[str, Edit] = {
    "e1 half size": lambda picture, rng: jpeg(_resized(picture, 0.5), 80),
    "e2 quality 20": lambda picture, rng: jpeg(picture, 20),
    "e3 uneven crop to 25 % a side": lambda picture, rng: jpeg(_cropped(picture, rng, 0.25), 75),
    "e4 screenshot of a telephone": lambda picture, rng: jpeg(_screenshot(picture, rng), 75),
    "e5 bar, text, logo": lambda picture, rng: jpeg(_overlaid(picture, rng), 75),
    "e6 mirror": lambda picture, rng: jpeg(picture[:, ::-1], 80),
    "e7 grey, contrast": lambda picture, rng: jpeg(_hard_grey(picture, rng), 70),
    "e8 filmed off a screen": lambda picture, rng: jpeg(_filmed(picture, rng), 75),
    "e9 crop, text, small, quality 25": lambda picture, rng: jpeg(
        _resized(_overlaid(_cropped(picture, rng, 0.2), rng), 0.6), 25
    ),
}


def pairs(place: int) -> Iterator[tuple[str, str, Pixels, Pixels]]:
    """Give kind of scene, kind of pair, and the two pictures."""
    kind = KINDS[place % len(KINDS)]
    rng = np.random.default_rng([place, 9])
    first = _still(clips.clip(kind, place, 1, seconds=2), 10)
    for name, edit in EDITS.items():
        yield kind, name, first, edit(first, rng)
    second = _still(clips.clip(kind, place, 2, seconds=2), 20)
    name = "same camera, another time" if kind in {"cctv", "head"} else "same place, second photograph"
    yield kind, name, first, jpeg(second, 85)
    other = _still(clips.clip(kind, place + 1000, 1, seconds=2), 10)
    yield kind, "other place", first, jpeg(other, 85)
    frame = np.random.default_rng(place)
    yield (
        kind,
        "same news frame, other picture",
        _overlaid(first, frame),
        jpeg(_overlaid(other, np.random.default_rng(place)), 85),
    )


def _still(clip: clips.Clip, at: int) -> Pixels:
    return jpeg(np.asarray(cv2.resize(clip.frames[at], None, fx=1.6, fy=1.6), dtype=np.uint8), 92)
