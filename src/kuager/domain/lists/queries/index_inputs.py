"""What the match index holds of the register: every record in it, by list, as linkage reads it."""

from collections.abc import Collection, Mapping

import polars as pl

from kuager.domain.lists.models import CasualtyList, LinkRun, ListRow
from kuager.domain.lists.queries.baseline import chunked
from kuager.domain.lists.queries.link_inputs import CHUNK, frame_of
from kuager.domain.lists.queries.membership import active_rows
from kuager.domain.lists.rules.linking import FRAME, LinkRecord, told_row
from kuager.domain.lists.terms import LinkState
from kuager.domain.people.models import Assignment, Record
from kuager.domain.places.queries import place_index
from kuager.domain.register.models import StatusAssertion

# Records that stand on no list: what people told.
TOLD = "told"


def model_run() -> LinkRun | None:
    """Return the newest run that kept what it learned; None before the first."""
    return LinkRun.objects.filter(state=LinkState.DONE).exclude(trained="").order_by("-id").first()


def newest_record() -> int:
    """Return the number of the newest record: what came later is not in an index."""
    return Record.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def register_records() -> dict[str, dict[int, int]]:
    """Return the records in the register, by list with their newest row; those on no list with 0."""
    lists = {str(one.pk): active_rows(one) for one in CasualtyList.objects.order_by("pk")}
    listed = ListRow.objects.filter(record__isnull=False).values("record")
    told = Assignment.objects.filter(known_until__isnull=True).exclude(record__in=listed)
    others = dict.fromkeys(told.values_list("record_id", flat=True).order_by("record_id"), 0)
    return {name: rows for name, rows in {**lists, TOLD: others}.items() if rows}


def index_frames(records: Mapping[str, Mapping[int, int]]) -> dict[str, pl.DataFrame]:
    """Return what these records say, by list."""
    return {
        name: told_frame(list(rows)) if name == TOLD else frame_of(rows) for name, rows in records.items()
    }


def records_since(newest: int, *, limit: int) -> dict[str, dict[int, int]] | None:
    """Return records in the register with a higher number, as ``register_records`` does; None: too many."""
    later = Record.objects.filter(pk__gt=newest, assignments__known_until__isnull=True).order_by("pk")
    records = list(later.values_list("pk", flat=True)[: limit + 1])
    if len(records) > limit:
        return None
    rows = ListRow.objects.filter(record__in=records).order_by("id")
    newest_row = {
        record: (str(chosen), row)
        for record, chosen, row in rows.values_list("record_id", "edition__casualty_list_id", "id")
        if record is not None
    }
    found: dict[str, dict[int, int]] = {}
    for record in records:
        name, row = newest_row.get(record, (TOLD, 0))
        found.setdefault(name, {})[record] = row
    return found


def told_frame(record_ids: Collection[int]) -> pl.DataFrame:
    """Make a table of records that stand on no list: who they are, and the first thing said of them."""
    index = place_index()
    rows: list[LinkRecord] = []
    for chunk in chunked(sorted(record_ids), CHUNK):
        records = Record.objects.filter(pk__in=chunk).select_related("home_place").order_by("pk")
        said = StatusAssertion.objects.filter(record__in=chunk, superseded_at__isnull=True)
        first: dict[int, StatusAssertion] = {}
        for one in said.select_related("place").order_by("since_latest", "pk"):
            first.setdefault(one.record_id, one)
        rows += [told_row(record, first.get(record.pk), index) for record in records]
    return pl.DataFrame(rows, schema=FRAME, orient="row")
