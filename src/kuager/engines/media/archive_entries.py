"""Entries of archives, and what is dangerous about a name: judged from the name alone, in any script."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

MAX_ENTRIES = 10_000
MAX_NAME = 1024
# A bomb: unpacks to so many times its size, and to something large. Text seldom shrinks more than thirtyfold.
MAX_RATIO = 200
BOMB_BYTES = 64 * 1024 * 1024


class EntryKind(StrEnum):
    """What an entry claims to be. Only FILE has bytes to take out."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    DEVICE = "device"


class Problem(StrEnum):
    """What is dangerous or odd about an entry."""

    LEADS_OUT = "leads_out"
    ABSOLUTE = "absolute"
    CONTROL_LETTERS = "control_letters"
    TURNED_LETTERS = "turned_letters"
    LONG_NAME = "long_name"
    NO_NAME = "no_name"
    RESERVED_NAME = "reserved_name"
    SAME_NAME = "same_name"
    LINK = "link"
    DEVICE = "device"
    LOCKED = "locked"
    BOMB = "bomb"
    OVERLAPS = "overlaps"
    ARCHIVE_INSIDE = "archive_inside"
    DAMAGED = "damaged"


# With one of these an entry cannot or must not be taken out.
_NEVER_TAKEN = {Problem.LINK, Problem.DEVICE, Problem.LOCKED, Problem.BOMB, Problem.OVERLAPS, Problem.DAMAGED}


@dataclass(frozen=True, kw_only=True)
class Entry:
    r"""One entry of an archive.

    Attributes
    ----------
    number
        From 0, in the order of the archive's own list.
    name
        As found, cut at 1,024 characters. Never a path to write to.
    shown
        The same with control letters and letters that turn the direction written out (``\\u202e``).
    size, packed_size
        Bytes as the archive claims.
    media_type
        By the entry's first bytes; empty where they were not looked at.
    modified
        ISO 8601 as found, local time of an unknown zone; empty when not stated.
    """

    number: int
    name: str
    shown: str
    kind: EntryKind
    size: int
    packed_size: int
    media_type: str
    modified: str
    problems: tuple[Problem, ...]

    @property
    def is_takeable(self) -> bool:
        """Whether `open_entry` gives its bytes."""
        return self.kind == EntryKind.FILE and not _NEVER_TAKEN & set(self.problems)


# Names that Windows gives to devices, whatever their ending (Microsoft, "Naming files, paths and
# namespaces").
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?\Z", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:")
# Unicode bidirectional algorithm (UAX 9), section 2: letters that turn the direction of others; and what is
# not seen at all.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNSEEN = frozenset(
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\ufeff"
)


def problems_of_name(name: str) -> tuple[Problem, ...]:
    """Return what is dangerous about a name, by itself; a name of any script without these is fine."""
    parts = re.split(r"[/\\]", name)
    held = {
        Problem.NO_NAME: not name.strip("/\\. "),
        Problem.LONG_NAME: len(name) > MAX_NAME or any(len(_bytes(part)) > 255 for part in parts),
        Problem.ABSOLUTE: name.startswith(("/", "\\")) or bool(_DRIVE.match(name)),
        Problem.LEADS_OUT: any(part.strip() == ".." for part in parts),
        Problem.CONTROL_LETTERS: any(_is_control(letter) for letter in name),
        Problem.TURNED_LETTERS: any(letter in _TURNING or letter in _UNSEEN for letter in name),
        Problem.RESERVED_NAME: any(
            _RESERVED.match(part.strip()) or (part != part.rstrip(" .") and part.strip(".")) for part in parts
        ),
    }
    return tuple(problem for problem, holds in held.items() if holds)


def shown(name: str) -> str:
    """Return a name in which every letter is seen and stands where it is written."""
    return "".join(
        f"\\u{ord(letter):04x}" if _is_control(letter) or letter in _TURNING or letter in _UNSEEN else letter
        for letter in name
    )


def _bytes(part: str) -> bytes:
    return part.encode("utf-8", "replace")


def _is_control(letter: str) -> bool:
    return unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"}
