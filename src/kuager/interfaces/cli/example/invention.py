"""Inventing people: names put together from parts of words, and how three languages spell them."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

FIRST_PARTS = (
    "Нұр Бек Жан Ер Бақыт Сер Ай Алтын Қайрат Дәу Өмір Тем Қан Сұл Әбі Ғал Жақ Құд Мақ Ора Рах Сағ Тоқ Шың "
    "Бауыр "
    "Дос Есен Жұма Кен Мейр Нар Сән Төле Тұр Асқ Бол Ырыс Ұлан Ізгі Көк Әнет Оңға"
).split()
MALE_ENDS = "лан бек жан бай хан ғали тай бол ияр сұлтан құл дәулет қали мыр мұрат нияз ғазы".split()
FEMALE_ENDS = "гүл ара сұлу нұр зада шаш тай ия ким мира".split()
FIRST_DAY = date(2021, 11, 1)
LAST_DAY = date(2021, 11, 21)

# place code, weight, and how three kinds of list write it: Kazakh, Russian, English.
PLACES = (
    ("almaty_city", 44, "Алматы қаласы", "г. Алматы", "Almaty"),
    ("taldykorgan", 8, "Талдықорған", "Талдыкорган", "Taldykorgan"),
    ("taraz", 9, "Тараз", "Тараз", "Taraz"),
    ("kyzylorda_city", 7, "Қызылорда", "Кызылорда", "Kyzylorda"),
    ("shymkent", 7, "Шымкент", "Шымкент", "Shymkent"),
    ("aktobe_city", 5, "Ақтөбе", "Актобе", "Aktobe"),
    ("atyrau_city", 4, "Атырау", "Атырау", "Atyrau"),
    ("zhanaozen", 4, "Жаңаөзен", "Жанаозен", "Zhanaozen"),
    ("aktau", 3, "Ақтау", "Актау", "Aktau"),
    ("semey", 3, "Семей", "Семей", "Semey"),
    ("oral", 2, "Орал", "Уральск", "Oral"),
    ("karaganda_city", 2, "Қарағанды", "Караганда", "Karaganda"),
    ("kostanay_city", 1, "Қостанай", "Костанай", "Kostanay"),
    ("turkistan_city", 1, "Түркістан", "Туркестан", "Turkistan"),
)
RUSSIAN_LETTERS = str.maketrans("ӘәҒғҚқҢңӨөҰұҮүҺһІі", "АаГгКкНнОоУуУуХхИи")
ENGLISH = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "zh", "з": "z", "и": "i",
    "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t",
    "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ы": "y", "э": "e",
    "ю": "yu", "я": "ya", "ь": "", "ъ": "", "ә": "a", "ғ": "gh", "қ": "q", "ң": "ng", "ө": "o", "ұ": "u",
    "ү": "u", "һ": "h", "і": "i",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class InventedPerson:
    """Somebody who does not exist, with the name in Kazakh and everything that happened to them.

    ``path`` is a sequence of (day, status), in order; the first is when it began.
    """

    number: int
    given: str
    family: str
    father: str
    is_female: bool
    born: date
    place: int
    path: tuple[tuple[date, str], ...]
    visibility: float


def invent_people(count: int, *, seed: int) -> list[InventedPerson]:
    """Invent ``count`` people, some of them siblings; the same seed gives the same people."""
    dice = random.Random(seed)
    people: list[InventedPerson] = []
    for number in range(count):
        sibling = people[-1] if people and dice.random() < 0.04 else None
        people.append(_invent(number, dice, sibling))
    return people


def _invent(number: int, dice: random.Random, sibling: InventedPerson | None) -> InventedPerson:
    is_female = dice.random() < 0.14
    ends = FEMALE_ENDS if is_female else MALE_ENDS
    return InventedPerson(
        number=number,
        given=_name(dice, ends),
        family=sibling.family if sibling else _name(dice, MALE_ENDS),
        father=sibling.father if sibling else _name(dice, MALE_ENDS),
        is_female=is_female,
        born=date(2021, 11, 1) - timedelta(days=int(365.25 * min(78, max(4, dice.gauss(33, 12))))),
        place=sibling.place if sibling else dice.choices(range(len(PLACES)), [p[1] for p in PLACES])[0],
        path=_path(dice),
        visibility=dice.choices((1.25, 0.75), (0.6, 0.4))[0],
    )


def _name(dice: random.Random, ends: list[str]) -> str:
    first, end = dice.choice(FIRST_PARTS), dice.choice(ends)
    return (first + end).capitalize()


def _path(dice: random.Random) -> tuple[tuple[date, str], ...]:
    """Draw what happened: most were detained, many released, about one in ten killed."""
    start = FIRST_DAY + timedelta(days=dice.choices(range(12), (2, 5, 14, 26, 22, 12, 7, 4, 3, 2, 2, 1))[0])
    kind = dice.choices(("killed", "detained", "missing", "injured"), (11, 56, 17, 16))[0]
    if kind == "killed":
        return ((start, "dead"),)
    if kind == "injured":
        return _then(dice, start, (("injured", 1.0), ("dead", 0.06)))
    if kind == "missing":
        return _then(
            dice, start, (("missing", 1.0), (dice.choice(("detained", "alive")), 0.55), ("released", 0.3))
        )
    return _then(dice, start, (("detained", 1.0), ("remanded", 0.3), ("released", 0.5)))


def _then(
    dice: random.Random, start: date, steps: tuple[tuple[str, float], ...]
) -> tuple[tuple[date, str], ...]:
    path, day = [], start
    for status, chance in steps:
        if dice.random() < chance:
            path.append((day, status))
            day += timedelta(days=dice.randint(2, 7))
    return tuple(path)


def kazakh_name(person: InventedPerson, *, with_father: bool) -> str:
    """Family name first, in Kazakh Cyrillic, with -ұлы or -қызы."""
    father = f" {person.father}{'қызы' if person.is_female else 'ұлы'}" if with_father else ""
    return f"{surname(person)} {person.given}{father}"


def surname(person: InventedPerson) -> str:
    """Return the family name with the Russian ending that most people bear."""
    ending = "ев" if person.family[-1] in "йьиі" else "ов"
    return person.family.rstrip("йь") + ending + ("а" if person.is_female else "")


def russian_name(person: InventedPerson, *, with_father: bool) -> str:
    """Return family name, given name and patronymic as a Russian-language list writes them."""
    father = f" {person.father}{'овна' if person.is_female else 'ович'}" if with_father else ""
    return f"{surname(person)} {person.given}{father}".translate(RUSSIAN_LETTERS)


def english_name(person: InventedPerson, *, from_russian: bool) -> str:
    """Return given name and family name as a newspaper writes them, through Russian or from Kazakh."""
    name = f"{person.given} {surname(person)}"
    name = name.translate(RUSSIAN_LETTERS) if from_russian else name
    return "".join(_latin(letter) for letter in name)


def _latin(letter: str) -> str:
    latin = ENGLISH.get(letter.lower(), letter)
    return latin.capitalize() if letter.isupper() else latin


def with_typing_error(name: str, dice: random.Random) -> str:
    """Drop, swap or change one letter inside a name."""
    if len(name) < 5:
        return name
    at = dice.randrange(1, len(name) - 2)
    kind = dice.random()
    if kind < 0.4:
        return name[:at] + name[at + 1 :]
    if kind < 0.7:
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    return name[:at] + dice.choice("аеионрт" if ord(name[0]) > 0x400 else "aeionrt") + name[at + 1 :]


def status_on(person: InventedPerson, day: date) -> tuple[date, str] | None:
    """Return what had happened to ``person`` by ``day``, or nothing yet."""
    known = [step for step in person.path if step[0] <= day]
    return known[-1] if known else None
