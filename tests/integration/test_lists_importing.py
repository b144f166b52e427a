from datetime import date
from pathlib import Path

import pytest

from kuager.core.errors import (
    BadInputError,
    IntegrityError,
    InvalidTransitionError,
    PermissionDeniedError,
    RefusedError,
)
from kuager.domain.accounts.models import User
from kuager.domain.lists import operations, queries
from kuager.domain.lists.models import ListEdition, ListRow
from kuager.domain.lists.terms import EditionState, MatchedBy, RowChange
from kuager.domain.people.models import Assignment, Judgement, Record
from kuager.domain.register import queries as register
from kuager.domain.register.models import Entry, StatusAssertion
from tests.integration.list_files import FIRST, SECOND, begin, later, load, new_list, stage, write_csv

JANUARY_20 = date(2022, 1, 20)
JANUARY_28 = date(2022, 1, 28)

pytestmark = pytest.mark.usefixtures("places")


@pytest.fixture
def first(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "first.csv", FIRST)


@pytest.fixture
def second(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "second.csv", SECOND)


def counted(as_of: date = JANUARY_28) -> dict[str, int]:
    return {row.values[0]: row.count for row in register.count(as_of=as_of).rows}


def test_preview_proposes_what_columns_hold(first: Path) -> None:
    preview = queries.preview(first)
    fields = [proposal.field for proposal in preview.proposals]
    assert fields == ["list_id", "name", "age", "event_date", "event_place", "status"]
    assert preview.header_row == 1
    assert preview.rows[0].cells[1] == "Тасболатов Ерден Серикович"
    assert preview.proposals[1].samples[0] == "Тасболатов Ерден Серикович"


def test_a_dry_run_writes_nothing(first: Path, asel: User) -> None:
    chosen = new_list(asel)
    result = queries.dry_run(
        first, mapping=queries.preview(first).mapping, as_of=JANUARY_20, casualty_list=chosen
    )
    assert result.counts.to_json() == {"added": 4, "changed": 0, "unchanged": 0, "removed": 0, "rejected": 0}
    assert result.statuses == {"detained": 2, "dead": 1, "injured": 1}
    assert not ListEdition.objects.exists()


def test_rows_are_frozen_as_they_came(first: Path, asel: User) -> None:
    edition = stage(new_list(asel), first, asel, as_of=JANUARY_20)
    assert (edition.state, edition.rows_staged, edition.rows_rejected) == (EditionState.STAGED, 4, 0)
    row = queries.list_rows(edition).rows[0]
    assert row.cells == list(FIRST[0])
    assert row.number == 2
    assert len(row.digest) == 64
    assert row.parsed is not None
    assert row.parsed["name"] == "Тасболатов Ерден Серикович"


def test_applying_makes_records_with_citations_and_assertions(first: Path, asel: User) -> None:
    load(new_list(asel), first, asel, as_of=JANUARY_20)
    record = Record.objects.select_related("citation__source").get(name__startswith="Тасболатов")
    assert record.citation.locator == "row 2"
    assert record.told_on == record.citation.source.told_on == JANUARY_20
    assertion = StatusAssertion.objects.select_related("place").get(record=record)
    assert (assertion.status, assertion.since_edtf, assertion.told_on) == (
        "detained",
        "2022-01-06",
        JANUARY_20,
    )
    assert assertion.place is not None
    assert assertion.place.code == "almaty"
    assert assertion.verification == "reported"


def test_the_dead_of_a_list_wait_for_a_second_person(first: Path, asel: User, gulnar: User) -> None:
    edition = load(new_list(asel), first, asel, as_of=JANUARY_20)
    assert "dead" not in counted()
    with pytest.raises(PermissionDeniedError):
        operations.approve_edition(edition=edition, by=asel, at=later(1))
    assert operations.approve_edition(edition=edition, by=gulnar, at=later(1)) == 1
    assert counted()["dead"] == 1


def test_everybody_has_the_status_of_a_list_without_a_column_for_it(tmp_path: Path, asel: User) -> None:
    path = write_csv(
        tmp_path / "names.csv", [("Оралханов Дидар", "19"), ("Жүнісова Айдана", "27")], ("ФИО", "Возраст")
    )
    load(new_list(asel, status="missing"), path, asel, as_of=JANUARY_20)
    assert counted() == {"missing": 2}


def test_a_newer_edition_adds_removes_and_changes(first: Path, second: Path, asel: User) -> None:
    chosen = new_list(asel)
    load(chosen, first, asel, as_of=JANUARY_20)
    edition = load(chosen, second, asel, as_of=JANUARY_28, at=later(1))
    assert edition.counts == {"added": 1, "changed": 1, "unchanged": 2, "removed": 1, "rejected": 0}
    difference = queries.edition_difference(edition)
    assert [(row.change, row.name) for row in difference.rows] == [
        (RowChange.CHANGED, "Тасболатов Ерден Серикович"),
        (RowChange.ADDED, "Сыздықов Мейірбек"),
        (RowChange.REMOVED, "Оралханов Дидар"),
    ]
    changed = difference.rows[0].fields
    assert ("statuses", "detained", "released") in [(item.field, item.before, item.after) for item in changed]
    assert ListRow.objects.count() == 8


def test_unchanged_rows_keep_their_record_though_their_numbers_moved(
    first: Path, second: Path, asel: User
) -> None:
    chosen = new_list(asel)
    load(chosen, first, asel, as_of=JANUARY_20)
    before = Record.objects.get(name__startswith="Жүнісова")
    edition = load(chosen, second, asel, as_of=JANUARY_28, at=later(1))
    row = ListRow.objects.get(edition=edition, parsed__name__startswith="Жүнісова")
    assert row.record == before
    assert (row.change, row.matched_by) == (RowChange.UNCHANGED, MatchedBy.CONTENT)


def test_a_changed_row_is_the_same_person(first: Path, second: Path, asel: User) -> None:
    chosen = new_list(asel)
    load(chosen, first, asel, as_of=JANUARY_20)
    old = Record.objects.get(name__startswith="Тасболатов")
    load(chosen, second, asel, as_of=JANUARY_28, at=later(1))
    new = Record.objects.filter(name__startswith="Тасболатов").exclude(pk=old.pk).get()
    judgement = Judgement.objects.get()
    assert (judgement.record_a, judgement.record_b, judgement.method) == (old, new, "edition")
    active = Assignment.objects.filter(record__in=[old, new], known_until__isnull=True)
    assert set(active.values_list("person_id", flat=True)) == {old.home_person_id}


def test_a_newer_status_follows_the_older_one(first: Path, second: Path, asel: User, gulnar: User) -> None:
    chosen = new_list(asel)
    load(chosen, first, asel, as_of=JANUARY_20)
    edition = load(chosen, second, asel, as_of=JANUARY_28, at=later(1))
    assert counted(JANUARY_28)["detained"] == 2
    operations.approve_edition(edition=edition, by=gulnar, at=later(2))
    assert counted(JANUARY_20)["detained"] == 2
    assert (counted(JANUARY_28)["detained"], counted(JANUARY_28)["released"]) == (1, 1)


def test_the_dead_stay_dead_when_a_newer_edition_says_less(tmp_path: Path, asel: User, gulnar: User) -> None:
    chosen = new_list(asel)
    dead, hurt = FIRST[1], (*FIRST[1][:5], "ранен")
    edition = load(chosen, write_csv(tmp_path / "a.csv", [dead]), asel, as_of=JANUARY_20)
    operations.approve_edition(edition=edition, by=gulnar, at=later(1))
    load(chosen, write_csv(tmp_path / "b.csv", [hurt]), asel, as_of=JANUARY_28, at=later(2))
    assert counted(JANUARY_28) == {"dead": 1}


def test_who_is_removed_goes_with_everything_older_editions_said(tmp_path: Path, asel: User) -> None:
    chosen = new_list(asel)
    older, newer = FIRST[2], (*FIRST[2][:5], "в больнице")
    load(chosen, write_csv(tmp_path / "a.csv", [FIRST[0], older]), asel, as_of=JANUARY_20)
    load(chosen, write_csv(tmp_path / "b.csv", [FIRST[0], newer]), asel, as_of=JANUARY_20, at=later(1))
    third = load(chosen, write_csv(tmp_path / "c.csv", [FIRST[0]]), asel, as_of=JANUARY_28, at=later(2))
    assert counted() == {"detained": 1}
    operations.undo_edition(edition=third, reason="the publisher erred", by=asel, at=later(3))
    assert counted() == {"detained": 1, "hospitalised": 1}


def test_undoing_an_edition_brings_the_one_before_back(first: Path, second: Path, asel: User) -> None:
    chosen = new_list(asel)
    load(chosen, first, asel, as_of=JANUARY_20)
    before = counted()
    edition = load(chosen, second, asel, as_of=JANUARY_28, at=later(1))
    assert counted() != before
    undone = operations.undo_edition(edition=edition, reason="wrong file", by=asel, at=later(2))
    assert undone.state == EditionState.UNDONE
    assert counted() == before
    assert ListRow.objects.count() == 8
    again = load(chosen, second, asel, as_of=JANUARY_28, at=later(3))
    assert again.counts["removed"] == 1


def test_undoing_the_first_edition_leaves_an_empty_register(first: Path, asel: User) -> None:
    edition = load(new_list(asel), first, asel, as_of=JANUARY_20)
    operations.undo_edition(edition=edition, reason="wrong file", by=asel, at=later(1))
    assert counted() == {}
    assert Record.objects.count() == 4


def test_only_the_latest_edition_can_be_undone_and_only_with_a_reason(
    first: Path, second: Path, asel: User
) -> None:
    chosen = new_list(asel)
    earlier = load(chosen, first, asel, as_of=JANUARY_20)
    load(chosen, second, asel, as_of=JANUARY_28, at=later(1))
    with pytest.raises(RefusedError, match="undo that one first"):
        operations.undo_edition(edition=earlier, reason="wrong file", by=asel, at=later(2))
    with pytest.raises(BadInputError, match="why"):
        operations.undo_edition(edition=earlier, reason=" ", by=asel, at=later(2))


def test_the_same_file_is_refused_and_the_edition_named(first: Path, asel: User) -> None:
    chosen = new_list(asel)
    edition = load(chosen, first, asel, as_of=JANUARY_20)
    with pytest.raises(RefusedError, match=rf"edition {edition.pk} of this list already"):
        begin(chosen, first, asel, as_of=JANUARY_28, at=later(1))


def test_a_discarded_edition_may_come_again(first: Path, asel: User) -> None:
    chosen = new_list(asel)
    edition = stage(chosen, first, asel, as_of=JANUARY_20)
    operations.discard_edition(edition=edition, reason="wrong mapping", by=asel, at=later(1))
    with pytest.raises(InvalidTransitionError):
        operations.apply_edition(edition=edition, by=asel, at=later(1))
    assert load(chosen, first, asel, as_of=JANUARY_20, at=later(2)).state == EditionState.APPLIED


def test_an_older_edition_is_refused(first: Path, second: Path, asel: User) -> None:
    chosen = new_list(asel)
    load(chosen, second, asel, as_of=JANUARY_28)
    with pytest.raises(RefusedError, match="older"):
        begin(chosen, first, asel, as_of=JANUARY_20, at=later(1))


def test_people_removed_from_a_list_can_stay(first: Path, second: Path, tmp_path: Path, asel: User) -> None:
    chosen = new_list(asel)
    load(chosen, first, asel, as_of=JANUARY_20)
    edition = begin(chosen, second, asel, as_of=JANUARY_28, at=later(1), keep_removed=True)
    operations.stage_edition(edition=edition, path=second, by=asel, at=later(1))
    assert operations.apply_edition(edition=edition, by=asel, at=later(1)).removed == 1
    kept = Record.objects.get(name__startswith="Оралханов")
    assert Assignment.objects.filter(record=kept, known_until__isnull=True).exists()
    back = write_csv(tmp_path / "third.csv", [*SECOND, ("5", *FIRST[1][1:])])
    third = load(chosen, back, asel, as_of=JANUARY_28, at=later(2))
    assert third.counts == {"added": 0, "changed": 0, "unchanged": 5, "removed": 0, "rejected": 0}


def test_staging_in_pieces_gives_the_same_rows(first: Path, asel: User) -> None:
    edition = begin(new_list(asel), first, asel, as_of=JANUARY_20)
    for expected in (1, 2, 3):
        edition = operations.stage_edition(edition=edition, path=first, by=asel, at=later(1), max_rows=1)
        assert (edition.rows_staged, edition.state) == (expected, EditionState.STAGING)
    edition = operations.stage_edition(edition=edition, path=first, by=asel, at=later(1))
    assert (edition.rows_staged, edition.state) == (4, EditionState.STAGED)


def test_staging_goes_on_with_the_same_file_only(first: Path, second: Path, asel: User) -> None:
    edition = begin(new_list(asel), first, asel, as_of=JANUARY_20)
    with pytest.raises(IntegrityError, match="original"):
        operations.stage_edition(edition=edition, path=second, by=asel, at=later(1))


def test_two_names_in_a_cell_are_two_people(tmp_path: Path, asel: User) -> None:
    rows = [("1", "Оралханов Дидар, Жүнісова Айдана", "", "05.01.2022", "Тараз", "задержаны")]
    edition = load(new_list(asel), write_csv(tmp_path / "two.csv", rows), asel, as_of=JANUARY_20)
    assert [(row.number, row.part) for row in queries.list_rows(edition).rows] == [(2, 0), (2, 1)]
    assert counted() == {"detained": 2}


def test_an_unknown_status_and_place_are_reported_and_created_nowhere(tmp_path: Path, asel: User) -> None:
    rows = [("1", "Оралханов Дидар", "19", "05.01.2022", "Атлантида", "зачарован")]
    edition = load(new_list(asel), write_csv(tmp_path / "odd.csv", rows), asel, as_of=JANUARY_20)
    row = queries.list_rows(edition, only_problems=True).rows[0]
    assert row.problems[0]["column"] == "Статус"
    assert not StatusAssertion.objects.exists()
    assert counted() == {"unknown": 1}


def test_one_bad_row_loses_no_other(tmp_path: Path, asel: User) -> None:
    rows = [FIRST[0], ("2", "", "19", "05.01.2022", "Тараз", "погиб"), FIRST[2]]
    edition = load(new_list(asel), write_csv(tmp_path / "bad.csv", rows), asel, as_of=JANUARY_20)
    assert edition.counts == {"added": 2, "changed": 0, "unchanged": 0, "removed": 0, "rejected": 1}
    rejected = queries.list_rows(edition, change=RowChange.REJECTED).rows[0]
    assert (rejected.number, rejected.parsed) == (3, None)
    assert rejected.cells[4] == "Тараз"


def test_an_age_that_its_birth_date_contradicts_stays_in_the_note(tmp_path: Path, asel: User) -> None:
    header = ("ФИО", "Возраст", "Дата рождения")
    path = write_csv(tmp_path / "age.csv", [("Оралханов Дидар", "60", "05.01.2002")], header)
    load(new_list(asel), path, asel, as_of=JANUARY_20)
    record = Record.objects.get()
    assert (record.age_min, record.birth_edtf) == (None, "2002-01-05")
    assert "60" in record.note


def test_two_people_who_share_everything_stay_two(tmp_path: Path, asel: User) -> None:
    twin = ("", *FIRST[0][1:])
    chosen = new_list(asel)
    load(chosen, write_csv(tmp_path / "a.csv", [twin, twin]), asel, as_of=JANUARY_20)
    one_left = load(chosen, write_csv(tmp_path / "b.csv", [twin]), asel, as_of=JANUARY_28, at=later(1))
    assert one_left.counts == {"added": 0, "changed": 0, "unchanged": 1, "removed": 1, "rejected": 0}


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"columns": {"A": "note"}}, "name"),
        ({"columns": {"B": "nome"}}, "no field"),
        ({"columns": {"Z": "name"}}, "no column"),
        ({"colums": {}}, "unknown keys"),
        ({"status": "zombie"}, "no status"),
    ],
)
def test_a_wrong_mapping_is_explained(
    first: Path, asel: User, mapping: dict[str, object], message: str
) -> None:
    with pytest.raises(BadInputError, match=message):
        queries.dry_run(first, mapping=mapping, as_of=JANUARY_20)  # type: ignore[arg-type]  # wrong on purpose


def test_somebody_without_rights_imports_nothing(first: Path, asel: User, bolat: User) -> None:
    chosen = new_list(asel)
    with pytest.raises(PermissionDeniedError):
        begin(chosen, first, bolat, as_of=JANUARY_20)
    edition = stage(chosen, first, asel, as_of=JANUARY_20)
    with pytest.raises(PermissionDeniedError):
        operations.apply_edition(edition=edition, by=bolat, at=later(1))
    with pytest.raises(PermissionDeniedError):
        operations.undo_edition(edition=edition, reason="x", by=bolat, at=later(1))


def test_a_newer_edition_describes_the_person_anew(tmp_path: Path, asel: User) -> None:
    chosen = new_list(asel)
    older, newer = FIRST[2], (FIRST[2][0], FIRST[2][1], "72", *FIRST[2][3:])
    load(chosen, write_csv(tmp_path / "a.csv", [older]), asel, as_of=JANUARY_20)
    load(chosen, write_csv(tmp_path / "b.csv", [newer]), asel, as_of=JANUARY_28, at=later(1))
    entry = Entry.objects.get()
    assert (entry.age_min, entry.age_max, entry.is_conflicted) == (72, 72, False)
    assert counted(JANUARY_20) == {"injured": 1}


def test_a_place_nobody_knows_is_a_warning_not_a_silence(tmp_path: Path) -> None:
    row = ("1", "Қабылбек Мира", "41", "06.01.2022", "Атлантида", "задержан")
    path = write_csv(tmp_path / "list.csv", [*FIRST, row])
    checked = queries.dry_run(path, mapping=queries.preview(path).mapping, as_of=JANUARY_20)
    (problem,) = checked.problems
    assert (problem.row, problem.column, problem.severity) == (6, "Город", "warning")
    assert problem.got == "Атлантида"
    assert checked.counts.added == 5
