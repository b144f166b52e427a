"""Ask a register of a million records about one new report, and re-link only what an edition changed.

Promises: answers in well under a second; scores as a batch would; never merges; judged pairs stay.
Failure model: a record that shares no key with the report is not found; the benchmark says how often.
"""

from kuager.engines.linkage.incremental.editions import (
    Difference,
    NewPair,
    Relinked,
    difference_of,
    relinking,
)
from kuager.engines.linkage.incremental.index import MatchIndex
from kuager.engines.linkage.incremental.ranking import Candidate
from kuager.engines.linkage.incremental.refreshing import Rules, WeightDoubt, refresh_links

__all__ = [
    "Candidate",
    "Difference",
    "MatchIndex",
    "NewPair",
    "Relinked",
    "Rules",
    "WeightDoubt",
    "difference_of",
    "refresh_links",
    "relinking",
]
