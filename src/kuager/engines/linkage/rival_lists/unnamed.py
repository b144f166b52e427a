"""Rows of a list that name nobody: an empty cell, or words for "unknown" where the name should stand.

Promises: a row is unnamed only when no word is left that could be a name; initials are a name.
"""

import re
from collections.abc import Iterator, Mapping

import polars as pl

from kuager.engines.linkage.reading.columns import recognise_columns

_WORD = re.compile(r"[^\W\d_]+")
_NOT_STATED = re.compile(r"\s*(?:n\s*/\s*a|н\s*/\s*д)\s*")
_NOBODY = (
    "unknown unidentified unnamed anonymous nameless person body corpse man woman male female boy girl child "
    "victim name no not known stated nan none null years old age about of "
    "неизвестный неизвестная неизвестное неизвестно неизвестен неизвестна неопознанный неопознанная "
    "неопознанное безымянный безымянная аноним имя имени нет не установлено установлен установлена указано "
    "указан известно лицо тело труп человек мужчина женщина мужчины женщины мальчик девочка ребенок ребёнок "
    "данных лет около примерно возраста шамамен "
    "белгісіз анықталмаған танылмаған аты жоқ есімі әйел бала мәйіт көрсетілмеген дерек мәлімет жаста "
    "مجهول مجهولة الهوية غير معروف"
)
# Said of nobody in particular only beside one of the words above: they are given names too.
_BESIDE = "адам ер еркек адамның"
_NOBODY_WORDS = frozenset(_NOBODY.split())
_BESIDE_WORDS = frozenset(_BESIDE.split())
_ONE_CELL = ("name", "name_ar", "name_en")
_PARTS = ("family", "given", "patronymic")
Key = tuple[str, str]


def names_nobody(text: str) -> bool:
    """Tell whether a cell for a name holds none.

    >>> [names_nobody(text) for text in ("", "n/a", "Неизвестный мужчина №3", "белгісіз ер адам")]
    [True, True, True, True]
    >>> [names_nobody(text) for text in ("N. A.", "Адам", "Unknown, Asan")]
    [False, False, False]
    """
    words = _WORD.findall(text.casefold())
    if not words or _NOT_STATED.fullmatch(text.casefold()):
        return True
    return any(word in _NOBODY_WORDS for word in words) and all(
        word in _NOBODY_WORDS or word in _BESIDE_WORDS for word in words
    )


def names_in(frames: Mapping[str, pl.DataFrame]) -> dict[Key, str]:
    """Give each record of the lists the name it shows, "" where there is none, by list and id as in ``link``.

    >>> names_in({"a": pl.DataFrame({"ФИО": ["Нұров Болат", "неизвестный"]})})
    {('a', '1'): 'Нұров Болат', ('a', '2'): ''}
    """
    return {(name, key): shown for name, frame in frames.items() for key, shown in _shown(frame)}


def _shown(frame: pl.DataFrame) -> Iterator[tuple[str, str]]:
    column = {field: name for name, field in recognise_columns(frame.columns).items()}
    fields = [field for field in (*_ONE_CELL, *_PARTS) if field in column]
    wanted = frame.select(pl.col(column[field]).cast(pl.String).fill_null("") for field in fields)
    keys = (
        frame[column["id"]].cast(pl.String).fill_null("").str.strip_chars().to_list()
        if "id" in column
        else [str(number) for number in range(1, frame.height + 1)]
    )
    rows = wanted.iter_rows() if fields else (() for _ in keys)
    for key, cells in zip(keys, rows, strict=True):
        yield key, _name(dict(zip(fields, cells, strict=True)))


def _name(cells: Mapping[str, str]) -> str:
    parts = " ".join(cells[field].strip() for field in _PARTS if cells.get(field, "").strip())
    choices = [*(cells.get(field, "") for field in _ONE_CELL), parts]
    return next((" ".join(text.split()) for text in choices if not names_nobody(text)), "")
