"""Phone calls of the example: families and witnesses, written down in two minutes each."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from kuager.core.dates import parse_edtf
from kuager.domain.people.rules.drafts import RecordDraft
from kuager.domain.people.terms import Sex
from kuager.domain.places import queries as places
from kuager.domain.register import operations as register
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


def first_calls(users: dict[str, "User"], *, at: datetime) -> None:
    """Write down the calls of the first week."""
    _record(FIRST, users, at)


def second_calls(users: dict[str, "User"], *, at: datetime) -> None:
    """Write down the calls of the second week; a second person approves what needs one."""
    _record(SECOND, users, at)
    waiting = register_pending(users["gulnar"])
    register.approve_assertions(assertion_ids=waiting, by=users["gulnar"], at=at + timedelta(hours=2))


def register_pending(user: "User") -> list[int]:
    """Return what waits for this person as the second one."""
    from kuager.domain.register import queries

    return [assertion.pk for assertion in queries.list_pending(for_user=user)]


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
