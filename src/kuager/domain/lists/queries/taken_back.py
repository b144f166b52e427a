"""Links that somebody took back with a reason, and where the evidence of a judgement stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kuager.domain.lists.models import CandidatePair
from kuager.domain.lists.queries.membership import persons_of_records
from kuager.domain.lists.rules.pairs import TAKEN_BACK_BY_REVIEWER
from kuager.domain.people.models import Judgement
from kuager.domain.people.rules.clusters import SUPERSEDED
from kuager.domain.people.terms import Method, Verdict

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """A link that holds no more, with its evidence, the persons its records are now, and what is said now.

    ``pair`` is the newest candidate pair of the two records: None where no run compared them. ``now`` are the
    judgements of the pair that are in force.
    """

    judgement: Judgement
    pair: CandidatePair | None
    code_a: str
    code_b: str
    now: tuple[Judgement, ...]

    @property
    def is_apart(self) -> bool:
        """Whether the two records count as two people now."""
        return self.code_a != self.code_b


def list_taken_back(*, offset: int = 0, limit: int = 50) -> tuple[list[TakenBack], int]:
    """Return one page of links taken back, the latest first, and how many there are.

    A reviewer who only corrects their own last key press is not listed; whoever judged anew neither.
    """
    links = (
        Judgement.objects.filter(verdict=Verdict.SAME, ended_at__isnull=False)
        .exclude(method=Method.EDITION)
        .exclude(end_reason__in=[SUPERSEDED, TAKEN_BACK_BY_REVIEWER])
        .select_related("record_a", "record_b", "author", "ended_by")
        .order_by("-ended_at", "-id")
    )
    page = list(links[offset : offset + limit])
    return _with_evidence(page), links.count()


def pairs_of_judgements(judgements: Iterable[Judgement]) -> dict[Pair, CandidatePair]:
    """Return the newest candidate pair of each judged pair of records that a run compared."""
    wanted = {(one.record_a_id, one.record_b_id) for one in judgements}
    low, high = {pair[0] for pair in wanted}, {pair[1] for pair in wanted}
    found = CandidatePair.objects.filter(record_a__in=low, record_b__in=high).order_by("run_id")
    newest = {(pair.record_a_id, pair.record_b_id): pair for pair in found.defer("reasons")}
    return {key: newest[key] for key in wanted if key in newest}


def _with_evidence(links: Sequence[Judgement]) -> list[TakenBack]:
    pairs = pairs_of_judgements(links)
    persons = persons_of_records([record for one in links for record in (one.record_a_id, one.record_b_id)])
    in_force: dict[Pair, list[Judgement]] = {}
    records = {one.record_a_id for one in links}
    for said in Judgement.objects.filter(record_a__in=records, ended_at__isnull=True).select_related(
        "author"
    ):
        in_force.setdefault((said.record_a_id, said.record_b_id), []).append(said)
    return [
        TakenBack(
            judgement=one,
            pair=pairs.get((one.record_a_id, one.record_b_id)),
            code_a=persons.get(one.record_a_id, (0, ""))[1],
            code_b=persons.get(one.record_b_id, (0, ""))[1],
            now=tuple(in_force.get((one.record_a_id, one.record_b_id), ())),
        )
        for one in links
    ]
