"""Who is who: what several judgements of one pair come to, and which records hang together.

Promises: neither function depends on the order of what it is given; a disputed pair neither links nor
separates; a contradiction inside a cluster is found, never resolved.
"""

from collections.abc import Collection, Iterable
from enum import Enum

from kuager.domain.people.terms import Verdict

# The reason noted on a judgement that its own author replaced.
SUPERSEDED = "superseded by a later judgement of the same author"


class PairVerdict(Enum):
    """What the judgements in force say of two records together."""

    NONE = "none"
    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"
    DISPUTED = "disputed"


def pair_verdict(verdicts: Collection[str]) -> PairVerdict:
    """Combine the judgements in force of one pair, one per author.

    *Unsure* decides nothing, so anybody's clear verdict beside it stands. *Same* against *different* is a
    dispute, whatever their numbers: a majority is no evidence.
    """
    says_same, says_different = Verdict.SAME in verdicts, Verdict.DIFFERENT in verdicts
    if says_same and says_different:
        return PairVerdict.DISPUTED
    if says_same:
        return PairVerdict.SAME
    if says_different:
        return PairVerdict.DIFFERENT
    return PairVerdict.UNSURE if verdicts else PairVerdict.NONE


def needs_second_reviewer(verdicts: Collection[str]) -> bool:
    """Tell whether one reviewer alone was unsure."""
    return len(verdicts) == 1 and pair_verdict(verdicts) is PairVerdict.UNSURE


def components(nodes: Iterable[int], links: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Return, for every node, the lowest node it is linked to, directly or through others."""
    root = {node: node for node in nodes}

    def find(node: int) -> int:
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for left, right in links:
        one, other = find(left), find(right)
        if one != other:
            root[max(one, other)] = min(one, other)
    return {node: find(node) for node in root}


def alive_records(active: set[int], replaced: Iterable[tuple[int, int]]) -> set[int]:
    """Return the records that may link others: those in the register, and those a newer edition replaced.

    ``replaced`` are pairs (older, newer) of records of the same row in two editions. A record that was
    withdrawn because its edition was undone links nothing any more.
    """
    newer: dict[int, list[int]] = {}
    for old, new in replaced:
        newer.setdefault(new, []).append(old)
    alive, waiting = set(active), list(active)
    while waiting:
        for old in newer.get(waiting.pop(), ()):
            if old not in alive:
                alive.add(old)
                waiting.append(old)
    return alive
