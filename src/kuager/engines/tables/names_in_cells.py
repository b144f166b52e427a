"""Names as people write them in cells: several in one, aliases in brackets, a second script after a slash."""

import re
from dataclasses import dataclass
from functools import lru_cache

_NUMBERING = re.compile(r"^\s*(?:№\s*)?\d{1,5}\s*[.)]\s*")
_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_LINES = re.compile(r"\s*[;\n\r]+\s*")
_AND = re.compile(r"\s+(?:и|және|мен|and|&)\s+")
_UNUSUAL = re.compile(r"[;\n\r,/()\[\]\d№]|\s(?:и|және|мен|and|&)\s")
_SPACES = re.compile(r"[ \t\u00a0\u200b\u200e\u200f\ufeff]+")
_TOTAL = re.compile(r"(?i)\s*(?:итого|всего|барлығы|жиыны|total)\b")
_AKA = re.compile(
    r"(?i)^(?:он же|она же|aka|a\.k\.a\.|also known as|также известн\w*(?: как)?|лақап аты)[:\s]*"
)


@dataclass(frozen=True, slots=True)
class NameReading:
    """One person's name as written, with what stood in brackets or after a slash beside it."""

    name: str
    family: str = ""
    aliases: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()


@lru_cache(maxsize=4_096)
def read_names(text: str) -> tuple[NameReading, ...]:
    """Split a cell into the names of persons, in their order; empty when nothing is left."""
    if not _UNUSUAL.search(text):
        # Nearly every cell: one plain name.
        return (NameReading(_SPACES.sub(" ", text).strip(" .")),) if any(map(str.isalpha, text)) else ()
    found = []
    for piece in _split(text):
        reading = _one(piece)
        if reading is not None:
            found.append(reading)
    return tuple(found)


def script_of(text: str) -> str:
    """Return the script most letters belong to: "Cyrl", "Latn", "Arab", or "" for others and for none."""
    counts = {"Cyrl": 0, "Latn": 0, "Arab": 0}
    for letter in text:
        if "\u0400" <= letter <= "\u052f":
            counts["Cyrl"] += 1
        elif "\u0600" <= letter <= "\u06ff" or "\u0750" <= letter <= "\u077f":
            counts["Arab"] += 1
        elif letter.isalpha() and letter < "\u0250":
            counts["Latn"] += 1
    best = max(counts, key=lambda script: counts[script])
    return best if counts[best] else ""


def is_total(text: str) -> bool:
    """Tell whether a row begins with "total" instead of a name."""
    return bool(_TOTAL.match(text))


def may_hold_another(name: str) -> bool:
    """Tell whether a name that was not split still reads like two ("Асанов Болат и Ерлан")."""
    return bool(_AND.search(name)) or name.count(",") > 0


def _split(text: str) -> list[str]:
    pieces: list[str] = []
    for line in _join_lone(_LINES.split(text)):
        for piece in _whole_names(_AND.split(line), line):
            parts = [part.strip() for part in piece.split(",") if part.strip()]
            # "Асанов, Болат" is one person; "Асанов Болат, Асанов Ерлан" are two.
            pieces.extend(_whole_names(parts, piece))
    return pieces


def _whole_names(parts: list[str], unsplit: str) -> list[str]:
    """Accept a split only when every part can be a whole name; otherwise a person must decide."""
    if all(len(_words(part)) >= 2 and not any(map(str.isdigit, part)) for part in parts):
        return parts
    return [unsplit]


def _join_lone(lines: list[str]) -> list[str]:
    """Join lines that cannot be a whole name to the line before: a name broken over two lines is one."""
    joined: list[str] = []
    for line in lines:
        if joined and (len(_words(line)) < 2 or len(_words(joined[-1])) < 2):
            joined[-1] = f"{joined[-1]} {line}".strip()
        else:
            joined.append(line)
    return joined


def _words(text: str) -> list[str]:
    return [word for word in _BRACKETS.sub(" ", text).split() if any(map(str.isalpha, word))]


def _one(text: str) -> NameReading | None:
    aside = [_AKA.sub("", piece).strip() for piece in _BRACKETS.findall(text)]
    text = _NUMBERING.sub("", _BRACKETS.sub(" ", text))
    name, *rest = [_SPACES.sub(" ", piece).strip(" ,.\t") for piece in re.split(r"\s*/\s*", text)]
    if not any(map(str.isalpha, name)):
        return None
    script = script_of(name)
    beside = [piece for piece in (*aside, *rest) if any(map(str.isalpha, piece))]
    others = tuple(piece for piece in beside if script_of(piece) not in {"", script})
    aliases = tuple(piece for piece in beside if piece not in others)
    family, comma, given = name.partition(",")
    if comma and given.strip() and len(family.split()) == 1:
        return NameReading(f"{family.strip()} {given.strip()}", family.strip(), aliases, others)
    return NameReading(name, "", aliases, others)
