import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kuager.core.errors import BadInputError
from kuager.interfaces.cli.names import group


def _run(*arguments: str) -> tuple[str, str]:
    result = CliRunner().invoke(group, arguments, catch_exceptions=False)
    return result.stdout, result.stderr


def test_compare_prints_one_json_object() -> None:
    stdout, stderr = _run("compare", "Нұров Болат", "Bolat Nurov", "--json")
    answer = json.loads(stdout)
    assert set(answer) == {"score", "verdict", "parts", "reasons", "weight_bits"}
    assert (answer["score"], answer["verdict"], stderr) == (1.0, "same", "")


def test_compare_without_json_is_for_people() -> None:
    stdout, _ = _run("compare", "Нұров Серік", "Нұров Берік")
    assert stdout.startswith("unsure (0.49)\n")
    assert "given names differ: Серік / Берік" in stdout


def test_compare_file_adds_score_and_verdict_and_keeps_the_rest(tmp_path: Path) -> None:
    pairs, output = tmp_path / "pairs.csv", tmp_path / "out.csv"
    pairs.write_text(
        "row;name1;name2\n1;Нұров Болат;Bolat Nurov\n2;Нұров Болат;Dana Khalil\n", encoding="utf-8"
    )
    stdout, stderr = _run("compare-file", str(pairs), "--output", str(output))
    with output.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["row"], row["verdict"]) for row in rows] == [("1", "same"), ("2", "different")]
    assert float(rows[0]["score"]) == 1.0
    assert stdout == ""
    assert "2 pairs compared" in stderr


def test_a_missing_column_is_named_with_its_file(tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("name1,other\nA,B\n", encoding="utf-8")
    with pytest.raises(BadInputError, match=r"pairs\.csv: column name2 is missing"):
        _run("compare-file", str(pairs), "--output", str(tmp_path / "out.csv"))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="no such file"):
        _run("compare-file", str(tmp_path / "none.csv"), "--output", str(tmp_path / "out.csv"))


def test_an_output_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("name1,name2\nA,B\n", encoding="utf-8")
    with pytest.raises(BadInputError, match="cannot be written"):
        _run("compare-file", str(pairs), "--output", str(tmp_path / "absent" / "out.csv"))
