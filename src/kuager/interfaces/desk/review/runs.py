"""Link runs: starting one, how far and how sure it is, and accepting its surest links together."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kuager.core.errors import BadInputError, NotFoundError
from kuager.domain.accounts.rules import check_may, may
from kuager.domain.accounts.terms import Capability
from kuager.domain.lists import operations, queries
from kuager.domain.lists.queries import audited, link_quality, run_pairs
from kuager.domain.lists.queries.answers_left import answers_left
from kuager.domain.lists.rules.runs import SILENCE_OF_LINKING, is_silent
from kuager.domain.lists.terms import LinkState
from kuager.interfaces.desk.access import acting_user, needs, new_form_token, now, remember_result, result_of
from kuager.interfaces.desk.review.forms import AcceptForm, RunForm, ThresholdForm
from kuager.interfaces.desk.review.quality_words import answers_left_words, shown_quality
from kuager.interfaces.desk.review.run_words import blocking_words, step_words, why_apart
from kuager.interfaces.shell import background

if TYPE_CHECKING:
    from kuager.domain.lists.models import LinkRun

RUNS_SHOWN = 50
APART_SHOWN = 20
UNFINISHED = (LinkState.WAITING, LinkState.RUNNING)


@require_http_methods(["GET", "POST"])
@needs(Capability.JUDGE)
def list_runs(request: HttpRequest) -> HttpResponse:
    """Show the runs so far; ask for a new one, which is computed in the background."""
    choices = [(item.casualty_list.pk, item.casualty_list.title) for item in queries.list_lists()]
    form = RunForm(request.POST or None, lists=choices, initial={"once": new_form_token()})
    if request.method == "POST" and form.is_valid():
        once = form.cleaned_data["once"] or new_form_token()
        if (done := result_of(request, once)) is not None:
            return redirect(done)
        try:
            run = _ask(request, form.cleaned_data["lists"], is_full=form.cleaned_data["is_full"])
            remember_result(request, once, reverse("desk-run", args=[run.pk]))
            return redirect("desk-run", run.pk)
        except BadInputError as error:
            form.add_error("lists", str(error))
    context = {"form": form, "runs": queries.list_runs().select_related("run_by")[:RUNS_SHOWN]}
    return render(request, "desk/review/runs.html", context, status=422 if form.errors else 200)


def _ask(request: HttpRequest, list_ids: list[int], *, is_full: bool) -> "LinkRun":
    lists = [queries.get_list(number) for number in list_ids]
    run = operations.ask_linkage(lists=lists, is_full=is_full, by=acting_user(request), at=now())
    background.start("link", run.pk)
    return run


@require_safe
@needs(Capability.JUDGE)
def show_run(request: HttpRequest, run_id: int) -> HttpResponse:
    """Show one run: what it compared, what to expect of it, how far its review has come; or how far it is."""
    run = queries.get_run(run_id)
    if run.state != LinkState.DONE:
        return render(request, "desk/review/run_unfinished.html", _standing(run))
    bins = run_pairs.probability_bins(run)
    audit = audited.latest_audit(run)
    apart, apart_count = link_quality.pairs_kept_apart(run, limit=APART_SHOWN)
    context = {
        "run": run,
        "lists": run.lists.all(),
        "histogram": bins,
        "highest": max((one.count for one in bins), default=1),
        "progress": queries.review_progress(run, user=acting_user(request)),
        "blocking": blocking_words(run.blocking),
        "quality": link_quality.run_quality(run),
        "kept_apart": [(pair, why_apart(pair)) for pair in apart],
        "apart_count": apart_count,
        "audit": audit,
        "differing": audited.differing_pairs(audit, limit=APART_SHOWN) if audit else [],
        "has_draws": link_quality.has_draws(run),
        "draws_file": _draws_file(run),
        "answers_left": answers_left_words(answers_left(run)),
        "measured": shown_quality(run),
    }
    return render(request, "desk/review/run.html", context)


@require_safe
@needs(Capability.JUDGE)
def run_progress(request: HttpRequest, run_id: int) -> HttpResponse:
    """Return the piece of the page that says how far it is; the whole page is fetched anew at the end."""
    run = queries.get_run(run_id)
    response = render(request, "desk/review/run_progress.html", _standing(run))
    if run.state not in UNFINISHED:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@needs(Capability.JUDGE)
def act(request: HttpRequest, run_id: int, name: str) -> HttpResponse:
    """Stop a run, let it begin again, compute it in this request, or link the same lists once more."""
    run = queries.get_run(run_id)
    acts = {"stop": _stop, "continue": _continue, "here": _compute_here, "again": _again, "anew": _anew}
    if name not in acts:
        raise NotFoundError(f"a link run cannot be asked to {name}")
    return redirect("desk-run", acts[name](request, run).pk)


@require_safe
def draws(request: HttpRequest, run_id: int) -> FileResponse:
    """Give the draws of who is who as a Parquet file, for those who link and for those who estimate."""
    if not may(acting_user(request), Capability.ESTIMATE):
        check_may(acting_user(request), Capability.JUDGE)
    run = queries.get_run(run_id)
    # In our own folder, never in the machine's; the file is gone from the folder before it is sent.
    with tempfile.NamedTemporaryFile(dir=settings.DATA, suffix=".parquet") as kept:
        link_quality.write_draws(run, Path(kept.name))
        opened = Path(kept.name).open("rb")  # noqa: SIM115  # the response closes it
    return FileResponse(opened, as_attachment=True, filename=_draws_file(run))


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
    more = {
        "count": count,
        "sample": sample,
        "title": gettext("Accept links"),
        "measured": shown_quality(run, threshold=threshold),
        "wrong": run_pairs.expected_wrong(run, threshold),
    }
    return render(request, "desk/review/accept.html", context | more, status=status)


def _draws_file(run: "LinkRun") -> str:
    return f"who-is-who-{run.pk}.parquet"


def _standing(run: "LinkRun") -> dict[str, object]:
    return {
        "run": run,
        "lists": run.lists.all(),
        "percent": round(run.progress * 100),
        "step": step_words(run.progress_of),
        "is_unfinished": run.state in UNFINISHED,
        "is_silent": is_silent(run, now(), asked_at=run.asked_at, silence=SILENCE_OF_LINKING),
    }


def _stop(request: HttpRequest, run: "LinkRun") -> "LinkRun":
    return operations.stop_linkage(run=run, by=acting_user(request), at=now())


def _continue(request: HttpRequest, run: "LinkRun") -> "LinkRun":
    waiting = operations.continue_linkage(run=run, by=acting_user(request), at=now())
    background.start("link", waiting.pk)
    return waiting


def _compute_here(request: HttpRequest, run: "LinkRun") -> "LinkRun":
    """Where no worker runs: a request waits for the answer."""
    return operations.compute_linkage(run=run, clock=now)


def _again(request: HttpRequest, run: "LinkRun") -> "LinkRun":
    return _ask(request, [one.pk for one in run.lists.all()], is_full=False)


def _anew(request: HttpRequest, run: "LinkRun") -> "LinkRun":
    return _ask(request, [one.pk for one in run.lists.all()], is_full=True)
