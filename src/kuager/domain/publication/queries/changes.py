"""What changed since the snapshot before, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import ngettext

from kuager.domain.publication.definitions import status_label
from kuager.domain.publication.models import Snapshot
from kuager.domain.publication.queries.figure_pages import FigureLine
from kuager.domain.publication.queries.labels import STATUS_ORDER


@dataclass(frozen=True, kw_only=True)
class ChangesInWords:
    """The difference of a snapshot; ``figures`` holds the totals only, all others are in the downloads."""

    previous: int
    previous_as_of: date
    previous_known_at: datetime
    figures: list[FigureLine]
    other_figures: int
    people: list[str]
    reasons: list[str]


def changes_in_words(snapshot: Snapshot) -> ChangesInWords | None:
    """Return the difference in the reader's language; None for the first snapshot."""
    difference = snapshot.difference
    if not difference:
        return None
    changed = {change["key"]: change for change in difference["figures"]}
    order = ("all", *STATUS_ORDER)
    totals = [changed[key] for key in order if key in changed]
    return ChangesInWords(
        previous=difference["previous"],
        previous_as_of=date.fromisoformat(difference["as_of"]),
        previous_known_at=datetime.fromisoformat(difference["known_at"]),
        figures=[
            FigureLine(key=line["key"], label=status_label(line["key"]), value=line["new"], old=line["old"])
            for line in totals
        ],
        other_figures=len(changed) - len(totals),
        people=_people(difference["people"]),
        reasons=_reasons(difference["reasons"]),
    )


def _people(people: Mapping[str, int]) -> list[str]:
    added, removed, changed = people["added_count"], people["removed_count"], people["changed_count"]
    return [
        words % {"count": count}
        for words, count in (
            (ngettext("%(count)d person is new", "%(count)d people are new", added), added),
            (
                ngettext(
                    "%(count)d person is no longer on it", "%(count)d people are no longer on it", removed
                ),
                removed,
            ),
            (ngettext("%(count)d person changed", "%(count)d people changed", changed), changed),
        )
        if count
    ]


def _reasons(reasons: Mapping[str, int]) -> list[str]:
    count = reasons.get
    imports, undone = count("imports", 0), count("imports_undone", 0)
    said, checked, corrected = count("assertions", 0), count("approvals", 0), count("corrections", 0)
    judged, ended = count("judgements", 0), count("judgements_ended", 0)
    sentences = (
        (
            ngettext("%(count)d list edition was imported", "%(count)d list editions were imported", imports),
            imports,
        ),
        (ngettext("%(count)d import was undone", "%(count)d imports were undone", undone), undone),
        (
            ngettext(
                "%(count)d new statement about a status", "%(count)d new statements about a status", said
            ),
            said,
        ),
        (
            ngettext(
                "%(count)d death or release was checked by a second person",
                "%(count)d deaths or releases were checked by a second person",
                checked,
            ),
            checked,
        ),
        (
            ngettext("%(count)d statement was corrected", "%(count)d statements were corrected", corrected),
            corrected,
        ),
        (
            ngettext(
                "%(count)d decision on whether two records are one person",
                "%(count)d decisions on whether two records are one person",
                judged,
            ),
            judged,
        ),
        (
            ngettext(
                "%(count)d such decision was taken back", "%(count)d such decisions were taken back", ended
            ),
            ended,
        ),
    )
    return [words % {"count": number} for words, number in sentences if number]
