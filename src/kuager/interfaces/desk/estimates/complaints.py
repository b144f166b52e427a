"""The page "reported so many percent": what share of people harmed complained, fed by two or more lists."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from kuager.core.errors import BadInputError
from kuager.domain.accounts.terms import Capability
from kuager.domain.lists import queries
from kuager.domain.lists.queries.membership import unique_titles
from kuager.engines.estimation.complaints import ReportedShare
from kuager.interfaces.desk.access import needs
from kuager.interfaces.desk.estimates.forms import Choices, OverlapForm

if TYPE_CHECKING:
    from collections.abc import Sequence


class ComplaintsForm(OverlapForm):
    """Which of the chosen lists holds the complaints; the others together are the register."""

    complaints = forms.TypedChoiceField(label=_("List of complaints"), coerce=int)

    def __init__(self, *args: object, lists: Choices, **more: object) -> None:
        super().__init__(*args, lists=lists, **more)
        cast(forms.ChoiceField, self.fields["complaints"]).choices = list(lists)

    def clean(self) -> dict[str, object]:
        """Refuse a list of complaints that was not chosen."""
        values = super().clean() or {}
        if values.get("complaints") not in (values.get("lists") or ()):
            self.add_error("complaints", _("Choose one of the lists above."))
        return values


@dataclass(frozen=True, kw_only=True)
class ShareLine:
    """A share of everybody at one strength of dependence, in percent."""

    odds_ratio: float
    percent: float


@require_safe
@needs(Capability.ESTIMATE)
def show_reported_share(request: HttpRequest) -> HttpResponse:
    """Say what share of the people on the register complained, and what that says of everybody."""
    choices = [(item.casualty_list.pk, item.casualty_list.title) for item in queries.list_lists()]
    form = ComplaintsForm(request.GET, lists=choices)
    found: ReportedShare | None = None
    if form.is_valid():
        try:
            found = _share(form)
        except BadInputError as error:
            form.add_error(None, str(error))
    context = {"form": form, "share": found, "lines": _lines(found) if found else ()}
    status = 200 if found else 422
    return render(request, "desk/estimates/complaints.html", context, status=status)


def _share(form: ComplaintsForm) -> ReportedShare:
    answers = form.cleaned_data
    chosen = [queries.get_list(number) for number in answers["lists"]]
    names = dict(zip((one.pk for one in chosen), unique_titles(chosen), strict=True))
    histories = queries.capture_histories(chosen, as_of=answers["as_of"], status=answers["status"])
    return ReportedShare.from_histories(histories, complaints=names[answers["complaints"]])


def _lines(found: ReportedShare) -> "Sequence[ShareLine]":
    return [ShareLine(odds_ratio=ratio, percent=share * 100) for ratio, share in found.shares]
