"""Bring finished links up to date with a few records that came, changed or went, and touch nothing else.

Promises: pairs whose records are as they were keep their weights; judged pairs keep their verdict; the
records told are looked up in the index and weighed by the weights learned before; then links compete, and
records are put together, by the same functions as when everything is linked. Assumptions: so little changed
that the weights still hold. What this differs in from linking anew: how common a value is counts as of now
for the pairs looked up and as of then for the others, and a pair that was too unlikely to be kept competes
with nobody. An audit against linking anew measures both.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from kuager.engines.linkage.comparing.comparisons import FieldComparison
from kuager.engines.linkage.drawing.doubt import Doubt, MayBe, before_these_lists, most_believed
from kuager.engines.linkage.exclusivity import Floats, exclusive_probability
from kuager.engines.linkage.gathering.clusters import Links, gather_persons, numbered, ordered
from kuager.engines.linkage.gathering.joining import SUPPORT
from kuager.engines.linkage.gathering.kept_apart import kept_apart_table
from kuager.engines.linkage.incremental.index import MatchIndex
from kuager.engines.linkage.incremental.ranking import Key
from kuager.engines.linkage.linking import REPORTED_FROM, LinkResult, overlap_of
from kuager.engines.linkage.trained import TrainedModel

PAIRS = {
    "list_l": pl.String,
    "id_l": pl.String,
    "list_r": pl.String,
    "id_r": pl.String,
    "match_weight": pl.Float64,
    "reasons": pl.String,
}
# So many candidates of a record compete; those behind are all but impossible.
_ASKED_FOR = 60
_COMPETES_FROM_BITS = -12.0
Record = Mapping[str, str | None]
Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightDoubt:
    """What was not known of the weights when they were learned; see :class:`Doubt` for the parts."""

    same: tuple[Floats, ...]
    strangers: tuple[Floats, ...]
    missed: float
    recall: float
    common_error_bits: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What holds when records are put together, as for ``link``."""

    one_to_one: Collection[str] = ()
    threshold: float = 0.5
    judgements: pl.DataFrame | None = None


def refresh_links(  # noqa: PLR0913  # what was, what is, what changed, and the rules
    index: MatchIndex,
    kept: pl.DataFrame,
    records: pl.DataFrame,
    touched: Mapping[Key, Record],
    *,
    rules: Rules,
    doubt: WeightDoubt | None = None,
    progress: Told | None = None,
) -> LinkResult:
    """Return links over all records, of which only some are looked up.

    Parameters
    ----------
    index
        Holds all the records, perhaps among others.
    kept
        Pairs found before, with columns ``PAIRS``; those with a record that is gone or touched are not used.
    records
        Every record there is now: columns ``list, id``.
    touched
        What the records say that came or changed, or whose rivals did.
    progress
        Told how many records were looked up, and of how many.
    """
    found = pl.DataFrame(
        list(_looked_up(index, touched, set(records["list"]), rules.one_to_one, progress)),
        schema=PAIRS,
        orient="row",
    )
    keys = pl.DataFrame(list(touched), schema={"list": pl.String, "id": pl.String}, orient="row")
    known = kept.select(*PAIRS)
    for side in ("l", "r"):
        on = [f"list_{side}", f"id_{side}"]
        known = known.join(keys, left_on=on, right_on=["list", "id"], how="anti")
        known = known.join(records, left_on=on, right_on=["list", "id"], how="semi")
        found = found.join(records, left_on=on, right_on=["list", "id"], how="semi")
    pairs = pl.concat([known, found])
    result = _put_together(pairs, records, rules)
    if doubt is None:
        return result
    return replace(result, doubt=_doubt_of(doubt, result, index.trained))


def _looked_up(
    index: MatchIndex,
    touched: Mapping[Key, Record],
    lists: set[str],
    one_to_one: Collection[str],
    progress: Told | None,
) -> Iterator[tuple[str, str, str, str, float, str]]:
    """Give every pair of a touched record once."""
    seen: set[frozenset[Key]] = set()
    answers = index.candidates_of_each(
        [(name, record) for (name, _), record in touched.items()],
        limit=_ASKED_FOR,
        one_to_one=one_to_one,
        least_bits=_COMPETES_FROM_BITS,
    )
    for number, ((name, key), answer) in enumerate(zip(touched, answers, strict=True), 1):
        for one in answer:
            pair = frozenset({(name, key), (one.list, one.id)})
            if pair in seen or one.list not in lists:
                continue
            seen.add(pair)
            reasons = json.dumps(list(one.reasons), ensure_ascii=False)
            yield name, key, one.list, one.id, one.match_weight, reasons
        if progress:
            progress(number, len(touched))


def _put_together(pairs: pl.DataFrame, records: pl.DataFrame, rules: Rules) -> LinkResult:
    place = {key: row for row, key in enumerate(records.select("list", "id").iter_rows())}
    rows = pairs.select("list_l", "id_l", "list_r", "id_r").iter_rows()
    ends = np.array([(place[a, b], place[c, d]) for a, b, c, d in rows], dtype=np.int64).reshape(-1, 2)
    names = records["list"].to_list()
    numbers = pl.DataFrame({"left": ends[:, 0], "right": ends[:, 1]})
    weights = pairs["match_weight"].to_numpy().astype(np.float64)
    chance = exclusive_probability(weights, numbers, names, rules.one_to_one)
    same, different = _judged(rules.judgements, place)
    chance = _settled(chance, ends, same, different)
    persons = gather_persons(
        names,
        Links(ends[:, 0], ends[:, 1], chance),
        threshold=rules.threshold,
        one_to_one=rules.one_to_one,
        same=sorted(same),
        different=sorted(different),
    )
    clusters = records.select("list", "id").with_columns(cluster=pl.Series(numbered(persons.numbers)))
    table = pairs.with_columns(probability=pl.Series(chance)).filter(pl.col("probability") >= REPORTED_FROM)
    table = table.sort(
        ["probability", "list_l", "id_l", "list_r", "id_r"], descending=[True, False, False, False, False]
    )
    columns = ["list_l", "id_l", "list_r", "id_r", "probability", "match_weight", "reasons"]
    return LinkResult(
        table.select(columns),
        clusters,
        overlap_of(clusters),
        records.height,
        kept_apart=kept_apart_table(persons.kept_apart, records, SUPPORT),
    )


def _judged(
    judgements: pl.DataFrame | None, place: Mapping[Key, int]
) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    found: dict[str, set[tuple[int, int]]] = {"same": set(), "different": set()}
    if judgements is not None:
        for a, b, c, d, verdict in judgements.iter_rows():
            if verdict in found and (a, b) in place and (c, d) in place:
                found[verdict].add(ordered(place[a, b], place[c, d]))
    return found["same"], found["different"]


def _settled(
    chance: Floats,
    ends: npt.NDArray[np.int64],
    same: set[tuple[int, int]],
    different: set[tuple[int, int]],
) -> Floats:
    if not same and not different:
        return chance
    settled = chance.copy()
    for row, (left, right) in enumerate(ends.tolist()):
        pair = ordered(left, right)
        if pair in same:
            settled[row] = 1.0
        elif pair in different:
            settled[row] = 0.0
    return settled


def _doubt_of(doubt: WeightDoubt, result: LinkResult, trained: TrainedModel) -> Doubt:
    """Give the doubt about refreshed links; what caution withheld is not kept with them."""
    fields = trained.model.fields
    place = {key: row for row, key in enumerate(result.clusters.select("list", "id").iter_rows())}
    rows = result.pairs.select("list_l", "id_l", "list_r", "id_r").iter_rows()
    ends = np.array([(place[a, b], place[c, d]) for a, b, c, d in rows], dtype=np.int64).reshape(-1, 2)
    weights, levels, measured = _said(result.pairs["reasons"], fields)
    size = dict(result.clusters.group_by("list").len().iter_rows())
    lists = result.pairs.select("list_l", "list_r")
    prior = {pair: trained.prior_bits(pair, (size[pair[0]], size[pair[1]])) for pair in lists.unique().rows()}
    before = np.array([prior[pair] for pair in lists.iter_rows()], dtype=np.float64)
    total = result.pairs["match_weight"].to_numpy() - before
    return Doubt(
        pairs=MayBe(
            left=ends[:, 0],
            right=ends[:, 1],
            weights=weights,
            beyond=total - np.nan_to_num(weights).sum(axis=1),
            withheld=np.zeros_like(weights),
            levels=levels,
            measured=measured,
        ),
        same=tuple(rates / rates.sum() for rates in doubt.same),
        same_before=before_these_lists(fields),
        same_most=most_believed(fields),
        strangers=doubt.strangers,
        missed=doubt.missed,
        recall=doubt.recall,
        common_error_bits=doubt.common_error_bits,
    )


def _said(
    reasons: pl.Series, fields: Sequence[FieldComparison]
) -> tuple[Floats, npt.NDArray[np.int8], npt.NDArray[np.bool_]]:
    """Read weights and levels of agreement of pairs out of their reasons again."""
    column = {field.field: number for number, field in enumerate(fields)}
    level = {
        (field.field, one.words): (number, one.frequency_of is None)
        for field in fields
        for number, one in enumerate(field.levels)
    }
    weights = np.full((len(reasons), len(fields)), np.nan)
    levels = np.full(weights.shape, -1, dtype=np.int8)
    measured = np.ones(weights.shape, dtype=np.bool_)
    for row, text in enumerate(reasons):
        for reason in json.loads(text):
            found = level.get((reason["field"], reason["level"]))
            if found is not None:
                at = (row, column[reason["field"]])
                weights[at] = reason["weight"]
                levels[at], measured[at] = found
    return weights, levels, measured
