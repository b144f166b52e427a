"""The opposite check: a copy is read again by other means, and whatever should be gone is looked for.

It shares with the making how files are read and where a box lies, and nothing else.
"""

from typing import BinaryIO

from kuager.core.errors import BadInputError
from kuager.engines.media.redacting.check_documents import check_document
from kuager.engines.media.redacting.check_pictures import check_parts, check_picture
from kuager.engines.media.redacting.check_videos import check_video
from kuager.engines.media.redacting.recipe import Kind, Making, Recipe
from kuager.engines.media.redacting.results import Fault


def check_copy(original: BinaryIO, copy: BinaryIO, recipe: Recipe) -> list[Fault]:
    """Return everything that should be gone from a copy and is not; an empty list is the good answer.

    Parameters
    ----------
    original, copy
        Readable and seekable.
    recipe
        By which the copy was made.
    """
    try:
        if recipe.make is Making.STILL:
            return check_parts(copy, may_say_orientation=False)
        if recipe.of is Kind.IMAGE:
            return check_picture(original, copy, recipe)
        if recipe.of is Kind.DOCUMENT:
            return check_document(original, copy, recipe)
        return check_video(original, copy, recipe)
    except BadInputError:
        return [Fault("unreadable", "file")]
