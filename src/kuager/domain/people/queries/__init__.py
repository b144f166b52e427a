"""Reading about people: who is found, and who is who."""

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
from kuager.domain.people.queries.keys import KeysState, keys_state
from kuager.domain.people.queries.search import Hit, search

__all__ = [
    "Contradiction",
    "History",
    "Hit",
    "KeysState",
    "PairState",
    "assigned_at",
    "cluster",
    "contradictions",
    "history",
    "judged_at",
    "keys_state",
    "pair_state",
    "persons_of",
    "search",
]
