"""The page of one estimate: how far it is, what it says, and what can be done with it."""

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from kuager.core.errors import NotFoundError
from kuager.domain.accounts.rules import may
from kuager.domain.accounts.terms import Capability
from kuager.domain.lists import operations, queries
from kuager.domain.lists.rules.estimates import is_silent
from kuager.domain.lists.terms import EstimateState, method_word
from kuager.domain.publication import operations as publication
from kuager.domain.publication import queries as published
from kuager.interfaces.desk.access import acting_user, needs, now
from kuager.interfaces.desk.estimates.answers import (
    answers_of,
    methods_without_answer,
    recommended_answer,
)
from kuager.interfaces.desk.estimates.changes import shown_sensitivity, shown_strata
from kuager.interfaces.desk.estimates.overlaps import shown_overlap
from kuager.interfaces.desk.estimates.pictures import drawable
from kuager.interfaces.shell import background

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kuager.domain.lists.models import EstimateRun

UNFINISHED = (EstimateState.WAITING, EstimateState.RUNNING)


@require_safe
@needs(Capability.ESTIMATE)
def show(request: HttpRequest, estimate_id: int) -> HttpResponse:
    """Show what each method answered and whether it may be published; or how far the work is."""
    run = queries.get_estimate(estimate_id)
    if run.state != EstimateState.DONE:
        return render(request, "desk/estimates/unfinished.html", _standing(run))
    results = cast("Mapping[str, object]", run.results)
    answers, overlap = answers_of(results), shown_overlap(queries.stored_histories(run))
    context = {
        "run": run,
        "overlap": overlap,
        "inputs": queries.stored_inputs(run),
        "headline": results.get("headline"),
        "first": recommended_answer(results),
        "answers": answers,
        "is_drawn": bool(drawable(answers, observed=overlap.persons)),
        "comparison": results.get("comparison") or (),
        "not_run": methods_without_answer(results),
        "strata": shown_strata(run),
        "sensitivity": shown_sensitivity(run),
        "drawn": queries.list_draws(run),
        "method_word": gettext("all that apply") if run.method == "all" else method_word(run.method),
        "picture_url": reverse("desk-estimate-picture", args=[run.pk, "overlap"]),
        "is_intact": queries.is_intact(run) if run.result_digest else None,
        "repeats": _repeats(run),
        "may_publish": may(acting_user(request), Capability.PUBLISH),
        "choice": published.choice_of(run),
    }
    return render(request, "desk/estimates/estimate.html", context)


@require_safe
@needs(Capability.ESTIMATE)
def progress(request: HttpRequest, estimate_id: int) -> HttpResponse:
    """Return the piece of the page that says how far it is; the whole page is fetched anew at the end."""
    run = queries.get_estimate(estimate_id)
    response = render(request, "desk/estimates/progress.html", _standing(run))
    if run.state not in UNFINISHED:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@needs(Capability.ESTIMATE)
def act(request: HttpRequest, estimate_id: int, name: str) -> HttpResponse:
    """Stop a run, let it go on, compute it in this request, or repeat it."""
    run = queries.get_estimate(estimate_id)
    acts = {"stop": _stop, "continue": _continue, "here": _compute_here, "again": _repeat}
    if name not in acts:
        raise NotFoundError(f"an estimate cannot be asked to {name}")
    return redirect("desk-estimate", acts[name](request, run).pk)


@require_POST
@needs(Capability.PUBLISH)
def choose(request: HttpRequest, estimate_id: int, method: str) -> HttpResponse:
    """Put the answer of a method into the next snapshot; the guard is asked again."""
    run = queries.get_estimate(estimate_id)
    publication.choose_estimate(run=run, method=method, by=acting_user(request), at=now())
    messages.success(request, gettext("The next snapshot will hold this estimate."))
    return redirect("desk-estimate", run.pk)


@require_POST
@needs(Capability.PUBLISH)
def drop(request: HttpRequest, estimate_id: int) -> HttpResponse:
    """Take an estimate out of the next snapshot."""
    run = queries.get_estimate(estimate_id)
    publication.drop_estimate(run=run, by=acting_user(request), at=now())
    messages.success(request, gettext("The next snapshot will not hold this estimate."))
    return redirect("desk-estimate", run.pk)


def _standing(run: "EstimateRun") -> dict[str, object]:
    return {
        "run": run,
        "percent": round(run.progress * 100),
        "is_unfinished": run.state in UNFINISHED,
        "is_silent": is_silent(run, now()),
        "lists": run.lists.all(),
    }


def _repeats(run: "EstimateRun") -> list[tuple["EstimateRun", bool | None]]:
    """Return the other runs of the same question, and whether they gave the same numbers."""
    return [(one, queries.equal_bits(run, one)) for one in queries.list_repeats(run) if one.pk != run.pk]


def _stop(request: HttpRequest, run: "EstimateRun") -> "EstimateRun":
    return operations.stop_estimate(run=run, by=acting_user(request), at=now())


def _continue(request: HttpRequest, run: "EstimateRun") -> "EstimateRun":
    waiting = operations.continue_estimate(run=run, by=acting_user(request), at=now())
    background.start("estimate", waiting.pk)
    return waiting


def _compute_here(request: HttpRequest, run: "EstimateRun") -> "EstimateRun":
    """Where no worker runs: a request waits for the answer."""
    return operations.compute_estimate(run=run, clock=now)


def _repeat(request: HttpRequest, run: "EstimateRun") -> "EstimateRun":
    again = operations.repeat_estimate(run=run, by=acting_user(request), at=now())
    background.start("estimate", again.pk)
    return again
