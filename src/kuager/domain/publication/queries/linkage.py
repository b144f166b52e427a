"""What a snapshot says of how records were linked: the runs its figures rest on, and how good they are.

Invariants: figures measured by blind double review and figures merely expected are never mixed; where nobody
measured, the note says so; no reviewer and no protected publisher is named. The same moment of knowing gives
the same counts for ever, so the note stands in the digest of the snapshot. Figures computed from these counts
are kept as they were computed first: a later version of a method may give another interval for the same
counts, and an old snapshot must still be found unchanged.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import cast

from kuager.core.digest import JsonValue
from kuager.domain.lists.models import LinkRun
from kuager.domain.lists.queries.quality import MeasuredLinks, measured_links
from kuager.domain.lists.queries.runs_behind import RunBehind, runs_behind
from kuager.domain.publication.models import Snapshot
from kuager.domain.publication.queries.register_reading import UNNAMED_KINDS
from kuager.engines.linkage.reviewing import Agreement
from kuager.engines.linkage.reviewing.measuring import Measured

Object = dict[str, JsonValue]
# More digits would be noise; fewer would hide that 99.6 % is not all.
DIGITS = 3
# Computed from the counts of a note, and not counted themselves.
FIGURES = ("precision", "recall", "kappa")


def linkage_notes(known_at: datetime, *, published: Sequence[Object] = ()) -> list[Object]:
    """Return a note for each run that links in force came from, as it was known at a moment; oldest first.

    ``published`` are the notes of a snapshot that is checked: their figures are taken over where the counts
    below them are still the same.
    """
    computed = {str(note["linked_at"]): note for note in published}
    notes = [_note(one, known_at) for one in runs_behind(known_at)]
    return [_with_figures_of(computed.get(str(note["linked_at"])), note) for note in notes]


def stored_linkage(snapshot: Snapshot) -> list[Object]:
    """Read the notes of a snapshot back."""
    return cast(list[Object], snapshot.summary.get("linkage", []))


def _with_figures_of(published: Object | None, note: Object) -> Object:
    if published is None:
        return note
    old, new = published.get("measured"), note["measured"]
    if not isinstance(old, dict) or not isinstance(new, dict):
        return note
    figures = {name: old.get(name) for name in FIGURES}
    is_same = {**old, **figures} == {**new, **figures}
    return {**note, "measured": {**new, **figures}} if is_same else note


def _note(behind: RunBehind, known_at: datetime) -> Object:
    run = behind.run
    measured = measured_links(run, known_at=known_at)
    return {
        "linked_at": run.known_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "lists": list(_list_names(run)),
        "records": run.record_count,
        "pairs": run.pair_count,
        "accepted_together": behind.accepted,
        "judged_by_eye": behind.by_eye,
        "expected": _expected(run),
        "measured": None if measured is None else _measured(measured),
    }


def _list_names(run: LinkRun) -> list[JsonValue]:
    lists = sorted(run.lists.all(), key=lambda one: one.pk)
    hidden = [one.publisher.is_protected or one.publisher.kind in UNNAMED_KINDS for one in lists]
    return [
        f"List {number}" if is_hidden else f"{one.publisher.name}: {one.title}"
        for number, (one, is_hidden) in enumerate(zip(lists, hidden, strict=True), start=1)
    ]


def _expected(run: LinkRun) -> JsonValue:
    """Return what the run itself expected of its links from its threshold on; None where it did not say."""
    total = run.expected.get("total")
    if not isinstance(total, Mapping):
        return None
    names = ("false_links", "missed_links", "precision", "recall")
    return {"links": total["links"], **{name: _rounded(total[name]) for name in names}}


def _measured(found: MeasuredLinks) -> Object:
    measured = found.measured
    return {
        "sampled": found.sampled,
        "reviewed": found.reviewed,
        "differing": found.differing,
        "reviewers": found.reviewers,
        "complete": found.is_complete,
        "links_from": _rounded(found.review.threshold),
        "precision": None if measured is None else _share(measured.precision),
        "recall": None if measured is None else _share(measured.recall),
        "kappa": None if found.agreement is None else _kappa(found.agreement),
        "strata": [
            {
                "stratum": one.stratum,
                "pairs": _rounded(one.pairs),
                "sampled": one.sampled,
                "same": one.same,
                "different": one.different,
                "unsettled": one.unsettled,
            }
            for one in found.strata
        ],
    }


def _share(measured: Measured) -> Object:
    return {"value": _rounded(measured.value), "low": _rounded(measured.low), "high": _rounded(measured.high)}


def _kappa(found: Agreement) -> JsonValue:
    """Return kappa with its interval; None where every answer was the same, so that it does not exist."""
    if found.kappa is None or found.interval is None:
        return None
    low, high = found.interval
    return {"value": _rounded(found.kappa), "low": _rounded(low), "high": _rounded(high)}


def _rounded(value: object) -> float:
    return round(float(cast(float, value)), DIGITS)
