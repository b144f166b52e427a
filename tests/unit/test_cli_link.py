import csv
import json
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from kuager.core.errors import BadInputError
from kuager.interfaces.cli.link import command
from kuager.interfaces.cli.table_files import read_table_file

LAWYERS = "id,name,birth_date,place\n1,Нұров Болат,1988-03-02,Алматы\n2,Қасымова Дана,1979-11-30,Тараз\n"
NEWS = "unique_id,full_name,dob,city\na,Bolat Nurov,1988-03-02,Almaty\nb,Askhat Tulegenov,1990,Oral\n"


@pytest.fixture
def lists(tmp_path: Path) -> tuple[str, str]:
    (tmp_path / "lawyers.csv").write_text(LAWYERS, encoding="utf-8")
    (tmp_path / "news.csv").write_text(NEWS, encoding="utf-8")
    return str(tmp_path / "lawyers.csv"), str(tmp_path / "news.csv")


def _run(*arguments: str) -> tuple[str, str]:
    result = CliRunner().invoke(command, arguments, catch_exceptions=False)
    return result.stdout, result.stderr


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_json_goes_to_stdout_and_progress_to_stderr(lists: tuple[str, str]) -> None:
    stdout, stderr = _run(*lists, "--json")
    answer = json.loads(stdout)
    assert (answer["records"], answer["clusters"], answer["engine"]) == (4, 3, "duckdb")
    assert {"lists": ["lawyers", "news"], "count": 1} in answer["overlap"]
    assert answer["seconds"] > 0
    assert "4 records read" in stderr


def test_clusters_and_pairs_are_written(lists: tuple[str, str], tmp_path: Path) -> None:
    clusters, pairs = tmp_path / "clusters.csv", tmp_path / "pairs.csv"
    _run(*lists, "--clusters", str(clusters), "--pairs", str(pairs), "--json")
    assert [row["cluster"] for row in _rows(clusters)] == ["1", "2", "1", "3"]
    best = _rows(pairs)[0]
    assert (best["list_l"], best["id_l"], best["list_r"], best["id_r"]) == ("lawyers", "1", "news", "a")
    assert float(best["probability"]) > 0.5
    assert json.loads(best["reasons"])[0]["field"] == "given name"


def test_without_json_a_table_is_shown(lists: tuple[str, str]) -> None:
    stdout, _ = _run(*lists)
    assert "4 records, 3 persons" in stdout
    assert "lawyers + news" in stdout


@pytest.mark.parametrize("once", [["--one-to-one", "lawyers,news"], ["--one-to-one", "lawyers", "news"]])
def test_one_to_one_takes_several_lists(lists: tuple[str, str], once: list[str]) -> None:
    stdout, _ = _run(*lists, *once, "--json")
    assert json.loads(stdout)["clusters"] == 3


def test_columns_can_be_said(lists: tuple[str, str], tmp_path: Path) -> None:
    Path(lists[1]).write_text("nr,who,city\na,Bolat Nurov,x\n", encoding="utf-8")
    mapping = tmp_path / "LINK.toml"
    mapping.write_text('[lists.news.columns]\nnr = "id"\nwho = "name"\ncity = "ignore"\n', encoding="utf-8")
    stdout, _ = _run(*lists, "--columns", str(mapping), "--json")
    assert json.loads(stdout)["records"] == 3


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ('[columns]\nnowhere = "name"\n', "column nowhere, named in .*, is missing"),
        ('[columns]\nname = "nonsense"\n', "expected one of"),
        ("[columns", "cannot be read as TOML"),
    ],
)
def test_a_wrong_mapping_is_explained(
    lists: tuple[str, str], tmp_path: Path, written: str, message: str
) -> None:
    mapping = tmp_path / "LINK.toml"
    mapping.write_text(written, encoding="utf-8")
    with pytest.raises(BadInputError, match=message):
        _run(lists[0], "--columns", str(mapping))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--draws", "10"], "go together"),
        (["--engine", "spark", "--spark-option", "memory=4g"], "--spark-option memory"),
        (["--one-to-one", "nobody"], "unknown list: nobody"),
    ],
)
def test_options_without_sense_are_refused(lists: tuple[str, str], options: list[str], message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        _run(*lists, *options)


def test_draws_of_who_is_who_are_written(lists: tuple[str, str], tmp_path: Path) -> None:
    path = tmp_path / "draws.parquet"
    stdout, _ = _run(*lists, "--draws", "5", "--draws-file", str(path), "--json")
    doubt = json.loads(stdout)["draws"]
    assert doubt["draws"] == 5
    assert doubt["clusters_in_doubt"] <= json.loads(stdout)["clusters"]
    written = pl.read_parquet(path)
    assert written.columns == ["draw", "list", "id", "cluster"]
    assert written["draw"].value_counts()["count"].to_list() == [4] * 5
    shown, _ = _run(*lists, "--draws", "5", "--draws-file", str(path))
    assert "5 draws" in shown


def test_two_files_of_one_name_are_refused(lists: tuple[str, str]) -> None:
    with pytest.raises(BadInputError, match="list name lawyers too"):
        _run(lists[0], lists[0])


def test_a_missing_file_and_an_empty_one_are_named(lists: tuple[str, str], tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="no such file"):
        _run(lists[0], str(tmp_path / "none.csv"))
    (tmp_path / "empty.csv").write_text("\n", encoding="utf-8")
    with pytest.raises(BadInputError, match=r"empty\.csv"):
        _run(str(tmp_path / "empty.csv"))


def test_titles_above_the_header_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Список,Список\n\nна 8 ноября,\nФИО,Возраст\nОңғаев Нарбол,34\n", encoding="utf-8")
    table = read_table_file(path)
    assert table.header == ("ФИО", "Возраст")
    assert table.rows == (("Оңғаев Нарбол", "34"),)
