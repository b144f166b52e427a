"""Writing the example lists as people really write them: three languages, many habits and mistakes."""

import csv
import random
from datetime import date, timedelta
from pathlib import Path

from openpyxl import Workbook

from kuager.interfaces.cli.example import brothers
from kuager.interfaces.cli.example.invention import (
    PLACES,
    InventedPerson,
    english_name,
    kazakh_name,
    russian_name,
    status_on,
    with_typing_error,
)

RUSSIAN_STATUS = {
    "dead": "погиб", "detained": "задержан", "missing": "пропал без вести", "injured": "ранен",
    "remanded": "арестован", "released": "освобожден", "alive": "найден живым",
}  # fmt: skip
KAZAKH_STATUS = {
    "dead": "қаза тапты", "detained": "ұсталды", "missing": "хабарсыз кетті", "injured": "жараланды",
    "remanded": "қамауда", "released": "босатылды", "alive": "тірі",
}  # fmt: skip
ENGLISH_STATUS = {
    "dead": "killed", "detained": "detained", "missing": "missing", "injured": "injured",
    "remanded": "remanded", "released": "released", "alive": "alive",
}  # fmt: skip
RUSSIAN_MONTH = "ноября"


def members(people: list[InventedPerson], *, chance: float, salt: int, by: date) -> list[InventedPerson]:
    """Those whom a list has by a day: each list has its own eyes, and finds people with a delay."""
    found = []
    for person in people:
        dice = random.Random(person.number * 1009 + salt)
        is_on_list = dice.random() < chance * person.visibility
        delay = timedelta(days=dice.randint(0, 6))
        if is_on_list and person.path[0][0] + delay <= by:
            found.append(person)
    return found


def age_on(person: InventedPerson, day: date) -> int:
    """Completed years of life."""
    had_birthday = (day.month, day.day) >= (person.born.month, person.born.day)
    return day.year - person.born.year - (0 if had_birthday else 1)


def write_lawyers(path: Path, people: list[InventedPerson], *, as_of: date, seed: int) -> int:
    """Write the lawyers' workbook: title lines, header in the fourth row, Russian, many forms of a date."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101  # a new workbook always has a sheet
    sheet.title = "Список"
    sheet.append(["Список пострадавших (вымышленные данные)"])
    sheet.append([f"по состоянию на {as_of:%d.%m.%Y}"])
    sheet.append([])
    sheet.append(["№", "ФИО", "Возраст", "Пол", "Место", "Дата события", "Статус", "Откуда известно"])
    sheet.merge_cells("A1:H1")
    on_list = members(people, chance=0.5, salt=11, by=as_of)
    for number, person in enumerate(on_list, start=1):
        sheet.append([number, *_lawyers_row(person, random.Random(person.number * 7 + seed), as_of)])
    _add_mistakes(sheet, len(on_list))
    for number, row in enumerate(brothers.rows_by(as_of, brothers.LAWYERS_ROW), start=len(on_list) + 4):
        sheet.append([number, *row])
    book.save(path)
    return len(on_list)


def _lawyers_row(person: InventedPerson, dice: random.Random, as_of: date) -> list[object]:
    name = russian_name(person, with_father=dice.random() < 0.6)
    if dice.random() < 0.05:
        name = with_typing_error(name, dice)
    day, status = status_on(person, as_of) or person.path[0]
    age: object = age_on(person, day) + (dice.choice((-1, 1)) if dice.random() < 0.08 else 0)
    if dice.random() < 0.25:
        age = f"{age} лет"
    return [
        name,
        age if dice.random() < 0.85 else None,
        "ж" if person.is_female else "м",
        PLACES[person.place][3],
        _russian_day(day, dice),
        RUSSIAN_STATUS[status],
        dice.choice(("родственники", "адвокат", "звонок", "социальные сети")),
    ]


def _russian_day(day: date, dice: random.Random) -> object:
    kind = dice.random()
    if kind < 0.4:
        return day
    if kind < 0.75:
        return f"{day:%d.%m.%Y}"
    if kind < 0.88:
        return f"{day.day} {RUSSIAN_MONTH} 2021"
    if kind < 0.94:
        third = ("начало", "середина", "конец")[min(2, (day.day - 1) // 10)]
        return f"{third} {RUSSIAN_MONTH}"
    return None


def _add_mistakes(sheet, count: int) -> None:  # type: ignore[no-untyped-def]  # openpyxl's worksheet union
    """Two brothers in one cell, a row without a name, a status nobody knows."""
    sheet.append(
        [
            count + 1,
            "Оңғабеков Нарбол, Оңғабеков Есентай",
            None,
            "м",
            "Тараз",
            "05.11.2021",
            "задержан",
            "звонок",
        ]
    )
    sheet.append([count + 2, None, 30, "м", "г. Алматы", "06.11.2021", "погиб", "морг"])
    sheet.append([count + 3, "Ырыстаев Көкжан", "31", "м", "г. Алматы", "06.11.2021", "в розыске?", "звонок"])


def write_volunteers(path: Path, people: list[InventedPerson], *, as_of: date, seed: int) -> int:
    """Write the volunteers' list: Kazakh, a CSV with semicolons and a byte-order mark."""
    on_list = members(people, chance=0.46, salt=23, by=as_of)
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        sheet = csv.writer(stream, delimiter=";")
        sheet.writerow(["Аты-жөні", "Жасы", "Жынысы", "Қала", "Күні", "Жағдайы"])
        for person in on_list:
            sheet.writerow(_volunteers_row(person, random.Random(person.number * 13 + seed), as_of))
    return len(on_list)


def _volunteers_row(person: InventedPerson, dice: random.Random, as_of: date) -> list[object]:
    name = kazakh_name(person, with_father=dice.random() < 0.5)
    if dice.random() < 0.06:
        name = with_typing_error(name, dice)
    day, status = status_on(person, as_of) or person.path[0]
    return [
        name,
        f"{age_on(person, day)} жаста" if dice.random() < 0.7 else "",
        "әйел" if person.is_female else "ер",
        PLACES[person.place][2],
        f"{day.day} қараша 2021" if dice.random() < 0.5 else f"{day:%d.%m.%Y}",
        KAZAKH_STATUS[status],
    ]


def write_newsroom(path: Path, people: list[InventedPerson], *, as_of: date, seed: int) -> int:
    """Write a newsroom's list: English, a tab-separated file, newspaper spellings, links."""
    on_list = members(people, chance=0.36, salt=37, by=as_of)
    with path.open("w", encoding="utf-8", newline="") as stream:
        sheet = csv.writer(stream, delimiter="\t")
        sheet.writerow(["Name", "Age", "Sex", "City", "Date", "Status", "Link"])
        for person in on_list:
            sheet.writerow(_newsroom_row(person, random.Random(person.number * 17 + seed), as_of))
        sheet.writerows(brothers.rows_by(as_of, brothers.NEWSROOM_ROW))
    return len(on_list)


def _newsroom_row(person: InventedPerson, dice: random.Random, as_of: date) -> list[object]:
    name = english_name(person, from_russian=dice.random() < 0.6)
    if dice.random() < 0.05:
        name = with_typing_error(name, dice)
    day, status = status_on(person, as_of) or person.path[0]
    return [
        name,
        age_on(person, day) if dice.random() < 0.75 else "",
        ("female" if person.is_female else "male") if dice.random() < 0.9 else "",
        PLACES[person.place][4],
        f"{day:%B} {day.day}, 2021"
        if dice.random() < 0.6
        else ("November 2021" if dice.random() < 0.3 else day.isoformat()),
        ENGLISH_STATUS[status],
        f"https://news.example/{person.number * 7919 % 100000}",
    ]
