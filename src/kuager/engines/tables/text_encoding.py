"""Which encoding a text file is in: certain for Unicode, judged by the letters for the old code pages.

Kazakh and Russian lists still come as Windows-1251, KOI8-R, DOS 866, ISO 8859-5 and KZ-1048. All five give
*some* Cyrillic for any bytes; only the right one gives common letters, in lower case after the first of a
word.
"""

import codecs
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import charset_normalizer

from kuager.core.errors import BadInputError

_SAMPLE = 256 * 1024
_CYRILLIC_PAGES = ("cp1251", "koi8-r", "cp866", "iso8859-5", "kz1048", "mac-cyrillic")
_OTHER_PAGES = ["cp1256", "cp1252", "iso8859-6", "iso8859-9", "cp1254", "cp1250"]
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# The ten commonest letters of Russian and of Kazakh prose (о а е и н т с р в л / а е ы н т і р л қ д),
# joined.
_COMMON = frozenset("оаеинтсрвлыідмкқ")
_KAZAKH = frozenset("әғқңөұүһі")
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class TextEncoding:
    """The encoding of a text file; ``is_mixed`` when some of its bytes do not belong to it."""

    name: str
    is_mixed: bool = False


def detect_encoding(path: Path) -> TextEncoding:
    """Find the encoding of a text file.

    Raises
    ------
    BadInputError
        When the bytes are no text in any encoding we know.
    """
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    for bom, name in _BOMS:
        if sample.startswith(bom):
            return TextEncoding(name)
    wide = _utf16_without_mark(sample)
    if wide:
        return TextEncoding(wide)
    if b"\x00" in sample:
        msg = "the file holds bytes that are no text; expected xlsx, xls, ods or CSV"
        raise BadInputError(msg)
    if _is_utf8(path):
        return TextEncoding("utf-8")
    return _judge(_telling_part(path))


def _utf16_without_mark(sample: bytes) -> str:
    """In UTF-16 the marks of a table (comma, tab, line end) have a zero byte beside them."""
    pairs = max(len(sample) // 2, 1)
    if sample[1::2].count(0) > 0.05 * pairs and sample[0::2].count(0) == 0:
        return "utf-16-le"
    if sample[0::2].count(0) > 0.05 * pairs and sample[1::2].count(0) == 0:
        return "utf-16-be"
    return ""


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_SAMPLE):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _telling_part(path: Path) -> bytes:
    """Collect lines with bytes beyond ASCII: the first thousand rows may be numbers only."""
    telling: list[bytes] = []
    size = 0
    with path.open("rb") as file:
        while size < _SAMPLE and (line := file.readline(65_536)):
            if not line.isascii():
                telling.append(line)
                size += len(line)
    return b"".join(telling)


def _judge(sample: bytes) -> TextEncoding:
    if _mostly_utf8(sample):
        return TextEncoding("utf-8", is_mixed=True)
    scores = {page: _cyrillic_score(sample, page) for page in _CYRILLIC_PAGES}
    best = max(scores, key=lambda page: scores[page])
    if scores[best] > 0.5:
        return TextEncoding(best)
    guess = charset_normalizer.from_bytes(sample, cp_isolation=_OTHER_PAGES).best()
    if guess is None:
        msg = (
            "the text is in no encoding we know, or in several at once; expected UTF-8. "
            "Open the file in the spreadsheet program and save it as 'CSV UTF-8'"
        )
        raise BadInputError(msg)
    return TextEncoding(codecs.lookup(guess.encoding).name)


def _mostly_utf8(sample: bytes) -> bool:
    """Tell a UTF-8 file with a few foreign lines from a file in another encoding."""
    text = sample.decode("utf-8", errors="surrogateescape")
    strays = sum("\udc80" <= letter <= "\udcff" for letter in text)
    letters = sum(letter > "\x7f" for letter in text)
    return strays < 0.5 * letters


def _cyrillic_score(sample: bytes, page: str) -> float:
    """Return 0..1: how much of the text beyond ASCII looks like written Kazakh or Russian."""
    text = sample.decode(page, errors="replace")
    beyond = Counter(letter for letter in text if letter > "\x7f")
    total = sum(beyond.values())
    cyrillic = sum(count for letter, count in beyond.items() if _is_kazakh_or_russian(letter))
    common = sum(count for letter, count in beyond.items() if letter.lower() in _COMMON)
    words = [word for word in _WORD.findall(text) if word[0] > "\x7f"]
    wellformed = sum(1 for word in words if word[1:].islower() or word.isupper())
    if not total or not words:
        return 0.0
    return (cyrillic / total) * (0.5 * common / total + 0.5 * wellformed / len(words))


def _is_kazakh_or_russian(letter: str) -> bool:
    return "а" <= letter.lower() <= "я" or letter in "ёЁ№«»–—…“”„" or letter.lower() in _KAZAKH
