"""Names found in bundles: shown harmlessly, told apart, never used to open or write anything."""

import mimetypes
import unicodedata

_KEPT = frozenset("._-()+ @,=")
_LONGEST = 120
_ENDING = 12
# What some systems take for a device, whatever its ending.
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{kind}{one}" for kind in ("com", "lpt") for one in range(10))}
)
_MEDIA_TYPES = {
    ".warc": "application/warc",
    ".wacz": "application/wacz",
    ".ots": "application/vnd.opentimestamps",
    ".asc": "application/pgp-signature",
    ".csv": "text/csv",
    ".heic": "image/heic",
    ".webp": "image/webp",
    ".m4a": "audio/mp4",
    ".opus": "audio/opus",
}


def safe_name(name: str) -> str:
    r"""Return a name without folders, control characters, changes of direction or names of devices.

    Examples
    --------
    >>> safe_name("../../etc/кадр 1.mp4")
    'кадр 1.mp4'
    >>> safe_name("clip\u202e4pm.exe")
    'clip4pm.exe'
    >>> safe_name("con.txt")
    '_con.txt'
    >>> safe_name("..")
    'file'
    >>> safe_name("a_name_without_ending")
    'a_name_without_ending'
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rstrip("/").rpartition("/")[2]
    kept = "".join(one for one in last if one in _KEPT or unicodedata.category(one)[0] in "LNM")
    stem, dot, ending = kept.strip(" .").rpartition(".")
    if not dot or len(ending) > _ENDING:
        stem, dot, ending = kept.strip(" ."), "", ""
    short = (stem[: _LONGEST - _ENDING] + dot + ending).strip(" .") or "file"
    return f"_{short}" if short.partition(".")[0].lower() in _DEVICES else short


class Names:
    """Gives every file of one capture a harmless name of its own."""

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    def give(self, name: str) -> str:
        """Return a harmless name that was not given before, on systems that ignore case too.

        Examples
        --------
        >>> names = Names()
        >>> [names.give("a/x.jpg"), names.give("b/X.jpg")]
        ['x.jpg', 'X (2).jpg']
        """
        safe = safe_name(name)
        key = safe.casefold()
        count = self._taken.get(key, 0) + 1
        self._taken[key] = count
        if count == 1:
            return safe
        stem, dot, ending = safe.rpartition(".")
        return self.give(f"{stem or ending} ({count}){dot}{ending if stem else ''}")


def shown(text: str, longest: int = 200) -> str:
    r"""Return a text from a bundle as it can be shown: what is invisible or turns the line is written out.

    Examples
    --------
    >>> shown("a\u202eb\n")
    'a\\u202eb\\x0a'
    """
    safe = "".join(
        one
        if unicodedata.category(one)[0] != "C"
        else one.encode("unicode_escape").decode()
        if ord(one) > 255
        else f"\\x{ord(one):02x}"
        for one in text
    )
    return safe if len(safe) <= longest else safe[: longest - 1] + "…"


def guessed_type(name: str) -> str:
    """Return the media type that a name's ending stands for; empty when it stands for none.

    Examples
    --------
    >>> guessed_type("page.warc.gz"), guessed_type("x.mp4"), guessed_type("x")
    ('application/warc', 'video/mp4', '')
    """
    lower = name.lower().removesuffix(".gz") if name.lower().endswith(".warc.gz") else name.lower()
    dot = lower.rfind(".")
    return _MEDIA_TYPES.get(lower[dot:]) or mimetypes.guess_type(lower, strict=False)[0] or ""
