"""What linking everything anew would say otherwise than a run."""

from dataclasses import dataclass

from kuager.domain.lists.models import CandidatePair, LinkAudit, LinkRun
from kuager.domain.people.models import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferingPair:
    """A pair that only one of the two puts together, with both probabilities, 0 to 1.

    ``pair_id`` is the pair of the run to judge; None where the run did not report it.
    """

    name_a: str
    name_b: str
    kept: float
    anew: float
    pair_id: int | None


def latest_audit(run: LinkRun) -> LinkAudit | None:
    """Return the newest comparison of a run with linking everything anew; None without any."""
    return LinkAudit.objects.filter(run=run).order_by("-made_at", "-pk").first()


def differing_pairs(audit: LinkAudit, *, limit: int = 20) -> list[DifferingPair]:
    """Return the pairs that differ, the surest first."""
    rows = audit.differing[:limit]
    records = {row[side] for row in rows for side in ("record_a", "record_b")}
    names = dict(Record.objects.filter(pk__in=records).values_list("pk", "name"))
    pairs = CandidatePair.objects.filter(run=audit.run_id, record_a__in=records, record_b__in=records)
    found = {(a, b): number for number, a, b in pairs.values_list("pk", "record_a_id", "record_b_id")}
    return [
        DifferingPair(
            name_a=names.get(row["record_a"], ""),
            name_b=names.get(row["record_b"], ""),
            kept=row["kept"],
            anew=row["anew"],
            pair_id=found.get((row["record_a"], row["record_b"])),
        )
        for row in rows
    ]
