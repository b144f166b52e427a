"""The pictures of an estimate: the overlap, the methods side by side, the draws."""

import math
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from kuager.core.errors import NotFoundError
from kuager.domain.accounts.terms import Capability
from kuager.domain.lists import queries
from kuager.domain.lists.terms import method_word
from kuager.engines.charts.densities import density_chart
from kuager.engines.charts.intervals import IntervalRow, IntervalWords, interval_chart
from kuager.engines.charts.traces import trace_chart
from kuager.engines.estimation.latent_class.expecting import prior_totals
from kuager.interfaces.desk.access import needs
from kuager.interfaces.desk.estimates.answers import ShownAnswer, answers_of
from kuager.interfaces.desk.estimates.changes import shown_strata
from kuager.interfaces.desk.estimates.overlaps import overlap_picture, shown_overlap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kuager.domain.lists.models import EstimateDraws, EstimateRun

MOST_ROWS = 40


@require_safe
@needs(Capability.ESTIMATE)
def draw(request: HttpRequest, estimate_id: int, key: str) -> HttpResponse:
    """Draw the overlap, the methods, or the strata of an estimate, as they were stored."""
    run = queries.get_estimate(estimate_id)
    kinds = {"overlap": _overlap, "methods": _methods, "strata": _strata}
    if key not in kinds:
        raise NotFoundError(f"an estimate has no picture {key!r}; there are {', '.join(kinds)}")
    return HttpResponse(kinds[key](run), content_type="image/svg+xml")


@require_safe
@needs(Capability.ESTIMATE)
def draw_draws(request: HttpRequest, estimate_id: int, key: str, method: str) -> HttpResponse:
    """Draw how the chains of a method ran, or how often they gave which number."""
    run = queries.get_estimate(estimate_id)
    kinds = {"traces": _traces, "density": _density}
    found = next((one for one in queries.list_draws(run) if one.method == method), None)
    if key not in kinds or found is None:
        raise NotFoundError(f"estimate {run.pk} has no picture {key!r} of {method!r}")
    return HttpResponse(kinds[key](found), content_type="image/svg+xml")


def _overlap(run: "EstimateRun") -> str:
    overlap = shown_overlap(queries.stored_histories(run))
    if not overlap.is_drawn:
        raise NotFoundError("so many lists cannot be drawn; the table says the same")
    return overlap_picture(overlap)


def _methods(run: "EstimateRun") -> str:
    answers = answers_of(run.results)
    return _side_by_side(
        answers,
        observed=queries.stored_histories(run).observed,
        alt=gettext("What each method says, with its interval. The table below says the same."),
    )


def _strata(run: "EstimateRun") -> str:
    strata = shown_strata(run)
    if strata is None:
        raise NotFoundError(f"estimate {run.pk} has no strata")
    return _side_by_side(
        strata.strata,
        observed=0,
        alt=gettext("The estimate of each group of people, with its interval. The table says the same."),
    )


def _side_by_side(answers: "Sequence[ShownAnswer]", *, observed: int, alt: str) -> str:
    rows = [row for answer in drawable(answers, observed=observed) if (row := _row(answer)) is not None]
    if not rows:
        raise NotFoundError("there is no number to draw")
    words = IntervalWords(
        observed=gettext("Counted"),
        at_least=gettext("at least"),
        refused=gettext("not to be published"),
        unbounded=gettext("not bounded"),
        label_title=gettext("Method"),
        estimate_title=gettext("Persons in all"),
        interval_title=gettext("Interval"),
        remark_title=gettext("Remark"),
    )
    return interval_chart(rows[:MOST_ROWS], observed=observed, words=words, title="", alt=alt).svg


def drawable(answers: "Sequence[ShownAnswer]", *, observed: int) -> "list[ShownAnswer]":
    """Return the answers that a picture can hold; two lists at a time may say less than all lists name."""
    return [one for one in answers if one.low is not None and one.low >= observed]


def _row(answer: ShownAnswer) -> IntervalRow | None:
    if answer.estimate is None or answer.low is None:
        return None
    return IntervalRow(
        label=f"{answer.name} ({answer.lists})" if answer.lists else answer.name,
        estimate=answer.estimate,
        low=min(answer.low if answer.promised is None else answer.promised, answer.estimate),
        high=math.inf if answer.high is None else max(answer.high, answer.estimate),
        is_bound=answer.lower_bound,
        is_refused=not answer.publishable,
    )


def _traces(draws: "EstimateDraws") -> str:
    name = method_word(draws.method)
    return trace_chart(
        queries.total_draws(draws),
        title="",
        chain_title=gettext("Chain"),
        x_title=gettext("Draw"),
        alt=gettext("Persons in all as each chain of %(method)s drew them; chains that agree look alike.")
        % {"method": name},
        quantile_titles=("2.5 %", "50 %", "97.5 %"),
    ).svg


def _density(draws: "EstimateDraws") -> str:
    histories = queries.stored_histories(draws.run)
    observed = histories.observed
    name = method_word(draws.method)
    curves = {name: queries.total_draws(draws)}
    if draws.method == "latent-class":
        prior = prior_totals(len(histories.lists), observed)
        curves = {gettext("Prior: before comparing lists"): prior, **curves}
    return density_chart(
        curves,
        title="",
        x_title=gettext("Persons in all"),
        y_title="",
        alt=gettext("How often each number of persons was drawn by %(method)s.") % {"method": name},
        label_title=gettext("Method"),
        quantile_titles=("2.5 %", "50 %", "97.5 %"),
        lowest=observed,
        marks={gettext("Counted"): observed},
    ).svg
