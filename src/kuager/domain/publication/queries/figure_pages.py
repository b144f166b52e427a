"""What the pages about figures show: the headline, and how we know each figure."""

from dataclasses import dataclass

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext

from kuager.core.errors import NotFoundError
from kuager.domain.publication.definitions import (
    publisher_label,
    rule_words,
    status_definition,
    status_label,
)
from kuager.domain.publication.models import Snapshot, SnapshotFigure
from kuager.domain.publication.queries.content import moment_text
from kuager.domain.publication.queries.labels import STATUS_ORDER, figure_label, value_label
from kuager.domain.publication.queries.people_pages import PeopleFilter, filter_people


@dataclass(frozen=True, kw_only=True)
class FigureLine:
    """One figure in words; ``old`` is what it was in the snapshot before, where it changed."""

    key: str
    label: str | Promise
    value: int
    old: int | None = None


@dataclass(frozen=True, kw_only=True)
class FigureParts:
    """One way to break a figure down."""

    title: str
    lines: list[FigureLine]


def headline(snapshot: Snapshot) -> list[FigureLine]:
    """Return the totals by status, worst first."""
    found = SnapshotFigure.objects.filter(snapshot=snapshot, key__in=STATUS_ORDER)
    totals = dict(found.values_list("key", "value"))
    before = {change["key"]: change["old"] for change in snapshot.difference.get("figures", [])}
    return [
        FigureLine(key=key, label=status_label(key), value=totals[key], old=before.get(key))
        for key in STATUS_ORDER
        if key in totals
    ]


def figure_page(snapshot: Snapshot, key: str) -> dict[str, object]:
    """Return one figure with everything the page "how do we know?" says; raises NotFoundError."""
    figure = SnapshotFigure.objects.filter(snapshot=snapshot, key=key).first()
    if figure is None:
        raise NotFoundError(f"snapshot {snapshot.number} has no figure {key!r}")
    filters = {name: value for name, value in figure.dimensions.items() if name != "source"}
    status = figure.dimensions.get("status", "all")
    return {
        "figure": figure,
        "label": figure_label(snapshot, figure.dimensions),
        "definition": status_definition(status),
        "rule": rule_words(figure.basis["rule"]),
        "publishers": [
            {**publisher, "label": publisher_label(publisher["name"], publisher["kind"])}
            for publisher in figure.basis["publishers"]
        ],
        "public_people": figure.basis["public_people"]
        if "source" in figure.dimensions
        else filter_people(snapshot, PeopleFilter(**filters)).count(),
        "people_query": "" if "source" in figure.dimensions else _query(filters),
        "parts": _parts(snapshot, key),
        "known_at": moment_text(snapshot.known_at),
        "count_by": ",".join(figure.dimensions) or "status",
    }


def _query(filters: dict[str, str]) -> str:
    query = QueryDict(mutable=True)
    query.update(filters)
    return query.urlencode()


def _parts(snapshot: Snapshot, key: str) -> list[FigureParts]:
    """Return the figures that a figure breaks down into: a total by status, a status by everything else."""
    if key == "all":
        return [FigureParts(title=gettext("Status"), lines=headline(snapshot))]
    if "." in key:
        return []
    figures = SnapshotFigure.objects.filter(snapshot=snapshot, key__startswith=f"{key}.").order_by(
        "-value", "key"
    )
    titles = {
        "region": gettext("Region"),
        "sex": gettext("Sex"),
        "age_group": gettext("Age group"),
        "source": gettext("Source"),
    }
    lines: dict[str, list[FigureLine]] = {name: [] for name in titles}
    for figure in figures:
        name = next(name for name in figure.dimensions if name != "status")
        label = value_label(snapshot, name, figure.dimensions[name])
        lines[name].append(FigureLine(key=figure.key, label=label, value=figure.value))
    return [FigureParts(title=title, lines=lines[name]) for name, title in titles.items() if lines[name]]
