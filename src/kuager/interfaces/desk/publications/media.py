"""Publishing redacted copies of evidence that two people released, and taking them down."""

from pathlib import Path

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from kuager.domain.accounts.terms import Capability
from kuager.domain.evidence import queries as evidence
from kuager.domain.publication import operations, queries
from kuager.domain.publication.terms import MediaReason
from kuager.interfaces.desk.access import acting_user, needs, now
from kuager.interfaces.desk.form_fields import PlainForm
from kuager.interfaces.shell.vaults import open_vault


class PublishMediaForm(PlainForm):
    """What readers are told of a published copy."""

    caption = forms.CharField(
        label=_("What is to be seen"), max_length=300, help_text=_("Readers see this. Name nobody.")
    )
    basis = forms.CharField(
        label=_("How do we know?"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Where, when, and by what traces it was verified. Readers see this. Name nobody."),
    )
    sure = forms.BooleanField(
        label=_("I looked at all of it. What is copied from the site cannot be called back.")
    )


class TakeDownForm(PlainForm):
    """Why a published copy is taken down."""

    reason = forms.ChoiceField(label=_("Why"), choices=MediaReason.choices)


def published_folder() -> Path:
    """Return the folder of published files."""
    return Path(settings.DATA) / "published"


@require_http_methods(["GET", "HEAD"])
@needs(Capability.PUBLISH)
def media_list(request: HttpRequest) -> HttpResponse:
    """List every copy that was ever published."""
    return render(request, "desk/publications/media.html", {"media": queries.list_all_media()[:200]})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.PUBLISH)
def publish_media(request: HttpRequest, number: int) -> HttpResponse:
    """Ask what readers are told, then make a released copy public."""
    user = acting_user(request)
    item = evidence.get_item(number, user=user)
    form = PublishMediaForm(request.POST or None)
    if form.is_valid():
        media = operations.publish_media(
            vault=open_vault(request),
            item=item,
            caption=form.cleaned_data["caption"],
            basis=form.cleaned_data["basis"],
            folder=published_folder(),
            by=user,
            at=now(),
        )
        messages.success(request, gettext("Published. Everybody can see it now."))
        return redirect("public-media-one", media.number)
    status = 422 if form.errors else 200
    return render(
        request, "desk/publications/media_publish.html", {"item": item, "form": form}, status=status
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.VIEW_EVIDENCE)
def take_down(request: HttpRequest, number: int) -> HttpResponse:
    """Ask why, then take a published copy down."""
    found = queries.get_media(number)
    form = TakeDownForm(request.POST or None)
    if form.is_valid():
        operations.take_down_media(
            media=found.row,
            reason=form.cleaned_data["reason"],
            folder=published_folder(),
            by=acting_user(request),
            at=now(),
        )
        messages.success(request, gettext("Taken down. The page tells it, and why."))
        return redirect("public-media-one", number)
    return render(request, "desk/publications/media_down.html", {"one": found, "form": form})
