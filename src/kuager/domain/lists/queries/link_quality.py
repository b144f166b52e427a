"""What a link run says of itself before anybody signs: expected errors, persons, pairs kept apart, draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from kuager.core.digest import sha256_hex
from kuager.core.errors import NotFoundError, RefusedError
from kuager.domain.lists.models import CasualtyList, LinkDraws, LinkRun
from kuager.domain.lists.queries.membership import unique_titles
from kuager.domain.people.models import Record
from kuager.engines.linkage.drawing.draws import PartitionDraws
from kuager.engines.linkage.drawing.packed_draws import unpack

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedLinks:
    """Links of a run between two lists (or all), and how many of them to expect wrong or missed.

    Intervals hold 95 % of the draws of who is who; ``precision`` and ``recall`` are 0 to 1.
    """

    lists: tuple[str, ...]
    links: int
    false_links: float
    false_interval: Interval
    missed_links: float
    missed_interval: Interval
    precision: float
    recall: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RunQuality:
    """What to expect of a run.

    Attributes
    ----------
    persons, low, high
        Persons in all draws: mean and 95 % interval; ``linked`` by the links from the threshold on.
    strata, total
        By pair of lists, and all together.
    missed_uncompared
        Links to expect between records that share no key and were never compared.
    recall_of_blocking
        Share of all links expected among the pairs compared, 0 to 1; None where it is not known.
    """

    linked: int
    persons: float
    low: float
    high: float
    strata: tuple[ExpectedLinks, ...]
    total: ExpectedLinks
    missed_uncompared: float
    recall_of_blocking: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptApart:
    """A likely pair whose records are different persons, and why: a code, and what belongs to it."""

    record_a: int
    record_b: int
    name_a: str
    name_b: str
    probability: float
    why: str
    list_title: str


def run_quality(run: LinkRun) -> RunQuality | None:
    """Return what to expect of a run; None for one of before these were kept, or not done."""
    if not run.expected:
        return None
    titles, persons = _titles(run), run.expected["persons"]
    return RunQuality(
        linked=persons["linked"],
        persons=persons["mean"],
        low=persons["low"],
        high=persons["high"],
        strata=tuple(_expected(one, titles) for one in run.expected["strata"]),
        total=_expected(run.expected["total"], titles),
        missed_uncompared=run.expected["not_compared"],
        recall_of_blocking=run.blocking.get("recall"),
    )


def _titles(run: LinkRun) -> dict[int, str]:
    lists: Sequence[CasualtyList] = list(run.lists.select_related("publisher").order_by("pk"))
    return dict(zip((one.pk for one in lists), unique_titles(lists), strict=True))


def _expected(said: Mapping[str, Any], titles: Mapping[int, str]) -> ExpectedLinks:
    false, missed = said["false_links"], said["missed_links"]
    return ExpectedLinks(
        lists=tuple(titles.get(number, str(number)) for number in said["lists"]),
        links=said["links"],
        false_links=false,
        false_interval=tuple(said["false_interval"] or (false, false)),
        missed_links=missed,
        missed_interval=tuple(said["missed_interval"] or (missed, missed)),
        precision=said["precision"],
        recall=said["recall"],
    )


def pairs_kept_apart(run: LinkRun, *, limit: int = 20) -> tuple[list[KeptApart], int]:
    """Return the likeliest pairs that a run keeps apart, and how many there are."""
    if not run.kept_apart:
        return [], 0
    titles, rows = _titles(run), run.kept_apart["pairs"][:limit]
    records = {row[side] for row in rows for side in ("record_a", "record_b")}
    names = dict(Record.objects.filter(pk__in=records).values_list("pk", "name"))
    found = [
        KeptApart(
            record_a=row["record_a"],
            record_b=row["record_b"],
            name_a=names.get(row["record_a"], ""),
            name_b=names.get(row["record_b"], ""),
            probability=row["probability"],
            why=row["why"],
            list_title=titles.get(int(row["values"].get("list") or 0), ""),
        )
        for row in rows
    ]
    return found, run.kept_apart["count"]


def drawn_partitions(run: LinkRun) -> PartitionDraws:
    """Return the draws of who is who of a run: lists and records by their numbers.

    Raises
    ------
    NotFoundError
        The run has none.
    RefusedError
        They are not what was stored.
    """
    kept = LinkDraws.objects.filter(run=run).first()
    if kept is None:
        raise NotFoundError(f"link run {run.pk} has no draws of who is who; link the lists anew")
    packed = bytes(kept.packed)
    if sha256_hex(packed) != kept.digest:
        raise RefusedError(f"the draws of link run {run.pk} are not what was stored; use nothing of them")
    return unpack(packed)


def write_draws(run: LinkRun, path: Path) -> None:
    """Write the draws of a run as ``kuager estimate --draws`` reads them, lists by their titles."""
    draws, titles = drawn_partitions(run), _titles(run)
    named = pl.col("list").replace({str(number): title for number, title in titles.items()})
    renamed = PartitionDraws(
        draws.records.with_columns(named), draws.clusters, draws.clusters_in_doubt, draws.records_in_doubt
    )
    renamed.write_parquet(path)


def has_draws(run: LinkRun) -> bool:
    """Tell whether draws of who is who are kept with a run."""
    return LinkDraws.objects.filter(run=run).exists()


def runs_with_draws() -> list[LinkRun]:
    """Return the runs on whose draws an estimate can rest, newest first, with their lists."""
    return list(
        LinkRun.objects.filter(draws__isnull=False)
        .order_by("-pk")
        .prefetch_related("lists")
        .defer("trained", "doubt", "kept_apart", "expected")
    )
