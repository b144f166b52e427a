"""What the pages of estimates ask for."""

from collections.abc import Iterable
from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _

from kuager.domain.lists.terms import EstimateState, Strata, method_word
from kuager.domain.register.terms import Status
from kuager.engines.estimation import METHODS
from kuager.interfaces.desk.form_fields import PlainForm

Choices = Iterable[tuple[object, object]]
MOST_SEED = 2**31 - 1


def _statuses() -> list[tuple[object, object]]:
    return [choice for choice in Status.choices if choice[0] != Status.UNKNOWN]


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
        more.setdefault("label_suffix", "")
        super().__init__(*args, **more)  # type: ignore[arg-type]  # passed on to Django as they came
        cast(forms.MultipleChoiceField, self.fields["lists"]).choices = list(lists)
        cast(forms.ChoiceField, self.fields["status"]).choices = [
            ("", _("anything: everybody on the lists")),
            *_statuses(),
        ]

    def clean_lists(self) -> list[int]:
        """Refuse fewer than two lists: nothing overlaps."""
        chosen: list[int] = self.cleaned_data["lists"]
        if len(chosen) < 2:
            raise forms.ValidationError(_("Choose two lists or more."))
        return chosen


class EstimateForm(OverlapForm):
    """How to estimate: by which method, in which groups of people, from which random numbers."""

    method = forms.ChoiceField(label=_("Method"), required=False)
    strata = forms.ChoiceField(
        label=_("Groups of people"),
        required=False,
        help_text=_("Each group is also estimated alone. A group that is too thin is refused, not guessed."),
    )
    with_sensitivity = forms.BooleanField(
        label=_("Also leave out each list in turn, merge lists, change priors (takes several times as long)"),
        required=False,
    )
    seed = forms.IntegerField(
        label=_("Start of the random numbers"),
        required=False,
        min_value=0,
        max_value=MOST_SEED,
        help_text=_("The same start gives the same numbers."),
    )

    link_run = forms.TypedChoiceField(
        label=_("Who is who"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_(
            "Draws carry the doubt about who is who into the interval. Choose one method with them, and "
            "neither groups nor changes."
        ),
    )

    chosen_before = ("once", "lists", "as_of", "status")

    def __init__(self, *args: object, lists: Choices, runs: Choices = (), **more: object) -> None:
        super().__init__(*args, lists=lists, **more)
        who = cast(forms.ChoiceField, self.fields["link_run"])
        who.choices = [("", _("as people have judged so far")), *runs]
        methods = [(name, method_word(name)) for name in METHODS]
        cast(forms.ChoiceField, self.fields["method"]).choices = [
            ("all", _("all that apply, side by side")),
            *methods,
        ]
        cast(forms.ChoiceField, self.fields["strata"]).choices = [("", _("none")), *Strata.choices]

    def clean_method(self) -> str:
        """Without a choice all methods run."""
        return self.cleaned_data["method"] or "all"

    def clean_seed(self) -> int:
        """Without a choice the random numbers begin at 1."""
        seed: int | None = self.cleaned_data["seed"]
        return 1 if seed is None else seed

    def visible_choices(self) -> list[forms.BoundField]:
        """Return the fields that the page of the overlap asks for; the others were chosen before."""
        return [field for field in self if field.name not in self.chosen_before]


class RunFilterForm(PlainForm):
    """Which estimates to list."""

    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("any")), *EstimateState.choices]
    )
    publishable = forms.ChoiceField(
        label=_("May be published"),
        required=False,
        choices=[("", _("any")), ("yes", _("yes")), ("no", _("no"))],
    )
    status = forms.ChoiceField(label=_("Counted"), required=False)

    def __init__(self, data: object, **more: object) -> None:
        super().__init__(data, **more)  # type: ignore[arg-type]  # passed on to Django as they came
        everybody = [("", _("any")), ("everybody", _("everybody on the lists"))]
        cast(forms.ChoiceField, self.fields["status"]).choices = [*everybody, *_statuses()]


class LimitsForm(PlainForm):
    """What a list declares that no table can show."""

    built_from = forms.TypedChoiceField(
        label=_("Built from"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("A list made from another list is never counted as a second witness."),
    )
    cannot_contain = forms.CharField(
        label=_("People it cannot contain"),
        required=False,
        max_length=200,
        help_text=_(
            "Who could never stand on this list, in a few words and without a name: people who died at home, "
            "people outside the capital. Empty if anybody could."
        ),
    )

    def __init__(self, *args: object, lists: Choices, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]  # passed on to Django as they came
        field = cast(forms.ChoiceField, self.fields["built_from"])
        field.choices = [("", _("no other list")), *lists]
