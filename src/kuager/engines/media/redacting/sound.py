"""Sound on one clock: gaps are filled with silence, overlaps are cut, marked spans are set to zero."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from kuager.engines.media.redacting.boxes import Span
from kuager.engines.media.redacting.video_reading import RATE

Samples = npt.NDArray[np.int16]
# A coder of sound spreads a sample over its windows (2,048 samples in AAC): silence begins that much earlier
# and ends that much later, so that the asked span itself is wholly silent after decoding.
MARGIN = 4_096
TOLERANCE = RATE // 20
MOST_GAP = RATE * 3600


class Track:
    """Puts decoded pieces of sound in their place.

    Parameters
    ----------
    silences
        Spans that are set to zero.
    """

    def __init__(self, silences: Sequence[Span]) -> None:
        self._silences = tuple(silences)
        self._next = 0

    def place(self, samples: Samples, seconds: float) -> tuple[Samples, int]:
        """Return the samples to write and the number of the first of them.

        Parameters
        ----------
        samples
            Shape ``(n, 2)``.
        seconds
            When they begin, by the file's clock.
        """
        late = round(seconds * RATE) - self._next
        if late > TOLERANCE:
            gap = np.zeros((min(late, MOST_GAP), 2), np.int16)
            samples = np.concatenate([gap, samples])
        elif late < -TOLERANCE:
            samples = samples[-late:]
        begin = self._next
        self._next += len(samples)
        return self.muted(samples, begin), begin

    def muted(self, samples: Samples, begin: int) -> Samples:
        """Set what lies in a marked span to zero; ``begin`` is the number of the first sample."""
        kept = samples.copy()
        for span in self._silences:
            first = span.from_ms * RATE // 1000 - MARGIN - begin
            last = len(kept) if span.until_ms is None else -(-span.until_ms * RATE // 1000) + MARGIN - begin
            kept[max(0, first) : max(0, last)] = 0
        return kept
