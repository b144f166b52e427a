"""Making a copy by its recipe. Everything here runs in the limited process of this engine."""

import io
from functools import cache
from importlib.metadata import version
from typing import BinaryIO, cast

from kuager.core.errors import BadInputError
from kuager.engines.media.redacting.counting import Counted
from kuager.engines.media.redacting.documents import redact_document
from kuager.engines.media.redacting.pictures import redact_picture
from kuager.engines.media.redacting.recipe import VERSION, Kind, Making, Recipe
from kuager.engines.media.redacting.results import Made
from kuager.engines.media.redacting.stills import make_still
from kuager.engines.media.redacting.stripping import strip_picture, strip_video
from kuager.engines.media.redacting.videos import make_video

_TOOLS = {
    Kind.IMAGE: ("pillow",),
    Kind.VIDEO: ("av",),
    Kind.SOUND: ("av",),
    Kind.DOCUMENT: ("pypdfium2", "pillow"),
}


def make_copy(source: BinaryIO, recipe: Recipe, sink: BinaryIO) -> Made:
    """Write the copy that a recipe asks for.

    Parameters
    ----------
    source
        The original, readable and seekable; it is only read.
    recipe
        What is made of it.
    sink
        Gets the copy in one go; only its ``write`` is used. After an error it holds a part that must be
        thrown away.

    Raises
    ------
    BadInputError
        When the original cannot be read as what the recipe says it is, or a text to remove is nowhere.
    """
    counted = Counted(sink)
    media_type = _write(source, recipe, cast(BinaryIO, counted))
    return Made(
        media_type=media_type,
        size=counted.size,
        recipe_digest=recipe.digest,
        tools={
            "kuager-redacting": str(VERSION),
            **{name: tool_versions()[name] for name in _TOOLS[recipe.of]},
        },
    )


@cache
def tool_versions() -> dict[str, str]:
    """Return the versions of all programs that may take part; asked once, before files are forbidden."""
    return {name: version(name) for names in _TOOLS.values() for name in names}


def _write(source: BinaryIO, recipe: Recipe, sink: BinaryIO) -> str:
    if recipe.make is Making.STILL:
        return make_still(source, recipe, sink)
    if recipe.make is Making.STRIPPED:
        return strip_picture(source, sink) if recipe.of is Kind.IMAGE else strip_video(source, recipe, sink)
    if recipe.of in (Kind.VIDEO, Kind.SOUND):
        return make_video(source, recipe, sink)
    if recipe.make is not Making.REDACTED:
        raise BadInputError("only videos and sound are transcoded")
    return (
        redact_document(source, recipe, sink)
        if recipe.of is Kind.DOCUMENT
        else redact_picture(source, recipe, sink)
    )


def copied(source: BinaryIO, recipe: Recipe) -> tuple[bytes, Made]:
    """Make a short copy in memory; for previews and tests."""
    held = io.BytesIO()
    made = make_copy(source, recipe, held)
    return held.getvalue(), made
