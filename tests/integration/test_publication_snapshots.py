from datetime import date, timedelta

import pytest
from django.db import IntegrityError as DatabaseRefusal
from django.db import transaction
from django.utils import translation

from kuager.core.errors import BadInputError, InvalidTransitionError, PermissionDeniedError, RefusedError
from kuager.core.errors import IntegrityError as DigestError
from kuager.domain.accounts.models import User
from kuager.domain.audit.models import AuditEvent
from kuager.domain.people.models import Judgement, Record
from kuager.domain.people.operations import bulk
from kuager.domain.places.queries import get_place
from kuager.domain.publication import operations, queries
from kuager.domain.publication.models import Snapshot, SnapshotFigure, SnapshotPerson
from kuager.domain.register.terms import FOREVER
from tests.integration.small_register import ALL_FIELDS, DAY, FIRST, LATER, NOW, SmallRegister


@pytest.fixture
def register(asel: User) -> SmallRegister:
    return SmallRegister(by=asel)


def shown(snapshot: Snapshot) -> dict[str, SnapshotPerson]:
    return {p.name: p for p in SnapshotPerson.objects.filter(snapshot=snapshot, is_redacted=False)}


def value(snapshot: Snapshot, key: str) -> int:
    return SnapshotFigure.objects.get(snapshot=snapshot, key=key).value


def test_figures_count_everybody_and_the_list_shows_only_who_consented(
    register: SmallRegister, farida: User
) -> None:
    register.person("Айша Тестова", consent=register.consent())
    register.person("Silent Person")
    register.person("Only Register", consent=register.consent(purpose="register"))
    snapshot = operations.build_snapshot(as_of=DAY, by=farida, at=NOW)
    assert value(snapshot, "all") == value(snapshot, "detained") == 3
    assert list(shown(snapshot)) == ["Айша Тестова"]
    assert SnapshotFigure.objects.get(snapshot=snapshot, key="detained").basis["public_people"] == 1


def test_only_consented_fields_are_copied(register: SmallRegister, farida: User, places: None) -> None:
    city = get_place("almaty")
    register.person("Name Only", consent=register.consent("name"), place=city, region=city)
    register.person("Hidden Name", consent=register.consent("status,place"), place=city, region=city)
    snapshot = operations.build_snapshot(as_of=DAY, by=farida, at=NOW)
    named, unnamed = shown(snapshot)["Name Only"], shown(snapshot)[""]
    assert (named.age, named.status, named.place, named.region_code) == ("", "", {}, "")
    assert (unnamed.name, unnamed.age, unnamed.sex, unnamed.status) == ("", "", "", "detained")
    assert unnamed.region_code == "almaty"
    assert "hidden" not in unnamed.search_text


def test_what_only_a_confidential_record_says_never_shows(register: SmallRegister, farida: User) -> None:
    person = register.person("Public Side", "detained", consent=register.consent())
    family = register.record(person, register.source("Family", kind="family"), None, name="Private Alias")
    register.assertion(family, "released", since=date(2022, 1, 15))
    person.spells.all().delete()
    register.spell(person, "released", since=date(2022, 1, 15))
    snapshot = operations.build_snapshot(as_of=DAY, by=farida, at=NOW)
    row = shown(snapshot)["Public Side"]
    assert row.status == ""
    assert "released" not in str(vars(row))
    assert len(row.sources) == 1
    assert not queries.filter_people(snapshot, queries.PeopleFilter(text="Alias")).exists()


def test_a_newer_edition_describes_the_person_anew(register: SmallRegister, asel: User, farida: User) -> None:
    person = register.person("Айша Тестова", consent=register.consent())
    older = Record.objects.get(home_person=person)
    newer = register.record(person, register.source(), register.consent(), name="Айша Тестова", age=43)
    Judgement.objects.create(
        record_a=older, record_b=newer, verdict="same", method="edition", author=asel, decided_at=FIRST
    )
    row = shown(operations.build_snapshot(as_of=DAY, by=farida, at=NOW))["Айша Тестова"]
    assert (row.age, row.status) == ("43", "detained")


def test_contradicted_people_are_counted_and_not_shown(register: SmallRegister, farida: User) -> None:
    person = register.person("Disputed One", consent=register.consent())
    other = register.record(person, register.source("Other list"), register.consent(), name="Disputed Two")
    register.keep_apart(Record.objects.filter(home_person=person).earliest("pk"), other)
    snapshot = operations.build_snapshot(as_of=DAY, by=farida, at=NOW)
    assert value(snapshot, "all") == 1
    assert shown(snapshot) == {}


def test_the_same_question_has_the_same_digest_for_ever(register: SmallRegister, farida: User) -> None:
    consent = register.consent()
    person = register.person("First Known", consent=consent)
    one = operations.build_snapshot(as_of=DAY, known_at=FIRST, by=farida, at=NOW)
    two = operations.build_snapshot(as_of=DAY, known_at=FIRST, by=farida, at=NOW)
    register.person("Known Later", "missing", consent=register.consent(at=LATER), at=LATER)
    person.spells.update(known_until=LATER)
    register.spell(person, "injured", known=(LATER, FOREVER))
    operations.withdraw_consent(consent=consent, reason="asked", by=register.by, at=NOW)
    three = operations.build_snapshot(as_of=DAY, known_at=FIRST, by=farida, at=NOW + timedelta(hours=1))
    now = operations.build_snapshot(as_of=DAY, by=farida, at=NOW + timedelta(hours=1))
    assert one.content_digest == two.content_digest == three.content_digest
    assert now.content_digest != one.content_digest
    assert shown(three) == {}, "the consent has been withdrawn since"
    assert queries.verify_snapshot(one, recompute=True).is_intact


def test_copies_count_as_links_but_not_as_sources(register: SmallRegister, farida: User) -> None:
    first = register.source("City list", url="https://example.org/list")
    copy = register.source("News site", derived_from=first)
    agency = register.source("Agency", origin="wire")
    reprint = register.source("Newspaper", origin="wire")
    person = register.person("Often Named", consent=register.consent(), source=first)
    for source in (copy, agency, reprint):
        register.record(person, source, register.consent(), name="Often Named")
    snapshot = operations.build_snapshot(as_of=DAY, by=farida, at=NOW)
    basis = SnapshotFigure.objects.get(snapshot=snapshot, key="detained").basis
    assert (basis["records"], basis["sources"], basis["independent"]) == (4, 4, 2)
    row = shown(snapshot)["Often Named"]
    assert (len(row.sources), row.independent_count) == (4, 2)


def test_names_of_families_and_protected_publishers_stay_at_the_desk(
    register: SmallRegister, farida: User
) -> None:
    register.person(
        "Somebody", consent=register.consent(), source=register.source("Aunt of Somebody", kind="family")
    )
    hidden = register.source("Hidden Group")
    type(hidden.publisher).objects.filter(pk=hidden.publisher_id).update(is_protected=True)
    register.person("Another", consent=register.consent(), source=hidden)
    snapshot = operations.build_snapshot(as_of=DAY, by=farida, at=NOW)
    everything = (
        "".join(queries.people_lines(snapshot))
        + str(queries.figures_document(snapshot))
        + str(snapshot.summary)
    )
    assert "Aunt" not in everything
    assert "Hidden Group" not in everything


def test_building_needs_a_reader_and_publishing_an_editor(
    register: SmallRegister, asel: User, bolat: User, farida: User
) -> None:
    register.person("Somebody")
    with pytest.raises(PermissionDeniedError):
        operations.build_snapshot(as_of=DAY, by=bolat, at=NOW)
    snapshot = operations.build_snapshot(as_of=DAY, by=asel, at=NOW)
    assert queries.latest_snapshot() is None, "building shows nothing"
    with pytest.raises(PermissionDeniedError):
        operations.publish_snapshot(snapshot=snapshot, by=asel, at=NOW)
    operations.publish_snapshot(snapshot=snapshot, by=farida, at=NOW)
    assert queries.latest_snapshot() == snapshot
    actions = list(AuditEvent.objects.order_by("seq").values_list("action", flat=True))
    assert actions[-2:] == ["publication.build_snapshot", "publication.publish_snapshot"]


def test_nobody_can_know_the_future(register: SmallRegister, farida: User) -> None:
    with pytest.raises(BadInputError, match="future"):
        operations.build_snapshot(as_of=DAY, known_at=NOW + timedelta(days=1), by=farida, at=NOW)
    with pytest.raises(BadInputError, match="nobody could know"):
        operations.build_snapshot(as_of=date(2022, 3, 1), by=farida, at=NOW)


def test_a_snapshot_is_published_once_and_only_after_the_one_it_compares_with(
    register: SmallRegister, farida: User
) -> None:
    one = operations.build_snapshot(as_of=DAY, by=farida, at=NOW)
    two = operations.build_snapshot(as_of=DAY, by=farida, at=NOW)
    operations.publish_snapshot(snapshot=one, by=farida, at=NOW)
    with pytest.raises(InvalidTransitionError):
        operations.publish_snapshot(snapshot=one, by=farida, at=NOW)
    with pytest.raises(RefusedError, match="Build it again"):
        operations.publish_snapshot(snapshot=two, by=farida, at=NOW)


def test_a_withdrawn_snapshot_gives_way_to_the_one_before(register: SmallRegister, farida: User) -> None:
    one = operations.build_snapshot(as_of=DAY, by=farida, at=NOW)
    operations.publish_snapshot(snapshot=one, by=farida, at=NOW)
    two = operations.build_snapshot(as_of=DAY, by=farida, at=NOW)
    operations.publish_snapshot(snapshot=two, by=farida, at=NOW)
    with pytest.raises(BadInputError, match="reason"):
        operations.withdraw_snapshot(snapshot=two, reason=" ", by=farida, at=NOW)
    operations.withdraw_snapshot(snapshot=two, reason="a list was read twice", by=farida, at=NOW)
    assert queries.latest_snapshot() == one
    withdrawn = queries.newest_withdrawal(one)
    assert withdrawn is not None
    assert withdrawn.withdrawal_reason == "a list was read twice"


def test_the_difference_names_figures_people_and_reasons(register: SmallRegister, farida: User) -> None:
    gone = register.person("Goes Away", consent=register.consent())
    one = operations.build_snapshot(as_of=DAY, known_at=FIRST, by=farida, at=LATER)
    operations.publish_snapshot(snapshot=one, by=farida, at=LATER)
    came = register.person("Comes In", "missing", consent=register.consent(at=NOW), at=NOW)
    gone.spells.update(known_until=NOW)
    two = operations.build_snapshot(as_of=DAY, by=farida, at=NOW)
    difference = two.difference
    assert {"key": "detained", "old": 1, "new": 0} in difference["figures"]
    assert {"key": "missing", "old": 0, "new": 1} in difference["figures"]
    assert (difference["people"]["added"], difference["people"]["removed"]) == ([came.code], [gone.code])
    assert difference["reasons"]["assertions"] == 1


def test_long_lists_are_stored_whole(
    register: SmallRegister, farida: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "BATCH", 2)
    for number in range(5):
        register.person(f"Person {number}", consent=register.consent())
    snapshot = operations.build_snapshot(as_of=DAY, by=farida, at=NOW)
    assert len(shown(snapshot)) == 5
    assert queries.verify_snapshot(snapshot).is_intact


def test_changed_rows_are_found_and_not_published(register: SmallRegister, farida: User) -> None:
    register.person("Somebody", consent=register.consent())
    snapshot = operations.build_snapshot(as_of=DAY, by=farida, at=NOW)
    SnapshotPerson.objects.filter(snapshot=snapshot).update(name="Somebody Else")
    check = queries.verify_snapshot(snapshot)
    assert not check.is_intact
    assert len(check.changed_people) == 1
    with pytest.raises(DigestError):
        operations.publish_snapshot(snapshot=snapshot, by=farida, at=NOW)
    SnapshotFigure.objects.filter(snapshot=snapshot, key="all").update(value=7)
    assert queries.verify_snapshot(snapshot).stored != snapshot.content_digest


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "published"},
        {"published_at": NOW},
        {"state": "withdrawn", "published_at": NOW},
    ],
)
def test_the_database_refuses_half_a_publication(
    register: SmallRegister, farida: User, changes: dict[str, object]
) -> None:
    snapshot = operations.build_snapshot(as_of=DAY, by=farida, at=NOW)
    with pytest.raises(DatabaseRefusal), transaction.atomic():
        Snapshot.objects.filter(pk=snapshot.pk).update(**changes)


def test_pictures_come_in_three_languages_with_words_and_numbers(
    register: SmallRegister, farida: User, places: None
) -> None:
    city = get_place("almaty")
    register.person("Somebody", consent=register.consent(ALL_FIELDS), place=city, region=city)
    register.person("Nowhere", "missing")
    snapshot = operations.build_snapshot(as_of=DAY, by=farida, at=NOW)
    assert snapshot.pictures.count() == 12
    with translation.override("ru"):
        region_map = queries.get_picture(snapshot, "map")
    assert region_map.svg.startswith("<svg")
    assert "Алматы" in str(region_map.table)
    assert ["Алматы", "1"] in region_map.table["rows"]
    with translation.override("en"):
        over_time = queries.get_picture(snapshot, "time")
    assert over_time.table["rows"][-1][0] == DAY.isoformat()
