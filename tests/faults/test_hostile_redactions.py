"""Damaged and hostile files in the making of copies: refused or copied soundly, no crash, no leak."""

import io
import json
import random

import pytest

from kuager.core.errors import BadInputError
from kuager.engines.media.errors import UnreadableMediaError
from kuager.engines.media.limited import Limits, run_limited
from kuager.engines.media.redacting import Area, Box, Kind, Making, Recipe
from kuager.engines.media.redacting.checking import check_copy
from kuager.engines.media.redacting.copying import copied
from tests import media_made

AREA = Area.still(Box(200, 200, 500, 500))
MADE = {
    Kind.IMAGE: media_made.picture("JPEG"),
    Kind.VIDEO: media_made.video(seconds=0.3, size=(64, 48)),
    Kind.DOCUMENT: media_made.document(["Alpha Bravo", "Charlie"]),
}


def recipe_of(kind: Kind) -> Recipe:
    area = Area.still(Box(200, 200, 500, 500), page=1) if kind is Kind.DOCUMENT else AREA
    return Recipe(make=Making.REDACTED, of=kind, areas=(area,))


def damaged(content: bytes, dice: random.Random) -> bytes:
    """Flip some bits, or cut the file, or exchange two parts of it."""
    spoilt = bytearray(content)
    for _ in range(dice.choice([1, 4, 30])):
        spoilt[dice.randrange(len(spoilt))] ^= 1 << dice.randrange(8)
    if dice.random() < 0.3:
        del spoilt[dice.randrange(1, len(spoilt)) :]
    return bytes(spoilt)


@pytest.mark.filterwarnings("ignore")  # readers complain of damaged files in many words
@pytest.mark.parametrize("kind", list(MADE))
def test_damaged_files_are_refused_or_covered(kind: Kind) -> None:
    dice = random.Random(7)  # noqa: S311  # a repeatable one
    copies = 0
    for _ in range(80):
        spoilt = damaged(MADE[kind], dice)
        try:
            copy, _ = copied(io.BytesIO(spoilt), recipe_of(kind))
        except BadInputError:
            continue
        copies += 1
        assert not check_copy(io.BytesIO(spoilt), io.BytesIO(copy), recipe_of(kind))
    assert copies


@pytest.mark.parametrize("kind", list(MADE))
def test_the_limited_process_makes_and_checks(kind: Kind) -> None:
    limits = Limits(memory_bytes=2 << 30, cpu_seconds=60, wall_seconds=120.0, output_bytes=64 << 20)
    sink, content, recipe = io.BytesIO(), MADE[kind], recipe_of(kind).as_json()
    answer = run_limited("redaction_make", {"recipe": recipe}, io.BytesIO(content), limits=limits, sink=sink)
    assert json.loads(answer)["made"]["size"] == len(sink.getvalue())
    both = io.BytesIO(content + sink.getvalue())
    request = {"recipe": recipe, "copy_begins": len(content)}
    assert json.loads(run_limited("redaction_check", request, both, limits=limits)) == []
    untouched = io.BytesIO(content + content)
    assert json.loads(run_limited("redaction_check", request, untouched, limits=limits))


def test_a_copy_that_would_be_larger_than_allowed_is_stopped() -> None:
    limits = Limits(memory_bytes=2 << 30, cpu_seconds=60, wall_seconds=120.0, output_bytes=1_000)
    with pytest.raises(UnreadableMediaError):
        run_limited(
            "redaction_make",
            {"recipe": recipe_of(Kind.IMAGE).as_json()},
            io.BytesIO(MADE[Kind.IMAGE]),
            limits=limits,
            sink=io.BytesIO(),
        )
