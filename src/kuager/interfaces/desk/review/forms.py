"""What the review pages ask for."""

from collections.abc import Iterable
from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _

from kuager.domain.lists.queries.run_pairs import PairFilter
from kuager.domain.lists.rules.double_review import LARGEST, SMALLEST
from kuager.domain.lists.terms import AskedFor, PairState, SkipReason
from kuager.domain.people.terms import Verdict

Choices = Iterable[tuple[object, object]]


class QueueForm(forms.Form):
    """Which pairs to review: of which run, between which lists, how likely, in which state."""

    run = forms.TypedChoiceField(label=_("Link run"), required=False, coerce=int, empty_value=None)
    list_a = forms.TypedChoiceField(label=_("List"), required=False, coerce=int, empty_value=None)
    list_b = forms.TypedChoiceField(label=_("and list"), required=False, coerce=int, empty_value=None)
    lowest = forms.FloatField(label=_("From per cent"), required=False, min_value=0, max_value=100)
    highest = forms.FloatField(label=_("to per cent"), required=False, min_value=0, max_value=100)
    region = forms.TypedChoiceField(label=_("Region"), required=False, coerce=int, empty_value=None)
    asked_for = forms.ChoiceField(
        label=_("Asked because"), required=False, choices=[("", _("any reason")), *AskedFor.choices]
    )
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("all states")), *PairState.choices]
    )

    def __init__(
        self, *args: object, runs: Choices, lists: Choices, regions: Choices, **more: object
    ) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]  # passed on to Django as they came
        list_choices = list(lists)
        self._choose("run", _("the newest run"), runs)
        self._choose("list_a", _("any list"), list_choices)
        self._choose("list_b", _("any list"), list_choices)
        self._choose("region", _("any region"), regions)

    def _choose(self, name: str, empty: object, choices: Choices) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = [("", empty), *choices]

    def wanted(self) -> PairFilter:
        """Return the filter; a field that cannot be read filters nothing."""
        self.is_valid()
        given = self.cleaned_data
        return PairFilter(
            run_id=given.get("run"),
            state=given.get("state", ""),
            list_a=given.get("list_a"),
            list_b=given.get("list_b"),
            region=given.get("region"),
            asked_for=given.get("asked_for", ""),
            lowest=_share(given.get("lowest")),
            highest=_share(given.get("highest")),
        )


def _share(per_cent: float | None) -> float | None:
    return None if per_cent is None else per_cent / 100


class VerdictForm(forms.Form):
    """What a reviewer says of a pair, and why."""

    verdict = forms.ChoiceField(choices=Verdict)
    explanation = forms.CharField(required=False, max_length=2000)


class SkipForm(forms.Form):
    """Why a pair is left to later or to somebody else."""

    skip = forms.ChoiceField(choices=SkipReason)


class DrawForm(forms.Form):
    """How large a sample to draw for a blind double review, and from where its random numbers begin."""

    size = forms.IntegerField(
        label=_("Pairs in the sample"),
        min_value=SMALLEST,
        max_value=LARGEST,
        initial=100,
        help_text=_("Two people judge each of them. A hundred give an interval of some per cent."),
    )
    seed = forms.IntegerField(
        label=_("Start of the random numbers"),
        min_value=0,
        max_value=2_000_000_000,
        initial=1,
        help_text=_("Kept, so that the same sample can be drawn again."),
    )
    threshold = forms.FloatField(
        label=_("Links are pairs from per cent"), min_value=50, max_value=100, initial=50
    )


class DecisionForm(forms.Form):
    """What the third person decides, and why."""

    verdict = forms.ChoiceField(choices=Verdict)
    explanation = forms.CharField(min_length=3, max_length=2000)


class RunForm(forms.Form):
    """The lists whose records a run compares; ``once`` keeps a second tap from starting a second run."""

    once = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    lists = forms.TypedMultipleChoiceField(
        label=_("Lists to compare"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    is_full = forms.BooleanField(
        label=_("Link everything anew"),
        required=False,
        help_text=_(
            "Otherwise, where the same lists were linked before, only what has changed since is compared."
        ),
    )

    def __init__(self, *args: object, lists: Choices, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]  # passed on to Django as they came
        cast(forms.MultipleChoiceField, self.fields["lists"]).choices = list(lists)


class ThresholdForm(forms.Form):
    """From which probability on links are accepted."""

    threshold = forms.FloatField(min_value=50, max_value=100)

    def share(self) -> float:
        """Return the threshold as a probability 0..1; without one, 0.99."""
        return float(self.cleaned_data["threshold"]) / 100 if self.is_valid() else 0.99


class AcceptForm(forms.Form):
    """Why the links of a run are accepted together."""

    explanation = forms.CharField(
        label=_("Why may they be accepted together?"),
        min_length=5,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example: which of them you looked at, and how many were right."),
    )
