"""How many, of whom, as of which day, as known when."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kuager.core.csv_cells import write_csv
from kuager.core.errors import BadInputError
from kuager.domain.accounts.terms import Capability
from kuager.domain.places.queries import list_regions
from kuager.domain.register import queries
from kuager.domain.register.terms import Dimension
from kuager.domain.sources.queries import list_publishers
from kuager.interfaces.desk.access import needs, now, today
from kuager.interfaces.desk.counts.forms import CountForm
from kuager.interfaces.desk.counts.words import command_line, lasting_query, value_words
from kuager.interfaces.desk.person_lines import names_of_places

if TYPE_CHECKING:
    from kuager.domain.register.queries import CountTable


@dataclass(frozen=True, kw_only=True)
class WordRow:
    """One line of a count as a page shows it."""

    words: list[str]
    count: int


@require_safe
@needs(Capability.READ_REGISTER)
def count_page(request: HttpRequest) -> HttpResponse:
    """Ask a question and show its answer with the command that gives the same one."""
    form = count_form(request)
    context: dict[str, object] = {"form": form}
    if not form.is_bound or form.is_valid():
        table = answer(form)
        context |= {
            "table": table,
            "rows": word_rows(table),
            "pending": [(word, count) for word, count in pending_words(table) if count],
            "command": command_line(table, form.where()),
            "lasting": lasting_query(table, form.where(), now()),
        }
    return render(request, "desk/counts/count.html", context)


@require_safe
@needs(Capability.READ_REGISTER)
def count_csv(request: HttpRequest) -> HttpResponse:
    """Download the answer: codes instead of words, so that it can be computed with."""
    form = count_form(request)
    if form.is_bound and not form.is_valid():
        raise BadInputError("the question cannot be read; ask it again on the page of counts")
    table = answer(form)
    header = ["as_of", "known_at", *(dimension.value for dimension in table.dimensions), "count"]
    known_at = table.known_at.isoformat() if table.known_at else ""
    rows = ([table.as_of.isoformat(), known_at, *row.values, row.count] for row in table.rows)
    response = HttpResponse(write_csv(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="kuager-count-{table.as_of:%Y-%m-%d}.csv"'
    return response


def count_form(request: HttpRequest) -> CountForm:
    """Return the form with the regions of the day and the publishers there are."""
    names = names_of_places()
    day = today()
    regions = [(place.code, names[place.pk]) for place in list_regions(on=day)]
    publishers = [publisher.name for publisher in list_publishers()]
    return CountForm(request.GET or None, today=day, regions=regions, publishers=publishers)


def answer(form: CountForm) -> "CountTable":
    """Count as the form asks."""
    return queries.count(
        as_of=form.as_of_day, known_at=form.known_moment, by=form.dimensions(), where=form.where()
    )


def word_rows(table: "CountTable") -> list[WordRow]:
    """Put the values of a count in words."""
    words = value_words(table.dimensions)
    return [
        WordRow(words=[word(value) for word, value in zip(words, row.values, strict=True)], count=row.count)
        for row in table.rows
    ]


def pending_words(table: "CountTable") -> list[tuple[str, int]]:
    """Put in words how many wait for a second person under each status."""
    (status,) = value_words((Dimension.STATUS,))
    return [(status(value), count) for value, count in table.pending.items()]
