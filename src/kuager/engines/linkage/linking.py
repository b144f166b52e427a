"""Link lists of persons: prepare, choose pairs, compare, learn, score, cluster.

Promises: the same lists give the same result; no configuration is needed; every pair carries its reasons.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from kuager.core.errors import BadInputError
from kuager.engines.linkage.choosing.blocking import Blocking
from kuager.engines.linkage.choosing.candidates import random_pairs
from kuager.engines.linkage.comparing.comparisons import COMPARISONS
from kuager.engines.linkage.comparing.evidence import (
    Surroundings,
    counts_beyond,
    gather_around,
    level_counts,
    level_table,
    surroundings,
    together,
)
from kuager.engines.linkage.comparing.reasons import Sides, explain
from kuager.engines.linkage.comparing.workplaces import Engine, Workplace, workplace
from kuager.engines.linkage.drawing.doubt import (
    COMMON_ERROR_BITS,
    Doubt,
    Weighed,
    doubt_about,
    missed_by_blocking,
)
from kuager.engines.linkage.exclusivity import exclusive_probability
from kuager.engines.linkage.gathering.clusters import Links, Persons, gather_persons, numbered, ordered
from kuager.engines.linkage.gathering.joining import SUPPORT
from kuager.engines.linkage.gathering.kept_apart import Blocked, Pair, kept_apart_table, nothing_kept_apart
from kuager.engines.linkage.learning import (
    Evidence,
    Floats,
    Model,
    default_model,
    field_weights,
    learn,
    log_odds,
    possible_links,
    rates_of,
)
from kuager.engines.linkage.reading.preparing import Prepared, prepare
from kuager.engines.linkage.reviewing.teaching import Scores, teach, with_certainty
from kuager.engines.linkage.trained import TrainedModel

# Pairs less probable than this are not reported.
REPORTED_FROM = 0.01
# Evidence on so many pairs is weighed at a time, so that memory does not grow with the hopeless ones.
_PAIRS_AT_A_TIME = 1_000_000
# Place of a record among all that were read.
_ROW = "row"

Judged = dict[Pair, bool]


@dataclass(frozen=True, slots=True)
class LinkResult:
    """What linking found.

    Attributes
    ----------
    pairs
        ``list_l, id_l, list_r, id_r, probability, match_weight, reasons``; reasons are JSON.
    clusters
        ``list, id, cluster``: every record once.
    overlap
        For each combination of lists, how many clusters are on exactly these.
    records
        How many records were read.
    trained
        The model the pairs were scored with, to be kept for later records; None when nothing was compared.
    doubt
        What is not known about the weights of all pairs that may be links; None for links made elsewhere.
    kept_apart
        ``list_l, id_l, list_r, id_r, probability, why, values``: pairs at or above the threshold whose
        records are in different clusters. ``why`` is "judged-different", "list-names-everybody-once",
        "weak-chain", or "judged-same-conflicts"; ``values`` is JSON with ``list`` (the list that names
        everybody once, or null), ``blocking`` (two records ``[list, id]``, one of each cluster, that forbid
        them to be one), ``support`` (mean probability over all pairs between the clusters), ``needed`` (the
        least support with which clusters are joined) and ``sizes`` (records of the two clusters).
    blocking
        How the pairs to compare were chosen: rules, pairs, bound and estimated recall.
    """

    pairs: pl.DataFrame
    clusters: pl.DataFrame
    overlap: tuple[tuple[tuple[str, ...], int], ...]
    records: int
    trained: TrainedModel | None = field(default=None, kw_only=True)
    doubt: Doubt | None = field(default=None, kw_only=True)
    kept_apart: pl.DataFrame = field(default_factory=nothing_kept_apart, kw_only=True)
    blocking: Blocking = field(default=Blocking(0, 0), kw_only=True)

    @property
    def cluster_count(self) -> int:
        """How many distinct persons the records stand for, by these links."""
        return int(self.clusters["cluster"].n_unique())


@dataclass(frozen=True, slots=True)
class _Scored:
    pairs: pl.DataFrame
    probability: Floats
    odds: Floats
    reasons: list[str]
    trained: TrainedModel | None = None
    doubt: Doubt | None = None
    links_by_rule: Floats | None = None


def _say_nothing(message: str) -> None:
    del message


def _read_judgements(judgements: pl.DataFrame | None, prepared: Prepared) -> Judged:
    if judgements is None:
        return {}
    number = {
        (name, key): row for row, name, key in prepared.records.select("unique_id", "list", "id").iter_rows()
    }
    judged: Judged = {}
    columns = ("list_l", "id_l", "list_r", "id_r", "verdict")
    missing = [column for column in columns if column not in judgements.columns]
    if missing:
        raise BadInputError(f"judgements: column {missing[0]} is missing; expected {', '.join(columns)}")
    for list_l, id_l, list_r, id_r, verdict in judgements.select(columns).iter_rows():
        left, right = number.get((list_l, str(id_l))), number.get((list_r, str(id_r)))
        if verdict in ("same", "different") and left is not None and right is not None and left != right:
            judged[ordered(left, right)] = verdict == "same"
    return judged


def _with_judged(found: pl.DataFrame, judged: Iterable[Pair]) -> pl.DataFrame:
    """Add judged pairs that no rule found; the columns that say how a pair was found stay empty."""
    extra = pl.DataFrame(list(judged), schema=found.select("left", "right").schema, orient="row")
    missing = extra.join(found, on=["left", "right"], how="anti")
    return pl.concat([found, missing], how="diagonal").sort("left", "right") if missing.height else found


@dataclass(frozen=True, slots=True)
class _Compared:
    """Pairs with their levels of agreement, in the order of ``counted``.

    ``strangers`` counts for each field how many pairs reach each level, compared or not; ``known`` says on
    how many of the pairs compared both records tell something.
    """

    counted: pl.DataFrame
    levels: pl.DataFrame
    around: Surroundings
    rates: tuple[Floats, ...]
    strangers: tuple[Floats, ...]
    known: tuple[float, ...]


def _compare(prepared: Prepared, counted: pl.DataFrame, place: Workplace) -> _Compared:
    """Compare the pairs, and random others to learn how often strangers agree."""
    pairs, count = counted.select("left", "right"), prepared.records.height
    beyond = max(count * (count - 1) / 2 - pairs.height, 0.0)
    others = random_pairs(prepared.records, pairs) if beyond else pairs.clear()
    levels, *sampled = place.levels_of(prepared.records, [pairs, others] if others.height else [pairs])
    sample = sampled[0] if sampled else levels.clear()
    not_compared = counts_beyond(level_table(sample, COMPARISONS), COMPARISONS, beyond)
    counts = level_counts(levels, COMPARISONS)
    strangers = tuple(more + found for more, found in zip(not_compared, counts, strict=True))
    rates = rates_of(COMPARISONS, strangers)
    around = surroundings(prepared, COMPARISONS, rates)
    return _Compared(counted, levels, around, rates, strangers, tuple(float(found.sum()) for found in counts))


def _train(prepared: Prepared, compared: _Compared, one_to_one: Collection[str]) -> TrainedModel:
    nothing = gather_around(compared.around, compared.levels.clear())
    model = default_model(COMPARISONS, compared.rates, nothing)
    counted, evidence = _hopeful(compared, model, {})
    list_of = prepared.records["list"].to_list()

    def settle(odds: Floats) -> Floats:
        return exclusive_probability(odds, counted, list_of, one_to_one)

    return TrainedModel.of(learn(model, evidence, settle), compared.rates, prepared)


def _hopeful(compared: _Compared, model: Model, judged: Judged) -> tuple[pl.DataFrame, Evidence]:
    """Return the pairs that are judged or not hopeless by this model, and the evidence on them.

    The others count as pairs not compared.
    """
    parts, kept = [gather_around(compared.around, compared.levels.clear())], [np.zeros(0, dtype=np.bool_)]
    for some in compared.levels.iter_slices(_PAIRS_AT_A_TIME):
        evidence = gather_around(compared.around, some)
        kept.append(possible_links(model, evidence))
        for row in _verdicts(some, judged):
            kept[-1][row] = True
        parts.append(evidence.only(kept[-1]))
    found = together(parts)
    rest = [
        counts - np.bincount(levels[levels >= 0], minlength=len(counts))
        for counts, levels in zip(compared.strangers, found.levels.T, strict=True)
    ]
    return compared.counted.filter(pl.Series(np.concatenate(kept))), replace(found, not_compared=tuple(rest))


def _settle(probability: Floats, pairs: pl.DataFrame, judged: Judged) -> Floats:
    if not judged:
        return probability
    settled = probability.copy()
    for row, pair in enumerate(pairs.select("left", "right").iter_rows()):
        if pair in judged:
            settled[row] = 1.0 if judged[pair] else 0.0
    return settled


def _pair_table(prepared: Prepared, scored: _Scored) -> pl.DataFrame:
    names, keys = prepared.records["list"], prepared.records["id"]
    pairs = _as_given(scored.pairs, prepared)
    left, right = pairs["left"], pairs["right"]
    table = pl.DataFrame(
        {
            "list_l": names.gather(left),
            "id_l": keys.gather(left),
            "list_r": names.gather(right),
            "id_r": keys.gather(right),
            "probability": scored.probability,
            "match_weight": scored.odds,
            "reasons": pl.Series(scored.reasons, dtype=pl.String),
        }
    )
    return table.sort(
        ["probability", "list_l", "id_l", "list_r", "id_r"], descending=[True, False, False, False, False]
    )


def overlap_of(clusters: pl.DataFrame) -> tuple[tuple[tuple[str, ...], int], ...]:
    """Count, for each combination of lists, the clusters that are on exactly these."""
    lists = clusters.group_by("cluster").agg(pl.col("list").unique().sort())
    counts = lists.group_by("list").agg(pl.len().alias("count"))
    rows = [(tuple(names), count) for names, count in counts.select("list", "count").iter_rows()]
    return tuple(sorted(rows, key=lambda row: (len(row[0]), row[0])))


def _check(one_to_one: Collection[str], lists: Collection[str], threshold: float) -> None:
    unknown = sorted(set(one_to_one) - set(lists))
    if unknown:
        raise BadInputError(
            f"one-to-one names an unknown list: {unknown[0]}; the lists are {', '.join(lists)}"
        )
    if not 0.0 < threshold <= 1.0:
        raise BadInputError(f"the threshold must lie above 0 and not above 1; got {threshold}")


def link(
    frames: Mapping[str, pl.DataFrame],
    *,
    one_to_one: Collection[str] = (),
    threshold: float = 0.5,
    judgements: pl.DataFrame | None = None,
    engine: Engine = "duckdb",
    progress: Callable[[str], None] | None = None,
) -> LinkResult:
    """Find records of the same person within and between lists.

    Parameters
    ----------
    frames
        The lists by name; any headers, see :func:`recognise_columns`.
    one_to_one
        Lists known to hold every person at most once.
    threshold
        Probability, above 0 and at most 1, from which records are put together.
    judgements
        ``list_l, id_l, list_r, id_r, verdict`` with verdict "same" or "different"; they win over scores.
    engine
        Where pairs are chosen and compared: "duckdb" in the memory of this process; "spark" on Spark on this
        machine; or :class:`SparkOptions`, which can name a cluster. The result is the same.
    progress
        Told in a few words what is being done.

    Raises
    ------
    BadInputError
        When a list has no names, repeats an id, an option makes no sense, or Spark cannot be started.
    """
    say = progress or _say_nothing
    prepared = _in_order_of_their_own(prepare(frames))
    _check(one_to_one, prepared.lists, threshold)
    say(f"{prepared.records.height} records read")
    judged = _read_judgements(judgements, prepared)
    with workplace(engine) as place:
        found, blocking = place.chosen_pairs(prepared.records, one_to_one)
        counted = _with_judged(found, judged)
        say(f"{counted.height} pairs to compare")
        scored = (
            _score(prepared, counted, judged, one_to_one, place)
            if counted.height
            else _nothing_scored(counted)
        )
    say("pairs scored")
    persons = _gather(prepared, scored, judged, one_to_one, threshold)
    clusters = _cluster_table(prepared, persons)
    return LinkResult(
        _pair_table(prepared, scored),
        clusters,
        overlap_of(clusters),
        prepared.records.height,
        trained=scored.trained,
        doubt=scored.doubt,
        kept_apart=kept_apart_table(_apart_as_given(persons, prepared), prepared.records, SUPPORT),
        blocking=blocking.after_scoring(scored.links_by_rule, scored.doubt.recall if scored.doubt else 1.0),
    )


def _in_order_of_their_own(prepared: Prepared) -> Prepared:
    """Sort lists by name and records by what they say, so that no order of lists or rows decides anything."""
    said = [name for name in prepared.records.columns if name.startswith("shown_")]
    records = prepared.records.rename({"unique_id": _ROW}).sort("list", *said, "id")
    return replace(prepared, records=records.with_row_index("unique_id"))


def _as_given(pairs: pl.DataFrame, prepared: Prepared) -> pl.DataFrame:
    """Turn pairs round where the list of the right record came before that of the left."""
    rank = prepared.records["list"].replace_strict(
        {name: place for place, name in enumerate(prepared.lists)}, return_dtype=pl.Int64
    )
    is_turned = pl.Series(rank.gather(pairs["left"]) > rank.gather(pairs["right"]))
    left, right = pl.when(is_turned).then("right").otherwise("left"), pl.when(is_turned).then("left")
    return pairs.with_columns(left=left, right=right.otherwise("right"))


def _apart_as_given(persons: Persons, prepared: Prepared) -> list[tuple[Pair, float, Blocked]]:
    place = {name: number for number, name in enumerate(prepared.lists)}
    rank = [place[name] for name in prepared.records["list"].to_list()]
    return [
        ((right, left), chance, why.turned()) if rank[left] > rank[right] else ((left, right), chance, why)
        for (left, right), chance, why in persons.kept_apart
    ]


def _gather(
    prepared: Prepared, scored: _Scored, judged: Judged, one_to_one: Collection[str], threshold: float
) -> Persons:
    left, right = (scored.pairs[side].to_numpy().astype(np.int64) for side in ("left", "right"))
    return gather_persons(
        prepared.records["list"].to_list(),
        Links(left, right, scored.probability),
        threshold=threshold,
        one_to_one=one_to_one,
        same=[pair for pair, is_same in judged.items() if is_same],
        different=[pair for pair, is_same in judged.items() if not is_same],
    )


def _cluster_table(prepared: Prepared, persons: Persons) -> pl.DataFrame:
    """Give the records in the order in which they were read, and their persons, numbered by appearance."""
    gathered = prepared.records.select(_ROW, "list", "id").with_columns(cluster=persons.numbers).sort(_ROW)
    numbers = numbered(gathered["cluster"].to_numpy())
    return gathered.select("list", "id").with_columns(cluster=numbers)


def _nothing_scored(pairs: pl.DataFrame) -> _Scored:
    return _Scored(pairs.select("left", "right"), np.zeros(0), np.zeros(0), [])


def _score(
    prepared: Prepared, counted: pl.DataFrame, judged: Judged, one_to_one: Collection[str], place: Workplace
) -> _Scored:
    compared = _compare(prepared, counted, place)
    trained = _train(prepared, compared, one_to_one)
    model = trained.model
    counted, evidence = _hopeful(compared, model, judged)
    pairs = counted.select("left", "right")
    weights = field_weights(model, evidence)
    odds = log_odds(model, evidence, weights)
    list_of = prepared.records["list"].to_list()
    probability = exclusive_probability(odds, pairs, list_of, one_to_one)
    error = COMMON_ERROR_BITS
    verdicts = _verdicts(pairs, judged)
    scores = Scores(pairs, prepared.records, weights, evidence.levels, odds, probability)
    if (taught := teach(scores, verdicts)) is not None:
        weights, odds = taught.weights, taught.odds
        probability = exclusive_probability(with_certainty(odds, verdicts), pairs, list_of, one_to_one)
        error = min(error, taught.correction.error_bits)
        trained = replace(trained, correction=taught.correction)
    rows = np.flatnonzero(_settle(probability, pairs, judged) >= REPORTED_FROM)
    missed = missed_by_blocking(counted["ways"].fill_null(0).to_numpy(), probability)
    by_rule = _links_by_rule(counted["rule"], probability)
    row = prepared.records[_ROW].to_numpy().astype(np.int64)
    left, right = (row[pairs[side].to_numpy()] for side in ("left", "right"))
    weighed = Weighed(left, right, weights, odds, probability, compared.known)
    doubt = doubt_about(weighed, model, evidence, missed, error)
    reasons = explain(
        rows, evidence, weights, model.fields, Sides(_as_given(pairs, prepared), prepared.records)
    )
    settled = _settle(probability, pairs, judged)
    return _Scored(pairs[rows.tolist()], settled[rows], odds[rows], reasons, trained, doubt, by_rule)


def _links_by_rule(rule: pl.Series, probability: Floats) -> Floats:
    known = rule.is_not_null().to_numpy()
    return np.bincount(rule.drop_nulls().to_numpy(), weights=probability[known]).astype(np.float64)


def _verdicts(pairs: pl.DataFrame, judged: Judged) -> dict[int, bool]:
    """Give the judged pairs by their rows."""
    if not judged:
        return {}
    rows = enumerate(pairs.select("left", "right").iter_rows())
    return {row: judged[pair] for row, pair in rows if pair in judged}
