"""A row as its page shows it: cells as they came beside the titles, and what was read in them in words."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext

from kuager.domain.lists.rules.frozen_rows import thaw_cells
from kuager.domain.lists.terms import RowChange
from kuager.domain.people.terms import Sex
from kuager.domain.register.terms import Status
from kuager.engines.tables import column_letters
from kuager.interfaces.desk.lists.words import field_word
from kuager.interfaces.shell.templatetags.kuager_pages import uncertain_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kuager.domain.lists.models import ListEdition, ListRow
    from kuager.domain.lists.queries import EditionDifference

DATES = ("birth", "event", "status_date")
Parsed = Mapping[str, object]


def shown_row(row: "ListRow", edition: "ListEdition") -> dict[str, object]:
    """Put the cells of a row beside the titles of their columns, and what was read beside its words."""
    cells = thaw_cells(row.cells)
    titles = [*edition.header, *[""] * max(0, len(cells) - len(edition.header))]
    return {
        "number": row.number,
        "part": row.part,
        "digest": row.digest,
        "problems": row.problems,
        "change": row.change,
        "change_word": RowChange(row.change).label if row.change else "",
        "cells": [
            (title or column_letters(place), value)
            for place, (title, value) in enumerate(zip(titles, cells, strict=False))
            if value
        ],
        "parsed": shown_person(cast("Parsed", row.parsed or {})),
    }


def shown_person(parsed: Parsed) -> list[tuple[str, str]]:
    """Put what was read of one person in words, field by field."""
    shown = [
        (field_word(name), shown_value(name, value))
        for name, value in parsed.items()
        if name not in ("age_min", "age_max")
    ]
    ages = _ages(parsed)
    return [*shown, (field_word("age"), ages)] if ages else shown


def _ages(parsed: Parsed) -> str:
    low, high = parsed.get("age_min"), parsed.get("age_max")
    if low is None and high is None:
        return ""
    if low == high:
        return str(low)
    words = {"low": low if low is not None else 0, "high": high if high is not None else "…"}
    return gettext("%(low)s to %(high)s") % words


def shown_value(name: str, value: object) -> str:
    """Put one value that was read in words."""
    if name in DATES:
        return uncertain_date(str(value))
    if name == "statuses":
        pairs = cast("Sequence[Sequence[str]]", value)
        return ", ".join(str(Status(pair[-1]).label) for pair in pairs)
    if name == "sex":
        return str(Sex(str(value)).label)
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    return str(value)


def shown_differences(found: "EditionDifference") -> list[dict[str, object]]:
    """Put what a newer edition says differently beside words."""
    return [
        {
            "change": row.change,
            "change_word": RowChange(row.change).label,
            "name": row.name,
            "number": row.after.number if row.after is not None else None,
            "fields": [(field_word(one.field), one.before, one.after) for one in row.fields],
        }
        for row in found.rows
    ]
