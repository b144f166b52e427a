"""What can be said of linking on Spark without starting it."""

import sys

import pytest
from click.testing import CliRunner

from kuager.core.errors import BadInputError
from kuager.engines.linkage import SparkOptions, link
from kuager.engines.linkage.spark.dialect import in_spark_sql
from kuager.engines.linkage.spark.session import check_installed
from kuager.interfaces.cli.link import command
from tests.unit.invented_lists import LATER, REGISTER


def test_missing_pyspark_is_said_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(BadInputError, match=r"pip install .kuager\[spark\]"):
        check_installed()


def test_missing_java_is_said_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyspark")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(BadInputError, match="openjdk-17-jre-headless"):
        link({"register": REGISTER, "later": LATER}, engine=SparkOptions(memory="1g"))


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(BadInputError, match="expected duckdb or spark"):
        link({"register": REGISTER}, engine="abacus")


def test_settings_of_spark_have_a_name_and_a_value() -> None:
    answer = CliRunner().invoke(command, ["x.csv", "--engine", "spark", "--spark-option", "memory"])
    assert isinstance(answer.exception, BadInputError)
    assert "spark.executor.memory=4g" in str(answer.exception)


def test_a_cluster_is_not_this_machine() -> None:
    assert SparkOptions(master="local[2]").is_here
    assert not SparkOptions(master="spark://host:7077").is_here


@pytest.mark.parametrize(
    ("condition", "translated"),
    [
        ("list_has_any(forms_l, forms_r)", "ARRAYS_OVERLAP(forms_l, forms_r)"),
        ("starts_with(a_l, a_r)", "STARTSWITH(a_l, a_r)"),
        ("jaro_winkler_similarity(a_l, a_r) >= 0.9", "DUCKDB_JARO_WINKLER_SIMILARITY(a_l, a_r) >= 0.9"),
        ("damerau_levenshtein(a_l, a_r) <= 1", "DUCKDB_DAMERAU_LEVENSHTEIN(a_l, a_r) <= 1"),
    ],
)
def test_conditions_are_said_in_the_words_of_spark(condition: str, translated: str) -> None:
    assert in_spark_sql(condition) == translated
