"""Invented places: streets, rooms and slides, drawn from a seed, with a layer that stands nearer."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
WIDTH, HEIGHT = 1120, 700


@dataclass(frozen=True, kw_only=True)
class Place:
    """A far layer ``(h, w, 3)`` and a near one with its opacity ``(h, w, 4)``."""

    far: Pixels
    near: Pixels


def clouds(rng: np.random.Generator, height: int, width: int, finest: int = 2) -> npt.NDArray[np.float32]:
    """Noise of all sizes, mean 0, about -1 to 1."""
    total = np.zeros((height, width), dtype=np.float32)
    size, weight = 256, 1.0
    while size >= finest:
        grid = rng.standard_normal((height // size + 2, width // size + 2)).astype(np.float32)
        total += weight * cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
        size, weight = size // 2, weight * 0.62
    return total / float(np.abs(total).max())


def words(rng: np.random.Generator, letters: int) -> str:
    """Draw Latin letters and digits: OpenCV writes no others."""
    return "".join(rng.choice(list("ABCDEFGHKLMNPRSTUVWXYZ0123456789"), letters))


def colour(rng: np.random.Generator, low: int = 30, high: int = 225) -> tuple[int, int, int]:
    """Draw a colour."""
    red, green, blue = rng.integers(low, high, 3)
    return int(red), int(green), int(blue)


def write(
    picture: Pixels, text: str, at: tuple[int, int], size: float, ink: tuple[int, int, int], thick: int = 1
) -> None:
    """Write a line of text, lower left corner at ``at``."""
    cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, ink, thick, cv2.LINE_AA)


def _house(rng: np.random.Generator, picture: Pixels, left: int, right: int, top: int, bottom: int) -> None:
    cv2.rectangle(picture, (left, top), (right, bottom), colour(rng, 70, 200), -1)
    step_x, step_y = int(rng.integers(26, 60)), int(rng.integers(34, 70))
    pane, frame = colour(rng, 10, 110), colour(rng, 90, 240)
    for y in range(top + 14, bottom - step_y, step_y):
        for x in range(left + 10, right - step_x, step_x):
            corner = (x + int(step_x * 0.62), y + int(step_y * 0.62))
            # Curtains, lamps and blinds make windows differ, as they do.
            inside = tuple(int(np.clip(c + rng.normal(0, 30), 0, 255)) for c in pane)
            cv2.rectangle(picture, (x, y), corner, inside, -1)
            if rng.random() < 0.5:
                cv2.line(picture, (x + int(rng.integers(2, 12)), y), (x + 6, corner[1]), colour(rng), 2)
            cv2.rectangle(picture, (x, y), corner, frame, 1)
    if rng.random() < 0.7:
        write(picture, words(rng, 7), (left + 8, bottom - 12), float(rng.uniform(0.6, 1.3)), colour(rng), 2)


def street(rng: np.random.Generator, roughness: float = 22) -> Place:
    """Houses with signs, sky, road; trees, lamps and cars nearer."""
    picture = np.zeros((HEIGHT, WIDTH, 3), dtype=np.uint8)
    horizon = int(HEIGHT * rng.uniform(0.58, 0.72))
    picture[:horizon] = colour(rng, 130, 235)
    picture[horizon:] = colour(rng, 60, 150)
    left = 0
    while left < WIDTH:
        right = left + int(rng.integers(120, 300))
        _house(rng, picture, left, min(right, WIDTH - 1), int(rng.integers(40, horizon // 2 + 40)), horizon)
        left = right + int(rng.integers(-10, 40))
    for _ in range(30):
        at = (int(rng.integers(0, WIDTH)), int(rng.integers(horizon, HEIGHT)))
        cv2.line(
            picture,
            at,
            (at[0] + int(rng.integers(-160, 160)), at[1] + int(rng.integers(-8, 8))),
            colour(rng),
            2,
        )
    noise = clouds(rng, HEIGHT, WIDTH)[..., None] * roughness + rng.normal(0, 5, picture.shape)
    return Place(far=(picture + noise).clip(0, 255).astype(np.uint8), near=_near(rng, horizon))


def _near(rng: np.random.Generator, horizon: int) -> Pixels:
    layer = np.zeros((HEIGHT, WIDTH, 4), dtype=np.uint8)
    bark = clouds(rng, HEIGHT, WIDTH) * 50
    for _ in range(int(rng.integers(3, 7))):
        x, width = int(rng.integers(0, WIDTH)), int(rng.integers(5, 16))
        cv2.rectangle(
            layer, (x, int(rng.integers(60, 250))), (x + width, HEIGHT), (*colour(rng, 30, 120), 255), -1
        )
    for _ in range(int(rng.integers(2, 5))):
        x, y = int(rng.integers(0, WIDTH)), int(rng.integers(horizon, HEIGHT - 60))
        body = (*colour(rng), 255)
        cv2.rectangle(layer, (x, y), (x + 150, y + 42), body, -1)
        cv2.rectangle(layer, (x + 30, y - 28), (x + 115, y), body, -1)
        cv2.rectangle(layer, (x + 38, y - 22), (x + 105, y - 4), (*colour(rng, 10, 90), 255), -1)
        cv2.circle(layer, (x + 30, y + 42), 15, (20, 20, 20, 255), -1)
        cv2.circle(layer, (x + 120, y + 42), 15, (20, 20, 20, 255), -1)
    layer[..., :3] = (layer[..., :3] + bark[..., None]).clip(0, 255).astype(np.uint8)
    return layer


def room(rng: np.random.Generator) -> Place:
    """A wall with shelves and a picture: what stands behind somebody who speaks."""
    picture = np.full((HEIGHT, WIDTH, 3), colour(rng, 110, 210), dtype=np.uint8)
    for _ in range(int(rng.integers(4, 8))):
        x, y = int(rng.integers(0, WIDTH - 200)), int(rng.integers(60, 420))
        for book in range(int(rng.integers(4, 12))):
            high = int(rng.integers(40, 80))
            corner = (x + book * 16, y + 80 - high)
            cv2.rectangle(picture, corner, (corner[0] + 13, y + 80), colour(rng), -1)
    cv2.rectangle(picture, (700, 90), (930, 260), colour(rng), -1)
    picture[95:255, 705:925] = (128 + clouds(rng, 160, 220)[..., None] * 110).clip(0, 255).astype(np.uint8)
    noise = clouds(rng, HEIGHT, WIDTH)[..., None] * 10 + rng.normal(0, 3, picture.shape)
    return Place(
        far=(picture + noise).clip(0, 255).astype(np.uint8), near=np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    )


def fog(rng: np.random.Generator) -> Place:
    """A snowy field in mist: hardly any corner to hold on to."""
    place = street(rng, roughness=6)
    milk = np.full_like(place.far, 205)
    far = cv2.addWeighted(cv2.GaussianBlur(place.far, (0, 0), 2.2), 0.16, milk, 0.84, 0)
    near = place.near.copy()
    near[..., :3] = cv2.addWeighted(near[..., :3], 0.3, milk, 0.7, 0)
    return Place(far=np.asarray(far, dtype=np.uint8), near=near)


def slides(rng: np.random.Generator, template: int, number: int) -> list[Pixels]:
    """Slides of text on one template (logo, bar, colours), as a broadcaster or an office has it."""
    own = np.random.default_rng(template)
    ground, ink, bar = colour(own, 180, 250), colour(own, 0, 80), colour(own)
    mark = words(own, 5)
    pictures = []
    for _ in range(number):
        picture = np.full((HEIGHT, WIDTH, 3), ground, dtype=np.uint8)
        cv2.rectangle(picture, (0, 0), (WIDTH, 90), bar, -1)
        cv2.circle(picture, (70, 45), 34, ink, 5)
        write(picture, mark, (130, 65), 1.8, ink, 4)
        for line in range(int(rng.integers(4, 9))):
            text = " ".join(words(rng, int(rng.integers(2, 9))) for _ in range(5))
            write(picture, text, (60, 170 + line * 60), 1.15, ink, 2)
        pictures.append(picture)
    return pictures
