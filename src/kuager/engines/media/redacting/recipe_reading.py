"""Reading a recipe: everything is checked, and what is wrong is said with its place."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from kuager.core.errors import BadInputError
from kuager.engines.media.redacting.boxes import FULL, Area, Box, Cover, Key, Span
from kuager.engines.media.redacting.recipe import LONGEST_SIDE, VERSION, Kind, Making, OtherPages, Recipe

Form = Mapping[str, object]
Choice = TypeVar("Choice", bound=StrEnum)
MOST_AREAS = 500
MOST_KEYS = 2_000
MOST_TEXTS = 200
LONGEST_TEXT = 200
LONGEST_MS = 7 * 24 * 3600 * 1000
SMALLEST_SIDE, LARGEST_SIDE = 16, 3840
_KINDS = {
    Making.REDACTED: tuple(Kind),
    Making.STRIPPED: (Kind.IMAGE, Kind.VIDEO, Kind.SOUND),
    Making.TRANSCODED: (Kind.VIDEO, Kind.SOUND),
    Making.STILL: (Kind.VIDEO,),
}


def read_recipe(value: object) -> Recipe:
    """Return the recipe that a piece of JSON describes; raises BadInputError."""
    form = _form(value, "recipe")
    if form.get("version") != VERSION:
        raise _wrong("recipe.version", f"the number {VERSION}", form.get("version"))
    make = _choice(form, "make", Making, "recipe")
    kind = _choice(form, "of", Kind, "recipe")
    if kind not in _KINDS[make]:
        allowed = ", ".join(one.value for one in _KINDS[make])
        raise _wrong("recipe.of", f"one of {allowed} for a {make.value} copy", kind.value)
    allowed_keys = {"version", "make", "of", *_keys_of(make, kind)}
    _only(form, allowed_keys, "recipe")
    recipe = Recipe(
        make=make,
        of=kind,
        areas=tuple(
            _area(one, kind, f"recipe.areas[{n}]") for n, one in enumerate(_list(form, "areas", MOST_AREAS))
        ),
        has_sound=_flag(form, "has_sound", otherwise=True),
        silences=tuple(
            _span(one, f"recipe.silences[{n}]") for n, one in enumerate(_list(form, "silences", MOST_AREAS))
        ),
        texts=tuple(
            _text(one, f"recipe.texts[{n}]") for n, one in enumerate(_list(form, "texts", MOST_TEXTS))
        ),
        other_pages=_choice(form, "other_pages", OtherPages, "recipe", otherwise=OtherPages.PIXELS),
        longest_side=_whole(
            form.get("longest_side", LONGEST_SIDE), "recipe.longest_side", (SMALLEST_SIDE, LARGEST_SIDE)
        ),
        container=_container(form.get("container", "mp4")),
        at_ms=_whole(form.get("at_ms", 0), "recipe.at_ms", (0, LONGEST_MS)),
    )
    _check_something_is_removed(recipe)
    return recipe


def _keys_of(make: Making, kind: Kind) -> set[str]:
    keys: set[str] = set()
    if make is Making.REDACTED:
        keys |= {
            Kind.IMAGE: {"areas"},
            Kind.VIDEO: {"areas", "silences", "has_sound"},
            Kind.SOUND: {"silences"},
            Kind.DOCUMENT: {"areas", "texts", "other_pages"},
        }[kind]
    if make is Making.STILL:
        keys.add("at_ms")
    if make is Making.TRANSCODED and kind is Kind.VIDEO:
        keys.add("container")
    if kind is Kind.VIDEO and make is not Making.STRIPPED:
        keys.add("longest_side")
    return keys


def _check_something_is_removed(recipe: Recipe) -> None:
    removes = recipe.areas or recipe.silences or recipe.texts or not recipe.has_sound
    if recipe.make is Making.REDACTED and not removes:
        raise BadInputError(
            "the recipe removes nothing: mark an area, a span of sound or a text; "
            "for a copy without metadata alone choose a stripped copy"
        )


def _area(value: object, kind: Kind, where: str) -> Area:
    form = _form(value, where)
    cover = _choice(form, "cover", Cover, where, otherwise=Cover.BLACK)
    if kind is Kind.VIDEO:
        _only(form, {"cover", "path", "until_ms"}, where)
        path = _path(form, where)
        until = form.get("until_ms")
        end = None if until is None else _whole(until, f"{where}.until_ms", (path[0].at_ms + 1, LONGEST_MS))
        if end is not None and path[-1].at_ms >= end:
            raise _wrong(f"{where}.until_ms", f"a time after the last key ({path[-1].at_ms})", end)
        return Area(path=path, cover=cover, until_ms=end)
    if kind is Kind.DOCUMENT:
        _only(form, {"cover", "box", "page"}, where)
        if cover is not Cover.BLACK:
            raise _wrong(f"{where}.cover", "black: text under a mosaic can be read again", cover.value)
        page = _whole(form.get("page"), f"{where}.page", (1, 100_000))
        return Area.still(_box(form.get("box"), f"{where}.box"), page=page)
    _only(form, {"cover", "box"}, where)
    return Area.still(_box(form.get("box"), f"{where}.box"), cover=cover)


def _path(form: Form, where: str) -> tuple[Key, ...]:
    keys: list[Key] = []
    for number, one in enumerate(_list(form, "path", MOST_KEYS)):
        place = f"{where}.path[{number}]"
        said = _form(one, place)
        _only(said, {"at_ms", "box"}, place)
        after = keys[-1].at_ms + 1 if keys else 0
        at_ms = _whole(said.get("at_ms"), f"{place}.at_ms", (after, LONGEST_MS))
        keys.append(Key(at_ms, _box(said.get("box"), f"{place}.box")))
    if not keys:
        raise _wrong(f"{where}.path", "at least one key with at_ms and box", [])
    return tuple(keys)


def _box(value: object, where: str) -> Box:
    if not isinstance(value, list | tuple) or len(value) != 4:
        raise _wrong(where, "four whole numbers: left, top, width, height in per mille", value)
    left, top = (_whole(value[n], f"{where}[{n}]", (0, FULL - 1)) for n in (0, 1))
    width = _whole(value[2], f"{where}[2] (width)", (1, FULL - left))
    height = _whole(value[3], f"{where}[3] (height)", (1, FULL - top))
    return Box(left, top, width, height)


def _span(value: object, where: str) -> Span:
    form = _form(value, where)
    _only(form, {"from_ms", "until_ms"}, where)
    begin = _whole(form.get("from_ms"), f"{where}.from_ms", (0, LONGEST_MS))
    until = form.get("until_ms")
    return Span(
        begin, None if until is None else _whole(until, f"{where}.until_ms", (begin + 1, LONGEST_MS + 1))
    )


def _text(value: object, where: str) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT:
        # What was typed is a name as often as not: the message does not repeat it.
        raise BadInputError(f"{where}: expected a text of 1 to {LONGEST_TEXT} characters")
    return value.strip()


def _container(value: object) -> str:
    if value not in ("mp4", "webm"):
        raise _wrong("recipe.container", "mp4 or webm", value)
    return str(value)


def _form(value: object, where: str) -> Form:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise _wrong(where, "an object of JSON", value)
    return value


def _only(form: Form, allowed: set[str], where: str) -> None:
    unknown = sorted(set(form) - allowed)
    if unknown:
        known, got = ", ".join(sorted(allowed)), ", ".join(unknown)[:80]
        raise BadInputError(f"{where}: expected no other keys than {known}; got {got}")


def _list(form: Form, key: str, most: int) -> list[object]:
    value = form.get(key, [])
    if not isinstance(value, list | tuple) or len(value) > most:
        raise BadInputError(f"{key}: expected a list of at most {most}")
    return list(value)


def _whole(value: object, where: str, bounds: tuple[int, int]) -> int:
    low, high = bounds
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise _wrong(where, f"a whole number from {low} to {high}", value)
    return value


def _flag(form: Form, key: str, *, otherwise: bool) -> bool:
    value = form.get(key, otherwise)
    if not isinstance(value, bool):
        raise _wrong(f"recipe.{key}", "true or false", value)
    return value


def _choice(
    form: Form, key: str, choices: type[Choice], where: str, *, otherwise: Choice | None = None
) -> Choice:
    value = form.get(key, otherwise)
    if isinstance(value, str) and value in {one.value for one in choices}:
        return choices(value)
    raise _wrong(f"{where}.{key}", f"one of {', '.join(one.value for one in choices)}", value)


def _wrong(where: str, expected: str, got: object) -> BadInputError:
    shown = repr(got) if isinstance(got, int | float | bool | None) else type(got).__name__
    if isinstance(got, str):
        shown = repr(got[:30])
    return BadInputError(f"{where}: expected {expected}; got {shown}")
