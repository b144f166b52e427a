"""What the pages of evidence ask for."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from kuager.core.dates import UncertainDate
from kuager.core.errors import BadInputError
from kuager.domain.evidence.terms import (
    AcquisitionMethod,
    Derivation,
    MediaKind,
    ReadingState,
    ReleaseState,
    VerificationState,
)
from kuager.engines.sealing import PublicKey
from kuager.interfaces.desk.evidence.details import CAME, Details
from kuager.interfaces.desk.form_fields import PlainForm, UncertainDateField

if TYPE_CHECKING:
    from kuager.domain.accounts.models import User

ANY = ("", "—")


class ItemFilterForm(PlainForm):
    """Which items to list. Names are sealed, so that nothing can be searched by name here."""

    kind = forms.ChoiceField(label=_("Kind"), choices=[ANY, *MediaKind.choices], required=False)
    method = forms.ChoiceField(
        label=_("How it came"), choices=[ANY, *AcquisitionMethod.choices], required=False
    )
    derivation = forms.ChoiceField(
        label=_("Original or copy"), choices=[ANY, *Derivation.choices], required=False
    )
    state = forms.ChoiceField(
        label=_("Read by the machine"), choices=[ANY, *ReadingState.choices], required=False
    )
    verification = forms.ChoiceField(
        label=_("With a finding that is"), choices=[ANY, *VerificationState.choices], required=False
    )
    release = forms.ChoiceField(label=_("Publication"), choices=[ANY, *ReleaseState.choices], required=False)
    text = forms.CharField(
        label=_("Number"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def wanted(self) -> dict[str, str]:
        """Return the filters that can be used; what cannot be read filters nothing."""
        if not self.is_valid():
            return {}
        return {name: str(value) for name, value in self.cleaned_data.items() if value}


class KeepForm(PlainForm):
    """Where a file is from. All of it is sealed with the file, except which source it belongs to."""

    came = forms.ChoiceField(label=_("How did it reach you?"), choices=[ANY, *CAME])
    from_whom = forms.CharField(
        label=_("From whom, or from which account"),
        max_length=500,
        required=False,
        help_text=_("Sealed. Write only what has to be known one day in court."),
    )
    found_at = forms.CharField(label=_("Address where it was found"), max_length=1000, required=False)
    recorded = UncertainDateField(label=_("When it is said to have been recorded"))
    place = forms.CharField(label=_("Where it is said to have been recorded"), max_length=500, required=False)
    note = forms.CharField(
        label=_("What else should be known"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    source = forms.TypedChoiceField(
        label=_("Source of the register it belongs to"), required=False, coerce=int, empty_value=None
    )
    is_restricted = forms.BooleanField(
        label=_("Restricted: only you and the readers you name may know that it exists"), required=False
    )

    def __init__(
        self,
        data: Mapping[str, object] | None = None,
        *,
        sources: Iterable[tuple[int, str]],
        initial: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        cast(forms.ChoiceField, self.fields["source"]).choices = [("", _("none yet")), *sources]

    def details(self) -> Details:
        """Return what a valid form says."""
        said = self.cleaned_data
        recorded = said["recorded"]
        return Details(
            came=said["came"],
            from_whom=said["from_whom"],
            found_at=said["found_at"],
            recorded=recorded.edtf if isinstance(recorded, UncertainDate) and recorded.is_known else "",
            place=said["place"],
            note=said["note"],
            source_id=said["source"],
            is_restricted=said["is_restricted"],
        )


class ReasonForm(PlainForm):
    """Why something is done. The reason stays in the audit record for ever: it names no person."""

    reason = forms.CharField(
        label=_("Reason"),
        min_length=5,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It stays in the audit record for ever. Name no person in it."),
    )


class GrantForm(ReasonForm):
    """Who may see a restricted item, and why."""

    user = forms.ChoiceField(label=_("Member"))
    field_order = ("user", "reason")

    def __init__(self, data: Mapping[str, object] | None = None, *, members: Iterable["User"]) -> None:
        super().__init__(data)
        names = [member.username for member in members]
        cast(forms.ChoiceField, self.fields["user"]).choices = [("", "—"), *((name, name) for name in names)]


class ExportForm(ReasonForm):
    """Which items leave, what for, and for whom."""

    FORMS = (
        ("sealed", _("sealed: only the recipient can open it")),
        ("plain", _("readable by whoever gets hold of it")),
    )
    form = forms.ChoiceField(
        label=_("The bundle is"), choices=FORMS, widget=forms.RadioSelect, initial="sealed"
    )
    recipient = forms.CharField(
        label=_("Public key of the recipient"),
        max_length=200,
        required=False,
        help_text=_("It begins with age1. Ask the recipient for it, and compare it over another channel."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "code"}),
    )
    field_order = ("reason", "form", "recipient")

    def clean(self) -> dict[str, object]:
        """Check that a sealed bundle has a recipient."""
        values = super().clean() or {}
        if values.get("form") == "sealed":
            try:
                values["key"] = PublicKey.from_text(str(values.get("recipient", "")))
            except BadInputError:
                self.add_error(
                    "recipient", _("This is no public key: it begins with age1 and was copied whole.")
                )
        return values
