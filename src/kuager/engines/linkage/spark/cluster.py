"""Spark as a place where pairs are chosen and compared."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import polars as pl

from kuager.engines.linkage.choosing.blocking import Blocking
from kuager.engines.linkage.choosing.candidates import chosen_pairs
from kuager.engines.linkage.comparing.comparisons import of_use
from kuager.engines.linkage.spark.joining import Joining
from kuager.engines.linkage.spark.model import SparkModel
from kuager.engines.linkage.spark.session import Spark


@dataclass(frozen=True, slots=True)
class Cluster:
    """Chooses and compares pairs on a running Spark."""

    spark: Spark

    def chosen_pairs(
        self, records: pl.DataFrame, one_to_one: Collection[str]
    ) -> tuple[pl.DataFrame, Blocking]:
        """Return the pairs to compare and how they were chosen."""
        return chosen_pairs(records, one_to_one, bring_together=Joining(self.spark).pairs_of)

    def levels_of(self, records: pl.DataFrame, tables: Sequence[pl.DataFrame]) -> list[pl.DataFrame]:
        """Return for each table of pairs their levels of agreement, sorted by the pair."""
        model = SparkModel(records, of_use(records), self.spark)
        return [model.levels_of(pairs) for pairs in tables]
