"""Names for files that strangers will unpack: harmless on every system, and still recognisable."""

import unicodedata

_KEPT = frozenset("._-()+ ")
_LONGEST = 80
# What some systems take for a device, whatever its ending.
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{kind}{one}" for kind in ("com", "lpt") for one in range(10))}
)


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
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    kept = "".join(one if one in _KEPT or unicodedata.category(one)[0] in "LNM" else "" for one in last)
    stem, dot, ending = kept.strip(" .").rpartition(".")
    short = stem[: _LONGEST - len(ending[:10]) - 1] + dot + ending[:10]
    short = short.strip(" .") or "file"
    return f"_{short}" if short.partition(".")[0].lower() in _DEVICES else short
