"""Where pairs are chosen and compared: on this machine, or on Spark.

Promises: the same pairs and the same levels wherever the work is done; a place is left clean.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

import polars as pl

from kuager.core.errors import BadInputError
from kuager.engines.linkage.choosing.blocking import Blocking
from kuager.engines.linkage.choosing.candidates import chosen_pairs
from kuager.engines.linkage.comparing.comparisons import of_use
from kuager.engines.linkage.comparing.splink_model import SplinkModel
from kuager.engines.linkage.spark import SparkOptions

Engine = str | SparkOptions


class Workplace(Protocol):
    """Chooses and compares pairs of prepared records."""

    def chosen_pairs(
        self, records: pl.DataFrame, one_to_one: Collection[str]
    ) -> tuple[pl.DataFrame, Blocking]:
        """Return the pairs to compare and how they were chosen, as ``candidates.chosen_pairs``."""

    def levels_of(self, records: pl.DataFrame, tables: Sequence[pl.DataFrame]) -> list[pl.DataFrame]:
        """Return for each table of pairs their levels of agreement, sorted by the pair."""


class ThisMachine:
    """DuckDB, in the memory of this process."""

    def chosen_pairs(
        self, records: pl.DataFrame, one_to_one: Collection[str]
    ) -> tuple[pl.DataFrame, Blocking]:
        return chosen_pairs(records, one_to_one)

    def levels_of(self, records: pl.DataFrame, tables: Sequence[pl.DataFrame]) -> list[pl.DataFrame]:
        splink = SplinkModel(records, of_use(records))
        try:
            return [splink.levels_of(pairs) for pairs in tables]
        finally:
            splink.close()


@contextmanager
def workplace(engine: Engine) -> Iterator[Workplace]:
    """Open the place that ``engine`` names: "duckdb", "spark", or options for Spark.

    Raises
    ------
    BadInputError
        When there is no such engine, or Spark cannot be started.
    """
    if engine == "duckdb":
        yield ThisMachine()
        return
    options = SparkOptions() if engine == "spark" else engine
    if not isinstance(options, SparkOptions):
        raise BadInputError(f"there is no engine {engine}; expected duckdb or spark")
    from kuager.engines.linkage.spark.session import running_spark

    with running_spark(options) as spark:
        from kuager.engines.linkage.spark.cluster import Cluster

        yield Cluster(spark)
