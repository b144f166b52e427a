"""Forms of the publication desk."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kuager.domain.publication.terms import RedactionReason
from kuager.interfaces.desk.form_fields import DayField, MomentField, PlainForm


class BuildForm(PlainForm):
    """What a snapshot shall show: what held as of a day, as known at a moment."""

    as_of = DayField(label=_("As of"))
    known_at = MomentField(label=_("As known at"), help_text=_("Empty: as known now."))


class WithdrawForm(PlainForm):
    """Why a snapshot is taken back; readers of the public page are told it."""

    reason = forms.CharField(
        label=_("Why is it withdrawn?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Readers of the public page are told this. Name nobody."),
    )


class RedactForm(PlainForm):
    """Who is taken off the public pages, and why."""

    code = forms.CharField(label=_("Code of the person"), max_length=12, help_text=_("for example KF7B-2MXR"))
    reason = forms.ChoiceField(label=_("Why"), choices=RedactionReason.choices)
    sure = forms.BooleanField(label=_("Yes, take this person off every published snapshot now"))
