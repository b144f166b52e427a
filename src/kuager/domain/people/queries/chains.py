"""How a contradiction comes about: the chain of judgements that links two records somebody tells apart."""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kuager.domain.people.models import Judgement, Person
from kuager.domain.people.queries.clusters import Contradiction, contradictions, judged_at
from kuager.domain.people.terms import Verdict

Neighbours = Mapping[int, Sequence[tuple[int, Judgement]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A = B, B = C … and at its end the judgement that A is not C.

    ``links`` are the judgements in the order of the chain, the one that tells apart last; ``record_ids`` the
    records in that order, so that ``links[n]`` stands between records n and n + 1, and the last between the
    last record and the first. A gap (two records that are one person for another reason, such as a newer
    edition) leaves the chain shorter: then only the judgement that tells apart is given.
    """

    person_code: str
    record_ids: tuple[int, ...]
    links: tuple[Judgement, ...]


def contradiction_chains(record_ids: Iterable[int] | None = None) -> list[Chain]:
    """Return the shortest chain behind every contradiction, or behind those that touch some records."""
    found = contradictions()
    if record_ids is not None:
        wanted = set(record_ids)
        found = [one for one in found if wanted & set(one.record_ids)]
    if not found:
        return []
    neighbours = _neighbours([one.person_id for one in found])
    apart = Judgement.objects.select_related("author", "record_a", "record_b").in_bulk(
        [one.judgement_id for one in found]
    )
    codes = dict(Person.objects.filter(pk__in={one.person_id for one in found}).values_list("pk", "code"))
    return [_chain(one, codes[one.person_id], neighbours, apart[one.judgement_id]) for one in found]


def _neighbours(person_ids: Sequence[int]) -> Neighbours:
    """Return what is judged the same, both ways, for the records of some persons."""
    same = (
        judged_at(None)
        .filter(
            verdict=Verdict.SAME,
            record_a__assignments__person__in=person_ids,
            record_a__assignments__known_until__isnull=True,
        )
        .select_related("author", "record_a", "record_b")
        .order_by("pk")
    )
    neighbours: dict[int, list[tuple[int, Judgement]]] = defaultdict(list)
    for judgement in same:
        neighbours[judgement.record_a_id].append((judgement.record_b_id, judgement))
        neighbours[judgement.record_b_id].append((judgement.record_a_id, judgement))
    return neighbours


def _chain(one: Contradiction, code: str, neighbours: Neighbours, apart: Judgement) -> Chain:
    start, goal = one.record_ids
    path = _shortest_path(start, goal, neighbours)
    return Chain(
        person_code=code,
        record_ids=(start, *(record for record, _ in path)) if path else one.record_ids,
        links=(*(judgement for _, judgement in path), apart),
    )


def _shortest_path(start: int, goal: int, neighbours: Neighbours) -> list[tuple[int, Judgement]]:
    """Return the steps from one record to another; nothing when judgements alone do not lead there."""
    came: dict[int, tuple[int, Judgement]] = {}
    waiting = deque([start])
    seen = {start}
    while waiting and goal not in seen:
        here = waiting.popleft()
        for other, judgement in neighbours.get(here, ()):
            if other not in seen and {here, other} != {start, goal}:
                seen.add(other)
                came[other] = (here, judgement)
                waiting.append(other)
    steps = []
    while goal in came:
        before, judgement = came[goal]
        steps.append((goal, judgement))
        goal = before
    return steps[::-1]
