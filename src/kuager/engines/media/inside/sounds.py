"""Sound: how loud it is over time."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import numpy.typing as npt
from av.audio.resampler import AudioResampler

from kuager.engines.media.errors import Reason, UnreadableMediaError
from kuager.engines.media.inside.containers import Decoder, load_all, opened, packets, sound_of

if TYPE_CHECKING:
    from kuager.engines.media.child import Output

_RATE = 8000
_PER_SECOND = 50
_MAX_SECONDS = 12 * 3600


def prepare() -> None:
    """Load now what PyAV would load later."""
    load_all()


def waveform(request: Mapping[str, Any], source: BinaryIO, output: "Output") -> None:
    """Give the loudest sample of each of ``columns`` equal parts, 0 to 100, and the duration."""
    container = opened(request, source)
    stream = sound_of(container)
    resampler = AudioResampler(format="s16", layout="mono", rate=_RATE)
    decoder, loudest, rest = Decoder(), [], np.zeros(0, dtype=np.int16)
    samples, window = 0, _RATE // _PER_SECOND
    for packet in packets(container, stream):
        for frame in decoder.frames(packet):
            for piece in resampler.resample(frame):  # type: ignore[arg-type]  # a sound stream gives sound
                rest = np.concatenate([rest, piece.to_ndarray().reshape(-1)])
                whole = len(rest) // window * window
                loudest.append(_loudest(rest[:whole].reshape(-1, window)))
                rest, samples = rest[whole:], samples + piece.samples
        if samples > _MAX_SECONDS * _RATE:
            raise UnreadableMediaError(Reason.TOO_LARGE)
    if samples == 0:
        raise UnreadableMediaError(Reason.NOT_UNDERSTOOD)
    peaks = _reduced(np.concatenate(loudest), int(request["columns"]))
    output.result(json.dumps({"peaks": peaks, "duration_ms": samples * 1000 // _RATE}).encode())


def _loudest(windows: npt.NDArray[np.int16]) -> npt.NDArray[np.int32]:
    loudest: npt.NDArray[np.int32] = np.abs(windows.astype(np.int32)).max(axis=1)
    return loudest


def _reduced(loudest: npt.NDArray[np.int32], columns: int) -> list[int]:
    """Return at most `columns` maxima, scaled from 0..32,768 to 0..100."""
    if len(loudest) == 0:
        return [0]
    bounds = np.linspace(0, len(loudest), min(columns, len(loudest)), endpoint=False).astype(np.intp)
    return [int(value) for value in np.maximum.reduceat(loudest, bounds) * 100 // 32768]
