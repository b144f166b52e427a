"""Forms of copies and appearances."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from kuager.domain.evidence.terms import RelationKind
from kuager.interfaces.desk.form_fields import MomentField, PlainForm, UncertainDateField

if TYPE_CHECKING:
    from kuager.domain.evidence.models import Appearance


class DecideForm(PlainForm):
    """Confirm a relation as a kind, or reject it with a reason."""

    kind = forms.ChoiceField(label=_("What the two are to each other"), choices=RelationKind.choices)
    reason = forms.CharField(
        label=_("Why?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed when you reject, or change what somebody decided."),
    )


class AppearanceForm(PlainForm):
    """Where an item was seen published."""

    url = forms.URLField(label=_("Address"), required=False, max_length=1000, assume_scheme="https")
    platform = forms.CharField(
        label=_("Platform, channel or broadcaster"),
        required=False,
        max_length=100,
        help_text=_("Needed when there is no address."),
    )
    account = forms.CharField(label=_("Account that published it"), required=False, max_length=200)
    seen_at = MomentField(label=_("Seen there on"), required=True)
    claimed_on = UncertainDateField(label=_("Date the publication claims"))
    taken_from = forms.ChoiceField(
        label=_("Taken from"),
        required=False,
        help_text=_("Only where the publication says so or shows it, for instance by a watermark."),
    )
    once = forms.CharField(widget=forms.HiddenInput, max_length=40)

    def __init__(
        self,
        appearances: Sequence["Appearance"],
        data: Mapping[str, object] | None = None,
        *,
        initial: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        known = [(str(one.pk), line_of(one)) for one in appearances]
        cast("forms.ChoiceField", self.fields["taken_from"]).choices = [("", _("not known")), *known]


def line_of(appearance: "Appearance") -> str:
    """Name an appearance in one line."""
    who = " · ".join(part for part in (appearance.account, appearance.platform) if part)
    return f"{who or appearance.url} ({appearance.seen_at:%Y-%m-%d})"
