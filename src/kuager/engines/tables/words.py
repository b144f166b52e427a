"""The words of ``words.toml``, ready for look-up; the vocabulary is closed: none are added in reading."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

_NOT_WORD = re.compile(r"[^\w№?\-–—]+|_+", re.UNICODE)
_DASH = re.compile(r"(?<=\w)[-–—]+(?=\w)")
_EDGES = re.compile(r"^[-–—?\s]+(?=\w)|(?<=\w)[-–—?\s]+$")


@dataclass(frozen=True, slots=True)
class StatusWord:
    """A status on one of the axes fate, custody, health, legal."""

    axis: str
    status: str


def plain(text: str) -> str:
    """Reduce a phrase to what is compared: lower case, single spaces, no punctuation, "ё" as "е".

    Examples
    --------
    >>> plain(" Ф.И.О.  (полностью) ")
    'ф и о полностью'
    """
    text = _NOT_WORD.sub(" ", text.casefold().replace("ё", "е"))
    return _EDGES.sub("", _DASH.sub(" ", text).strip()).strip()


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases, each standing for a meaning; a star in a phrase matches any ending of that word."""

    exact: Mapping[str, str]
    patterns: tuple[tuple[re.Pattern[str], str], ...]

    def find(self, text: str) -> str | None:
        """Return the meaning of a phrase, already made plain, or None."""
        meaning = self.exact.get(text)
        if meaning is not None:
            return meaning
        return next((meaning for pattern, meaning in self.patterns if pattern.fullmatch(text)), None)


def _phrases(groups: Mapping[str, Iterable[str]]) -> Phrases:
    exact: dict[str, str] = {}
    patterns: list[tuple[str, str]] = []
    for meaning, words in groups.items():
        for word in words:
            if "*" in word:
                patterns.append((word, meaning))
            else:
                exact.setdefault(plain(word) or word, meaning)
    # The longest phrase first: "освобожден* под домашний арест" before "освобожден*".
    patterns.sort(key=lambda item: -len(item[0]))
    return Phrases(exact, tuple((_pattern(word), meaning) for word, meaning in patterns))


def _pattern(phrase: str) -> re.Pattern[str]:
    words = (re.escape(plain(word)) + (r"\w*" if word.endswith("*") else "") for word in phrase.split())
    return re.compile(" ".join(words))


@dataclass(frozen=True, slots=True)
class Words:
    """All words, by purpose."""

    headers: Phrases
    unknown: frozenset[str]
    sex: Phrases
    months: Phrases
    seasons: Phrases
    date_words: Phrases
    age_words: Phrases
    statuses: Phrases
    status_examples: tuple[str, ...]


@cache
def load_words() -> Words:
    """Read the words, once."""
    text = resources.files("kuager.engines.tables").joinpath("words.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    statuses = {f"{item['axis']}/{item['status']}": item["words"] for item in data["status"]}
    values = data["values"]
    return Words(
        headers=_phrases(data["headers"]),
        unknown=frozenset(plain(word) or word for word in values["unknown"]),
        sex=_phrases({"male": values["male"], "female": values["female"]}),
        months=_phrases(data["months"]),
        seasons=_phrases(data["seasons"]),
        date_words=_phrases(data["date_words"]),
        age_words=_phrases(data["age_words"]),
        statuses=_phrases(statuses),
        status_examples=tuple(
            f"{item['status']} ({item['words'][0].rstrip('*')})" for item in data["status"]
        ),
    )


@lru_cache(maxsize=8_192)
def is_unknown(text: str) -> bool:
    """Tell whether a cell says, in words or with a dash, that nothing is known."""
    text = text.strip()
    return not text or text in load_words().unknown or plain(text) in load_words().unknown or not plain(text)
