"""The doubt about who is who, carried through to the estimate.

Invariants: every draw of who is who counts the same; the answer says how much of its doubt comes from them
and what the most probable partition alone would say. Failure model: a match that linkage never saw is in no
draw, so that the number stays too high; links that are surer than they should be make the interval too
narrow.
"""

from kuager.engines.estimation.partitions.drawn import (
    DrawnTables,
    Partitions,
    make_partitions,
    read_partitions,
)
from kuager.engines.estimation.partitions.estimating import estimate_over_partitions

__all__ = ["DrawnTables", "Partitions", "estimate_over_partitions", "make_partitions", "read_partitions"]
