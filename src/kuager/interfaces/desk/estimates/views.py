"""Overlap of lists, the question how many are on none, and the estimates so far."""

from typing import TYPE_CHECKING, TypeVar

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from kuager.core.errors import BadInputError
from kuager.domain.accounts.terms import Capability
from kuager.domain.lists import operations, queries
from kuager.domain.lists.queries import link_quality
from kuager.domain.register.terms import Status
from kuager.interfaces.desk.access import (
    acting_user,
    needs,
    new_form_token,
    now,
    remember_result,
    result_of,
    today,
)
from kuager.interfaces.desk.estimates.forms import EstimateForm, LimitsForm, OverlapForm, RunFilterForm
from kuager.interfaces.desk.estimates.overlaps import overlap_picture, shown_overlap
from kuager.interfaces.shell import background

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.http import QueryDict

    from kuager.domain.lists.models import CasualtyList, EstimateRun
    from kuager.interfaces.desk.estimates.overlaps import ShownOverlap

PAGE_SIZE = 50
AnyForm = TypeVar("AnyForm", OverlapForm, EstimateForm)


def _form(kind: type[AnyForm], answers: "QueryDict | None" = None) -> AnyForm:
    first = {"as_of": today(), "once": new_form_token()}
    more = {"runs": _run_choices()} if issubclass(kind, EstimateForm) else {}
    return kind(answers, lists=_list_choices(), initial=first, **more)


def _run_choices(lists: "Iterable[int]" = ()) -> list[tuple[int, str]]:
    """Return the link runs on whose draws an estimate of these lists can rest."""
    wanted = set(lists)
    return [
        (run.pk, gettext("draws of link run %(when)s") % {"when": f"{run.known_at:%Y-%m-%d %H:%M}"})
        for run in link_quality.runs_with_draws()
        if wanted <= {one.pk for one in run.lists.all()}
    ]


def _list_choices() -> list[tuple[int, str]]:
    return [(item.casualty_list.pk, item.casualty_list.title) for item in queries.list_lists()]


@require_http_methods(["GET", "POST"])
@needs(Capability.ESTIMATE)
def list_estimates(request: HttpRequest) -> HttpResponse:
    """Show the estimates so far, and choose lists; a posted choice is kept and computed in the background."""
    if request.method != "POST":
        return _index(request, _form(OverlapForm))
    form = _form(EstimateForm, request.POST)
    if not form.is_valid():
        return _index(request, form, status=422)
    once = form.cleaned_data["once"] or new_form_token()
    if (done := result_of(request, once)) is not None:
        return redirect(done)
    try:
        run = _ask(request, form)
    except BadInputError as error:
        form.add_error(None, str(error))
        return _index(request, form, status=422)
    url = reverse("desk-estimate", args=[run.pk])
    remember_result(request, once, url)
    background.start("estimate", run.pk)
    return redirect(url)


def _ask(request: HttpRequest, form: EstimateForm) -> "EstimateRun":
    answers = form.cleaned_data
    names = ("as_of", "status", "method", "strata", "with_sensitivity", "seed")
    link_run = answers["link_run"]
    return operations.ask_estimate(
        lists=_chosen_lists(form),
        link_run=queries.get_run(link_run) if link_run else None,
        **{name: answers[name] for name in names},
        by=acting_user(request),
        at=now(),
    )


def _index(request: HttpRequest, form: OverlapForm, *, status: int = 200) -> HttpResponse:
    wanted = RunFilterForm(request.GET if request.method == "GET" else None)
    context = {
        "form": form,
        "filter_form": wanted,
        "action": reverse("desk-estimates"),
        "page": Paginator(_asked_runs(wanted), PAGE_SIZE).get_page(request.GET.get("page")),
        "lists": queries.list_lists(),
    }
    return render(request, "desk/estimates/index.html", context, status=status)


def _asked_runs(wanted: RunFilterForm) -> "QuerySet[EstimateRun]":
    """Read the filter; what cannot be read filters nothing."""
    if not wanted.is_valid():
        return queries.list_estimates()
    answers = wanted.cleaned_data
    status = answers["status"]
    return queries.list_estimates(
        state=answers["state"],
        status="" if status == "everybody" else status or None,
        is_publishable={"yes": True, "no": False}.get(answers["publishable"]),
    )


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
    form = _form(EstimateForm, request.GET)
    if not form.is_valid():
        return _index(request, form, status=422)
    status = form.cleaned_data["status"]
    chosen = {**form.cleaned_data, "once": form.cleaned_data["once"] or new_form_token()}
    choices = _list_choices()
    context = {
        "form": EstimateForm(initial=chosen, lists=choices, runs=_run_choices(form.cleaned_data["lists"])),
        # Hidden in two forms of the page, so without identifiers, which must not come twice.
        "chosen": OverlapForm(initial=chosen, lists=choices, auto_id=False),
        "list_choices": [choice for choice in choices if choice[0] in form.cleaned_data["lists"]],
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
    form = _form(OverlapForm, request.GET)
    if not form.is_valid():
        return HttpResponse(status=422)
    overlap = _asked_overlap(form)
    if not overlap.is_drawn:
        return HttpResponse(status=404)
    return HttpResponse(overlap_picture(overlap), content_type="image/svg+xml")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.ESTIMATE)
def declare_limits(request: HttpRequest, list_id: int) -> HttpResponse:
    """Ask from which list a list was built, and whom it cannot contain."""
    chosen = queries.get_list(list_id)
    initial = {"built_from": chosen.built_from_id, "cannot_contain": chosen.cannot_contain}
    others = [choice for choice in _list_choices() if choice[0] != list_id]
    form = LimitsForm(request.POST or None, initial=initial, lists=others)
    if request.method == "POST" and form.is_valid():
        origin = form.cleaned_data["built_from"]
        try:
            operations.declare_limits(
                casualty_list=chosen,
                built_from=queries.get_list(origin) if origin else None,
                cannot_contain=form.cleaned_data["cannot_contain"],
                by=acting_user(request),
                at=now(),
            )
        except BadInputError:
            form.add_error("built_from", gettext("That list was itself built from this one."))
        else:
            return redirect(f"{reverse('desk-estimates')}#limits")
    context = {"list": chosen, "form": form}
    return render(request, "desk/estimates/limits.html", context, status=422 if form.errors else 200)
