"""What the redaction page asks for, and the recipe that it makes of the answers."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kuager.engines.media.redacting import Area, Cover, Kind, Making, OtherPages, Recipe
from kuager.interfaces.desk.form_fields import PlainForm

if TYPE_CHECKING:
    from kuager.core.digest import JsonValue

COVERS = [
    (Cover.BLACK.value, _("black (safe)")),
    (Cover.MOSAIC.value, _("coarse mosaic (not safe: can be undone)")),
]
OTHER_PAGES = [
    (OtherPages.PIXELS.value, _("pictures without text (safest)")),
    (OtherPages.TEXT.value, _("pictures whose visible text can be searched")),
]
_PLACE = ("left", "top", "width", "height")
_MOVED = ("to_left", "to_top", "to_width", "to_height")


def _thousandth(label: Any, *, least: int = 0) -> forms.IntegerField:  # a lazy text
    return forms.IntegerField(label=label, min_value=least, max_value=1000, required=False)


def _seconds(label: Any) -> forms.DecimalField:  # a lazy text
    widget = forms.NumberInput(attrs={"step": "0.001"})
    return forms.DecimalField(
        label=label, min_value=0, max_value=604_800, decimal_places=3, required=False, widget=widget
    )


class AreaForm(forms.Form):
    """One box: where it is, and in a video from when until when, and where it has moved to by then."""

    from_s = _seconds(_("from second"))
    until_s = _seconds(_("until second"))
    page = forms.IntegerField(label=_("page"), min_value=1, max_value=100_000, required=False)
    left = _thousandth(_("left"))
    top = _thousandth(_("top"))
    width = _thousandth(_("width"), least=1)
    height = _thousandth(_("height"), least=1)
    to_left = _thousandth(_("moves to: left"))
    to_top = _thousandth(_("moves to: top"))
    to_width = _thousandth(_("then: width"), least=1)
    to_height = _thousandth(_("then: height"), least=1)
    cover = forms.ChoiceField(label=_("cover"), choices=COVERS, required=False)

    def __init__(self, *args: Any, kind: Kind, **more: Any) -> None:  # Django's own
        super().__init__(*args, **(more | {"label_suffix": ""}))
        unused = {
            Kind.IMAGE: {"from_s", "until_s", "page", *_MOVED},
            Kind.VIDEO: {"page"},
            Kind.DOCUMENT: {"from_s", "until_s", "cover", *_MOVED},
        }.get(kind, set())
        for name in unused:
            del self.fields[name]
        self.kind = kind

    def clean(self) -> dict[str, Any]:
        """Ask for all four numbers of a box, or for none; a movement needs its end."""
        said: dict[str, Any] = super().clean() or {}
        if self.is_empty():
            return said
        if any(said.get(name) is None for name in _PLACE):
            raise forms.ValidationError(_("A box needs left, top, width and height."))
        if self.kind is Kind.DOCUMENT and not said.get("page"):
            raise forms.ValidationError(_("Say on which page the box lies."))
        moved = [said.get(name) is not None for name in _MOVED]
        if any(moved) and not (all(moved) and said.get("until_s") is not None):
            raise forms.ValidationError(
                _("A box that moves needs all four numbers of where it moves to, and until when.")
            )
        return said

    def is_empty(self) -> bool:
        """Whether nothing was said of a place."""
        said = getattr(self, "cleaned_data", {})
        return all(said.get(name) is None for name in (*_PLACE, *_MOVED))

    def as_json(self) -> "dict[str, JsonValue]":
        """Return the area in the form of the recipe."""
        said = self.cleaned_data
        box = [said[name] for name in _PLACE]
        cover = said.get("cover") or Cover.BLACK.value
        if self.kind is Kind.IMAGE:
            return {"cover": cover, "box": box}
        if self.kind is Kind.DOCUMENT:
            return {"cover": Cover.BLACK.value, "box": box, "page": said["page"]}
        begins, ends = _ms(said.get("from_s")) or 0, _ms(said.get("until_s"))
        path: list[JsonValue] = [{"at_ms": begins, "box": box}]
        if said.get("to_left") is not None and ends is not None:
            # The last key lies just before the end, where the box has arrived.
            path.append({"at_ms": max(begins + 1, ends - 1), "box": [said[name] for name in _MOVED]})
        return {"cover": cover, "path": path, "until_ms": ends}


class SilenceForm(forms.Form):
    """One span of sound that is set to silence; without an end it goes on to the end."""

    from_s = _seconds(_("silent from second"))
    until_s = _seconds(_("until second"))

    def __init__(self, *args: Any, **more: Any) -> None:  # Django's own
        super().__init__(*args, **(more | {"label_suffix": ""}))

    def is_empty(self) -> bool:
        """Whether nothing was said."""
        return all(value is None for value in getattr(self, "cleaned_data", {}).values())

    def as_json(self) -> "dict[str, JsonValue]":
        """Return the span in the form of the recipe."""
        said = self.cleaned_data
        return {"from_ms": _ms(said.get("from_s")) or 0, "until_ms": _ms(said.get("until_s"))}


class WholeForm(PlainForm):
    """What concerns the whole file."""

    is_mute = forms.BooleanField(label=_("Remove the whole sound"), required=False)
    texts = forms.CharField(
        label=_("Texts to remove, one on each line"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_(
            "Every place where the text stands is blackened. Text inside scanned pictures is not found."
        ),
    )
    other_pages = forms.ChoiceField(
        label=_("Pages on which nothing is covered"), choices=OTHER_PAGES, required=False
    )

    def __init__(self, data: Mapping[str, object] | None = None, *, kind: Kind, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        wanted = {Kind.VIDEO: {"is_mute"}, Kind.DOCUMENT: {"texts", "other_pages"}}.get(kind, set())
        for name in set(self.fields) - wanted:
            del self.fields[name]


class CopyForm(PlainForm):
    """A working copy from which nothing is covered."""

    which = forms.ChoiceField(label=_("Working copy"))
    at_s = _seconds(_("Single picture: at second"))

    def __init__(self, data: Mapping[str, object] | None = None, *, kind: Kind) -> None:
        super().__init__(data)
        choices = [("stripped", _("the same picture and sound without metadata"))]
        if kind in (Kind.VIDEO, Kind.SOUND):
            choices.append(("mp4", _("a file that every phone plays (MP4)")))
        if kind is Kind.VIDEO:
            choices += [("webm", _("a file in a free format (WebM)")), ("still", _("a single picture"))]
        else:
            del self.fields["at_s"]
        field = self.fields["which"]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def recipe(self, kind: Kind) -> Recipe:
        """Return the recipe of a valid form."""
        which = self.cleaned_data["which"]
        make = {"stripped": Making.STRIPPED, "still": Making.STILL}.get(which, Making.TRANSCODED)
        return Recipe(
            make=make,
            of=kind,
            container="webm" if which == "webm" else "mp4",
            at_ms=_ms(self.cleaned_data.get("at_s")) or 0,
        )


class ReasonForm(PlainForm):
    """Why something is done."""

    reason = forms.CharField(
        label=_("Why"), min_length=5, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


def recipe_from(
    kind: Kind, areas: Sequence[AreaForm], silences: Sequence[SilenceForm], whole: WholeForm
) -> Recipe:
    """Return the recipe that valid forms describe; raises BadInputError for what makes no sense together."""
    form: dict[str, JsonValue] = {"version": 1, "make": Making.REDACTED.value, "of": kind.value}
    said = whole.cleaned_data
    if kind is not Kind.SOUND:
        form["areas"] = [one.as_json() for one in areas if not one.is_empty()]
    if kind in (Kind.VIDEO, Kind.SOUND):
        form["silences"] = [one.as_json() for one in silences if not one.is_empty()]
    if kind is Kind.VIDEO:
        form["has_sound"] = not said.get("is_mute")
    if kind is Kind.DOCUMENT:
        form["texts"] = [line.strip() for line in said.get("texts", "").splitlines() if line.strip()]
        form["other_pages"] = said.get("other_pages") or OtherPages.PIXELS.value
    return Recipe.from_json(form)


def initial_of(recipe: Recipe) -> dict[str, Any]:
    """Return what the forms begin with when a recipe is changed."""
    return {
        "areas": [_area_initial(area) for area in recipe.areas],
        "silences": [
            {
                "from_s": one.from_ms / 1000,
                "until_s": None if one.until_ms is None else one.until_ms / 1000,
            }
            for one in recipe.silences
        ],
        "whole": {
            "is_mute": not recipe.has_sound,
            "texts": "\n".join(recipe.texts),
            "other_pages": recipe.other_pages.value,
        },
    }


def _area_initial(area: Area) -> dict[str, Any]:
    first, last = area.path[0], area.path[-1]
    found: dict[str, Any] = {
        "from_s": first.at_ms / 1000,
        "until_s": None if area.until_ms is None else area.until_ms / 1000,
        "page": area.page,
        "cover": area.cover.value,
    }
    box = first.box
    found |= dict(zip(_PLACE, (box.x, box.y, box.width, box.height), strict=True))
    if len(area.path) > 1:
        moved = last.box
        found |= dict(zip(_MOVED, (moved.x, moved.y, moved.width, moved.height), strict=True))
    return found


def _ms(seconds: Any) -> int | None:  # a decimal, or nothing
    return None if seconds is None else round(float(seconds) * 1000)
