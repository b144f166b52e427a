"""What was found in a bundle, in sentences: what it is, what it means, and what it does not prove."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from kuager.core.digest import JsonValue
from kuager.engines.captures import FAULTS, Code, FileKind, Finding, Tool
from kuager.engines.captures.credentials import Credentials, CredentialState
from kuager.engines.captures.digests import WEAK

Words = str | Promise
_LONGEST_NAME = 60


class Said(NamedTuple):
    """A finding for readers.

    Attributes
    ----------
    mark
        ``good``, ``bad`` or ``plain``: never by colour alone, the text says it too.
    text
        What was found.
    limits
        What it does not prove; empty where nothing needs to be said.
    """

    mark: str
    text: str
    limits: str


class _Entry(NamedTuple):
    mark: str
    text: Words
    limits: Words = ""


_WHOEVER = gettext_lazy(
    "Whoever made the bundle could have made this too; it shows that nothing changed since, "
    "not that it is true."
)

_WORDS: dict[Code, _Entry] = {
    Code.DIGEST_AGREES: _Entry(
        "good",
        gettext_lazy("The %(algorithm)s digest told in the bundle (%(what)s) is that of the bytes."),
        _WHOEVER,
    ),
    Code.DIGEST_DISAGREES: _Entry(
        "bad",
        gettext_lazy("The %(algorithm)s digest told in the bundle (%(what)s) is NOT that of the bytes."),
        gettext_lazy(
            "The file was changed or damaged after the digest was made, or the digest is of another file."
        ),
    ),
    Code.DIGEST_ABSENT: _Entry(
        "plain",
        gettext_lazy("The bundle tells no digest of it."),
        gettext_lazy("Whether it was changed before it came to us cannot be seen."),
    ),
    Code.DIGEST_UNKNOWN: _Entry(
        "plain", gettext_lazy("The bundle tells a digest that cannot be read (%(what)s).")
    ),
    Code.SIGNATURE_GOOD: _Entry(
        "good",
        gettext_lazy(
            "Signed on %(at)s with the key %(key)s (%(kind)s) that lies in the bundle: the signature "
            "is right."
        ),
        gettext_lazy(
            "The key comes with the bundle: compare it with one you got from its owner. The time is "
            "the signer's."
        ),
    ),
    Code.SIGNATURE_BAD: _Entry(
        "bad",
        gettext_lazy("The signature %(name)s is NOT right for these bytes and the key in the bundle."),
        gettext_lazy(
            "The file was changed or damaged after it was signed, or the signature is of another file."
        ),
    ),
    Code.SIGNATURE_UNCHECKED: _Entry(
        "plain",
        gettext_lazy("A signature is there (%(name)s) but was not checked: %(why)s."),
        gettext_lazy("That it is there proves nothing by itself."),
    ),
    Code.STAMP_FITS: _Entry(
        "good",
        gettext_lazy("A time stamp (%(name)s) covers it: %(at)s, by %(authority)s."),
        gettext_lazy(
            "A time stamp proves when something existed at the latest, not that it is true. The authority's "
            "certificate comes from the bundle: ask for it elsewhere."
        ),
    ),
    Code.STAMP_OTHER: _Entry("bad", gettext_lazy("The time stamp %(name)s is over other bytes.")),
    Code.STAMP_UNREADABLE: _Entry("plain", gettext_lazy("A time stamp that cannot be read.")),
    Code.OTS_PENDING: _Entry(
        "plain",
        gettext_lazy(
            "An OpenTimestamps proof (%(name)s) is about it, but waits to be completed by %(calendars)s."
        ),
        gettext_lazy("Until it is completed (ots upgrade) it proves no time."),
    ),
    Code.OTS_COMPLETE: _Entry(
        "good",
        gettext_lazy("An OpenTimestamps proof (%(name)s) leads from it to block %(height)s of Bitcoin."),
        gettext_lazy(
            "Not compared with the block itself: that needs a copy of the block chain. Then it proves "
            "the time, not the truth."
        ),
    ),
    Code.OTS_OTHER: _Entry("bad", gettext_lazy("The OpenTimestamps proof %(name)s is over other bytes.")),
    Code.OTS_UNREADABLE: _Entry("plain", gettext_lazy("An OpenTimestamps proof that cannot be read.")),
    Code.FILE_MISSING: _Entry(
        "plain", gettext_lazy("It speaks of a file that is not in the bundle: %(name)s.")
    ),
    Code.FILE_UNNAMED: _Entry(
        "plain",
        gettext_lazy("Nothing in the bundle speaks of this file. %(name)s"),
        gettext_lazy("It may have been added by anybody at any time."),
    ),
    Code.FILE_REFUSED: _Entry(
        "plain", gettext_lazy("Not read: %(name)s (%(why)s). The other files are not affected.")
    ),
    Code.NAME_CHANGED: _Entry("plain", gettext_lazy("Its name was not harmless; as found: %(name)s.")),
    Code.NAME_TWICE: _Entry(
        "plain",
        gettext_lazy(
            "The name %(name)s stands in the bundle twice: two programs may see two different files."
        ),
    ),
    Code.NESTED_ARCHIVE: _Entry(
        "plain", gettext_lazy("It is itself a bundle: keep it and look into it by itself.")
    ),
    Code.NOT_UNDERSTOOD: _Entry(
        "plain", gettext_lazy("A description in the bundle cannot be read: %(why)s. %(name)s")
    ),
    Code.RECORD_CUT: _Entry(
        "plain", gettext_lazy("The record is cut off: it tells %(told)s bytes, %(there)s are there.")
    ),
    Code.RECORD_LENGTH: _Entry(
        "plain",
        gettext_lazy(
            "The record tells a wrong length: %(told)s bytes, but the next record begins after %(there)s."
        ),
    ),
    Code.RECORD_DAMAGED: _Entry(
        "plain",
        gettext_lazy("Something that is no record stands at byte %(at)s. %(archive)s"),
        gettext_lazy("Reading went on at the next record; what was there is lost."),
    ),
    Code.LISTING_CUT: _Entry(
        "plain",
        gettext_lazy("Reading stopped: there are too many records, or reading them costs too much."),
    ),
    Code.ENCODING_KEPT: _Entry("plain", gettext_lazy("The body is packed with %(packing)s and was left so.")),
    Code.TIME_ZONE_UNSURE: _Entry(
        "plain",
        gettext_lazy(
            "The time is told as %(told)s; the app writes a Z although it is the phone's local time."
        ),
        gettext_lazy("Do not read it as UTC. The phone's clock may also have been wrong."),
    ),
    Code.RESULT_FAILED: _Entry(
        "plain", gettext_lazy("The tool says that archiving failed: %(status)s. %(url)s")
    ),
}

_WHY: dict[str, Words] = {
    "link": gettext_lazy("a link, never followed"),
    "device": gettext_lazy("a device or pipe"),
    "deep": gettext_lazy("folders within folders without end"),
    "locked": gettext_lazy("locked with a password"),
    "packing": gettext_lazy("packed in a way that is not read"),
    "bomb": gettext_lazy("it would unpack to far more than its size"),
    "damaged": gettext_lazy("damaged: its bytes are not those listed"),
    "unreadable": gettext_lazy("this account may not read it"),
    "no-key": gettext_lazy("the bundle holds no key for it"),
    "wacz": gettext_lazy("it needs the certificates of the site that signed"),
}
_WHY |= {"device-token": gettext_lazy("a token about the phone, of a service that has ended")}

_TOOLS: dict[Tool, Words] = {
    Tool.WARC: gettext_lazy("web archive (WARC)"),
    Tool.WACZ: gettext_lazy("web archive (WACZ)"),
    Tool.AUTO_ARCHIVER: gettext_lazy("auto-archiver"),
    Tool.PROOFMODE: gettext_lazy("ProofMode"),
    Tool.TELLA: gettext_lazy("Tella"),
    Tool.UNKNOWN: gettext_lazy("files of an unknown tool"),
}
_KINDS: dict[FileKind, Words] = {
    FileKind.CONTENT: gettext_lazy("content"),
    FileKind.PROOF: gettext_lazy("proof"),
    FileKind.DESCRIPTION: gettext_lazy("description"),
}
_CREDENTIALS: dict[CredentialState, _Entry] = {
    CredentialState.ABSENT: _Entry(
        "plain",
        gettext_lazy("The file carries no Content Credentials (C2PA)."),
        gettext_lazy("That proves nothing: messengers and most programs remove them."),
    ),
    CredentialState.VALID: _Entry(
        "plain",
        gettext_lazy("The file carries Content Credentials signed by %(signer)s, and they fit the file."),
        gettext_lazy(
            "Nobody we trust vouches for the signer's certificate: anybody can make one in any name. "
            "The file was not changed since it was signed; whether it shows what happened is "
            "another question."
        ),
    ),
    CredentialState.TRUSTED: _Entry(
        "good",
        gettext_lazy(
            "The file carries Content Credentials signed by %(signer)s; an authority on our list "
            "vouches for it."
        ),
        gettext_lazy(
            "The file was not changed since it was signed. A signed picture can still be of a screen "
            "or a scene."
        ),
    ),
    CredentialState.INVALID: _Entry(
        "bad",
        gettext_lazy("The file carries Content Credentials that do NOT hold: %(faults)s."),
        gettext_lazy("The file was changed after it was signed, or the credentials were damaged or forged."),
    ),
}


class _Blank(dict[str, object]):
    """Values of a sentence; what was not told is left out."""

    def __missing__(self, key: str) -> str:
        return ""


def said(finding: Finding) -> Said:
    """Return a finding as sentences in the reader's language."""
    return said_of(finding.code, finding.values)


def said_of(code: Code, values: Mapping[str, JsonValue]) -> Said:
    """Return the sentences for a code and its values."""
    entry = _WORDS[code]
    told = _Blank({name: _short(name, value) for name, value in values.items()})
    if "why" in told:
        told["why"] = str(_WHY.get(str(told["why"]), told["why"]))
    if code is Code.SIGNATURE_UNCHECKED and values.get("why") == "device":
        told["why"] = str(_WHY["device-token"])
    text = str(entry.text) % told
    if code is Code.STAMP_FITS and values.get("signed") is False:
        text += " " + gettext("Its signature was not checked: the bundle holds no certificate that fits.")
    if code is Code.DIGEST_AGREES and values.get("algorithm") in WEAK:
        text += " " + gettext("Two different files with one digest of this kind can be made on purpose.")
    return Said("bad" if code in FAULTS else entry.mark, text.strip(), str(entry.limits))


def _short(name: str, value: JsonValue) -> JsonValue:
    """Shorten names that are made of a digest; their beginning and end tell them apart."""
    if name not in {"name", "what"} or not isinstance(value, str) or len(value) <= _LONGEST_NAME:
        return value
    return f"{value[:12]}…{value[-18:]}"


def limits_of(found: Iterable[Said]) -> list[str]:
    """Return what findings do not prove, each sentence once."""
    return list(dict.fromkeys(one.limits for one in found if one.limits))


def tool_name(tool: Tool) -> str:
    """Return the name of a tool for readers."""
    return str(_TOOLS[tool])


def kind_name(kind: FileKind) -> str:
    """Return what a file of a bundle is there for."""
    return str(_KINDS[kind])


def said_of_credentials(found: Credentials) -> Said:
    """Return what a file's Content Credentials mean."""
    entry = _CREDENTIALS[found.state]
    told = _Blank(signer=found.signer or gettext("somebody without a name"), faults=", ".join(found.faults))
    return Said(entry.mark, str(entry.text) % told, str(entry.limits))
