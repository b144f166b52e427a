"""Blind double review at the desk: drawing a sample, answering without a score, deciding as the third."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kuager.core.errors import BadInputError
from kuager.domain.accounts.terms import Capability
from kuager.domain.lists import operations, queries
from kuager.domain.lists.queries import double_reviews
from kuager.domain.lists.queries.quality import review_quality
from kuager.domain.lists.rules.double_review import OPEN
from kuager.domain.lists.terms import SampleState
from kuager.domain.people.terms import Verdict
from kuager.interfaces.desk.access import acting_user, needs, now
from kuager.interfaces.desk.review.forms import DecisionForm, DrawForm, VerdictForm
from kuager.interfaces.desk.review.quality_words import basis_words, measured_figures
from kuager.interfaces.desk.review.shown_pair import shown_fields

if TYPE_CHECKING:
    from kuager.domain.accounts.models import User
    from kuager.domain.lists.models import BlindAnswer, SampledPair
    from kuager.domain.lists.queries.double_reviews import SampleProgress

REVIEWS_SHOWN = 20


def open_double_reviews(user: "User") -> "list[SampleProgress]":
    """Return the double reviews of which something waits for this user."""
    shown = double_reviews.list_double_reviews()[:REVIEWS_SHOWN]
    progress = [double_reviews.sample_progress(review, user) for review in shown]
    return [one for one in progress if one.mine or one.to_decide]


@require_http_methods(["GET", "POST"])
@needs(Capability.ESTIMATE)
def draw_sample(request: HttpRequest, run_id: int) -> HttpResponse:
    """Draw a sample of a run's pairs for two blind reviewers each."""
    run = queries.get_run(run_id)
    form = DrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data | {"threshold": form.cleaned_data["threshold"] / 100}
        try:
            review = operations.draw_double_review(run=run, by=acting_user(request), at=now(), **given)
        except BadInputError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, gettext("The sample is drawn. It waits for two reviewers."))
            return redirect("desk-double-review", review.pk)
    context = {"run": run, "form": form, "reviews": double_reviews.list_double_reviews(run)}
    return render(request, "desk/review/draw.html", context, status=422 if form.errors else 200)


@require_safe
@needs(Capability.READ_REGISTER)
def show_review(request: HttpRequest, review_id: int) -> HttpResponse:
    """Show how far a double review is and what it has measured."""
    review = double_reviews.get_double_review(review_id)
    found = review_quality(review)
    context = {
        "review": review,
        "progress": double_reviews.sample_progress(review, acting_user(request)),
        "figures": measured_figures(found),
        "basis": basis_words(found),
    }
    return render(request, "desk/review/double.html", context)


@require_safe
@needs(Capability.JUDGE)
def next_pair(request: HttpRequest, review_id: int) -> HttpResponse:
    """Go to what waits for this reader: a blind pair, then a difference to decide, then the overview."""
    review = double_reviews.get_double_review(review_id)
    user = acting_user(request)
    sampled = double_reviews.next_blind_pair(user, review) or double_reviews.next_difference(user, review)
    if sampled is None:
        messages.success(request, gettext("Nothing of this sample waits for you."))
        return redirect("desk-double-review", review.pk)
    return redirect("desk-blind-pair", sampled.pk)


@require_http_methods(["GET", "POST"])
@needs(Capability.JUDGE)
def blind_pair(request: HttpRequest, sampled_id: int) -> HttpResponse:
    """Show two records without score or verdict, and take an answer; the third person sees both reasons."""
    sampled = double_reviews.get_sampled_pair(sampled_id)
    user = acting_user(request)
    answers = double_reviews.blind_answers(sampled)
    is_mine = any(one.reviewer_id == user.pk for one in answers)
    if sampled.state == SampleState.THIRD and not is_mine:
        return _decide(request, sampled, answers)
    if is_mine or sampled.state not in OPEN or double_reviews.knows_pair(user, sampled):
        messages.warning(request, gettext("This pair is answered by others: you know it, or have answered."))
        return redirect("desk-double-review", sampled.review_id)
    if request.method != "POST":
        return _blind_page(request, sampled)
    form = VerdictForm(request.POST)
    if not form.is_valid():
        return _blind_page(request, sampled, problem=gettext("Choose same, different or unsure."))
    operations.answer_blindly(sampled=sampled, by=user, at=now(), **form.cleaned_data)
    _say(request, form)
    return redirect("desk-double-next", sampled.review_id)


@require_POST
@needs(Capability.JUDGE)
def take_back(request: HttpRequest) -> HttpResponse:
    """Take back this reviewer's last blind answer and show its pair again."""
    sampled = operations.take_back_answer(by=acting_user(request), at=now())
    if sampled is None:
        messages.warning(
            request, gettext("Nothing to take back: your last answer is settled, or there is none.")
        )
        return redirect("desk-review")
    messages.success(request, gettext("Taken back. This is the pair again."))
    return redirect("desk-blind-pair", sampled.pk)


def _decide(request: HttpRequest, sampled: "SampledPair", answers: "list[BlindAnswer]") -> HttpResponse:
    if request.method != "POST":
        return _blind_page(request, sampled, answers=answers)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        problem = gettext("Choose a verdict, and say why: both reviewers gave their reasons.")
        return _blind_page(request, sampled, answers=answers, problem=problem)
    operations.decide_between(sampled=sampled, by=acting_user(request), at=now(), **form.cleaned_data)
    _say(request, form)
    return redirect("desk-double-next", sampled.review_id)


def _say(request: HttpRequest, form: "VerdictForm | DecisionForm") -> None:
    said = Verdict(form.cleaned_data["verdict"]).label
    messages.success(request, gettext("Noted: %(verdict)s.") % {"verdict": said})


def _blind_page(
    request: HttpRequest,
    sampled: "SampledPair",
    *,
    answers: "list[BlindAnswer] | None" = None,
    problem: str = "",
) -> HttpResponse:
    page = double_reviews.blind_page(sampled, acting_user(request))
    context = {
        "sampled": sampled,
        "page": page,
        "sides": [page.a, page.b],
        "fields": shown_fields(page.fields),
        "answers": answers or [],
        "problem": problem,
        "explanation": request.POST.get("explanation", "")[:2000],
    }
    return render(request, "desk/review/blind.html", context, status=422 if problem else 200)
