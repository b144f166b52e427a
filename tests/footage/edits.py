"""What happens to footage on its way through the networks: sixteen edits, each giving a compressed file."""

import io
from collections.abc import Callable, Mapping
from fractions import Fraction

import av
import cv2
import numpy as np

from tests.footage import places, sounds
from tests.footage.clips import Clip
from tests.footage.places import Pixels

Edit = Callable[[Clip, np.random.Generator, Clip], bytes]


def encode(
    frames: Pixels,
    fps: float,
    sound: sounds.Sound | None,
    *,
    codec: str = "libx264",
    crf: int = 26,
    kbit: int = 0,
) -> bytes:
    """Write an MP4 file."""
    sink = io.BytesIO()
    height, width = (size // 2 * 2 for size in frames.shape[1:3])
    with av.open(sink, "w", format="mp4") as container:
        options = {"crf": str(crf), "preset": "veryfast"} if codec == "libx264" else {}
        video = container.add_stream(codec, rate=Fraction(fps).limit_denominator(1000), options=options)
        assert isinstance(video, av.VideoStream)
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        if kbit:
            video.bit_rate = kbit * 1000
        audio = container.add_stream("aac", rate=sounds.RATE, layout="mono") if sound is not None else None
        for frame in frames:
            whole = np.ascontiguousarray(frame[:height, :width])
            container.mux(video.encode(av.VideoFrame.from_ndarray(whole, format="rgb24")))
        container.mux(video.encode())
        if audio is not None and sound is not None:
            for at in range(0, len(sound) - 1023, 1024):
                part = av.AudioFrame.from_ndarray(sound[None, at : at + 1024], format="fltp", layout="mono")
                part.sample_rate, part.pts = sounds.RATE, at
                container.mux(audio.encode(part))
            container.mux(audio.encode())
    return sink.getvalue()


def sized(frames: Pixels, width: int, height: int) -> Pixels:
    """Give every frame another size."""
    return np.stack([cv2.resize(frame, (width, height), interpolation=cv2.INTER_AREA) for frame in frames])


def _cropped(clip: Clip, left: float, top: float, right: float, bottom: float) -> Pixels:
    height, width = clip.frames.shape[1:3]
    across = slice(int(left * width), int((1 - right) * width))
    return clip.frames[:, int(top * height) : int((1 - bottom) * height), across]


def _ticker(frames: Pixels, rng: np.random.Generator, fps: float) -> Pixels:
    """A large logo, and a bar with running text."""
    out = frames.copy()
    height, width = out.shape[1:3]
    ink, ground, text = (
        places.colour(rng),
        places.colour(rng),
        " ".join(places.words(rng, 6) for _ in range(30)),
    )
    for index, frame in enumerate(out):
        cv2.rectangle(frame, (0, int(height * 0.82)), (width, height), ground, -1)
        places.write(frame, text, (int(width - index / fps * 90), int(height * 0.93)), 0.7, ink, 2)
        cv2.circle(frame, (int(width * 0.82), int(height * 0.22)), int(height * 0.18), ink, -1)
        places.write(frame, "TV7", (int(width * 0.76), int(height * 0.25)), 1.0, ground, 3)
    return out


def _text(frames: Pixels, rng: np.random.Generator) -> Pixels:
    out, height = frames.copy(), frames.shape[1]
    line, ink = " ".join(places.words(rng, 5) for _ in range(4)), places.colour(rng)
    for frame in out:
        places.write(frame, line, (10, int(height * 0.12)), 0.8, ink, 2)
        places.write(frame, line[::-1], (10, int(height * 0.92)), 0.8, (255, 255, 255), 2)
    return out


def _small(clip: Clip, rng: np.random.Generator, other: Clip) -> bytes:
    return encode(sized(clip.frames, 352, 198), clip.fps, clip.sound, crf=36)


def _mpeg4(clip: Clip, rng: np.random.Generator, other: Clip) -> bytes:
    return encode(clip.frames, clip.fps, clip.sound, codec="mpeg4", kbit=450)


def _crop10(clip: Clip, rng: np.random.Generator, other: Clip) -> bytes:
    return encode(_cropped(clip, 0.1, 0.1, 0.1, 0.1), clip.fps, clip.sound)


def _crop25(clip: Clip, rng: np.random.Generator, other: Clip) -> bytes:
    return encode(_cropped(clip, 0.25, 0.25, 0, 0), clip.fps, clip.sound)


def _logo(clip: Clip, rng: np.random.Generator, other: Clip) -> bytes:
    return encode(_ticker(clip.frames, rng, clip.fps), clip.fps, clip.sound)


def _trim(clip: Clip, rng: np.random.Generator, other: Clip) -> bytes:
    start = int(rng.uniform(0, 0.6) * len(clip.frames))
    part = clip.frames[start : start + int(0.4 * len(clip.frames)) : 2]
    at = int(start / clip.fps * sounds.RATE)
    return encode(part, clip.fps / 2, clip.sound[at : at + int(len(part) * 2 / clip.fps * sounds.RATE)])


def _mirror(clip: Clip, rng: np.random.Generator, other: Clip) -> bytes:
    return encode(clip.frames[:, :, ::-1], clip.fps, clip.sound)


def _upright(clip: Clip, rng: np.random.Generator, other: Clip) -> bytes:
    """Bars above and below for a telephone held upright, with text on them."""
    wide = sized(clip.frames, 304, 171)
    out = np.zeros((len(wide), 540, 304, 3), dtype=np.uint8)
    out[:, 184:355] = wide
    for frame in out:
        places.write(frame, "WATCH TO THE END", (12, 120), 0.9, (255, 255, 255), 2)
        places.write(frame, "22 12 2021", (40, 450), 1.0, (255, 240, 0), 2)
    return encode(out, clip.fps, clip.sound)


def _grey_fast(clip: Clip, rng: np.random.Generator, other: Clip) -> bytes:
    grey = clip.frames.mean(axis=3, keepdims=True, dtype=np.float32)
    hard = ((grey - 128) * 1.4 + 140).clip(0, 255).astype(np.uint8).repeat(3, axis=3)
    return encode(hard, clip.fps * 1.25, sounds.faster(clip.sound, 1.25))


def _inset(clip: Clip, rng: np.random.Generator, other: Clip) -> bytes:
    """Picture in picture, 60 per cent, over other footage."""
    height, width = clip.frames.shape[1:3]
    number = min(len(clip.frames), len(other.frames))
    out = other.frames[:number].copy()
    small = sized(clip.frames[:number], int(width * 0.6), int(height * 0.6))
    top, left = int(rng.uniform(0, 0.4) * height), int(rng.uniform(0, 0.4) * width)
    out[:, top : top + small.shape[1], left : left + small.shape[2]] = small
    return encode(out, clip.fps, clip.sound)


def _filmed(clip: Clip, rng: np.random.Generator, other: Clip) -> bytes:
    """Filmed off a screen, from the side: bent by perspective, blurred, noisy, brighter in the middle."""
    height, width = clip.frames.shape[1:3]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    moved = corners * 0.86 + [width * 0.07, height * 0.07] + rng.normal(0, 12, (4, 2))
    matrix = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    light = 0.75 + 0.35 * np.hanning(width)[None, :, None] * np.ones((height, 1, 1))
    out = np.empty_like(clip.frames)
    for index, frame in enumerate(clip.frames):
        bent = cv2.warpPerspective(frame, matrix, (width, height), borderValue=(25, 22, 20))
        bent = cv2.GaussianBlur(bent, (0, 0), 1.0) * light + rng.normal(0, 5, (height, width, 1))
        out[index] = bent.clip(0, 255).astype(np.uint8)
    return encode(out, clip.fps, clip.sound + rng.normal(0, 0.03, len(clip.sound)).astype(np.float32))


def _compiled(clip: Clip, rng: np.random.Generator, other: Clip) -> bytes:
    """Five seconds from the middle, between two pieces of other footage."""
    start = int((clip.seconds - 5) * rng.random() * clip.fps)
    part = clip.frames[start : start + int(5 * clip.fps)]
    half = int(3 * clip.fps)
    at, span = int(start / clip.fps * sounds.RATE), int(5 * sounds.RATE)
    noise = [other.sound[: 3 * sounds.RATE], clip.sound[at : at + span], other.sound[-3 * sounds.RATE :]]
    return encode(
        np.concatenate([other.frames[:half], part, other.frames[-half:]]), clip.fps, np.concatenate(noise)
    )


def _uneven(clip: Clip, rng: np.random.Generator, other: Clip) -> bytes:
    left, top, right, bottom = rng.uniform(0, 0.2, 4)
    return encode(_cropped(clip, left, top, right, bottom), clip.fps, clip.sound)


def _worn(clip: Clip, rng: np.random.Generator, other: Clip) -> bytes:
    left, top, right, bottom = rng.uniform(0, 0.2, 4)
    part = _text(_cropped(clip, left, top, right, bottom), rng)
    return encode(part, clip.fps, clip.sound, crf=36)


def _mirror_worn(clip: Clip, rng: np.random.Generator, other: Clip) -> bytes:
    left, top, right, bottom = rng.uniform(0, 0.15, 4)
    part = _cropped(clip, left, top, right, bottom)[:, :, ::-1]
    return encode(sized(part, 400, 224), clip.fps, clip.sound, crf=32)


def _dubbed_slow(clip: Clip, rng: np.random.Generator, other: Clip) -> bytes:
    """Slowed down to four fifths, with other sound."""
    return encode(_text(clip.frames, rng), clip.fps * 0.8, other.sound, crf=28)


EDITS: Mapping[str, Edit] = {
    "e01 352 px crf36": _small,
    "e02 mpeg4 450 kbit": _mpeg4,
    "e03 crop 10 %": _crop10,
    "e04 crop 25 % of a corner": _crop25,
    "e05 logo + ticker": _logo,
    "e06 trim 40 % at half rate": _trim,
    "e07 mirror": _mirror,
    "e08 upright bars + text": _upright,
    "e09 grey, contrast, speed 1.25": _grey_fast,
    "e10 picture in picture 60 %": _inset,
    "e11 filmed off a screen": _filmed,
    "e12 in a compilation": _compiled,
    "e13 random uneven crop": _uneven,
    "e14 crop + text + crf36": _worn,
    "e15 mirror + crop + small + crf32": _mirror_worn,
    "e16 speed 0.8 + text + dubbed": _dubbed_slow,
}


def original(clip: Clip) -> bytes:
    """The clip as its camera wrote it."""
    return encode(clip.frames, clip.fps, clip.sound, crf=20)
