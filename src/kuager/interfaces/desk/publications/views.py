"""The publication desk: build a snapshot, look at it, publish it, take it back, take a person off."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from kuager.core.errors import BadInputError, NotFoundError
from kuager.domain.accounts.terms import Capability
from kuager.domain.publication import operations, queries
from kuager.interfaces.desk.access import acting_user, needs, now, posted_or, today
from kuager.interfaces.desk.form_fields import chosen_moment
from kuager.interfaces.desk.publications.forms import BuildForm, RedactForm, WithdrawForm
from kuager.interfaces.desk.publications.review import review

PAGE_SIZE = 50
ASKING = ["GET", "HEAD", "POST"]


@require_safe
@needs(Capability.PUBLISH)
def snapshot_list(request: HttpRequest) -> HttpResponse:
    """List all snapshots, newest first, with the form to build another."""
    return _list_page(request, BuildForm(initial={"as_of": today()}))


@posted_or("desk-publication")
@needs(Capability.PUBLISH)
def build(request: HttpRequest) -> HttpResponse:
    """Build a snapshot. Nothing is shown to the world yet."""
    form = BuildForm(request.POST)
    if form.is_valid():
        try:
            built = operations.build_snapshot(
                as_of=form.cleaned_data["as_of"],
                known_at=chosen_moment(form, "known_at"),
                by=acting_user(request),
                at=now(),
                is_example=settings.IS_DEMO,
            )
        except BadInputError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, gettext("Built. Look at it before you publish."))
            return redirect("desk-snapshot", built.number)
    return _list_page(request, form, status=422)


@require_safe
@needs(Capability.PUBLISH)
def snapshot(request: HttpRequest, number: int) -> HttpResponse:
    """Show what a snapshot says, whether it is intact, and who is left out."""
    found = queries.get_snapshot(number)
    context = review(found, ask_again=request.GET.get("again") == "1")
    return render(request, "desk/publications/snapshot.html", context)


@require_http_methods(ASKING)
@needs(Capability.PUBLISH)
def publish(request: HttpRequest, number: int) -> HttpResponse:
    """Ask once more, then show a snapshot to the world."""
    found = queries.get_snapshot(number)
    if request.method == "POST":
        operations.publish_snapshot(snapshot=found, by=acting_user(request), at=now())
        messages.success(request, gettext("Published. The public pages show it now."))
        return redirect("desk-snapshot", number)
    context = {"snapshot": found, "figures": queries.headline(found)}
    return render(request, "desk/publications/publish.html", context)


@require_http_methods(ASKING)
@needs(Capability.PUBLISH)
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Ask for the reason, then take a snapshot back."""
    found = queries.get_snapshot(number)
    form = WithdrawForm(request.POST or None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        operations.withdraw_snapshot(snapshot=found, reason=reason, by=acting_user(request), at=now())
        messages.success(request, gettext("Withdrawn. The public pages say why."))
        return redirect("desk-snapshot", number)
    context = {"snapshot": found, "form": form}
    return render(request, "desk/publications/withdraw.html", context, status=422 if form.errors else 200)


@require_http_methods(ASKING)
@needs(Capability.PUBLISH)
def redact(request: HttpRequest) -> HttpResponse:
    """Ask who and why, then take the person off every public page."""
    form = RedactForm(request.POST or None, initial={"code": request.GET.get("code", "")})
    if form.is_valid():
        code = form.cleaned_data["code"].strip().upper()
        try:
            operations.redact_person(
                code=code, reason=form.cleaned_data["reason"], by=acting_user(request), at=now()
            )
        except NotFoundError as error:
            form.add_error("code", str(error))
        else:
            messages.success(
                request, gettext("%(code)s is off every public page from now on.") % {"code": code}
            )
            return redirect("desk-publication")
    return render(
        request, "desk/publications/redact.html", {"form": form}, status=422 if form.errors else 200
    )


def _list_page(request: HttpRequest, form: BuildForm, *, status: int = 200) -> HttpResponse:
    page = Paginator(queries.list_snapshots(), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "desk/publications/list.html",
        {"form": form, "page": page, "choices": queries.list_choices()},
        status=status,
    )
