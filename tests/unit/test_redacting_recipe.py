"""Recipes are a closed form: what is wrong is said with its place, what is right survives a round trip."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuager.core.errors import BadInputError
from kuager.engines.media.redacting import Area, Box, Cover, Key, Kind, Making, OtherPages, Recipe, Span


def image(*areas: object, **more: object) -> dict[str, object]:
    return {"version": 1, "make": "redacted", "of": "image", "areas": list(areas), **more}


WRONG: list[tuple[Mapping[str, object] | object, str]] = [
    ([], "recipe: expected an object of JSON"),
    ({"version": 2}, "recipe.version: expected the number 1; got 2"),
    ({"version": 1, "make": "hidden", "of": "image"}, "recipe.make: expected one of redacted"),
    ({"version": 1, "make": "still", "of": "image"}, "recipe.of: expected one of video"),
    (image(), "removes nothing"),
    (image({"box": [0, 0, 10, 10]}, blur=True), "got blur"),
    (image({"box": [0, 0, 10]}), "recipe.areas[0].box: expected four whole numbers"),
    (image({"box": [0, 0, 0, 10]}), "recipe.areas[0].box[2] (width): expected a whole number from 1 to 1000"),
    (image({"box": [900, 0, 200, 10]}), "from 1 to 100; got 200"),
    (image({"box": [True, 0, 2, 1]}), "recipe.areas[0].box[0]"),
    (image({"box": [0, 0, 5, 5], "cover": "blur"}), "recipe.areas[0].cover: expected one of black, mosaic"),
    (image({"box": [0, 0, 5, 5], "page": 1}), "expected no other keys than box, cover; got page"),
    (
        {"version": 1, "make": "redacted", "of": "document", "areas": [{"box": [0, 0, 5, 5]}]},
        "recipe.areas[0].page",
    ),
    (
        {
            "version": 1,
            "make": "redacted",
            "of": "document",
            "areas": [{"box": [0, 0, 5, 5], "page": 1, "cover": "mosaic"}],
        },
        "text under a mosaic can be read again",
    ),
    (
        {
            "version": 1,
            "make": "redacted",
            "of": "video",
            "areas": [
                {"path": [{"at_ms": 5, "box": [0, 0, 5, 5]}, {"at_ms": 5, "box": [0, 0, 5, 5]}]},
            ],
        },
        "recipe.areas[0].path[1].at_ms: expected a whole number from 6",
    ),
    (
        {"version": 1, "make": "redacted", "of": "sound", "silences": [{"from_ms": 9, "until_ms": 9}]},
        "recipe.silences[0].until_ms: expected a whole number from 10",
    ),
]


@pytest.mark.parametrize(("form", "words"), WRONG)
def test_what_is_wrong_is_said_with_its_place(form: object, words: str) -> None:
    with pytest.raises(BadInputError) as raised:
        Recipe.from_json(form)
    assert words in str(raised.value)


def test_a_text_to_remove_is_never_repeated_in_a_message() -> None:
    form = {"version": 1, "make": "redacted", "of": "document", "texts": ["Zhasyryn" * 60]}
    with pytest.raises(BadInputError) as raised:
        Recipe.from_json(form)
    assert "Zhasyryn" not in str(raised.value)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    left, top = draw(st.integers(0, 990)), draw(st.integers(0, 990))
    return Box(left, top, draw(st.integers(1, 1000 - left)), draw(st.integers(1, 1000 - top)))


@st.composite
def moving(draw: st.DrawFn) -> Area:
    times = sorted(draw(st.sets(st.integers(0, 60_000), min_size=1, max_size=4)))
    until = draw(st.none() | st.integers(times[-1] + 1, 70_000))
    cover = draw(st.sampled_from(Cover))
    return Area(path=tuple(Key(at, draw(boxes())) for at in times), until_ms=until, cover=cover)


@given(st.lists(moving(), min_size=1, max_size=4), st.booleans())
def test_a_recipe_survives_the_way_through_json(areas: list[Area], has_sound: bool) -> None:
    recipe = Recipe(
        make=Making.REDACTED,
        of=Kind.VIDEO,
        areas=tuple(areas),
        has_sound=has_sound,
        silences=(Span(0, 5), Span(7, None)),
    )
    again = Recipe.from_json(recipe.as_json())
    assert again == recipe
    assert again.digest == recipe.digest


def test_other_kinds_survive_too() -> None:
    for recipe in (
        Recipe(make=Making.STILL, of=Kind.VIDEO, at_ms=1_500),
        Recipe(make=Making.TRANSCODED, of=Kind.VIDEO, container="webm", longest_side=640),
        Recipe(make=Making.STRIPPED, of=Kind.IMAGE),
        Recipe(make=Making.REDACTED, of=Kind.DOCUMENT, texts=("a",), other_pages=OtherPages.TEXT),
    ):
        assert Recipe.from_json(recipe.as_json()) == recipe


@given(boxes(), st.integers(1, 4_000), st.integers(1, 4_000), st.sampled_from([1, 8, 16]))
def test_boxes_are_widened_outwards_and_stay_in_the_picture(
    box: Box, width: int, height: int, grid: int
) -> None:
    pixels = box.pixels(width, height, grid=grid)
    assert 0 <= pixels.left <= box.x * width / 1000
    assert 0 <= pixels.top <= box.y * height / 1000
    assert min(width, (box.x + box.width) * width / 1000) <= pixels.right <= width
    assert min(height, (box.y + box.height) * height / 1000) <= pixels.bottom <= height
    assert not pixels.is_empty


def test_a_box_moves_in_straight_lines_and_stays_at_its_end() -> None:
    area = Area(path=(Key(1_000, Box(0, 0, 100, 100)), Key(2_000, Box(500, 0, 100, 300))), until_ms=3_000)
    assert not area.covers(999)
    assert area.covers(1_000)
    assert area.covers(2_999)
    assert not area.covers(3_000)
    middle = area.pixels(1_500, 1000, 1000)
    assert (middle.left, middle.right, middle.bottom) == (250, 350, 200)
    assert area.pixels(2_900, 1000, 1000).left == 500


def test_a_summary_tells_numbers_and_no_texts() -> None:
    recipe = Recipe(make=Making.REDACTED, of=Kind.DOCUMENT, texts=("Zhasyryn",))
    assert recipe.summary()["texts"] == 1
    assert "Zhasyryn" not in str(recipe.summary())
