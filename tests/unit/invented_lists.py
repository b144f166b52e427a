"""Two lists of invented people, made from parts of names: the second spells a third of the first again."""

import random

import polars as pl

_HEADS = "Нұр Бек Жан Ер Сер Ай Дәу Өмір Тем Қан Сұл Ал Ғал Мақ Рах Сағ Тоқ Дос Есен Қасым".split()  # noqa: SIM905
_TAILS = "лан бек жан бай хан ғали тай бол ік ат мұрат сұлтан дәулет қали".split()  # noqa: SIM905
_SOUNDS = "a a b v g g d e zh z i y k k l m n n o o p r s t u u u kh sh y i".split()  # noqa: SIM905
_PLACES = {"Алматы": "Almaty", "Тараз": "Taraz", "Ақтөбе": "Aktobe", "Семей": "Semey"}
_LATIN = dict(zip("аәбвгғдежзийкқлмнңоөпрстуұүхшыі", _SOUNDS, strict=True))
PEOPLE = 150


def _latin(text: str) -> str:
    return "".join(_LATIN.get(letter, letter) for letter in text.lower()).capitalize()


def _person(number: int, chance: random.Random) -> dict[str, str]:
    given, root, father = (chance.choice(_HEADS) + chance.choice(_TAILS) for _ in range(3))
    return {
        "id": str(number),
        "given": given,
        "family": f"{root}ов",
        "patronymic": f"{father}ұлы",
        "birth_date": f"{chance.randint(1950, 2004)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
        "place": chance.choice(list(_PLACES)),
        "event_date": f"2022-01-{chance.randint(2, 12):02}",
        "sex": "м",
    }


def _again(person: dict[str, str], chance: random.Random) -> dict[str, str]:
    spelled = {part: _latin(person[part]) for part in ("given", "family")}
    father = "" if chance.random() < 0.5 else _latin(person["patronymic"])
    birth = person["birth_date"][: chance.choice((4, 10))]
    where = _PLACES[person["place"]]
    return person | spelled | {"patronymic": father, "birth_date": birth, "place": where}


def row_of(frame: pl.DataFrame, key: str) -> dict[str, str | None]:
    """Return one record of a list."""
    row: dict[str, str | None] = frame.row(by_predicate=pl.col("id") == key, named=True)
    return row


_chance = random.Random(4)  # noqa: S311  # reproducible, not secret
_people = [_person(number, _chance) for number in range(PEOPLE)]
REGISTER = pl.DataFrame(_people)
LATER = pl.DataFrame([_again(person, _chance) for person in _people[: PEOPLE // 3]])
