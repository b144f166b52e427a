"""Link runs: starting one, how sure it is, and accepting its surest links together."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from kuager.core.errors import BadInputError
from kuager.domain.accounts.terms import Capability
from kuager.domain.lists import operations, queries
from kuager.domain.lists.queries import run_pairs
from kuager.interfaces.desk.access import acting_user, needs, new_form_token, now, remember_result, result_of
from kuager.interfaces.desk.review.forms import AcceptForm, RunForm, ThresholdForm

RUNS_SHOWN = 50


@require_http_methods(["GET", "POST"])
@needs(Capability.JUDGE)
def list_runs(request: HttpRequest) -> HttpResponse:
    """Show the runs so far; start a new one."""
    choices = [(item.casualty_list.pk, item.casualty_list.title) for item in queries.list_lists()]
    form = RunForm(request.POST or None, lists=choices, initial={"once": new_form_token()})
    if request.method == "POST" and form.is_valid():
        once = form.cleaned_data["once"] or new_form_token()
        if (done := result_of(request, once)) is not None:
            return redirect(done)
        lists = [queries.get_list(number) for number in form.cleaned_data["lists"]]
        try:
            run = operations.run_linkage(lists=lists, by=acting_user(request), at=now())
            remember_result(request, once, reverse("desk-run", args=[run.pk]))
            return redirect("desk-run", run.pk)
        except BadInputError as error:
            form.add_error("lists", str(error))
    context = {"form": form, "runs": queries.list_runs().select_related("run_by")[:RUNS_SHOWN]}
    return render(request, "desk/review/runs.html", context, status=422 if form.errors else 200)


@require_safe
@needs(Capability.JUDGE)
def show_run(request: HttpRequest, run_id: int) -> HttpResponse:
    """Show one run: what it compared, how sure it is, how far its review has come."""
    run = queries.get_run(run_id)
    bins = run_pairs.probability_bins(run)
    context = {
        "run": run,
        "histogram": bins,
        "highest": max((one.count for one in bins), default=1),
        "progress": queries.review_progress(run, user=acting_user(request)),
    }
    return render(request, "desk/review/run.html", context)


@require_http_methods(["GET", "POST"])
@needs(Capability.JUDGE)
def accept_links(request: HttpRequest, run_id: int) -> HttpResponse:
    """Say how many links a threshold would accept, show the least sure, and accept them with a reason."""
    run = queries.get_run(run_id)
    threshold = ThresholdForm(request.GET).share()
    form = AcceptForm(request.POST or None)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            count = operations.accept_links(
                run=run,
                threshold=threshold,
                explanation=form.cleaned_data["explanation"],
                by=acting_user(request),
                at=now(),
            )
        except BadInputError as error:
            problem = str(error)
        else:
            said = ngettext("%(count)d link accepted.", "%(count)d links accepted.", count)
            messages.success(request, said % {"count": count})
            return redirect("desk-run", run.pk)
    count, sample = run_pairs.links_from(run, threshold)
    context = {"run": run, "threshold": threshold, "form": form, "problem": problem}
    status = 422 if request.method == "POST" else 200
    more = {"count": count, "sample": sample, "title": gettext("Accept links")}
    return render(request, "desk/review/accept.html", context | more, status=status)
