"""Forms of the register: filters, and what a source says of one person."""

from collections.abc import Iterator, Mapping, Sequence

from django import forms
from django.forms.boundfield import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kuager.core.dates import UNKNOWN, UncertainDate
from kuager.domain.people.terms import Sex
from kuager.domain.register.queries import EntryFilter
from kuager.domain.register.terms import Status, Verification
from kuager.domain.sources.terms import PublisherKind, Reliability, SourceKind
from kuager.interfaces.desk.form_fields import DayField, PlainForm, UncertainDateField
from kuager.interfaces.desk.status_choices import age_groups, status_choices

NONE = ("", "—")
NEW_SOURCE = "new"


class RegisterSearchForm(PlainForm):
    """A name in any script, or the code of a person."""

    text = forms.CharField(
        label=_("Name or code"),
        max_length=200,
        help_text=_("In any script and spelling; latin, кирилл or عربي."),
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "spellcheck": "false"}),
    )


class EntryFilterForm(PlainForm):
    """Which people to list."""

    status = forms.ChoiceField(label=_("Status"), choices=[NONE, *Status.choices], required=False)
    region = forms.ChoiceField(label=_("Region"), required=False)
    sex = forms.ChoiceField(label=_("Sex"), choices=[NONE, *Sex.choices[1:]], required=False)
    age_group = forms.ChoiceField(label=_("Age group"), choices=[NONE, *age_groups()], required=False)
    source = forms.ChoiceField(label=_("Source"), required=False)
    conflicted = forms.BooleanField(label=_("only with conflicts"), required=False)
    waiting = forms.BooleanField(label=_("only waiting for a second person"), required=False)

    def __init__(
        self,
        data: Mapping[str, object] | None,
        *,
        regions: Sequence[tuple[str, str]],
        publishers: Sequence[tuple[str, str]],
    ) -> None:
        super().__init__(data)
        for name, choices in (("region", regions), ("source", publishers)):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [NONE, *choices]

    def wanted(self) -> EntryFilter:
        """Return the filters that can be used; what cannot be read filters nothing."""
        if not self.is_valid():
            return EntryFilter()
        data = self.cleaned_data
        return EntryFilter(
            status=data["status"],
            region_id=int(data["region"]) if data["region"] else None,
            sex=data["sex"],
            age_group=data["age_group"],
            publisher_id=int(data["source"]) if data["source"] else None,
            only_conflicts=data["conflicted"],
            only_pending=data["waiting"],
        )


class SaidForm(PlainForm):
    """That a person had a status, from when, where, and at whose hands."""

    status = forms.ChoiceField(label=_("Status"), choices=status_choices)
    since = UncertainDateField(label=_("Since"))
    until = UncertainDateField(label=_("Until, if the source says so"))
    place = forms.CharField(label=_("Place"), max_length=300, required=False)
    authority = forms.CharField(
        label=_("Authority"), max_length=200, required=False, help_text=_("police, army, hospital …")
    )
    verification = forms.ChoiceField(
        label=_("How far checked"), choices=Verification.choices, initial=Verification.REPORTED
    )

    def day(self, name: str) -> UncertainDate:
        """Return one of the days of a valid form."""
        value = self.cleaned_data.get(name)
        return value if isinstance(value, UncertainDate) else UNKNOWN


class AssertionForm(SaidForm):
    """What a source says, with the source and the exact place in it."""

    once = forms.CharField(max_length=20, widget=forms.HiddenInput)
    source = forms.ChoiceField(label=_("Source"))
    publisher = forms.CharField(
        label=_("New source: publisher"), max_length=200, required=False, help_text=_("who stands behind it")
    )
    publisher_kind = forms.ChoiceField(
        label=_("Kind of publisher"), choices=PublisherKind.choices, required=False
    )
    kind = forms.ChoiceField(label=_("Kind of source"), choices=SourceKind.choices, required=False)
    title = forms.CharField(label=_("Title"), max_length=300, required=False)
    url = forms.URLField(label=_("Link"), max_length=1000, required=False, assume_scheme="https")
    reliability = forms.ChoiceField(
        label=_("Reliability"), choices=Reliability.choices, initial=Reliability.F, required=False
    )
    told_on = DayField(
        label=_("Told on"),
        required=False,
        help_text=_("The day on which the source says it. Empty: the day of the source."),
    )
    locator = forms.CharField(
        label=_("Where in the source"),
        max_length=200,
        required=False,
        help_text=_("row, page, minute, paragraph"),
    )
    quotation = forms.CharField(
        label=_("Quotation"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("word for word"),
    )

    def __init__(
        self,
        data: Mapping[str, object] | None,
        *,
        sources: Sequence[tuple[str, str]],
        initial: Mapping[str, object],
    ) -> None:
        super().__init__(data, initial=initial)
        field = self.fields["source"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [*sources, (NEW_SOURCE, str(_("a new source")))]

    @property
    def is_new_source(self) -> bool:
        """Whether a source is named that is not written down yet."""
        return bool(self.cleaned_data.get("source") == NEW_SOURCE)

    def clean(self) -> dict[str, object]:
        """Ask for what a new source cannot do without, and for the place in the source."""
        cleaned = super().clean() or {}
        if self.is_new_source:
            for name in ("publisher", "kind", "publisher_kind", "title", "told_on"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("A new source needs this."))
        if not cleaned.get("locator") and not cleaned.get("quotation"):
            self.add_error(
                "locator", _("Say where it stands in the source, or quote it: no value without a citation.")
            )
        return cleaned

    @property
    def groups(self) -> Iterator[tuple[Promise, list[BoundField]]]:
        """The fields, by what they answer."""
        said = ("status", "since", "until", "place", "authority", "verification")
        yield _("What the source says"), [self[name] for name in said]
        yield _("Where it says so"), [self[name] for name in ("source", "told_on", "locator", "quotation")]
        new = ("publisher", "publisher_kind", "kind", "title", "url", "reliability")
        yield _("Only for a new source"), [self[name] for name in new]


class CorrectionForm(SaidForm):
    """Why an assertion is corrected, and what takes its place."""

    reason = forms.CharField(
        label=_("Why is it corrected, and what shows it?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    instead = forms.ChoiceField(
        label=_("What takes its place"),
        choices=(
            ("other", _("the corrected statement below")),
            ("nothing", _("nothing: the source does not say it")),
        ),
        widget=forms.RadioSelect,
        initial="other",
    )

    @property
    def groups(self) -> Iterator[tuple[Promise, list[BoundField]]]:
        """The fields, by what they answer."""
        yield _("Why"), [self[name] for name in ("reason", "instead")]
        said = ("status", "since", "until", "place", "authority", "verification")
        yield _("The corrected statement"), [self[name] for name in said]


class WithdrawConsentForm(PlainForm):
    """Why a consent is withdrawn."""

    reason = forms.CharField(
        label=_("Who asked for it, and how?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example: the mother called again. Name nobody."),
    )
