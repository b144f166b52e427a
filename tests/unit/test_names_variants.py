import csv
from importlib.resources import files

from kuager.engines.names import compare_names
from kuager.engines.names.variants import kinship


def test_every_row_of_the_table_names_its_source() -> None:
    text = files("kuager.engines.names").joinpath("given_names.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert rows
    assert all(row["full"] and row["form"] and row["source"] for row in rows)
    assert {row["kind"] for row in rows} == {"short", "respectful"}


def test_a_short_form_of_one_name_is_that_name() -> None:
    assert compare_names("Дима Нуров", "Нуров Дмитрий").verdict == "same"
    assert compare_names("Dima Nurov", "Нуров Дмитрий").verdict == "same"


def test_a_short_form_of_several_names_leaves_the_answer_open() -> None:
    assert compare_names("Слава Нуров", "Нуров Вячеслав").verdict == "unsure"
    assert compare_names("Баке Нұров", "Нұров Базарбек").verdict == "unsure"


def test_strangers_are_no_kin() -> None:
    assert kinship("dima", "oleg") is None
