"""Clerical review: the queue, one pair at a time, taking back, and judgements that contradict each other."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kuager.core.errors import BadInputError
from kuager.domain.accounts.terms import Capability
from kuager.domain.lists import operations, queries
from kuager.domain.lists.queries import run_pairs
from kuager.domain.lists.queries.answers_left import answers_left
from kuager.domain.lists.queries.double_reviews import sampled_pair_of
from kuager.domain.lists.terms import SkipReason
from kuager.domain.people.queries import contradictions
from kuager.domain.people.queries.chains import contradiction_chains
from kuager.domain.people.terms import Verdict
from kuager.domain.places.queries import list_regions
from kuager.interfaces.desk.access import acting_user, needs, now, today
from kuager.interfaces.desk.lists.paging import asked_window
from kuager.interfaces.desk.person_lines import names_of_places
from kuager.interfaces.desk.review.asked_words import asked_words
from kuager.interfaces.desk.review.double import open_double_reviews
from kuager.interfaces.desk.review.forms import QueueForm, SkipForm, VerdictForm
from kuager.interfaces.desk.review.quality_words import answers_left_words
from kuager.interfaces.desk.review.shown_pair import cluster_sides, shown_chain, shown_fields

if TYPE_CHECKING:
    from kuager.domain.lists.models import CandidatePair, LinkRun
    from kuager.domain.lists.queries.run_pairs import PairFilter

PAIRS_A_PAGE = 50
FILTERS = ("run", "list_a", "list_b", "lowest", "highest", "region", "asked_for", "state")


def queue_form(request: HttpRequest) -> QueueForm:
    """Return the filters of the queue as the address gives them."""
    lists = [(item.casualty_list.pk, item.casualty_list.title) for item in queries.list_lists()]
    runs = [(run.pk, f"{run.known_at:%Y-%m-%d %H:%M}") for run in queries.list_runs()[:100]]
    names = names_of_places()
    regions = [(place.pk, names[place.pk]) for place in list_regions(on=today())]
    return QueueForm(request.GET, runs=runs, lists=lists, regions=regions)


def _filter_query(request: HttpRequest) -> str:
    """Return the filters as the end of an address, so that the next pair comes from the same queue."""
    kept = request.GET.copy()
    for name in list(kept):
        if name not in FILTERS or not kept[name]:
            del kept[name]
    return f"?{kept.urlencode()}" if kept else ""


def _run_of(wanted: "PairFilter") -> "LinkRun | None":
    return queries.get_run(wanted.run_id) if wanted.run_id is not None else None


@require_safe
@needs(Capability.JUDGE)
def show_queue(request: HttpRequest) -> HttpResponse:
    """Show the pairs that fit the filters, and how far the review has come."""
    form = queue_form(request)
    wanted, window = form.wanted(), asked_window(request, PAIRS_A_PAGE)
    pairs, total = run_pairs.find_pairs(wanted, offset=window.offset, limit=window.size)
    run = _run_of(wanted) or queries.latest_run()
    context = {
        "answers_left": answers_left_words(answers_left(run)) if run else "",
        "double_reviews": open_double_reviews(acting_user(request)),
        "form": form,
        "pairs": pairs,
        "page": window.page(total),
        "progress": queries.review_progress(run, user=acting_user(request)),
        "next_pair": run_pairs.next_wanted(acting_user(request), wanted),
        "contradiction_count": len(contradictions()),
        "filter_query": _filter_query(request),
    }
    return render(request, "desk/review/queue.html", context)


@require_http_methods(["GET", "POST"])
@needs(Capability.JUDGE)
def review_pair(request: HttpRequest, pair_id: int) -> HttpResponse:
    """Show two records side by side; after a verdict go on to the next pair of the queue."""
    pair = queries.get_pair(pair_id)
    if (sampled := sampled_pair_of(pair)) is not None:
        # Its score would tell the blind reviewers what to say.
        return redirect("desk-blind-pair", sampled.pk)
    if request.method != "POST":
        return _pair_page(request, pair)
    if "skip" in request.POST:
        return _skip(request, pair)
    form = VerdictForm(request.POST)
    if not form.is_valid():
        return _pair_page(request, pair, problem=gettext("Choose same, different or unsure."))
    try:
        operations.review_pair(pair=pair, by=acting_user(request), at=now(), **form.cleaned_data)
    except BadInputError as error:
        return _pair_page(request, pair, problem=str(error), explanation=form.cleaned_data["explanation"])
    said = Verdict(form.cleaned_data["verdict"]).label
    messages.success(request, gettext("Noted: %(verdict)s.") % {"verdict": said})
    return _go_on(request, after=pair)


def _skip(request: HttpRequest, pair: "CandidatePair") -> HttpResponse:
    form = SkipForm(request.POST)
    if not form.is_valid():
        return _pair_page(request, pair, problem=gettext("Say why you skip this pair."))
    operations.skip_pair(pair=pair, reason=form.cleaned_data["skip"], by=acting_user(request), at=now())
    reason = SkipReason(form.cleaned_data["skip"]).label
    messages.success(request, gettext("Skipped: %(reason)s.") % {"reason": reason})
    return _go_on(request, after=pair)


def _go_on(request: HttpRequest, *, after: "CandidatePair") -> HttpResponse:
    """Go to the next pair of the queue, or say that nothing is left."""
    following = run_pairs.next_wanted(acting_user(request), queue_form(request).wanted(), after=after)
    if following is None:
        return redirect("desk-review-finished")
    return redirect(reverse("desk-review-pair", args=[following.pk]) + _filter_query(request))


def _pair_page(
    request: HttpRequest, pair: "CandidatePair", *, problem: str = "", explanation: str = ""
) -> HttpResponse:
    page = queries.pair_page(pair)
    query = _filter_query(request)
    left = answers_left(pair.run)
    chains = contradiction_chains({record.pk for record in (*page.cluster_a, *page.cluster_b)})
    context = {
        "pair": pair,
        "page": page,
        "sides": [page.a, page.b],
        "fields": shown_fields(page.fields),
        "cluster_sides": cluster_sides(page),
        "judgements": page.judgements,
        "asked": asked_words(pair),
        "skip_reasons": [one for one in SkipReason if one != SkipReason.LATER],
        "code": page.a.person_code if page.a.person_code == page.b.person_code else "",
        "chains": [shown_chain(chain) for chain in chains],
        "progress": queries.review_progress(pair.run, user=acting_user(request)),
        "answers_left": "" if left.is_useful else answers_left_words(left),
        "filter_query": query,
        "problem": problem,
        "explanation": explanation,
    }
    return render(request, "desk/review/pair.html", context, status=422 if problem else 200)


@require_POST
@needs(Capability.JUDGE)
def undo_last(request: HttpRequest) -> HttpResponse:
    """Take back this reviewer's last verdict and show its pair again."""
    pair = operations.undo_review(by=acting_user(request), at=now())
    if pair is None:
        messages.warning(request, gettext("There is no verdict of yours to take back."))
        return redirect("desk-review")
    messages.success(request, gettext("Taken back. This is the pair again."))
    return redirect(reverse("desk-review-pair", args=[pair.pk]) + _filter_query(request))


@require_safe
@needs(Capability.JUDGE)
def show_finished(request: HttpRequest) -> HttpResponse:
    """Say that nothing is left to review for this reader."""
    progress = queries.review_progress(None, user=acting_user(request))
    return render(request, "desk/review/finished.html", {"progress": progress})


@require_safe
@needs(Capability.JUDGE)
def list_contradictions(request: HttpRequest) -> HttpResponse:
    """Show every contradiction with the chain that makes it."""
    found = [{"code": chain.person_code, "chain": shown_chain(chain)} for chain in contradiction_chains()]
    return render(request, "desk/review/contradictions.html", {"contradictions": found})
