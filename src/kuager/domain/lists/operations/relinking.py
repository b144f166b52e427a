"""Linking only what changed since the run before, by the weights it learned.

Promises: records that say what they said are not compared again, and no judgement is disturbed: judged pairs
stay judged, also where a new edition put another record in the place of one of theirs. Where the run before
cannot be built on (other lists, another version of the comparisons, too much changed) everything is linked
anew. What an incremental run may get wrong is what an audit measures.
"""

import json
import logging
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from django.db.models import Q

from kuager.core.digest import JsonValue
from kuager.core.errors import BadInputError, KuagerError
from kuager.domain.lists.models import CandidatePair, LinkRun
from kuager.domain.lists.operations.indexing import open_index, refresh_index
from kuager.domain.lists.operations.link_answering import STEPS, THRESHOLD, LinkAnswer, Tell, answer_of
from kuager.domain.lists.queries.baseline import chunked
from kuager.domain.lists.queries.link_inputs import CHUNK, LinkInputs
from kuager.domain.lists.queries.link_quality import drawn_partitions, has_draws
from kuager.domain.people.models import Judgement
from kuager.domain.people.terms import Method
from kuager.engines.linkage.incremental import MatchIndex, Rules, WeightDoubt, refresh_links
from kuager.engines.linkage.incremental.refreshing import PAIRS
from kuager.engines.linkage.trained import TrainedModel, as_json, from_json

log = logging.getLogger(__name__)
# Where more of the records came or went, the weights have to be learned anew.
MOST_CHANGED = 0.2
# After so many judgements the weights have something to learn from them.
MOST_JUDGED = 100
Link = frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """The records that came and went since a run, changed ones among both."""

    added: frozenset[int]
    gone: frozenset[int]
    replaced: frozenset[int]

    def is_small(self, count: int) -> bool:
        """Tell whether so little of ``count`` records changed that the weights still hold."""
        return len(self.added) + len(self.gone) <= MOST_CHANGED * count


def changed_since(previous: LinkRun, inputs: LinkInputs) -> Changed:
    """Compare the records of a run with those of today."""
    before = {int(key) for key in drawn_partitions(previous).records["id"]}
    now = set(inputs.list_of)
    gone = before - now
    return Changed(
        added=frozenset(now - before),
        gone=frozenset(gone),
        replaced=frozenset(record for record in gone if inputs.newer.get(record) in now),
    )


def link_changes(
    run: LinkRun, previous: LinkRun, inputs: LinkInputs, tell: Tell, *, folder: Path | None
) -> LinkAnswer | None:
    """Link what changed since ``previous``; None where everything has to be linked anew.

    Parameters
    ----------
    folder
        Where the match index of the register lies; without one, an index is made for this run alone.
    """
    trained = _usable_model(run, previous)
    if trained is None:
        return None
    changed = changed_since(previous, inputs)
    judged_since = len(inputs.verdicts) - int(previous.doubt.get("judged", 0))
    if not changed.is_small(len(inputs.list_of)) or judged_since >= MOST_JUDGED:
        return None
    kept, partners = _kept_pairs(previous, changed, inputs)
    touched = sorted((changed.added | partners) & inputs.list_of.keys())
    tell("looking", STEPS["choosing"])

    def looked_up(done: int, total: int) -> None:
        share = done / max(total, 1)
        tell("looking", STEPS["choosing"] + share * (STEPS["joining"] - STEPS["choosing"]))

    with _index_for(trained, inputs, folder) as index:
        result = refresh_links(
            index,
            kept,
            _records(inputs),
            _rows(inputs, touched),
            rules=Rules(one_to_one=inputs.one_to_one, threshold=THRESHOLD, judgements=inputs.judgements),
            doubt=_weight_doubt(previous),
            progress=looked_up,
        )
    answer = answer_of(result, inputs, tell, is_full=False)
    return LinkAnswer(
        result=result,
        draws=answer.draws,
        trained=previous.trained,
        doubt=previous.doubt,
        blocking=previous.blocking,
        expected=answer.expected,
        kept_apart=answer.kept_apart,
        is_full=False,
    )


def _usable_model(run: LinkRun, previous: LinkRun) -> TrainedModel | None:
    same_rules = all(
        run.settings.get(name) == previous.settings.get(name) for name in ("threshold", "one_to_one")
    )
    if not (same_rules and previous.trained and previous.doubt and has_draws(previous)):
        return None
    try:
        return from_json(previous.trained)
    except BadInputError:
        return None


def _kept_pairs(previous: LinkRun, changed: Changed, inputs: LinkInputs) -> tuple[pl.DataFrame, set[int]]:
    """Return the pairs of a run whose records are still there, and the partners of those that are not."""
    list_of = inputs.list_of
    rows: list[tuple[str, str, str, str, float, str]] = []
    partners: set[int] = set()
    pairs = CandidatePair.objects.filter(run=previous).order_by("pk")
    columns = pairs.values_list("record_a_id", "record_b_id", "match_weight", "reasons")
    for a, b, weight, reasons in columns.iterator(chunk_size=CHUNK):
        if a in changed.gone or b in changed.gone:
            partners |= {a, b} - changed.gone
        else:
            said = json.dumps(reasons, ensure_ascii=False)
            rows.append((list_of[a], str(a), list_of[b], str(b), weight, said))
    return pl.DataFrame(rows, schema=PAIRS, orient="row"), partners


def _records(inputs: LinkInputs) -> pl.DataFrame:
    return pl.concat(
        frame.select(pl.lit(name).alias("list"), pl.col("id")) for name, frame in inputs.frames.items()
    )


def _rows(inputs: LinkInputs, touched: Iterable[int]) -> dict[tuple[str, str], Mapping[str, str | None]]:
    """Return what the touched records say."""
    wanted = pl.DataFrame({"id": [str(record) for record in touched]}, schema={"id": pl.String})
    return {
        (name, row["id"]): row
        for name, frame in inputs.frames.items()
        for row in frame.join(wanted, on="id", how="semi").iter_rows(named=True)
    }


def _weight_doubt(previous: LinkRun) -> WeightDoubt:
    kept = previous.doubt
    return WeightDoubt(
        same=tuple(np.array(counts) for counts in kept["same"]),
        strangers=tuple(np.array(counts) for counts in kept["strangers"]),
        missed=kept["missed"],
        recall=kept["recall"],
        common_error_bits=kept["common_error_bits"],
    )


@contextmanager
def _index_for(trained: TrainedModel, inputs: LinkInputs, folder: Path | None) -> Iterator[MatchIndex]:
    """Open the register's index where it has these weights and all these records; else make one for now."""
    index = _of_the_register(trained, inputs, folder) if folder else None
    if index is not None:
        with index:
            yield index
        return
    if folder:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (
        tempfile.TemporaryDirectory(dir=folder) as own,
        MatchIndex.build(Path(own) / "index.sqlite3", inputs.frames, trained) as made,
    ):
        yield made


def _of_the_register(trained: TrainedModel, inputs: LinkInputs, folder: Path) -> MatchIndex | None:
    try:
        refresh_index(folder)
    except (KuagerError, OSError) as error:
        log.warning("the match index was not brought up to date (%s)", type(error).__name__)
        return None
    index = open_index(folder)
    if index is None:
        return None
    has_all = all(set(frame["id"]) <= index.marks(name).keys() for name, frame in inputs.frames.items())
    if has_all and as_json(index.trained) == as_json(trained):
        return index
    index.close()
    return None


def changes_between(
    previous: LinkRun, changed: Changed, inputs: LinkInputs, pairs: pl.DataFrame
) -> dict[str, JsonValue]:
    """Say what a run changed against the one before: records, links, judged pairs to look at again."""
    now = {
        frozenset((int(a), int(b)))
        for a, b, chance in pairs.select("id_l", "id_r", "probability").iter_rows()
        if chance >= THRESHOLD
    }
    before = _links_of(previous, inputs.newer)
    return {
        "added": len(changed.added) - len(changed.replaced),
        "changed": len(changed.replaced),
        "withdrawn": len(changed.gone) - len(changed.replaced),
        "unchanged": len(inputs.list_of) - len(changed.added),
        "new_links": len(now - before),
        "gone_links": len(before - now),
        "judged_before": _judged_before(changed.gone),
    }


def _links_of(previous: LinkRun, newer: Mapping[int, int]) -> set[Link]:
    """Return the links of a run, by the records that stand for theirs today."""
    rows = CandidatePair.objects.filter(run=previous, probability__gte=THRESHOLD)
    pairs = rows.values_list("record_a_id", "record_b_id").iterator(chunk_size=CHUNK)
    return {frozenset((newer.get(a, a), newer.get(b, b))) for a, b in pairs}


def _judged_before(gone: Iterable[int]) -> int:
    """Count the pairs that a person judged and one of whose records changed or went."""
    judged: set[tuple[int, int]] = set()
    standing = Judgement.objects.filter(ended_at__isnull=True).exclude(method=Method.EDITION)
    for chunk in chunked(sorted(gone), CHUNK):
        found = standing.filter(Q(record_a__in=chunk) | Q(record_b__in=chunk))
        judged.update(found.values_list("record_a_id", "record_b_id"))
    return len(judged)
