"""Real lists, imported as they are. They stay out of the repository; without them these tests skip."""

import csv
import resource
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kuager.core.dates import parse_edtf
from kuager.domain.accounts.models import User
from kuager.domain.lists import operations, queries
from kuager.domain.lists.models import CandidatePair, CasualtyList, ListEdition, ListRow
from kuager.domain.register import queries as register
from kuager.domain.sources import operations as sources
from kuager.domain.sources.models import Source
from kuager.engines.tables import parse_date
from tests.integration.list_files import later, new_list

DATA = Path(__file__).parents[3] / "shared" / "data"
APRIL, AUGUST = date(2024, 4, 13), date(2024, 8, 8)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not DATA.is_dir(), reason="the real lists (../shared/data) are not on this machine"),
]


def take_in(path: Path, casualty_list: CasualtyList, as_of: date, by: User, at: datetime) -> ListEdition:
    """Import a file with the proposed mapping, as somebody would who changes nothing."""
    edition = operations.begin_edition(
        casualty_list=casualty_list,
        as_of=as_of,
        path=path,
        file_name=path.name,
        mapping=queries.preview(path).mapping,
        by=by,
        at=at,
    )
    edition = operations.stage_edition(edition=edition, path=path, by=by, at=at)
    operations.apply_edition(edition=edition, by=by, at=at)
    edition.refresh_from_db()
    return edition


def report(name: str, **figures: object) -> None:
    """Print a figure for the log (pytest -s)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(name, *(f"{key}={value}" for key, value in figures.items()), f"peak_mb={peak}")  # noqa: T201


def own_ids(edition: ListEdition) -> dict[int, str]:
    rows = ListRow.objects.filter(edition=edition, record__isnull=False)
    return dict(rows.values_list("record_id", "list_key"))


def test_two_real_lists_link_as_people_judged(asel: User) -> None:
    started = time.perf_counter()
    editions = []
    for number, name in enumerate(("wapo", "mpv")):
        path = DATA / "linkage" / f"us_dev_{name}.csv"
        chosen = new_list(asel, title=name, publisher=name, status="dead")
        editions.append(
            take_in(path, chosen, date(2018, 7, 1), asel, datetime(2022, 2, 2 + number, tzinfo=UTC))
        )
    imported = time.perf_counter()
    lists = [edition.casualty_list for edition in editions]
    run = operations.run_linkage(lists=lists, by=asel, at=later(100))
    linked = time.perf_counter()
    wapo, mpv = (own_ids(edition) for edition in editions)
    found = set()
    pairs = CandidatePair.objects.filter(run=run, probability__gte=0.5)
    for a, b in pairs.values_list("record_a_id", "record_b_id"):
        if a in wapo and b in mpv:
            found.add((wapo[a], mpv[b]))
    with (DATA / "linkage" / "us_dev_gold.csv").open(encoding="utf-8") as file:
        gold = {(row["wapo"], row["mpv"]) for row in csv.DictReader(file)}
    right = len(found & gold)
    f1 = 2 * right / (len(found) + len(gold))
    report(
        "us_dev",
        rows=len(wapo) + len(mpv),
        f1=round(f1, 4),
        precision=round(right / len(found), 4),
        recall=round(right / len(gold), 4),
        pairs=run.pair_count,
        import_seconds=round(imported - started, 1),
        link_seconds=round(linked - imported, 1),
    )
    assert f1 >= 0.985


@pytest.mark.usefixtures("places")
def test_two_editions_of_a_real_register(asel: User, gulnar: User, tmp_path: Path) -> None:
    april, august = (every_fourth(f"t4p_{day}.csv", tmp_path) for day in ("20240413", "20240808"))
    chosen = new_list(asel, title="Register", status="dead")
    started = time.perf_counter()
    first = take_in(april, chosen, APRIL, asel, datetime(2024, 4, 14, tzinfo=UTC))
    operations.approve_edition(edition=first, by=gulnar, at=datetime(2024, 4, 15, tzinfo=UTC))
    halfway = time.perf_counter()
    second = take_in(august, chosen, AUGUST, asel, datetime(2024, 8, 9, tzinfo=UTC))
    operations.approve_edition(edition=second, by=gulnar, at=datetime(2024, 8, 10, tzinfo=UTC))
    ended = time.perf_counter()
    known_then = register.count(as_of=APRIL, known_at=datetime(2024, 5, 1, tzinfo=UTC)).total
    report(
        "gaza_register",
        first=first.counts,
        second=second.counts,
        known_in_may=known_then,
        as_of_april=register.count(as_of=APRIL).total,
        as_of_august=register.count(as_of=AUGUST).total,
        first_seconds=round(halfway - started, 1),
        second_seconds=round(ended - halfway, 1),
    )
    before, after = ids_in(april), ids_in(august)
    assert (first.rows_staged, second.rows_staged) == (len(before), len(after))
    assert first.counts["added"] == len(before)
    assert second.counts["removed"] >= len(set(before) - set(after))
    assert second.counts["added"] + second.counts["changed"] + second.counts["unchanged"] == len(after)
    assert known_then == len(before)
    still_there = len(set(before) & set(after))
    assert register.count(as_of=APRIL).total >= still_there - 100
    assert register.count(as_of=AUGUST).total == len(after)
    dead = {row.values[0]: row.count for row in register.count(as_of=AUGUST).rows}
    assert dead == {"dead": len(after)}


def every_fourth(name: str, folder: Path) -> Path:
    """Write the rows of every fourth identifier, the same people in both editions: enough, and quicker."""
    with (DATA / "gaza_register" / name).open(encoding="utf-8", newline="") as file:
        head, *rows = list(csv.reader(file))
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *(row for row in rows if row[0][0] in "048c")])
    return folder / name


def ids_in(path: Path) -> list[str]:
    with path.open(encoding="utf-8") as file:
        return [row["id_hash"] for row in csv.DictReader(file)]


def test_every_official_statement_has_an_uncertain_date_and_a_source(asel: User) -> None:
    """Only dates and sources of the ledger, for now: who is counted where comes with the claims room."""
    at = datetime(2022, 12, 1, tzinfo=UTC)
    with (DATA / "qantar_claims.csv").open(encoding="utf-8", newline="") as stream:
        statements = list(csv.DictReader(stream))
    days = []
    for row in statements:
        told = parse_date(row["date"], reference_year=2022)
        days.append(told)
        publisher = sources.get_or_create_publisher(
            name=row["claimant"][:200] or "not named", kind="state", by=asel, at=at
        )
        sources.add_source(
            publisher=publisher,
            kind="statement",
            title=row["quantity"],
            told_on=min(told.latest or at.date(), at.date()),
            published=told.edtf,
            url=row["url"],
            by=asel,
            at=at,
        )
    assert len(days) == Source.objects.count() == 116
    assert all(parse_edtf(told.edtf) == told for told in days)
    assert all(told.is_known and (told.earliest or APRIL) <= (told.latest or APRIL) for told in days)
    report("qantar", statements=len(days), exact_days=sum(told.is_exact for told in days))
