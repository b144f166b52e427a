"""One person is found in any script, with a typing error, unfinished, and by code."""

import pytest

from kuager.domain.accounts.models import User
from kuager.domain.people import operations as people
from kuager.domain.people.models import Record
from kuager.domain.people.queries import search
from kuager.domain.people.rules.drafts import OtherName, RecordDraft
from kuager.domain.register import queries
from tests.integration.register_story import TOLD, Story


@pytest.fixture
def story(asel: User, gulnar: User) -> Story:
    return Story(asel, gulnar)


@pytest.fixture
def sought(story: Story) -> Record:
    for name in ("Омаров Нұрлан", "Жанабаев Ерік", "Сағынов Болат", "Жақыпова Әлия"):
        story.tells(name)
    return story.tells("Жағылтаров Ерлан Серікұлы")


@pytest.mark.parametrize(
    "typed",
    [
        "Jagiltarov",
        "Жагилтаров",
        "Жағылтаров",
        "жағылтаров ерлан",
        "Erlan Jagiltarov",
        "Zhagiltarov E",
        "Жагылторов",
        "Жағыл",
        "Ерлан Серикович",
    ],
)
def test_every_spelling_finds_the_same_person_first(sought: Record, typed: str) -> None:
    assert search(typed)[0].record_id == sought.pk


def test_a_code_finds_its_person_even_unfinished(sought: Record) -> None:
    code = sought.home_person.code
    for typed in (code, code.lower(), code.replace("-", ""), code[:7]):
        assert [hit.code for hit in search(typed)] == [code]


def test_more_words_narrow_the_search(story: Story, sought: Record) -> None:
    story.tells("Жағылтаров Нұрлан")
    assert search("Jagiltarov Erlan")[0].record_id == sought.pk
    assert {hit.name for hit in search("Jagiltarov")} == {"Жағылтаров Ерлан Серікұлы", "Жағылтаров Нұрлан"}


def test_another_name_of_the_same_source_finds_too(story: Story) -> None:
    record = story.tells("Омаров Нұрлан", other_names=(OtherName(name="Тарлан"),))
    assert search("Tarlan")[0].record_id == record.pk


def test_what_nobody_is_called_finds_nobody(sought: Record) -> None:
    assert search("Qwxzvk") == search("") == search("123") == []


def test_a_withdrawn_record_is_not_found(story: Story, sought: Record) -> None:
    people.withdraw_records(record_ids=[sought.pk], cause="edition:1", at=story.now())
    assert sought.pk not in [hit.record_id for hit in search("Jagiltarov")]


def test_the_desk_gets_the_entry_with_the_hit(sought: Record) -> None:
    found = queries.find_people("Jagiltarov")[0]
    assert (found.code, found.entry.name) == (sought.home_person.code, "Жағылтаров Ерлан Серікұлы")
    listed = queries.list_entries(queries.EntryFilter(text="Jagiltarov"))
    assert found.entry.pk in [entry.pk for entry in listed]


@pytest.mark.django_db(transaction=True)
def test_names_added_a_moment_ago_are_found() -> None:
    from kuager.domain.accounts.operations import create_user
    from kuager.domain.accounts.terms import Role

    users = [create_user(username=name, role=Role.DOCUMENTER) for name in ("asel", "gulnar")]
    story = Story(*users)
    first = story.tells("Жағылтаров Ерлан")
    assert search("Jagiltarov")[0].record_id == first.pk
    second = story.tells("Теміртасов Дархан")
    assert search("Temirtasov")[0].record_id == second.pk


def test_a_long_name_is_kept_whole_in_its_parts(story: Story) -> None:
    at = story.now()
    record = people.add_record(
        draft=RecordDraft(name="Нұрова Әсел Серікқызы"),
        citation=story.citation("A"),
        told_on=TOLD,
        by=story.author,
        at=at,
    )
    assert (record.family, record.given, record.patronymic) == ("Нұрова", "Әсел", "Серікқызы")
