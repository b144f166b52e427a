"""The queue of pairs that wait for a reviewer."""

from collections import Counter
from collections.abc import Sequence
from typing import cast

from django.db.models import Count, Exists, OuterRef, QuerySet

from kuager.domain.accounts.models import User
from kuager.domain.lists.models import CandidatePair, LinkRun, ListRow
from kuager.domain.lists.queries.answers import (
    FieldComparison,
    PairPage,
    PairSide,
    PairSummary,
    ReviewProgress,
)
from kuager.domain.lists.queries.differing import parsed_text
from kuager.domain.lists.queries.finding import latest_run
from kuager.domain.lists.queries.hidden import without_blind
from kuager.domain.lists.queries.membership import persons_of_records
from kuager.domain.lists.queries.overlapping import WAITING
from kuager.domain.lists.queries.run_pairs import in_order
from kuager.domain.lists.rules.pairs import TAKEN_BACK_BY_REVIEWER
from kuager.domain.lists.terms import PairState
from kuager.domain.people.models import Judgement, Record, RecordName
from kuager.domain.people.queries import cluster
from kuager.domain.people.rules.clusters import SUPERSEDED
from kuager.domain.register.models import StatusAssertion

# What a reviewer compares, in the order in which it tells people apart, by the names that linkage gives.
FIELDS = ("name", "sex", "birth", "age", "event", "event_place", "region", "home", "statuses", "note")
# The linkage compares parts of names, dates and places under names of its own.
_LINKAGE_FIELDS = {"event_date": "event", "place": "event_place", "birth_date": "birth"}


def review_queue(
    user: User, *, run: LinkRun | None = None, offset: int = 0, limit: int = 50
) -> tuple[list[PairSummary], int]:
    """Return one page of the pairs this user may judge, most informative first, and how many there are.

    Nobody is shown a pair again that
    they have judged themselves; one that somebody was unsure of goes to a second reviewer.
    """
    waiting = _waiting_for(user, run)
    pairs = list(waiting.select_related("record_a", "record_b")[offset : offset + limit])
    titles = _titles([record for pair in pairs for record in (pair.record_a_id, pair.record_b_id)])
    page = [
        PairSummary(
            pair=pair,
            name_a=pair.record_a.name,
            name_b=pair.record_b.name,
            list_a=titles.get(pair.record_a_id, ""),
            list_b=titles.get(pair.record_b_id, ""),
        )
        for pair in pairs
    ]
    return page, waiting.count()


def next_pair(
    user: User, *, run: LinkRun | None = None, after: CandidatePair | None = None
) -> CandidatePair | None:
    """Return the pair this user should judge next, or the one behind ``after``; None when nothing waits."""
    waiting = list(_waiting_for(user, run).values_list("id", flat=True)[:1000])
    if after is not None and after.pk in waiting:
        place = waiting.index(after.pk)
        waiting = waiting[place + 1 :] + waiting[:place]
    if not waiting:
        return None
    return CandidatePair.objects.select_related("run", "record_a", "record_b").get(pk=waiting[0])


def pair_page(pair: CandidatePair) -> PairPage:
    """Return everything a reviewer needs to judge a pair, side by side."""
    a, b = side_of(pair.record_a_id), side_of(pair.record_b_id)
    persons = persons_of_records([pair.record_a_id, pair.record_b_id])
    clusters = [
        tuple(cluster(persons[record][0])) if record in persons else ()
        for record in (a.record.pk, b.record.pk)
    ]
    return PairPage(
        pair=pair,
        a=a,
        b=b,
        fields=tuple(_fields(pair, a, b)),
        reasons=tuple(_in_words(reason) for reason in pair.reasons),
        judgements=_judged(pair),
        cluster_a=clusters[0],
        cluster_b=clusters[1],
    )


def _judged(pair: CandidatePair) -> tuple[Judgement, ...]:
    """Return what was said of a pair, in force or not; corrections of one's own last answer left out."""
    said = Judgement.objects.filter(record_a=pair.record_a_id, record_b=pair.record_b_id)
    said = said.exclude(end_reason__in=[SUPERSEDED, TAKEN_BACK_BY_REVIEWER])
    return tuple(said.select_related("author", "ended_by").order_by("decided_at", "pk"))


def review_progress(run: LinkRun | None = None, *, user: User | None = None) -> ReviewProgress:
    """Return how far the review of a run (None: the newest) has come."""
    run = run or latest_run()
    states: Counter[str] = Counter()
    if run is not None:
        counted = CandidatePair.objects.filter(run=run).values_list("state").annotate(n=Count("id"))
        states.update(dict(counted))
    return ReviewProgress(
        run=run,
        total=sum(states.values()),
        open=states[PairState.OPEN],
        second=states[PairState.SECOND],
        decided=states[PairState.DECIDED],
        disputed=states[PairState.DISPUTED],
        mine=_waiting_for(user, run).count() if user is not None and run is not None else 0,
    )


def _waiting_for(user: User, run: LinkRun | None) -> QuerySet[CandidatePair]:
    run = run or latest_run()
    if run is None:
        return CandidatePair.objects.none()
    judged = Judgement.objects.filter(
        record_a=OuterRef("record_a"), record_b=OuterRef("record_b"), author=user, ended_at__isnull=True
    )
    pairs = CandidatePair.objects.filter(
        run=run,
        state__in=WAITING,
        record_a__assignments__known_until__isnull=True,
        record_b__assignments__known_until__isnull=True,
    )
    return in_order(without_blind(pairs.exclude(Exists(judged))))


def _titles(record_ids: Sequence[int]) -> dict[int, str]:
    rows = ListRow.objects.filter(record__in=record_ids).order_by("id")
    return dict(rows.values_list("record_id", "edition__casualty_list__title"))


def side_of(record_id: int) -> PairSide:
    """Return one record with what its list says of the person."""
    record = Record.objects.select_related("citation__source__publisher", "home_place").get(pk=record_id)
    row = (
        ListRow.objects.filter(record=record).select_related("edition__casualty_list").order_by("-id").first()
    )
    names = RecordName.objects.filter(record=record).order_by("id").values_list("name", flat=True)
    assertions = StatusAssertion.objects.filter(record=record, superseded_at__isnull=True).order_by("id")
    persons = persons_of_records([record_id])
    return PairSide(
        record=record,
        list_title=row.edition.casualty_list.title if row else "",
        publisher=record.citation.source.publisher.name,
        row=row,
        other_names=tuple(names),
        assertions=tuple(assertions),
        person_code=persons[record_id][1] if record_id in persons else "",
    )


def _fields(pair: CandidatePair, a: PairSide, b: PairSide) -> list[FieldComparison]:
    """Put what the rows say side by side, and after it what only the linkage compared."""
    said = [said_by(side) for side in (a, b)]
    weighed = {
        _LINKAGE_FIELDS.get(str(reason.get("field")), str(reason.get("field"))): reason
        for reason in pair.reasons
    }
    fields = [
        _compared(name, said[0].get(name, ""), said[1].get(name, ""), weighed.pop(name, None))
        for name in FIELDS
        if said[0].get(name) or said[1].get(name)
    ]
    rest = [
        _compared(name, str(reason.get("left") or ""), str(reason.get("right") or ""), reason)
        for name, reason in weighed.items()
    ]
    return fields[:1] + rest + fields[1:]


def _compared(name: str, value_a: str, value_b: str, reason: dict[str, object] | None) -> FieldComparison:
    weight = reason.get("weight") if reason else None
    return FieldComparison(
        field=name,
        value_a=value_a,
        value_b=value_b,
        weight=float(cast(float, weight)) if weight is not None else None,
        reason=str(reason.get("level") or "") if reason else "",
    )


def said_by(side: PairSide) -> dict[str, str]:
    """Return what the row of a record says, as text by field."""
    parsed = dict(side.row.parsed or {}) if side.row else {}
    said = {name: parsed_text(value) for name, value in parsed.items()}
    ages = [parsed[key] for key in ("age_min", "age_max") if parsed.get(key) is not None]
    said["age"] = "-".join(dict.fromkeys(str(age) for age in ages))
    said["name"] = "; ".join((side.record.name, *side.other_names))
    said.setdefault("sex", side.record.sex)
    return said


def _in_words(reason: dict[str, object]) -> str:
    """Return one reason of the linkage in a line: the field, what was found, and its weight in bits."""
    weight = float(cast(float, reason.get("weight") or 0.0))
    return f"{reason.get('field')}: {reason.get('level')} ({weight:+.1f})"
