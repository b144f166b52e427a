"""Which letters the carried fonts can draw, and what is printed in place of others.

Typst carries Libertinus Serif (Latin, Cyrillic with all Kazakh letters) and DejaVu Sans Mono, which draws
Arabic. Neither has every letter of Arabic-script Kazakh (U+06AD is missing). A PDF/A with a letter that
cannot be drawn is refused, so such a letter becomes an empty box.
"""

import re
import unicodedata

BOX = "\N{WHITE SQUARE}"
_DRAWN = re.compile(
    "[\u0020-\u007e\u00a1-\u00ac\u00ae-\u024f\u1e00-\u1eff"  # Latin
    "\u0400-\u0482\u048a-\u04ff"  # Cyrillic
    "\u060c\u061b\u061f\u0621-\u063a\u0640-\u064a\u0660-\u0669\u06f0-\u06f9"  # Arabic
    "\u067e\u0686\u0698\u06a9\u06af\u06be\u06cc"
    "\u2010-\u2015\u2018-\u201e\u2020-\u2022\u2026\u2030\u2032\u2033\u2039\u203a\u2044"  # punctuation
    "\u20ac\u20b8\u20bd\u2116\u2190-\u2193\u2212\u2248\u2260\u2264\u2265\u25a1]"
)
_UNSEEN = frozenset({"Mn", "Me", "Cf"})


def drawable(text: str) -> str:
    r"""Return the text as it can be printed: in one line, without marks that turn the direction of writing.

    >>> drawable("Қаһарман\n Ӯмір")
    'Қаһарман Ӯмір'
    >>> drawable("中 a\u202eb")
    '□ ab'
    """
    composed = unicodedata.normalize("NFC", " ".join(text.split()))
    return "".join(map(_drawn, composed))


def _drawn(letter: str) -> str:
    if _DRAWN.fullmatch(letter):
        return letter
    return "" if unicodedata.category(letter) in _UNSEEN else BOX
