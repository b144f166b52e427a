"""Numbers of an edition with the words beside them."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext, ngettext

from kuager.domain.lists.queries import RowCounts
from kuager.domain.register.terms import Status

if TYPE_CHECKING:
    from kuager.domain.lists.models import ListEdition
    from kuager.domain.lists.queries import DryRun

Figure = tuple[int, str]


def row_figures(counts: RowCounts, *, has_earlier: bool) -> list[Figure]:
    """Put how rows stand to the edition before beside words; without one there is nothing but added."""
    figures = [(counts.added, gettext("added"))]
    if has_earlier:
        figures += [
            (counts.changed, gettext("changed")),
            (counts.removed, gettext("removed")),
            (counts.unchanged, gettext("unchanged")),
        ]
    return [*figures, (counts.rejected, gettext("not usable"))]


def dry_run_figures(result: "DryRun") -> list[Figure]:
    """Say how many rows were read and what would become of them."""
    counts = row_figures(result.counts, has_earlier=result.compared_with is not None)
    return [(result.rows, gettext("rows read")), *counts]


def dry_run_warnings(result: "DryRun") -> list[str]:
    """Say what a reader should know before staging."""
    warnings = total_warnings(result.stated_total, result.counts)
    waiting = sum(result.statuses.get(status, 0) for status in (Status.DEAD, Status.RELEASED))
    if waiting:
        warnings.append(
            ngettext(
                "%(count)d person would be dead or released. It counts once a second person approved it.",
                "%(count)d persons would be dead or released. It counts once a second person approved it.",
                waiting,
            )
            % {"count": waiting}
        )
    if result.problem_count > len(result.problems):
        warnings.append(
            gettext("%(all)d places need a look; the first %(shown)d are shown.")
            % {"all": result.problem_count, "shown": len(result.problems)}
        )
    return warnings


def total_warnings(stated: int | None, counts: RowCounts) -> list[str]:
    """Hold the total that the publisher states against the rows."""
    if stated is None or stated == counts.total:
        return []
    sentence = gettext("The publisher states %(stated)d, but the rows hold %(counted)d.")
    return [sentence % {"stated": stated, "counted": counts.total}]


def edition_figures(edition: "ListEdition") -> list[Figure]:
    """Say how many rows an edition has and, once it was applied, how they stand to the one before."""
    figures = [(edition.rows_staged, gettext("rows stored"))]
    if edition.counts:
        return figures + row_figures(RowCounts(**edition.counts), has_earlier=edition.previous_id is not None)
    return [*figures, (edition.rows_rejected, gettext("not usable"))]


def edition_warnings(edition: "ListEdition") -> list[str]:
    """Hold the total that the publisher states against an edition that was applied."""
    return total_warnings(edition.stated_total, RowCounts(**edition.counts)) if edition.counts else []
