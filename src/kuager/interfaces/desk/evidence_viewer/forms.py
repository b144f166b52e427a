"""What the viewer asks for: a place in an item, a mark, a transcript, a finding."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kuager.core.errors import BadInputError
from kuager.domain.evidence.terms import Aspect, Certainty
from kuager.engines.media.time_codes import read_time
from kuager.interfaces.desk.form_fields import DayField, PlainForm

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile
    from django.utils.datastructures import MultiValueDict
    from django_stubs_ext import StrOrPromise

BOX = ("left", "top", "width", "height")
_WHOLE = 100.0
LARGEST_TRANSCRIPT_BYTES = 2_000_000


class TimeCodeField(forms.CharField):
    """A place in a film or a recording, as people write it; milliseconds, None when empty."""

    def __init__(self, *, label: "StrOrPromise", required: bool = True) -> None:
        super().__init__(
            label=label,
            required=required,
            max_length=20,
            help_text=_("hours:minutes:seconds, for example 00:01:23.400"),
            widget=forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off", "class": "code short"}),
        )

    def to_python(self, value: object) -> int | None:  # type: ignore[override]  # a time, not its text
        """Read the time code."""
        text = str(value or "").strip()
        if not text:
            return None
        try:
            return read_time(text)
        except BadInputError as error:
            raise forms.ValidationError(
                gettext("This is no time code. Write it like 00:01:23.400, 1:23 or 83.4.")
            ) from error

    def validate(self, value: object) -> None:
        """Ask for the time where the form needs one."""
        if self.required and value is None:
            raise forms.ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: object) -> None:
        """Nothing more to check: the time has been read."""


class PlaceForm(PlainForm):
    """Where to go in a film."""

    at = TimeCodeField(label=_("Go to"))


def _part(label: "StrOrPromise") -> forms.FloatField:
    attributes = {"step": "0.1", "class": "short", "autocomplete": "off"}
    return forms.FloatField(
        label=label,
        required=False,
        min_value=0,
        max_value=_WHOLE,
        widget=forms.NumberInput(attrs=attributes),
    )


class MarkForm(PlainForm):
    """A place in an item and what is seen or heard there."""

    note = forms.CharField(
        label=_("What is seen or heard here"),
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Describe, do not conclude: conclusions belong to the findings."),
    )
    at = TimeCodeField(label=_("At"), required=False)
    page = forms.IntegerField(label=_("Page"), required=False, min_value=1, max_value=100_000)
    left = _part(_("From the left, per cent"))
    top = _part(_("From the top, per cent"))
    width = _part(_("Width, per cent"))
    height = _part(_("Height, per cent"))

    def clean(self) -> dict[str, Any]:
        """Take a box only as a whole, and inside the picture."""
        given = super().clean() or self.cleaned_data
        parts = [given.get(name) for name in BOX]
        given["box"] = None
        if all(part is None for part in parts):
            return given
        if any(part is None for part in parts):
            raise forms.ValidationError(gettext("A box needs all four numbers, or none."))
        left, top, width, height = (round(cast("float", part) * 10) for part in parts)
        width, height = min(max(width, 1), 1000 - left), min(max(height, 1), 1000 - top)
        if width < 1 or height < 1:
            raise forms.ValidationError(gettext("The box lies outside the picture."))
        given["box"] = (left, top, width, height)
        return given


class ReasonForm(PlainForm):
    """Why something is taken back."""

    reason = forms.CharField(label=_("Why?"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class CiteForm(PlainForm):
    """Which source a mark is a place in: one that is known, or the item itself as a new one."""

    source = forms.TypedChoiceField(label=_("Source"), coerce=int, required=False, empty_value=None)
    publisher = forms.CharField(
        label=_("or a new source: who published or recorded it"), required=False, max_length=200
    )
    told_on = DayField(label=_("On which day"), required=False)

    def __init__(
        self, data: Mapping[str, object] | None, *, sources: list[tuple[int, str]], today: date
    ) -> None:
        super().__init__(data, initial={"told_on": today})
        cast("forms.TypedChoiceField", self.fields["source"]).choices = [("", _("a new source")), *sources]

    def clean(self) -> dict[str, Any]:
        """Take a known source, or all that a new one needs."""
        given = super().clean() or self.cleaned_data
        if not given.get("source"):
            if not str(given.get("publisher", "")).strip():
                self.add_error(
                    "publisher", gettext("Choose a source, or say who published or recorded this.")
                )
            if given.get("told_on") is None and "told_on" not in self.errors:
                self.add_error("told_on", gettext("Say on which day it was published or recorded."))
        return given


class TranscriptForm(forms.Form):
    """What is said in an item: pasted or as a file, in one language."""

    LANGUAGES = (("kk", _("Kazakh")), ("ru", _("Russian")), ("en", _("English")), ("", _("another")))

    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, required=False, initial="kk")
    other = forms.CharField(
        label=_("Another language"), required=False, max_length=8, help_text=_("its short name, such as uz")
    )
    is_translation = forms.BooleanField(label=_("This is a translation"), required=False)
    text = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=1_000_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "WebVTT, SRT, or plain text. A plain line may begin with its time: [00:01:23] Name: what is said"
        ),
    )
    file = forms.FileField(
        label=_("or a file"), required=False, help_text=_("of at most 2 megabytes: .vtt, .srt or .txt")
    )

    def __init__(
        self, data: QueryDict | None = None, files: "MultiValueDict[str, Any] | None" = None
    ) -> None:
        super().__init__(data, files, label_suffix="")

    def clean(self) -> dict[str, Any]:
        """Take exactly one text, and a language."""
        given = super().clean() or self.cleaned_data
        if not (given.get("language") or given.get("other")):
            self.add_error("other", gettext("Say which language it is."))
        file = cast("UploadedFile[Any] | None", given.get("file"))
        if bool(file) == bool(given.get("text")):
            raise forms.ValidationError(
                gettext("Give the text or a file (of at most 2 megabytes), not both and not neither.")
            )
        given["data"] = file.read(LARGEST_TRANSCRIPT_BYTES) if file else given["text"].encode()
        return given


class FindingForm(PlainForm):
    """A finding in the practice of the Berkeley Protocol: question, method, finding, degree of certainty."""

    aspect = forms.ChoiceField(label=_("What is verified"), choices=Aspect.choices)
    question = forms.CharField(
        label=_("Question"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One question that can be answered, for example: where was this filmed?"),
    )
    method = forms.CharField(
        label=_("Method"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What you compared with what, so that somebody else can do it again."),
    )
    finding = forms.CharField(
        label=_("Finding"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The answer, and what speaks against it."),
    )
    certainty = forms.ChoiceField(
        label=_("How certain"), choices=Certainty.choices, widget=forms.RadioSelect, initial=""
    )
    coordinates = forms.CharField(
        label=_("Coordinates"),
        required=False,
        max_length=60,
        help_text=_("latitude, longitude in degrees, for example 43.2389, 76.9457"),
    )
    landmarks = forms.CharField(
        label=_("Landmarks that matched, and with what"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    shadow = forms.CharField(label=_("Shadows"), required=False, max_length=2_000)
    weather = forms.CharField(label=_("Weather"), required=False, max_length=2_000)
    clock = forms.CharField(label=_("A clock or screen that is seen"), required=False, max_length=2_000)

    def clean_coordinates(self) -> str:
        """Take a point on the earth, or nothing."""
        text = str(self.cleaned_data["coordinates"]).strip()
        if not text:
            return ""
        try:
            latitude, longitude = (float(part) for part in text.replace(";", ",").split(","))
        except ValueError:
            latitude = longitude = 1000.0
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise forms.ValidationError(
                gettext("Write latitude and longitude, for example 43.2389, 76.9457.")
            )
        return f"{latitude:.6f}, {longitude:.6f}"

    def texts(self) -> dict[str, str]:
        """Return question, method and finding, with the notes on place and time as lines of their own."""
        given = self.cleaned_data
        method = [given["method"], *self._lines("landmarks", "shadow", "weather", "clock")]
        finding = [given["finding"], *self._lines("coordinates")]
        return {
            "question": given["question"],
            "method": "\n".join(method),
            "finding": "\n".join(finding),
        }

    def _lines(self, *names: str) -> list[str]:
        return [
            f"{self.fields[name].label}: {self.cleaned_data[name]}"
            for name in names
            if self.cleaned_data[name]
        ]


class SecondForm(PlainForm):
    """That somebody has looked again, and agrees."""

    has_looked = forms.BooleanField(
        label=_("I looked at the item myself, followed the method, and come to the same finding")
    )
