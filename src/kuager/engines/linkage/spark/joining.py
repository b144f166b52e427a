"""Bring records together that share keys, on Spark.

Promises: the same pairs, by the same rules, as ``candidates`` finds on this machine. Which keys are used is
planned here, from samples; the pairs themselves, far more than the records, are made and counted on Spark.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from kuager.engines.linkage.choosing.blocking import BlockingRule
from kuager.engines.linkage.choosing.keys import Numbers
from kuager.engines.linkage.choosing.planning import Step
from kuager.engines.linkage.spark.session import Spark

_FOUND = """
select first.record as left, second.record as right,
       min(struct(first.place as place, first.size as size)) as first_rule,
       bit_or(shiftleft(1L, first.place)) as kinds
from kuager_members first join kuager_members second
  on first.place = second.place and first.group = second.group
     and first.record < second.record and first.inside <> second.inside
group by first.record, second.record
"""

_KEPT = """
select left, right, bit_count(kinds) as ways, first_rule.place as rule
from kuager_found join kuager_limits on first_rule.place = kuager_limits.place
where first_rule.size <= kuager_limits.largest
"""
_SIZES = """
select first_rule.place as place, first_rule.size as size, count(*) as pairs from kuager_found group by 1, 2
"""
_KINDS = "select kinds, count(*) as pairs from kuager_found group by kinds"
_NUMBERS = {"place": pl.Int32, "largest": pl.Int64}


@dataclass(frozen=True, slots=True)
class Joining:
    """Joins records on a running Spark."""

    spark: Spark

    def pairs_of(
        self, steps: Sequence[Step], inside: Numbers, most: int
    ) -> tuple[pl.DataFrame, tuple[BlockingRule, ...]]:
        """Return the pairs that the planned rules bring together, and the rules with what they brought.

        Parameters
        ----------
        steps
            The planned rules, at most 62.
        inside
            Shape ``(n_records,)``: two records with the same number cannot be one person.
        most
            How many pairs may be compared.
        """
        session, folder = self.spark.session, self.spark.folder
        paths = [folder / f"members-{place}.parquet" for place in range(len(steps))]
        for place, (step, path) in enumerate(zip(steps, paths, strict=True)):
            _members(step, place, inside).write_parquet(path)
        if not paths:
            return _nothing(), ()
        session.read.parquet(*(path.as_uri() for path in paths)).createOrReplaceTempView("kuager_members")
        found = (folder / "found").as_uri()
        session.sql(_FOUND).write.mode("overwrite").parquet(found)
        session.read.parquet(found).createOrReplaceTempView("kuager_found")
        limits, new = self._limits(steps, most)
        allowed = pl.DataFrame({"place": range(len(steps)), "largest": limits}, schema_overrides=_NUMBERS)
        allowed.write_parquet(folder / "limits.parquet")
        session.read.parquet((folder / "limits.parquet").as_uri()).createOrReplaceTempView("kuager_limits")
        table = self._table(_KEPT)
        rules = tuple(
            BlockingRule(
                step.shared.kind.words, limit, int(step.shared.size.max()), whole, count, step.expected_links
            )
            for step, limit, whole, count in zip(steps, limits, self._whole(len(steps)), new, strict=True)
        )
        return table.cast(_nothing().schema).sort("left", "right"), rules

    def _limits(self, steps: Sequence[Step], most: int) -> tuple[list[int], list[int]]:
        """Return for each rule the largest group that still fits into the bound, and its new pairs."""
        counts = self._table(_SIZES).sort("size")
        limits, new, room = [], [], most
        for place, step in enumerate(steps):
            mine = counts.filter(pl.col("place") == place)
            fits = mine.filter(pl.col("pairs").cum_sum() <= room)
            left_out = mine.slice(fits.height, 1)
            # The estimate was too low: the largest groups stay out.
            limits.append(step.largest if left_out.is_empty() else int(left_out["size"][0]) - 1)
            new.append(int(fits["pairs"].sum()))
            room -= new[-1]
        return limits, new

    def _whole(self, rules: int) -> list[int]:
        """Return how many pairs share each kind of key, whichever rule found them first."""
        counts = self._table(_KINDS)
        kinds, pairs = counts["kinds"].to_numpy(), counts["pairs"].to_numpy()
        return [int(pairs[(kinds >> place) & 1 == 1].sum()) for place in range(rules)]

    def _table(self, query: str) -> pl.DataFrame:
        return pl.DataFrame(self.spark.session.sql(query).toArrow())


def _members(step: Step, place: int, inside: Numbers) -> pl.DataFrame:
    """Return the records of every group that is not too large."""
    size = step.shared.size
    group = np.repeat(np.arange(len(size)), size)
    kept = size[group] <= step.largest
    record = step.shared.members[kept]
    return pl.DataFrame({"group": group[kept], "size": size[group[kept]], "record": record}).with_columns(
        place=pl.lit(place, dtype=pl.Int32), inside=pl.Series(inside[record])
    )


def _nothing() -> pl.DataFrame:
    return pl.DataFrame(schema={"left": pl.UInt32, "right": pl.UInt32, "ways": pl.UInt8, "rule": pl.UInt8})
