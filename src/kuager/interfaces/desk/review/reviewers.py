"""How reviewers agree: everybody for statisticians and administrators, oneself for reviewers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kuager.domain.lists.queries.reviewers import reviewer_agreement
from kuager.domain.lists.rules.double_review import check_may_see_agreement
from kuager.interfaces.desk.access import acting_user
from kuager.interfaces.desk.review.quality_words import kappa_figure


@require_safe
def show_agreement(request: HttpRequest) -> HttpResponse:
    """Show who reviewed how much and how pairs of reviewers agree, by name and without a ranking."""
    user = acting_user(request)
    check_may_see_agreement(user)
    found = reviewer_agreement(user)
    pairs = [{"pair": pair, "kappa": kappa_figure(pair.agreement)} for pair in found.pairs]
    return render(request, "desk/review/reviewers.html", {"found": found, "pairs": pairs})
