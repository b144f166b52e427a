"""Filters of the audit record."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kuager.interfaces.desk.form_fields import PlainForm


class EventFilterForm(PlainForm):
    """Which events to show."""

    actor = forms.CharField(label=_("Who"), max_length=150, required=False)
    action = forms.CharField(label=_("Act begins with"), max_length=60, required=False)
    target = forms.CharField(label=_("Thing begins with"), max_length=100, required=False)

    def wanted(self) -> dict[str, str]:
        """Return the filters that can be used; what cannot be read filters nothing."""
        if not self.is_valid():
            return {}
        return {name: str(value) for name, value in self.cleaned_data.items() if value}
