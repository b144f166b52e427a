"""Reading about people: who is found, who is who, and tables for comparing."""

from kuager.domain.people.queries.clusters import (
    Contradiction,
    History,
    PairState,
    assigned_at,
    cluster,
    contradictions,
    history,
    judged_at,
    pair_state,
    persons_of,
)
from kuager.domain.people.queries.frames import NamesRow, linkage_frame, names_table
from kuager.domain.people.queries.search import Hit, search

__all__ = [
    "Contradiction",
    "History",
    "Hit",
    "NamesRow",
    "PairState",
    "assigned_at",
    "cluster",
    "contradictions",
    "history",
    "judged_at",
    "linkage_frame",
    "names_table",
    "pair_state",
    "persons_of",
    "search",
]
