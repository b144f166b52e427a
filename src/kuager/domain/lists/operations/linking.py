"""Running the linkage engine over lists, and accepting what it is sure of."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import polars as pl
from django.db import transaction

from kuager import __version__
from kuager.core.errors import BadInputError, PermissionDeniedError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may, may
from kuager.domain.accounts.terms import Capability
from kuager.domain.audit.operations import record_event
from kuager.domain.lists.models import CandidatePair, CasualtyList, LinkRun, ListRow
from kuager.domain.lists.operations.asking import store_review_order
from kuager.domain.lists.queries.baseline import chunked
from kuager.domain.lists.queries.hidden import without_blind
from kuager.domain.lists.queries.membership import active_rows
from kuager.domain.lists.rules.linking import FRAME, LinkRecord, frame_row
from kuager.domain.lists.rules.pairs import state_of
from kuager.domain.lists.terms import LinkState, PairState
from kuager.domain.people.models import Judgement
from kuager.domain.people.operations import insert_rows, refresh_statistics, reserve_ids
from kuager.domain.people.terms import Method, Verdict
from kuager.domain.places.queries import place_index
from kuager.domain.register import operations as register
from kuager.engines import linkage

Progress = Callable[[int, int | None], None]
CHUNK = 5000
THRESHOLD = 0.5
Pair = tuple[int, int]


def run_linkage(
    *, lists: Sequence[CasualtyList], by: User, at: datetime, progress: Progress | None = None
) -> LinkRun:
    """Compare the records of some lists and keep every pair that may be one person, with its reasons.

    Judgements in force go in, so that the engine contradicts nobody; their pairs are marked decided.
    Nothing is linked by this: a person judges, one by one or with ``accept_links``.
    """
    if not may(by, Capability.JUDGE) and not may(by, Capability.ESTIMATE):
        raise PermissionDeniedError(f"{by.username} may not link lists")
    chosen = list({one.pk: one for one in lists}.values())
    if not chosen:
        raise BadInputError("choose at least one list to link")
    records = {one.pk: active_rows(one) for one in chosen}
    empty = [one.title for one in chosen if not records[one.pk]]
    if empty:
        raise BadInputError(
            f"nobody of {', '.join(empty)} stands in the register; apply an edition of it first"
        )
    frames = {str(number): _frame(rows) for number, rows in records.items()}
    total = sum(len(rows) for rows in records.values())
    list_of = {record: str(number) for number, rows in records.items() for record in rows}
    verdicts = _verdicts(list_of)
    steps = iter(range(1, 100))
    result = linkage.link(
        frames,
        one_to_one=[str(one.pk) for one in chosen if one.is_clean],
        threshold=THRESHOLD,
        judgements=_judgement_frame(verdicts, list_of),
        progress=(lambda _: progress(next(steps), None)) if progress else None,
    )
    return _store(chosen, result, verdicts, total, by=by, at=at)


@transaction.atomic
def accept_links(*, run: LinkRun, threshold: float, explanation: str, by: User, at: datetime) -> int:
    """Judge every open pair of a run from a probability (0..1) on to be the same person; return how many.

    One explained act of one person; each link can be undone alone. Pairs that somebody reviewed, and those
    in a blind double review, are left alone.
    """
    check_may(by, Capability.JUDGE)
    if not 0.5 <= threshold <= 1.0:
        raise BadInputError(
            f"the threshold must lie between 0.5 and 1, got {threshold}; below it more are wrong than right"
        )
    if not explanation.strip():
        raise BadInputError("say why these links are accepted, for instance what was checked in a sample")
    pairs = CandidatePair.objects.filter(
        run=run,
        state=PairState.OPEN,
        probability__gte=threshold,
        record_a__assignments__known_until__isnull=True,
        record_b__assignments__known_until__isnull=True,
    ).order_by("id")
    pairs = without_blind(pairs)
    rows = list(pairs.values_list("id", "record_a_id", "record_b_id", "probability"))
    if rows:
        register.judge_many(
            pairs=[(a, b) for _, a, b, _ in rows],
            scores=[probability for *_, probability in rows],
            verdict=Verdict.SAME,
            method=Method.LINK_RUN,
            explanation=explanation,
            by=by,
            at=at,
        )
    for chunk in chunked([row[0] for row in rows], CHUNK):
        CandidatePair.objects.filter(pk__in=chunk).update(state=PairState.DECIDED)
    record_event(
        action="lists.accept_links",
        actor=by,
        target=f"lists.LinkRun:{run.pk}",
        at=at,
        reason=explanation,
        threshold=threshold,
        count=len(rows),
    )
    return len(rows)


@transaction.atomic
def _store(
    lists: Sequence[CasualtyList],
    result: linkage.LinkResult,
    verdicts: dict[Pair, list[str]],
    total: int,
    *,
    by: User,
    at: datetime,
) -> LinkRun:
    run = LinkRun.objects.create(
        engine="duckdb",
        version=__version__,
        settings={"threshold": THRESHOLD, "one_to_one": [one.pk for one in lists if one.is_clean]},
        known_at=at,
        asked_at=at,
        state=LinkState.DONE,
        ended_at=at,
        record_count=total,
        pair_count=result.pairs.height,
        run_by=by,
    )
    run.lists.set(lists)
    numbers = reserve_ids(CandidatePair, result.pairs.height)
    columns = ("id", "run", "record_a", "record_b", "probability", "match_weight", "reasons", "state")
    rows = zip(numbers, _pairs(result.pairs, verdicts), strict=True)
    insert_rows(CandidatePair, columns, ((number, run.pk, *pair) for number, pair in rows))
    refresh_statistics(result.pairs.height, CandidatePair)
    store_review_order(run, result, judged=verdicts)
    target = f"lists.LinkRun:{run.pk}"
    record_event(
        action="lists.run_linkage", actor=by, target=target, at=at, records=total, pairs=run.pair_count
    )
    return run


def _pairs(
    pairs: pl.DataFrame, verdicts: dict[Pair, list[str]]
) -> Iterator[tuple[int, int, float, float, str, str]]:
    columns = ("id_l", "id_r", "probability", "match_weight", "reasons")
    for left, right, probability, weight, reasons in pairs.select(columns).iter_rows():
        a, b = int(left), int(right)
        if a > b:
            a, b = b, a
            reasons = _swapped(reasons)  # noqa: PLW2901  # the sides of the pair were swapped too
        yield a, b, probability, weight, reasons, state_of(verdicts.get((a, b), [])).value


def _swapped(reasons: str) -> str:
    turned = [{**item, "left": item.get("right"), "right": item.get("left")} for item in json.loads(reasons)]
    return json.dumps(turned, ensure_ascii=False)


def _frame(rows: dict[int, int]) -> pl.DataFrame:
    """Make the table of one list: what each record says, as its newest row was understood."""
    record_of = {row: record for record, row in rows.items()}
    index = place_index()
    records: list[LinkRecord] = []
    for chunk in chunked(sorted(record_of), CHUNK):
        parsed = ListRow.objects.filter(pk__in=chunk).order_by("id").values_list("id", "parsed")
        records += [frame_row(record_of[row], said or {}, index) for row, said in parsed]
    return pl.DataFrame(records, schema=FRAME, orient="row")


def _verdicts(list_of: dict[int, str]) -> dict[Pair, list[str]]:
    """Return what is judged of pairs of these records."""
    verdicts: dict[Pair, list[str]] = {}
    rows = Judgement.objects.filter(ended_at__isnull=True).values_list(
        "record_a_id", "record_b_id", "verdict"
    )
    for a, b, verdict in rows.iterator(chunk_size=CHUNK):
        if a in list_of and b in list_of:
            verdicts.setdefault((a, b), []).append(verdict)
    return verdicts


def _judgement_frame(verdicts: dict[Pair, list[str]], list_of: dict[int, str]) -> pl.DataFrame | None:
    clear = {pair: set(said) - {Verdict.UNSURE} for pair, said in verdicts.items()}
    rows = [
        (list_of[a], str(a), list_of[b], str(b), next(iter(said)))
        for (a, b), said in clear.items()
        if len(said) == 1
    ]
    if not rows:
        return None
    return pl.DataFrame(rows, schema=["list_l", "id_l", "list_r", "id_r", "verdict"], orient="row")
