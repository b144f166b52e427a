"""Downloads: the figures and people of a snapshot as rows and documents, safe to open in a spreadsheet."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO

from kuager.core.digest import JsonValue
from kuager.core.errors import NotFoundError
from kuager.domain.publication.models import Snapshot, SnapshotFigure, SnapshotPerson
from kuager.domain.publication.queries.content import figure_json, format_of, moment_text
from kuager.domain.publication.queries.estimates import stored_estimates
from kuager.domain.publication.queries.linkage import stored_linkage
from kuager.domain.publication.queries.verification import person_content

Row = Mapping[str, JsonValue]
FIGURE_COLUMNS = (
    "key",
    "status",
    "region",
    "sex",
    "age_group",
    "source",
    "people",
    "records",
    "sources",
    "independent_sources",
    "on_public_list",
)
PEOPLE_COLUMNS = (
    "code",
    "name",
    "sex",
    "age",
    "age_group",
    "status",
    "since",
    "region_code",
    "place_kk",
    "place_ru",
    "place_en",
    "category",
    "source_count",
    "independent_count",
    "publishers",
    "urls",
    "has_conflict",
    "digest",
)
# A spreadsheet runs a cell that begins so as a formula; the wide forms are read like the narrow ones.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def heading(snapshot: Snapshot) -> dict[str, JsonValue]:
    """Return what every download says about itself."""
    return {
        "format": format_of(
            has_estimates=bool(snapshot.summary.get("estimates")),
            has_linkage=bool(snapshot.summary.get("linkage")),
        ),
        "snapshot": snapshot.number,
        "as_of": snapshot.as_of.isoformat(),
        "known_at": moment_text(snapshot.known_at),
        "rules_version": snapshot.rules_version,
        "content_digest": snapshot.content_digest,
        "invented_example": snapshot.is_example,
    }


def figures_document(snapshot: Snapshot) -> dict[str, JsonValue]:
    """Return all figures with their basis."""
    figures = [figure_json(figure) for figure in SnapshotFigure.objects.filter(snapshot=snapshot)]
    estimates = stored_estimates(snapshot)
    return {
        **heading(snapshot),
        "regions": snapshot.summary.get("regions", {}),
        "figures": sorted(figures, key=lambda figure: str(figure["key"])),
        **({"estimates": estimates} if estimates else {}),
        **({"linkage": linkage} if (linkage := stored_linkage(snapshot)) else {}),
    }


def figure_document(snapshot: Snapshot, key: str) -> dict[str, JsonValue]:
    """Return one figure with its basis; raises NotFoundError."""
    figure = SnapshotFigure.objects.filter(snapshot=snapshot, key=key).first()
    if figure is None:
        raise NotFoundError(f"snapshot {snapshot.number} has no figure {key!r}")
    return {**heading(snapshot), **figure_json(figure)}


def figure_rows(snapshot: Snapshot) -> Iterator[Row]:
    """Yield one flat row per figure."""
    figures = SnapshotFigure.objects.filter(snapshot=snapshot)
    for figure in sorted(figures, key=lambda figure: figure.key):
        dimensions, basis = figure.dimensions, figure.basis
        yield {
            "key": figure.key,
            **{name: dimensions.get(name, "") for name in ("status", "region", "sex", "age_group", "source")},
            "people": figure.value,
            "records": basis["records"],
            "sources": basis["sources"],
            "independent_sources": basis["independent"],
            "on_public_list": basis["public_people"],
        }


def people_document(snapshot: Snapshot) -> Iterator[dict[str, JsonValue]]:
    """Yield one object per person by code; of somebody taken off since, only the digest."""
    people = SnapshotPerson.objects.filter(snapshot=snapshot).order_by("code")
    for person in people.iterator(chunk_size=2000):
        if person.is_redacted:
            yield {"digest": person.digest}
        else:
            yield {**person_content(person), "digest": person.digest}


def people_lines(snapshot: Snapshot) -> Iterator[str]:
    """Yield the document of all people piece by piece, so that a hundred thousand need little memory."""
    head = json.dumps(heading(snapshot), ensure_ascii=False)
    yield head[:-1] + ', "people": ['
    for number, person in enumerate(people_document(snapshot)):
        yield (",\n" if number else "\n") + json.dumps(person, ensure_ascii=False)
    yield "\n]}\n"


def people_rows(snapshot: Snapshot) -> Iterator[Row]:
    """Yield one flat row per person in the order of the public list."""
    people = SnapshotPerson.objects.filter(snapshot=snapshot, is_redacted=False).order_by("position")
    for person in people.iterator(chunk_size=2000):
        row = person_content(person) | {"digest": person.digest}
        row |= {f"place_{language}": person.place.get(language, "") for language in ("kk", "ru", "en")}
        row["source_count"] = len(person.sources)
        row["publishers"] = "; ".join(
            dict.fromkeys(s["publisher"] or s["publisher_kind"] for s in person.sources)
        )
        row["urls"] = " ".join(source["url"] for source in person.sources if source["url"])
        yield row


def write_csv(columns: Iterable[str], rows: Iterable[Row]) -> Iterator[str]:
    """Yield the lines of a CSV file that no spreadsheet takes for a program.

    Begins with the mark by which spreadsheets recognise UTF-8. Text that could start a formula gets an
    apostrophe before it.
    """
    names = tuple(columns)
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(names)
    yield "\ufeff" + buffer.getvalue()
    for row in rows:
        buffer.seek(0)
        buffer.truncate()
        writer.writerow([safe_cell(row.get(name, "")) for name in names])
        yield buffer.getvalue()


def safe_cell(value: JsonValue) -> str:
    """Return a value as text that a spreadsheet shows and does not run.

    >>> safe_cell("=1+1")
    "'=1+1"
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = "" if value is None else str(value)
    if isinstance(value, int | float):
        return text
    # A spreadsheet skips spaces before it looks for a formula.
    return f"'{text}" if text.lstrip(" \u00a0\ufeff").startswith(_FORMULA_STARTS) else text
