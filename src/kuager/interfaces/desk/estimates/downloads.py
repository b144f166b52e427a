"""Everything of an estimate as files: one JSON document, and tables as CSV."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from kuager.core.csv_cells import write_csv
from kuager.core.errors import NotFoundError
from kuager.domain.accounts.terms import Capability
from kuager.domain.lists import queries
from kuager.interfaces.desk.access import needs
from kuager.interfaces.desk.estimates.answers import ShownAnswer, answers_of
from kuager.interfaces.desk.estimates.changes import shown_strata

if TYPE_CHECKING:
    from kuager.domain.lists.models import EstimateRun

Rows = Iterator[Sequence[object]]
ANSWER_COLUMNS = (
    "name",
    "method",
    "lists",
    "observed",
    "estimate",
    "low",
    "high",
    "lower_bound",
    "publishable",
    "reasons",
)


@require_safe
@needs(Capability.ESTIMATE)
def everything(request: HttpRequest, estimate_id: int) -> HttpResponse:
    """Give question, inputs, results, draws' digests and versions; the digests can be computed from it."""
    run = queries.get_estimate(estimate_id)
    document = {
        "format": "kuager-estimate-1",
        "estimate": run.pk,
        "as_of": run.as_of.isoformat(),
        "known_at": run.known_at.isoformat(),
        "status": run.status,
        "method": run.method,
        "strata": run.strata,
        "with_sensitivity": run.with_sensitivity,
        "level": run.level,
        "seed": run.seed,
        "versions": run.versions,
        "seconds": run.seconds,
        "input_digest": run.input_digest,
        "result_digest": run.result_digest,
        "histories": run.histories,
        "results": run.results,
        "draws": {one.method: one.digest for one in queries.list_draws(run)},
    }
    response = JsonResponse(document, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="estimate-{run.pk}.json"'
    return response


@require_safe
@needs(Capability.ESTIMATE)
def table(request: HttpRequest, estimate_id: int, table: str) -> HttpResponse:
    """Give one table: the overlap, the answers, the strata, or the draws."""
    run = queries.get_estimate(estimate_id)
    tables: dict[str, Callable[[EstimateRun], tuple[Sequence[str], Rows]]] = {
        "overlap": _overlap,
        "methods": lambda found: (ANSWER_COLUMNS, _answers(answers_of(found.results))),
        "strata": _strata,
        "draws": _draws,
    }
    if table not in tables:
        raise NotFoundError(f"an estimate has no table {table!r}; there are {', '.join(tables)}")
    header, rows = tables[table](run)
    response = HttpResponse(write_csv(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="estimate-{run.pk}-{table}.csv"'
    return response


def _overlap(run: "EstimateRun") -> tuple[Sequence[str], Rows]:
    """Return the table as ``kuager estimate`` reads it."""
    histories = queries.stored_histories(run)
    rows = zip(histories.patterns.tolist(), histories.counts.tolist(), strict=True)
    return (*histories.lists, "count"), ([*pattern, count] for pattern, count in rows)


def _answers(answers: Sequence[ShownAnswer]) -> Rows:
    for one in answers:
        yield [
            one.name,
            one.method,
            one.lists,
            one.observed,
            _cell(one.estimate),
            _cell(one.low),
            _cell(one.high),
            "yes" if one.lower_bound else "no",
            "yes" if one.publishable else "no",
            " ".join(str(reason) for reason in one.reasons),
        ]


def _cell(value: float | None) -> object:
    return "" if value is None else value


def _strata(run: "EstimateRun") -> tuple[Sequence[str], Rows]:
    strata = shown_strata(run)
    return ANSWER_COLUMNS, _answers([*strata.strata, strata.total] if strata else [])


def _draws(run: "EstimateRun") -> tuple[Sequence[str], Rows]:
    def rows() -> Rows:
        for one in queries.list_draws(run):
            for chain, values in enumerate(queries.total_draws(one).tolist()):
                for place, value in enumerate(values):
                    yield [one.method, chain, place, value]

    return ("method", "chain", "draw", "total"), rows()
