"""Phone calls of the example: families and witnesses, written down in two minutes each."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from kuager.core.dates import parse_edtf
from kuager.domain.people.rules.drafts import RecordDraft
from kuager.domain.people.terms import Sex
from kuager.domain.places import queries as places
from kuager.domain.register import operations as register
from kuager.domain.register import queries as register_queries
from kuager.domain.register.rules.drafts import AssertionDraft
from kuager.domain.register.terms import Status
from kuager.domain.sources.terms import Purpose

if TYPE_CHECKING:
    from kuager.domain.accounts.models import User

# name, sex, age, place, status, since, words of the caller, what may be published
Call = tuple[str, Sex, int | None, str, Status, str, str, tuple[str, ...]]
FIRST: tuple[Call, ...] = (
    ("Жақсыбеков Ерлан", Sex.MALE, 34, "Алматы", Status.DETAINED, "2021-11-05",
     "His wife: masked men took him at their gate, nobody says where he is.", ("name", "age", "status")),
    ("Jaqsybekov Nurlan", Sex.MALE, 31, "Almaty", Status.MISSING, "2021-11-04/2021-11-06",
     "A neighbour: the brother has not come home either.", ()),
    ("Оңғаева Сәулегүл", Sex.FEMALE, None, "Тараз", Status.INJURED, "2021-11-06~",
     "She herself: a rubber bullet, she is afraid to go to the hospital.", ()),
)  # fmt: skip
SECOND: tuple[Call, ...] = (
    ("Жаксыбеков Ерлан", Sex.MALE, 34, "Алматы", Status.REMANDED, "2021-11-14",
     "His lawyer: remanded for two months, in the city's prison.", ("name", "age", "place", "status")),
    ("Дәуқұлов Мейіржан", Sex.MALE, 16, "Кызылорда", Status.DEAD, "2021-11-05",
     "His mother: he went for bread. She wants his name known.", ("name", "age", "place", "status")),
    ("Аскарбаев Тимур", Sex.MALE, 45, "Шымкент", Status.RELEASED, "2021-11-16",
     "He himself: released at night without papers.", ()),
)  # fmt: skip

LAST: tuple[Call, ...] = (
    ("Сержанова Айсұлу", Sex.FEMALE, 29, "Алматы", Status.RELEASED, "2021-11-21",
     "Her sister: let out this morning, she must not leave the city.", ()),
    ("Болмурат Жакбаев", Sex.MALE, 52, "Тараз", Status.DEAD, "2021-11-20/2021-11-22",
     "A nurse: died in the hospital, his family does not know yet.", ()),
)  # fmt: skip


def first_calls(users: dict[str, "User"], *, at: datetime) -> None:
    """Write down the calls of the first week."""
    _record(FIRST, users, at)


def second_calls(users: dict[str, "User"], *, at: datetime) -> None:
    """Write down the calls of the second week; a second person approves what needs one."""
    _record(SECOND, users, at)
    waiting = register_pending(users["gulnar"])
    register.approve_assertions(assertion_ids=waiting, by=users["gulnar"], at=at + timedelta(hours=2))


def last_calls(users: dict[str, "User"], *, at: datetime) -> None:
    """Write down the calls of the last evening; they wait for a second person, and one denies a death."""
    _record(LAST, users, at)
    dead = register_queries.list_entries(register_queries.EntryFilter(status=Status.DEAD)).first()
    if dead is not None:
        seen = (dead.name, Sex.UNKNOWN, None, "Алматы", Status.DETAINED, "2021-11-19",
                "A cellmate: I saw him alive on the nineteenth.", ())  # fmt: skip
        call = replace(_draft(seen, at.date()), same_as_person_id=dead.person_id)
        register.record_call(call=call, by=users["asel"], at=at + timedelta(hours=1))


def register_pending(user: "User") -> list[int]:
    """Return what waits for this person as the second one."""
    return [assertion.pk for assertion in register_queries.list_pending(for_user=user)]


def _record(calls: tuple[Call, ...], users: dict[str, "User"], at: datetime) -> None:
    for number, call in enumerate(calls):
        moment = at + timedelta(minutes=7 * number)
        register.record_call(call=_draft(call, moment.date()), by=users["asel"], at=moment)


def _draft(call: Call, day: date) -> register.CallDraft:
    name, sex, age, place_text, status, since, words, fields = call
    place = places.find_place(place_text, on=day)
    return register.CallDraft(
        record=RecordDraft(
            name=name, sex=sex, age_min=age, age_max=age, home_place_id=place.pk if place else None
        ),
        told_on=day,
        statuses=(
            AssertionDraft(
                status=status, since=parse_edtf(since), told_on=day, place_id=place.pk if place else None
            ),
        ),
        caller_note=words,
        consent_purpose=Purpose.PUBLICATION if fields else "",
        consent_fields=fields,
    )
