"""What the pages of lists ask for."""

from collections.abc import Iterable
from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _

from kuager.domain.lists.terms import RowChange
from kuager.domain.register.terms import Status
from kuager.domain.sources.terms import PublisherKind
from kuager.interfaces.desk.lists.uploads import StoredUpload

Choices = Iterable[tuple[object, object]]
DAY_FIRST_CHOICES = (
    ("", _("as the file itself shows")),
    ("day", _("6 January (day first)")),
    ("month", _("1 June (month first)")),
)
FILE_ENDINGS = ".xlsx,.xls,.ods,.csv,.tsv,.txt"


class UploadForm(forms.Form):
    """The file and what is said about it: whose list, which day, how many, what everybody's status is."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("xlsx, xls, ods or csv, as it came to you. Do not tidy it up first."),
        widget=forms.ClearableFileInput(attrs={"accept": FILE_ENDINGS}),
    )
    stored = forms.CharField(required=False, widget=forms.HiddenInput)
    casualty_list = forms.TypedChoiceField(
        label=_("List"), required=False, coerce=int, empty_value=None, help_text=_("Choose a list we have …")
    )
    title = forms.CharField(
        label=_("… or title of a new list"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    publisher = forms.TypedChoiceField(
        label=_("Publisher of the new list"), required=False, coerce=int, empty_value=None
    )
    publisher_name = forms.CharField(label=_("… or name of a new publisher"), max_length=200, required=False)
    publisher_kind = forms.ChoiceField(
        label=_("Kind of the new publisher"), choices=PublisherKind, initial=PublisherKind.NGO, required=False
    )
    as_of = forms.DateField(
        label=_("The list is as of"),
        help_text=_("The day the publisher dated this edition."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    stated_total = forms.IntegerField(
        label=_("Total the publisher states"),
        required=False,
        min_value=0,
        help_text=_("If the publisher gives a number; we compare it with the rows."),
    )
    default_status = forms.ChoiceField(
        label=_("Everybody on the list is"),
        required=False,
        help_text=_("Only for a list without a column for the status."),
    )
    built_from = forms.TypedChoiceField(
        label=_("Built from"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("A list made from another list is never counted as a second witness."),
    )
    is_clean = forms.BooleanField(label=_("Nobody stands on this list twice"), required=False)
    is_public = forms.BooleanField(
        label=_("Its publisher has made the names on it public: they may be published again"), required=False
    )
    keep_removed = forms.BooleanField(
        label=_("Whoever this edition no longer has stays in the register"), required=False
    )

    def __init__(
        self,
        *args: object,
        lists: Choices,
        publishers: Choices,
        kept: str = "",
        too_large: str = "",
        **more: object,
    ):
        more.setdefault("label_suffix", "")
        super().__init__(*args, **more)  # type: ignore[arg-type]  # passed on to Django as they came
        self.kept, self.too_large = kept, too_large
        list_choices, publisher_choices = list(lists), list(publishers)
        self._choose("casualty_list", _("a new list"), list_choices)
        self._choose("built_from", _("no other list"), list_choices)
        self._choose("publisher", _("a new publisher"), publisher_choices)
        statuses = [choice for choice in Status.choices if choice[0] != Status.UNKNOWN]
        self._choose("default_status", _("as its row says"), statuses)

    def _choose(self, name: str, empty: object, choices: Choices) -> None:
        field = cast(forms.ChoiceField, self.fields[name])
        field.choices = [("", empty), *choices]

    def clean(self) -> dict[str, object]:
        """Check that there is a file, a list and a publisher, each either known or new."""
        values = super().clean() or {}
        if not isinstance(values.get("file"), StoredUpload) and not self.kept:
            self.add_error("file", self.too_large or _("Choose a file."))
        if values.get("casualty_list") is None:
            if not values.get("title"):
                self.add_error("title", _("Choose a list above, or give the new one a title."))
            if values.get("publisher") is None and not values.get("publisher_name"):
                self.add_error("publisher", _("Choose who publishes the new list, or name a new publisher."))
        return values


class SheetForm(forms.Form):
    """Which sheet and which row the column titles stand in."""

    sheet = forms.CharField(required=False)
    header_row = forms.IntegerField(required=False, min_value=0, max_value=1_000_000)
    day_first = forms.TypedChoiceField(
        required=False,
        choices=DAY_FIRST_CHOICES,
        coerce=lambda value: value == "day",
        empty_value=None,
    )


class ReasonForm(forms.Form):
    """Why something is taken back. The reason stays in the audit record for ever."""

    reason = forms.CharField(
        label=_("Reason"),
        min_length=5,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What was wrong? Others will read this in years to come."),
    )


class RowFilterForm(forms.Form):
    """Which rows of an edition to show."""

    change = forms.ChoiceField(
        label=_("Compared with the edition before"),
        required=False,
        choices=[("", _("all rows")), *RowChange.choices],
    )
    problems = forms.BooleanField(label=_("only rows with problems"), required=False)


class OnlyOnForm(forms.Form):
    """Two lists: who stands on the first and not on the second."""

    on = forms.TypedChoiceField(label=_("On this list"), coerce=int)
    missing_from = forms.TypedChoiceField(label=_("and not on this one"), coerce=int)

    def __init__(self, *args: object, lists: Choices, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]  # passed on to Django as they came
        choices = list(lists)
        for name in ("on", "missing_from"):
            cast(forms.ChoiceField, self.fields[name]).choices = choices

    def clean(self) -> dict[str, object]:
        """Refuse to compare a list with itself."""
        values = super().clean() or {}
        if values.get("on") is not None and values.get("on") == values.get("missing_from"):
            self.add_error("missing_from", _("Choose two different lists."))
        return values
