"""The question a count answers."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from kuager.domain.people.terms import Sex
from kuager.domain.register.terms import Dimension, Status
from kuager.interfaces.desk.form_fields import DayField, MomentField, PlainForm, chosen_day, chosen_moment
from kuager.interfaces.desk.status_choices import age_groups

NONE = ("", "—")
FILTERS = (Dimension.STATUS, Dimension.REGION, Dimension.SEX, Dimension.AGE_GROUP, Dimension.SOURCE)


class CountForm(PlainForm):
    """A day, perhaps a moment of knowing, up to three breakdowns, and filters."""

    as_of = DayField(label=_("As of"), required=False)
    known_at = MomentField(
        label=_("As known at"),
        help_text=_("Empty: as known now. The same question then has the same answer for ever."),
    )
    by_1 = forms.ChoiceField(label=_("By"), choices=[NONE, *Dimension.choices], required=False)
    by_2 = forms.ChoiceField(label=_("and by"), choices=[NONE, *Dimension.choices], required=False)
    by_3 = forms.ChoiceField(label=_("and by"), choices=[NONE, *Dimension.choices], required=False)
    status = forms.ChoiceField(label=_("Only status"), choices=[NONE, *Status.choices], required=False)
    region = forms.ChoiceField(label=_("Only region"), required=False)
    sex = forms.ChoiceField(label=_("Only sex"), choices=[NONE, *Sex.choices[1:]], required=False)
    age_group = forms.ChoiceField(label=_("Only age group"), choices=[NONE, *age_groups()], required=False)
    source = forms.ChoiceField(label=_("Only source"), required=False)

    def __init__(
        self,
        data: Mapping[str, object] | None,
        *,
        today: date,
        regions: Sequence[tuple[str, str]],
        publishers: Sequence[str],
    ) -> None:
        super().__init__(data, initial={"as_of": today, "by_1": Dimension.STATUS.value})
        self.today = today
        self.choose("region", regions)
        self.choose("source", [(name, name) for name in publishers])

    def choose(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        """Offer choices that are only known when the page is asked for."""
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = [NONE, *choices]

    @property
    def as_of_day(self) -> date:
        """The day asked about; today where none is given."""
        return chosen_day(self, "as_of", self.today) if self.is_bound else self.today

    @property
    def known_moment(self) -> datetime | None:
        """The moment of knowing asked about; None is now."""
        return chosen_moment(self, "known_at") if self.is_bound else None

    def dimensions(self) -> tuple[Dimension, ...]:
        """Return the breakdowns in the order chosen, each once."""
        if not self.is_bound:
            return (Dimension.STATUS,)
        chosen = [self.cleaned_data.get(name) for name in ("by_1", "by_2", "by_3")]
        return tuple(dict.fromkeys(Dimension(value) for value in chosen if value))

    def where(self) -> dict[Dimension, str]:
        """Return the filters that were set."""
        if not self.is_bound:
            return {}
        return {
            dimension: str(self.cleaned_data[dimension.value])
            for dimension in FILTERS
            if self.cleaned_data.get(dimension.value)
        }
