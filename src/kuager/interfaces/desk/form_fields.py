"""Form fields that several sections of the desk share: days we are not sure of, and days we are."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kuager.core.dates import UNKNOWN, UncertainDate, parse_edtf
from kuager.core.errors import BadInputError
from kuager.engines.tables import parse_date

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class PlainForm(forms.Form):
    """A form whose labels end without a colon, as all labels of the desk do."""

    def __init__(
        self, data: Mapping[str, object] | None = None, *, initial: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(data, initial=dict(initial or {}), label_suffix="")


class UncertainDateField(forms.CharField):
    """A day as somebody says it: in EDTF, as figures, or in words; kept as the range of days it allows."""

    def __init__(
        self, *, label: "StrOrPromise", required: bool = False, help_text: "StrOrPromise" = ""
    ) -> None:
        hint = help_text or _("for example 06.01.2022, 2022-01, early January 2022, 2022-01-05/2022-01-08")
        super().__init__(label=label, required=required, max_length=80, help_text=hint)

    def to_python(self, value: object) -> UncertainDate:  # type: ignore[override]  # a date, not its text
        """Read the text; what cannot be read is said in the form."""
        text = str(value or "").strip()
        if not text:
            return UNKNOWN
        try:
            return read_day(text)
        except BadInputError as error:
            raise forms.ValidationError(str(error)) from error

    def validate(self, value: object) -> None:
        """Ask for the day where the form needs one."""
        if self.required and not (isinstance(value, UncertainDate) and value.is_known):
            raise forms.ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: object) -> None:
        """Nothing more to check: the date has been read."""


def read_day(text: str) -> UncertainDate:
    """Read a day in EDTF, or else in words and figures as lists write them."""
    try:
        return parse_edtf(text)
    except BadInputError:
        return parse_date(text, reference_year=timezone.localdate().year)


class DayField(forms.DateField):
    """A day, shown with the browser's own calendar."""

    def __init__(
        self, *, label: "StrOrPromise", required: bool = True, help_text: "StrOrPromise" = ""
    ) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(label=label, required=required, help_text=help_text, widget=widget)


class MomentField(forms.DateTimeField):
    """A day and time of day, shown with the browser's own calendar."""

    def __init__(
        self, *, label: "StrOrPromise", required: bool = False, help_text: "StrOrPromise" = ""
    ) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(label=label, required=required, help_text=help_text, widget=widget)


def chosen_day(form: forms.Form, name: str, otherwise: date) -> date:
    """Return a day of a valid form, or the usual one where it was left empty."""
    value = form.cleaned_data.get(name)
    return value if isinstance(value, date) else otherwise


def chosen_moment(form: forms.Form, name: str) -> datetime | None:
    """Return a moment of a valid form; None where it was left empty."""
    value = form.cleaned_data.get(name)
    return value if isinstance(value, datetime) else None
