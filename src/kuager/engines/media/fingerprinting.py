"""Take the fingerprint of a file in the limited process, so that its copies can be found without opening it.

What the process returns is bytes that it could choose, if the file took it over: they are read here as
strictly as any other input, and can at worst hide a copy or suggest a false one to the person who decides.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, BinaryIO

import cv2
import scipy.fft
import scipy.ndimage
import scipy.signal  # loaded before the process locks itself in

from kuager.engines.media.decoding import UndecodableError, frames, sound
from kuager.engines.media.errors import Reason, UnreadableMediaError
from kuager.engines.media.inside.containers import load_all
from kuager.engines.media.limited import DEFAULT, MIB, Limits, run_limited
from kuager.engines.similarity import Fingerprint, FingerprintError, fingerprint_picture, fingerprint_video
from kuager.engines.similarity.making import FRAMES_PER_SECOND, LARGEST_SIDE, LARGEST_SIDE_OF_STILLS

if TYPE_CHECKING:
    from kuager.engines.media.child import Output

# An hour of video is looked at: 45,000 frames, some 100 MB of fingerprint.
MOST_FRAMES = 45_000
MOST_SECONDS = 3600
LIMITS = replace(DEFAULT, memory_bytes=3072 * MIB, result_bytes=160 * MIB)
LEAST_CPU_SECONDS, CPU_SECONDS_PER_SECOND = 60, 2


def fingerprint(
    source: BinaryIO, *, seconds: float | None = None, limits: Limits | None = None
) -> Fingerprint:
    """Take the fingerprint of a video or picture.

    Parameters
    ----------
    source
        The file, seekable; read through the limited process.
    seconds
        How long the video is, if known; decides how long the reading may take.
    limits
        Other bounds, for tests.

    Raises
    ------
    UnreadableMediaError
        If the file holds no picture that can be read, or reading it broke a bound.
    """
    known = MOST_SECONDS if seconds is None else min(seconds, MOST_SECONDS)
    allowed = max(LEAST_CPU_SECONDS, int(known * CPU_SECONDS_PER_SECOND))
    data = run_limited("fingerprint", {}, source, limits=limits or LIMITS.with_time(allowed))
    try:
        return Fingerprint.from_bytes(data)
    except FingerprintError as error:
        raise UnreadableMediaError(Reason.CRASHED) from error


def prepare() -> None:
    """Load now what libraries would load later, and keep to one thread."""
    load_all()
    cv2.setNumThreads(1)
    scipy.fft.dctn([[0.0]])


def take(request: Mapping[str, Any], source: BinaryIO, output: "Output") -> None:
    """Do the work inside the limited process: the bytes of the fingerprint are the result."""
    try:
        shown = frames(source, per_second=FRAMES_PER_SECOND, largest_side=LARGEST_SIDE, most=MOST_FRAMES)
        next(shown)
        if next(shown, None) is None:
            made = _picture(source)
        else:
            # Two readings at once would quarrel over the place in the file: the sound is read first.
            shown.close()
            made = _video(source)
    except (UndecodableError, StopIteration, ValueError) as error:
        raise UnreadableMediaError(Reason.NOT_UNDERSTOOD) from error
    output.result(made.to_bytes())


def _video(source: BinaryIO) -> Fingerprint:
    heard = sound(source, most_seconds=MOST_SECONDS)
    shown = frames(source, per_second=FRAMES_PER_SECOND, largest_side=LARGEST_SIDE, most=MOST_FRAMES)
    return fingerprint_video(shown, heard)


def _picture(source: BinaryIO) -> Fingerprint:
    frame = next(frames(source, per_second=1, largest_side=LARGEST_SIDE_OF_STILLS, most=1))
    return fingerprint_picture(frame.pixels, frame.full_size)
