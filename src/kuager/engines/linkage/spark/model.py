"""Ask Splink for levels of agreement, on Spark."""

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl
from splink import Linker, SparkAPI

from kuager.engines.linkage.comparing.comparisons import FieldComparison
from kuager.engines.linkage.comparing.splink_model import columns_for_splink, gamma_column, settings_for
from kuager.engines.linkage.spark.dialect import for_spark, lend_functions
from kuager.engines.linkage.spark.session import Spark

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


class SparkModel:
    """A Splink linker over prepared records, whose tables live in Spark."""

    def __init__(self, records: pl.DataFrame, comparisons: Sequence[FieldComparison], spark: Spark) -> None:
        logging.getLogger("splink").setLevel(logging.ERROR)
        self._spark = spark
        self._comparisons = comparisons
        self._asked = 0
        lend_functions(spark.session)
        # Untyped in Splink.
        self._api = SparkAPI(  # type: ignore[no-untyped-call]
            spark_session=spark.session, break_lineage_method="parquet", register_udfs_automatically=False
        )
        table = self._api.register(self._lent(columns_for_splink(records), "records"))
        self._linker = Linker(
            table, settings_for(for_spark(comparisons)), log_level=None, validate_settings=False
        )

    def levels_of(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """Return ``left``, ``right`` and one column of levels per field, sorted by the pair."""
        blocked = pairs.select(
            pl.lit("0").alias("match_key"),
            pl.col("left").alias("join_key_l"),
            pl.col("right").alias("join_key_r"),
        )
        self._asked += 1
        lent = self._lent(blocked, f"pairs-{self._asked}")
        self._linker.table_management.register_blocked_pairs_for_predict(self._api.register(lent))
        predicted = self._linker.inference.predict(warning_mode="never")
        gammas = [gamma_column(comparison) for comparison in self._comparisons]
        wanted = predicted.as_spark_dataframe().selectExpr(
            "cast(unique_id_l as int) as left",
            "cast(unique_id_r as int) as right",
            *(f"cast({gamma} as tinyint) as {gamma}" for gamma in gammas),
        )
        table = pl.DataFrame(wanted.toArrow())
        predicted.drop_table_from_database_and_remove_from_cache()
        return table.cast({"left": pairs.schema["left"], "right": pairs.schema["right"]}).sort(
            "left", "right"
        )

    def _lent(self, frame: pl.DataFrame, name: str) -> "DataFrame":
        """Write a table where all machines see it, and let Spark read it."""
        path = self._spark.folder / f"{name}.parquet"
        frame.write_parquet(path)
        return self._spark.session.read.parquet(path.as_uri())
