"""How a place's name is folded for look-up, and what a word beside it says of its kind."""

import re
import unicodedata
from functools import lru_cache

from kuager.domain.places.terms import PlaceKind

REGIONS = frozenset({PlaceKind.REGION, PlaceKind.CITY_REGION})
_SETTLED = frozenset({PlaceKind.SETTLEMENT, PlaceKind.CITY_REGION})
# Most exact first: of two places with one name, the city is meant more often than its region.
PREFERENCE = (
    PlaceKind.CITY_REGION,
    PlaceKind.SETTLEMENT,
    PlaceKind.DISTRICT,
    PlaceKind.REGION,
    PlaceKind.COUNTRY,
)

# One Latin letter for one Kazakh or Russian one, coarse enough that kk, ru and en spellings meet.
_LETTERS = str.maketrans(
    {
        **dict(zip("абвгдезиклмнопрстуфхыэ", "abvgdeziklmnoprstufhie", strict=True)),
        **{"ә": "a", "ғ": "g", "қ": "k", "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "һ": "h", "і": "i"},
        **{"ж": "j", "ц": "c", "ч": "ch", "ш": "sh", "щ": "sh", "ю": "iu", "я": "ia", "ь": "", "ъ": ""},
        **{"q": "k", "y": "i", "ı": "i", "w": "u", "ə": "a", "ŋ": "n"},
        **dict.fromkeys("'’‘ʻʼʹ`´", ""),
    }
)
_DIGRAPHS = (("zh", "j"), ("kh", "h"), ("gh", "g"), ("ts", "c"), ("dj", "j"), ("dzh", "j"))
_REGION_WORDS = {
    "область",
    "области",
    "обл",
    "облысы",
    "облысында",
    "облысының",
    "oblysy",
    "oblast",
    "region",
    "province",
}
_SETTLED_WORDS = {
    *("г", "гор", "город", "города", "городе", "қ", "қала", "қаласы", "қаласында", "city", "town"),
    *("с", "село", "п", "пос", "поселок", "посёлок", "пгт", "ауыл", "ауылы", "аул", "кент", "village"),
}
_DISTRICT_WORDS = {"район", "района", "районе", "р-н", "ауданы", "аудан", "district"}
_FILLER = {"в", "во", "the", "of"}
_WORDS = re.compile(r"[^\W_]+(?:[-'’‘ʻʼ][^\W_]+)*")


def fold(text: str) -> str:
    """Return the key under which every usual spelling of a place's name meets.

    Examples
    --------
    >>> fold("Жаңаөзен") == fold("Жанаозен") == fold("Zhanaozen") == fold("Жана-Озен")
    True
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", text.casefold()))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter)).translate(_LETTERS)
    for digraph, letter in _DIGRAPHS:
        plain = plain.replace(digraph, letter)
    plain = "".join(letter for letter in plain if letter.isalnum())
    return re.sub(r"(.)\1+", r"\1", plain)


@lru_cache(maxsize=65_536)
def split_kind(text: str) -> tuple[str, frozenset[PlaceKind] | None]:
    """Take words such as "область" or "г." off a name; return its folded rest and the kinds they allow.

    None as kinds means the words do not say.
    """
    kinds: frozenset[PlaceKind] | None = None
    rest = []
    for word in _WORDS.findall(text.casefold()):
        if word in _REGION_WORDS:
            kinds = frozenset({PlaceKind.REGION})
        elif word in _DISTRICT_WORDS:
            kinds = frozenset({PlaceKind.DISTRICT})
        elif word in _SETTLED_WORDS:
            kinds = kinds or _SETTLED
        elif word not in _FILLER:
            # "в Алматинской области": the case of the adjective says nothing about the place.
            rest.append(re.sub("ской$", "ская", word))
    return fold("".join(rest)), kinds
