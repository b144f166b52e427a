"""Say the comparisons in the SQL of Spark.

Promises: the same levels for the same values. Conditions are written once, in the SQL of DuckDB, and are
translated by their syntax tree; how alike two words are is computed on every worker by DuckDB itself, because
the functions that Splink ships for Spark round differently (an odd number of transposed letters) and find two
empty words alike.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp

from kuager.engines.linkage.comparing.comparisons import FieldComparison, Level

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import SparkSession

# Functions that DuckDB lends to Spark, with the type of their answers in Spark's words. They get a name of
# their own, because a function of Spark's by the same name, which may round differently, would come first.
_OF_DUCKDB: Mapping[str, str] = {"jaro_winkler_similarity": "double", "damerau_levenshtein": "bigint"}
_LENT = "duckdb_"


def in_spark_sql(condition: str) -> str:
    """Translate a condition from DuckDB's SQL.

    >>> in_spark_sql("list_has_any(forms_l, forms_r)")
    'ARRAYS_OVERLAP(forms_l, forms_r)'
    """
    return sqlglot.parse_one(condition, read="duckdb").transform(_renamed).sql(dialect="spark")


def _renamed(node: exp.Expression) -> exp.Expression:
    """Name functions as Spark knows them where sqlglot does not."""
    if isinstance(node, exp.ArrayOverlaps):
        return _call("arrays_overlap", node.this, node.expression)
    if isinstance(node, exp.JarowinklerSimilarity):
        return _call(f"{_LENT}jaro_winkler_similarity", node.this, node.expression)
    if isinstance(node, exp.Anonymous) and node.name.lower() in _OF_DUCKDB:
        return _call(f"{_LENT}{node.name.lower()}", *node.expressions)
    return node


def _call(name: str, *arguments: exp.Expression) -> exp.Anonymous:
    return exp.Anonymous(this=name, expressions=list(arguments))


def for_spark(comparisons: Sequence[FieldComparison]) -> tuple[FieldComparison, ...]:
    """Return the comparisons with conditions that Spark understands."""
    return tuple(
        replace(
            comparison,
            unknown=in_spark_sql(comparison.unknown),
            levels=tuple(_level(level) for level in comparison.levels),
        )
        for comparison in comparisons
    )


def _level(level: Level) -> Level:
    return level if level.condition == "else" else replace(level, condition=in_spark_sql(level.condition))


def lend_functions(session: "SparkSession") -> None:
    """Let Spark use DuckDB's functions of likeness."""
    from pyspark.sql.pandas.functions import arrow_udf

    for name, answers in _OF_DUCKDB.items():
        # PySpark reads the kind of function from its signature; its typing wants it said, and then warns.
        lent = arrow_udf(_computed_by_duckdb(name), returnType=answers)  # type: ignore[call-overload]
        session.udf.register(_LENT + name, lent)


def _computed_by_duckdb(name: str) -> "Callable[[pa.Array, pa.Array], pa.Array]":
    import pyarrow

    # A function inside a function travels to the workers whole: they need DuckDB and PyArrow, not Kuager.
    def likeness(left: pyarrow.Array, right: pyarrow.Array) -> pyarrow.Array:
        import duckdb

        with duckdb.connect() as connection:
            connection.execute("set threads = 1")
            connection.register("words", pyarrow.table({"a": left, "b": right}))
            found = connection.sql(f"select {name}(a, b) from words").to_arrow_table()  # noqa: S608
        return found.column(0).combine_chunks()

    return likeness
