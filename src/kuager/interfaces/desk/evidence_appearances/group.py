"""The copies of one thing as a graph, with the same in words below it."""

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from kuager.domain.accounts.terms import Capability
from kuager.domain.evidence import queries
from kuager.domain.evidence.rules.completeness import most_complete
from kuager.interfaces.desk.access import acting_user, needs
from kuager.interfaces.desk.evidence_appearances.graphs import Picture, draw
from kuager.interfaces.desk.evidence_appearances.words import measure_words
from kuager.interfaces.shell.vaults import vault_if_open

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kuager.domain.evidence.models import Appearance
    from kuager.domain.evidence.queries import CopyGroup


@require_safe
@needs(Capability.VIEW_EVIDENCE)
def show_group(request: HttpRequest, number: int) -> HttpResponse:
    """Show what an item is a copy of, what was suggested, and who took it from whom."""
    user = acting_user(request)
    item = queries.get_item(number, user=user)
    found = queries.group_of(item, user=user)
    vault = vault_if_open(request)
    measures = {} if vault is None else queries.measures(vault, found.items.values())
    measured = {one: measure_words(measure) for one, measure in measures.items()}
    context = {
        "item": item,
        "group": found,
        "picture": picture_of(found, measured, asked=number),
        "taken": taken_pairs(found.appearances),
        "others": [one for one in queries.relations(item, user=user) if one not in found.relations],
        "measured": measured,
        "best": most_complete(measures),
        "is_open": vault is not None,
    }
    return render(request, "desk/evidence_appearances/group.html", context)


def picture_of(found: "CopyGroup", measured: dict[int, str], *, asked: int) -> Picture:
    """Draw a group: the item that was seen first stands on top, items nobody saw published at the end."""
    seen: dict[int, Appearance] = {}
    for one in found.appearances:
        seen.setdefault(one.item.number, one)
    order = [*seen, *(number for number in found.items if number not in seen)]
    words = {number: _box_words(seen.get(number), measured.get(number, "")) for number in order}
    joined = [(one.first.number, one.second.number, one.get_kind_display()) for one in found.relations]
    taken = [(copy, origin, gettext("taken from")) for copy, origin in taken_pairs(found.appearances)]
    return draw(order, words, joined=joined, taken=taken, asked=asked)


def _box_words(first: "Appearance | None", measure: str) -> tuple[str, ...]:
    when = (
        gettext("seen %(day)s") % {"day": f"{first.seen_at:%Y-%m-%d}"}
        if first
        else gettext("not seen published")
    )
    return (when, measure) if measure else (when,)


def taken_pairs(appearances: "Sequence[Appearance]") -> list[tuple[int, int]]:
    """Return which item was taken from which, each pair once, as the appearances tell it."""
    found = {one.pk: one for one in appearances}
    pairs = [
        (one.item.number, found[one.taken_from_id].item.number)
        for one in found.values()
        if one.taken_from_id in found
    ]
    return sorted({pair for pair in pairs if pair[0] != pair[1]})
