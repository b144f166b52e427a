"""Likeness of videos, pictures and their sound: which items are copies of one recording, and of which part.

Three signals, each blind to what deceives the others: points of walls and things (the same place),
movements through the bending that the points give (the same footage), and marks in the sound. Arrays come
in; no file, clock or setting is known here.

A fingerprint is made once and holds all that is compared later, so that originals stay sealed. The method,
what deceives it and what was measured: docs/methods/evidence.md and docs/benchmarks.md, sections "Copies".
"""

from kuager.engines.similarity.comparing import compare
from kuager.engines.similarity.fingerprints import Fingerprint, FingerprintError
from kuager.engines.similarity.index import Candidate, Index
from kuager.engines.similarity.making import fingerprint_picture, fingerprint_video
from kuager.engines.similarity.relations import Box, Kind, Relation, Span

__all__ = [
    "Box",
    "Candidate",
    "Fingerprint",
    "FingerprintError",
    "Index",
    "Kind",
    "Relation",
    "Span",
    "compare",
    "fingerprint_picture",
    "fingerprint_video",
]
