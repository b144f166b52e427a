"""Forms of the quick entry of a call: short, in the order in which a call goes."""

from collections.abc import Iterator, Mapping
from typing import cast

from django import forms
from django.forms.boundfield import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kuager.domain.people.terms import Sex
from kuager.interfaces.desk.form_fields import DayField, PlainForm, UncertainDateField
from kuager.interfaces.desk.status_choices import status_choices

CONSENT_FIELDS = ("name", "age", "place", "status")
# What a search asks beside the name; asked for by the same names when the person turns out to be new.
SAID_BESIDE = ("age", "birth", "sex", "since", "place")


class CallSearchForm(PlainForm):
    """The name somebody says on the phone, in any script and spelling."""

    text = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("In any script and spelling, also a part of it."),
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "autocomplete": "off",
                "autocapitalize": "words",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )

    age = forms.IntegerField(label=_("Age"), min_value=0, max_value=120, required=False)
    birth = UncertainDateField(
        label=_("Or date of birth"), help_text=_("for example 1990, 05.1990, 17.05.1990")
    )
    sex = forms.ChoiceField(label=_("Sex"), choices=[("", "")], required=False)
    since = UncertainDateField(label=_("When it happened"))
    place = forms.CharField(label=_("Where"), max_length=300, required=False)

    def __init__(
        self, data: Mapping[str, object] | None = None, *, initial: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        cast(forms.ChoiceField, self.fields["sex"]).choices = [("", "—"), *Sex.choices]

    @property
    def beside(self) -> list[BoundField]:
        """What helps to find the person, as far as the caller knows it."""
        return [self[name] for name in SAID_BESIDE]


class CalledForm(PlainForm):
    """What the caller says of a person who is known already."""

    once = forms.CharField(max_length=20, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name"), max_length=300, help_text=_("as the caller says it"))
    happened = forms.ChoiceField(label=_("What happened"), choices=status_choices, required=False)
    since = UncertainDateField(label=_("When"))
    place = forms.CharField(label=_("Where"), max_length=300, required=False)
    authority = forms.CharField(
        label=_("Who did it"), max_length=200, required=False, help_text=_("police, army, hospital …")
    )
    words = forms.CharField(
        label=_("In the caller's words"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("As they say it. Do not write who the caller is."),
    )
    told_on = DayField(label=_("Day of the call"))
    asked_before: tuple[str, ...] = ()

    def clean(self) -> dict[str, object]:
        """Ask what happened where only a day, a place or an authority is given."""
        cleaned = super().clean() or {}
        beside = any(cleaned.get(name) for name in ("place", "authority")) or bool(
            str(cleaned.get("since") or "")
        )
        if beside and not cleaned.get("happened") and "happened" not in self.errors:
            self.add_error("happened", _("Choose what happened, or empty when, where and who did it."))
        return cleaned

    @property
    def groups(self) -> Iterator[tuple[Promise, list[BoundField]]]:
        """The fields in the order of the conversation."""
        yield _("What happened"), [self[name] for name in ("happened", "since", "place", "authority")]
        yield (
            _("The call"),
            [self[name] for name in ("name", "words", "told_on") if name not in self.asked_before],
        )


class NewPersonForm(CalledForm):
    """What the caller says of a person nobody knew. ``search`` proves that the register was searched."""

    search = forms.CharField(widget=forms.HiddenInput, max_length=2000)
    other_name = forms.CharField(label=_("Other name or spelling"), max_length=300, required=False)
    age = forms.IntegerField(label=_("Age"), min_value=0, max_value=120, required=False)
    birth = UncertainDateField(
        label=_("Or date of birth"), help_text=_("for example 1990, 05.1990, 17.05.1990")
    )
    sex = forms.ChoiceField(label=_("Sex"), choices=Sex.choices, required=False)
    home = forms.CharField(label=_("Lives in"), max_length=300, required=False)
    keep = forms.BooleanField(
        label=_("We may keep this in the register"),
        error_messages={"required": _("Without this consent nothing may be kept. Ask the caller.")},
    )
    publish = forms.MultipleChoiceField(
        label=_("We may publish"),
        choices=(
            ("name", _("the name")),
            ("age", _("the age")),
            ("place", _("the place")),
            ("status", _("what happened")),
        ),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Tick only what the caller allows in words."),
    )

    asked_before = ("name",)

    @property
    def groups(self) -> Iterator[tuple[Promise, list[BoundField]]]:
        """The fields in the order of the conversation."""
        yield _("Who"), [self[name] for name in ("name", "other_name", "age", "birth", "sex", "home")]
        yield from super().groups
        yield _("Consent, as spoken on the phone"), [self[name] for name in ("keep", "publish")]

    def consented(self) -> list[str]:
        """Return the fields that may be published, in their usual order."""
        return [field for field in CONSENT_FIELDS if field in self.cleaned_data["publish"]]
