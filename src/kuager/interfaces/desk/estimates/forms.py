"""What the pages of estimates ask for."""

from collections.abc import Iterable
from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _

from kuager.domain.register.terms import Status

Choices = Iterable[tuple[object, object]]


class OverlapForm(forms.Form):
    """The lists to hold beside each other, on which day, and whom of them to count."""

    once = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    lists = forms.TypedMultipleChoiceField(
        label=_("Lists"), coerce=int, widget=forms.CheckboxSelectMultiple, help_text=_("Two or more.")
    )
    as_of = forms.DateField(
        label=_("As of"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    status = forms.ChoiceField(label=_("Count only those who are"), required=False)

    def __init__(self, *args: object, lists: Choices, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]  # passed on to Django as they came
        cast(forms.MultipleChoiceField, self.fields["lists"]).choices = list(lists)
        cast(forms.ChoiceField, self.fields["status"]).choices = [
            ("", _("anything: everybody on the lists")),
            *(choice for choice in Status.choices if choice[0] != Status.UNKNOWN),
        ]

    def clean_lists(self) -> list[int]:
        """Refuse fewer than two lists: nothing overlaps."""
        chosen: list[int] = self.cleaned_data["lists"]
        if len(chosen) < 2:
            raise forms.ValidationError(_("Choose two lists or more."))
        return chosen
