"""What happened to a person, from a closed vocabulary: an unknown term is a problem, never a new status."""

import re
from functools import lru_cache

from kuager.engines.tables.words import StatusWord, is_unknown, load_words, plain

AXES: dict[str, tuple[str, ...]] = {
    "fate": ("alive", "missing", "dead"),
    "custody": ("detained", "remanded", "house_arrest", "imprisoned", "released"),
    "health": ("injured", "hospitalised", "recovered"),
    "legal": ("suspect", "charged", "on_trial", "convicted", "acquitted", "case_closed", "amnestied"),
}
_SEPARATOR = re.compile(r"\s*[,;/+\n|]\s*|\s+(?:и|және|and|&)\s+")
_WHEN = re.compile(r"\(?\b\d{1,2}\.\d{1,2}\.\d{2,4}(?:\s*г\.?)?\)?")


@lru_cache(maxsize=16_384)
def parse_status(text: str) -> tuple[StatusWord, ...] | None:
    """Read the statuses in a text; empty when it says nothing, None when any term is not in the vocabulary.

    Examples
    --------
    >>> parse_status("ранен, в больнице")
    (StatusWord(axis='health', status='injured'), StatusWord(axis='health', status='hospitalised'))
    """
    text = _WHEN.sub(" ", text).strip()
    if is_unknown(text):
        return ()
    if len(text) > 300:
        return None
    whole = _lookup(text)
    if whole is not None:
        return (whole,)
    found: list[StatusWord] = []
    for piece in _SEPARATOR.split(text):
        status = _lookup(piece)
        if status is None and piece.strip():
            return None
        if status is not None and status not in found:
            found.append(status)
    return tuple(found)


def expected_statuses() -> str:
    """Say which statuses can be written, one example each."""
    return "one of: " + ", ".join(load_words().status_examples)


def _lookup(text: str) -> StatusWord | None:
    code = load_words().statuses.find(plain(text)) or _code(text)
    if code is None:
        return None
    axis, _, status = code.partition("/")
    return StatusWord(axis, status)


def _code(text: str) -> str | None:
    """Accept our own codes too ("house_arrest", "fate/dead"): exports come back as imports."""
    text = text.strip().lower()
    axis, _, status = text.rpartition("/")
    for known_axis, statuses in AXES.items():
        if status in statuses and axis in {"", known_axis}:
            return f"{known_axis}/{status}"
    return None
