"""Overlap of lists and estimates of those on none: each estimate is kept under an address of its own."""

from typing import TYPE_CHECKING, TypedDict, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from kuager.core.errors import BadInputError
from kuager.domain.accounts.terms import Capability
from kuager.domain.lists import operations, queries
from kuager.domain.register.terms import Status
from kuager.engines.estimation import CaptureHistories
from kuager.interfaces.desk.access import (
    acting_user,
    needs,
    new_form_token,
    now,
    remember_result,
    result_of,
    today,
)
from kuager.interfaces.desk.estimates.answers import method_word, shown_answer
from kuager.interfaces.desk.estimates.forms import OverlapForm
from kuager.interfaces.desk.estimates.overlaps import overlap_picture, shown_overlap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import QueryDict

    from kuager.domain.lists.models import CasualtyList, EstimateRun
    from kuager.interfaces.desk.estimates.overlaps import ShownOverlap

RUNS_SHOWN = 50


class StoredPattern(TypedDict):
    """Persons on exactly these lists."""

    list_ids: list[int]
    count: int


class StoredHistories(TypedDict):
    """The overlap that an estimate rests on, as it is stored with it."""

    lists: list[str]
    list_ids: list[int]
    patterns: list[StoredPattern]


def _form(answers: "QueryDict | None" = None) -> OverlapForm:
    lists = [(item.casualty_list.pk, item.casualty_list.title) for item in queries.list_lists()]
    return OverlapForm(answers, lists=lists, initial={"as_of": today(), "once": new_form_token()})


@require_http_methods(["GET", "POST"])
@needs(Capability.ESTIMATE)
def list_estimates(request: HttpRequest) -> HttpResponse:
    """Show the estimates so far, and choose lists; a posted choice is estimated and kept."""
    form = _form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        once = form.cleaned_data["once"] or new_form_token()
        if (done := result_of(request, once)) is not None:
            return redirect(done)
        try:
            run = operations.run_estimate(
                lists=_chosen_lists(form),
                as_of=form.cleaned_data["as_of"],
                status=form.cleaned_data["status"],
                by=acting_user(request),
                at=now(),
            )
            remember_result(request, once, reverse("desk-estimate", args=[run.pk]))
            return redirect("desk-estimate", run.pk)
        except BadInputError as error:
            form.add_error("lists", str(error))
    runs = queries.list_estimates().select_related("run_by")[:RUNS_SHOWN]
    context = {"form": form, "runs": runs}
    return render(request, "desk/estimates/index.html", context, status=422 if form.errors else 200)


def _chosen_lists(form: OverlapForm) -> "list[CasualtyList]":
    return [queries.get_list(number) for number in form.cleaned_data["lists"]]


def _asked_overlap(form: OverlapForm) -> "ShownOverlap":
    answers = form.cleaned_data
    return shown_overlap(
        queries.capture_histories(_chosen_lists(form), as_of=answers["as_of"], status=answers["status"])
    )


@require_safe
@needs(Capability.ESTIMATE)
def show_overlap(request: HttpRequest) -> HttpResponse:
    """Show how the chosen lists overlap, before anything is estimated."""
    form = _form(request.GET)
    if not form.is_valid():
        runs = queries.list_estimates().select_related("run_by")[:RUNS_SHOWN]
        return render(request, "desk/estimates/index.html", {"form": form, "runs": runs}, status=422)
    status = form.cleaned_data["status"]
    context = {
        "form": form,
        "overlap": _asked_overlap(form),
        "as_of": form.cleaned_data["as_of"],
        "status_word": Status(status).label if status else "",
        "picture_url": f"{reverse('desk-overlap-picture')}?{request.GET.urlencode()}",
    }
    return render(request, "desk/estimates/overlap.html", context)


@require_safe
@needs(Capability.ESTIMATE)
def draw_overlap(request: HttpRequest) -> HttpResponse:
    """Draw the overlap of the chosen lists."""
    form = _form(request.GET)
    if not form.is_valid():
        return HttpResponse(status=422)
    return _picture(_asked_overlap(form))


@require_safe
@needs(Capability.ESTIMATE)
def show_estimate(request: HttpRequest, estimate_id: int) -> HttpResponse:
    """Show what each method answered, what it assumes, and whether it may be published."""
    run = queries.get_estimate(estimate_id)
    results = cast("Mapping[str, object]", run.results)
    answers = cast("list[Mapping[str, object]]", results.get("methods") or [])
    not_run = cast("Mapping[str, object]", results.get("not_run") or {})
    context = {
        "run": run,
        "overlap": _stored_overlap(run),
        "answers": [shown_answer(answer) for answer in answers],
        "comparison": results.get("comparison") or (),
        "not_run": [(method_word(name), reason) for name, reason in not_run.items()],
        "picture_url": reverse("desk-estimate-picture", args=[run.pk]),
    }
    return render(request, "desk/estimates/estimate.html", context)


@require_safe
@needs(Capability.ESTIMATE)
def draw_estimate(request: HttpRequest, estimate_id: int) -> HttpResponse:
    """Draw the overlap that an estimate rests on, as it was stored."""
    return _picture(_stored_overlap(queries.get_estimate(estimate_id)))


def _stored_overlap(run: "EstimateRun") -> "ShownOverlap":
    stored = cast("StoredHistories", run.histories)
    patterns = stored["patterns"]
    histories = CaptureHistories.from_counts(
        stored["lists"],
        [[int(number in one["list_ids"]) for number in stored["list_ids"]] for one in patterns],
        [one["count"] for one in patterns],
    )
    return shown_overlap(histories)


def _picture(overlap: "ShownOverlap") -> HttpResponse:
    if not overlap.is_drawn:
        return HttpResponse(status=404)
    return HttpResponse(overlap_picture(overlap), content_type="image/svg+xml")
