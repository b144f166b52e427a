from datetime import date, datetime

import pytest

from kuager.core.digest import JsonValue, canonical_json, row_digest, sha256_hex
from kuager.core.errors import BadInputError


def test_the_order_of_keys_does_not_change_the_bytes() -> None:
    assert canonical_json({"b": [1, 2.5, None], "a": "қ"}) == canonical_json({"a": "қ", "b": [1, 2.5, None]})
    assert canonical_json({"a": "қ"}) == '{"a":"қ"}'.encode()


def test_two_spellings_that_look_alike_stay_different() -> None:
    assert canonical_json("й") != canonical_json("и\u0306")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800", {"a": {1: "x"}}, [{"a": {None: 1}}]])
def test_what_json_cannot_carry_is_refused(value: JsonValue) -> None:
    with pytest.raises(BadInputError, match="cannot be written as JSON"):
        canonical_json(value)


def test_sha256_is_the_published_one() -> None:
    # FIPS 180-4 example: the digest of "abc".
    assert sha256_hex(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_day_and_its_text_are_different_cells() -> None:
    assert row_digest([date(2022, 1, 6)]) != row_digest(["2022-01-06"])
    assert row_digest([date(2022, 1, 6)]) != row_digest([datetime(2022, 1, 6)])  # noqa: DTZ001 - a cell has no zone


def test_empty_cells_at_the_end_do_not_count() -> None:
    assert row_digest(["Асель", None, ""]) == row_digest(["Асель"])
    assert row_digest([None, "Асель"]) != row_digest(["Асель"])
