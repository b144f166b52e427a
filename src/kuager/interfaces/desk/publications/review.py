"""What an editor sees before publishing: figures, checks, differences, and who is left out."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kuager.domain.publication import queries
from kuager.domain.register import queries as register
from kuager.domain.register.terms import ConflictKind
from kuager.interfaces.desk.person_lines import lines_of
from kuager.interfaces.desk.status_choices import status_word

if TYPE_CHECKING:
    from kuager.domain.publication.models import Snapshot

SHOWN_CONTRADICTED = 50
REASON_WORDS = {
    "assertions": _("statements recorded"),
    "approvals": _("approved by a second person"),
    "corrections": _("corrected or refused"),
    "judgements": _("judgements"),
    "judgements_ended": _("judgements ended"),
    "imports": _("lists imported"),
    "imports_undone": _("imports undone"),
}


def review(snapshot: "Snapshot", *, ask_again: bool) -> dict[str, object]:
    """Return what the review page shows; ``ask_again`` asks the register the same question once more."""
    kind = ConflictKind.JUDGEMENTS_CONTRADICT.value
    contradicted = register.list_conflicts(kind=kind)[:SHOWN_CONTRADICTED]
    counted = register.count(as_of=snapshot.as_of, known_at=snapshot.known_at, by=())
    return {
        "snapshot": snapshot,
        "figures": queries.headline(snapshot),
        "estimates": [queries.estimate_page(snapshot, line.key) for line in queries.estimate_lines(snapshot)],
        "check": queries.verify_snapshot(snapshot, recompute=ask_again),
        "left_out": snapshot.summary["people"] - snapshot.summary["public_people"],
        "contradicted": lines_of(contradicted),
        "pending": [(status_word(status), number) for status, number in counted.pending.items() if number],
        "changed_figures": _changed_figures(snapshot),
        "reasons": [
            (REASON_WORDS[name], number)
            for name, number in snapshot.difference.get("reasons", {}).items()
            if number and name in REASON_WORDS
        ],
    }


def _changed_figures(snapshot: "Snapshot") -> list[tuple[str, int, int]]:
    """Return the changed totals by status; the finer figures follow from them."""
    return [
        (status_word(change["key"]), change["old"], change["new"])
        for change in snapshot.difference.get("figures", [])
        if "." not in change["key"] and change["key"] != "all"
    ]
