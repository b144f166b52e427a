"""Clerical review that learns: which pairs to ask first, how far reviewers agree, how good the links are.

Promises: plain tables in, plain tables and numbers out; deterministic by seed; nothing here judges a pair.
"""

from kuager.engines.linkage.reviewing.agreement import Agreement, agreement
from kuager.engines.linkage.reviewing.measuring import (
    Measured,
    MeasuredQuality,
    measured_quality,
    settled_verdicts,
)
from kuager.engines.linkage.reviewing.ordering import review_order
from kuager.engines.linkage.reviewing.sampling import double_review_sample

__all__ = [
    "Agreement",
    "Measured",
    "MeasuredQuality",
    "agreement",
    "double_review_sample",
    "measured_quality",
    "review_order",
    "settled_verdicts",
]
