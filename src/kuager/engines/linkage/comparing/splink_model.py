"""Ask Splink for levels of agreement.

Promises: deterministic for given tables; no network, no files; the
database lives in memory and ends with the call. Splink 5 (Ministry of Justice, MIT licence) on DuckDB.
"""

import logging
from collections.abc import Sequence

import duckdb
import polars as pl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.comparison_library import CustomComparison

from kuager.engines.linkage.comparing.comparisons import FieldComparison

_COLUMNS = (
    "unique_id", "given", "given_forms", "given_consonants", "family", "family_forms", "family_consonants",
    "father", "father_consonants", "grandfather", "grandfather_consonants", "number", "sex", "age",
    "birth_day", "birth_iso", "birth_exchanged", "born_from", "born_to", "event_from", "event_to",
    "event_iso", "event_exchanged", "place", "region", "contact",
    "given_keys", "given_kin", "family_keys", "age_rounded", "region_before", "birth_place", "birth_region",
    "residence", "residence_region", "postcode", "occupation", "ethnicity", "status", "living",
)  # fmt: skip


_PAIRS_AT_A_TIME = 1_000_000


def gamma_column(comparison: FieldComparison) -> str:
    """Return the name of Splink's column with the level: its highest number is the best level, -1 unknown."""
    return "gamma_" + comparison.field.replace(" ", "_")


def _as_splink(comparison: FieldComparison) -> CustomComparison:
    unknown = {"sql_condition": comparison.unknown, "label_for_charts": "unknown", "is_null_level": True}
    levels = [
        {
            "sql_condition": "ELSE" if level.condition == "else" else level.condition,
            "label_for_charts": level.words,
            "m_probability": level.m,
            "u_probability": level.u,
        }
        for level in comparison.levels
    ]
    return CustomComparison(
        output_column_name=comparison.field.replace(" ", "_"), comparison_levels=[unknown, *levels]
    )


def settings_for(comparisons: Sequence[FieldComparison]) -> SettingsCreator:
    """Return Splink's settings for these fields."""
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[_as_splink(comparison) for comparison in comparisons],
        blocking_rules_to_generate_predictions=[block_on("family")],
        retain_matching_columns=True,
        retain_intermediate_calculation_columns=False,
    )


def columns_for_splink(records: pl.DataFrame) -> pl.DataFrame:
    """Return the columns that the comparisons look at."""
    return records.select(_COLUMNS)


class SplinkModel:
    """A Splink linker over prepared records, in a database of its own."""

    def __init__(self, records: pl.DataFrame, comparisons: Sequence[FieldComparison]) -> None:
        logging.getLogger("splink").setLevel(logging.ERROR)
        self._comparisons = comparisons
        self._connection = duckdb.connect(":memory:")
        self._api = DuckDBAPI(connection=self._connection)
        table = self._api.register(columns_for_splink(records).to_arrow())
        self._linker = Linker(table, settings_for(comparisons), log_level=None, validate_settings=False)

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()

    def levels_of(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """Return ``left``, ``right`` and one column of levels per field, sorted by the pair.

        Splink's answer is wide: it is asked for a million pairs at a time, and only the levels are kept.
        """
        ordered = pairs.sort("left", "right")
        parts = [self._levels_of_some(part) for part in ordered.iter_slices(_PAIRS_AT_A_TIME)]
        return pl.concat(parts) if parts else self._levels_of_some(ordered)

    def _levels_of_some(self, pairs: pl.DataFrame) -> pl.DataFrame:
        blocked = pairs.select(
            pl.lit("0").alias("match_key"),
            pl.col("left").alias("join_key_l"),
            pl.col("right").alias("join_key_r"),
        )
        asked = self._linker.table_management.register_blocked_pairs_for_predict(
            self._api.register(blocked.to_arrow())
        )
        predicted = self._linker.inference.predict(warning_mode="never")
        gammas = [gamma_column(comparison) for comparison in self._comparisons]
        wanted = [
            'unique_id_l as "left"',
            'unique_id_r as "right"',
            *(f"{gamma}::tinyint as {gamma}" for gamma in gammas),
        ]
        table: pl.DataFrame = predicted.as_duckdbpyrelation().select(", ".join(wanted)).pl()
        predicted.drop_table_from_database_and_remove_from_cache()
        self._connection.unregister(asked.physical_name)
        return table.sort("left", "right")
