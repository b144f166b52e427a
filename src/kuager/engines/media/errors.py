"""Why a file could not be read: a closed list, so that no word of a hostile file reaches a page."""

from enum import StrEnum

from kuager.core.errors import BadInputError


class Reason(StrEnum):
    """A reason in one code; interfaces translate it, `WORDS` says it in English."""

    TOO_LONG = "too_long"
    TOO_MUCH_MEMORY = "too_much_memory"
    TOO_MUCH_OUTPUT = "too_much_output"
    CRASHED = "crashed"
    NOT_UNDERSTOOD = "not_understood"
    BROKEN_RULES = "broken_rules"
    EMPTY = "empty"
    UNKNOWN_KIND = "unknown_kind"
    TOO_LARGE = "too_large"
    LOCKED = "locked"
    NOT_THERE = "not_there"
    BUSY = "busy"


WORDS: dict[Reason, str] = {
    Reason.TOO_LONG: "reading the file took too long and was stopped; it is damaged, vast, or made to stall",
    Reason.TOO_MUCH_MEMORY: (
        "reading the file needed too much memory and was stopped; it is damaged, vast, or made to exhaust"
    ),
    Reason.TOO_MUCH_OUTPUT: "reading the file gave more than the bound allows and was stopped",
    Reason.CRASHED: "the reading process died over the file: it is damaged or an attack; keep it as it is",
    Reason.NOT_UNDERSTOOD: "the file is damaged, cut off, or not of a kind that can be read",
    Reason.BROKEN_RULES: (
        "the reading process answered what it never should; the file may have attacked it; keep it as it is"
    ),
    Reason.EMPTY: "the file is empty (0 bytes)",
    Reason.UNKNOWN_KIND: "nothing is known that reads a file of this kind",
    Reason.TOO_LARGE: "the file claims sizes or counts beyond the bounds of reading; it may be a bomb",
    Reason.LOCKED: "the file is locked with a password",
    Reason.NOT_THERE: "the file holds no such page, frame or part",
    Reason.BUSY: "too many files are being read at this moment; try again",
}


class UnreadableMediaError(BadInputError):
    """A file could not be read within the bounds. ``reason`` is the code, the message says it in words.

    ``kind`` is the class of the error inside the reading process (letters only), for whoever mends the
    reader.
    """

    def __init__(self, reason: Reason, *, kind: str = "") -> None:
        super().__init__(WORDS[reason])
        self.reason = reason
        self.kind = kind
