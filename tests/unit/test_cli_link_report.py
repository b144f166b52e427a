"""``kuager link --report``: from plain tables to a paper, without a database."""

import io
import json
import re
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from kuager.core.errors import BadInputError
from kuager.interfaces.cli.link import command

STATE = """№,ФИО,Возраст,Город,Дата,Статус
1,Нұров Болат,33,Алматы,2022-01-06,погиб
2,Қасымова Дана,42,Тараз,2022-01-05,погибла
3,Нұров Болат,33,Алматы,2022-01-06,погиб
4,неизвестный мужчина,,Алматы,2022-01-06,погиб
5,,,Алматы,2022-01-06,погиб
"""
PRESS = """id,full_name,age,city,date,status
a,Bolat Nurov,33,Almaty,2022-01-06,detained
b,Askhat Tulegenov,31,Oral,2022-01-07,killed
"""


@pytest.fixture
def lists(tmp_path: Path) -> list[str]:
    for name, text in (("state", STATE), ("press", PRESS)):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return [str(tmp_path / "state.csv"), str(tmp_path / "press.csv")]


def run(*arguments: str) -> str:
    return CliRunner().invoke(command, arguments, catch_exceptions=False).stdout


def report(lists: list[str], tmp_path: Path, *options: str) -> dict[str, Any]:
    path = tmp_path / "report.json"
    run(*lists, "--report", str(path), *options)
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_the_report_accounts_for_every_row(lists: list[str], tmp_path: Path) -> None:
    found = report(lists, tmp_path, "--claimed", "state=227", "--as-of", "2022-01-20")
    assert found["format"] == "kuager-reconciliation-1"
    state, press = found["lists"]
    assert (state["claimed"], state["rows"], state["named"], state["unnamed"]) == (227, 5, 3, ["4", "5"])
    assert state["repeats"] == [{"id": "3", "of": "1"}]
    assert press["persons"] == 2
    (way,) = found["bridges"]
    assert way["from_number"] + sum(step["change"] for step in way["steps"]) == way["to_number"] == 2
    (clash,) = found["clashes"]
    assert (clash["left_status"], clash["right_status"]) == ("dead", "detained")


def test_the_paper_says_the_same_and_the_same_bytes_again(lists: list[str], tmp_path: Path) -> None:
    asked = ["--claimed", "state=227", "--as-of", "2022-01-20", "--json"]
    one, two = tmp_path / "one.pdf", tmp_path / "two.pdf"
    answer = json.loads(run(*lists, "--report", str(one), *asked))
    run(*lists, "--report", str(two), *asked)
    assert one.read_bytes() == two.read_bytes()
    found = report(lists, tmp_path, *asked[:-1])
    assert answer["digest"] == found["digest"]
    pages = PdfReader(io.BytesIO(one.read_bytes())).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert len(pages) == answer["pages"] == 1
    assert "state: 227 · press: 2" in text
    sums = re.sub(r" \(\d+–\d+\)", "", text)
    assert "state 227 − 222 not listed one by one − 1 repeated row − 2 rows without a name" in sums
    assert "As of 2022-01-20" in text
    assert "Askhat Tulegenov" in text
    assert str(found["digest"]) in text.replace(" ", "")


def test_without_names_rows_are_told_by_number(lists: list[str], tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    run(*lists, "--report", str(path), "--without-names")
    text = "".join(page.extract_text() for page in PdfReader(path).pages)
    assert "Askhat" not in text
    assert "Only on press (1)" in text
    assert "names" not in report(lists, tmp_path, "--without-names")


def test_many_names_stand_on_a_second_page(tmp_path: Path) -> None:
    syllables = ("Бек", "Жан", "Нұр", "Сұл", "Қан", "Тоқ", "Ғал")
    names = [f"{one}{two.lower()}ов {three}әлі" for one, two, three in product(syllables, repeat=3)]
    paths = [tmp_path / "long.csv", tmp_path / "short.csv"]
    paths[0].write_text("\n".join(["name", *names]), encoding="utf-8")
    paths[1].write_text("name\nІзбасар Ерлан\n", encoding="utf-8")
    path = tmp_path / "report.pdf"
    run(*map(str, paths), "--report", str(path), "--draws", "1", "--draws-file", str(tmp_path / "d.parquet"))
    pages = PdfReader(path).pages
    assert len(pages) == 2
    assert "Who they are stands on page 2." in pages[0].extract_text()
    assert "SHA-256 of this account" in " ".join(pages[0].extract_text().split())


def test_the_report_is_told_at_the_end(lists: list[str], tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    assert f"report: {path}" in run(*lists, "--report", str(path), "--language", "kk").replace("\n", "")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--report", "r.docx"], "written as .pdf or .json"),
        (["--report", "r.pdf", "--claimed", "nobody=3"], "unknown list: nobody"),
        (["--report", "r.pdf", "--claimed", "state=many"], "LIST=NUMBER"),
        (["--report", "r.pdf", "--as-of", "soon"], "expected a day"),
        (["--claimed", "state=3"], "belong to --report"),
        (["--report", "/nowhere/r.pdf"], "cannot be written"),
    ],
)
def test_wrong_options_are_explained(lists: list[str], options: list[str], message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        run(*lists, *options)


def test_one_list_has_nothing_to_be_compared_with(lists: list[str]) -> None:
    with pytest.raises(BadInputError, match="2 to 6 lists"):
        run(lists[0], "--report", "r.pdf")
