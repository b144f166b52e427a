"""The domain's short notes on acts, put in the reader's words.

The register notes an act as "custody: detained since 2022-01-06" or "records 7 and 9: same". What is not of
these forms is shown as it is.
"""

import re

from django.utils.translation import gettext

from kuager.domain.people.terms import Verdict
from kuager.domain.register.terms import Axis, Status
from kuager.interfaces.desk.status_choices import status_word
from kuager.interfaces.shell.templatetags.kuager_pages import uncertain_date

_STATED = re.compile(
    r"(?P<said>[^:]+): (?P<status>[a-z_]+) since (?P<day>[^,\s]+)(?:, now (?P<now>[a-z_]+))?"
)
_JUDGED = re.compile(r"records (?P<a>[0-9]+) and (?P<b>[0-9]+): (?P<verdict>[a-z]+)")
_RECORD = re.compile(r"record (?P<a>[0-9]+)")
_CAUSE = re.compile(r"(?P<kind>[a-z_]+):(?P<number>[0-9]+)")


def act_words(note: str) -> str:
    """Return the note in words."""
    if (found := _JUDGED.fullmatch(note)) and found["verdict"] in Verdict.values:
        verdict = Verdict(found["verdict"]).label
        return gettext("records № %(a)s and № %(b)s: %(verdict)s") % {
            "a": found["a"],
            "b": found["b"],
            "verdict": verdict,
        }
    if found := _RECORD.fullmatch(note):
        return gettext("record № %(a)s") % found.groupdict()
    if (found := _STATED.fullmatch(note)) and found["status"] in Status.values:
        return _stated(found)
    return cause_words(note)


def cause_words(cause: str) -> str:
    """Return what brought something about, such as "judgement:17", in words."""
    found = _CAUSE.fullmatch(cause)
    if found is None:
        return cause
    words = {
        "judgement": gettext("judgement № %(number)s"),
        "undo": gettext("undoing of judgement № %(number)s"),
        "edition": gettext("list edition № %(number)s"),
        "call": gettext("call, record № %(number)s"),
        "record": gettext("record № %(number)s"),
        "assertion": gettext("statement № %(number)s"),
        "approval": gettext("approval of statement № %(number)s"),
        "refusal": gettext("refusal of statement № %(number)s"),
        "correction": gettext("correction of statement № %(number)s"),
        "consent": gettext("consent № %(number)s"),
    }
    return words.get(found["kind"], cause.replace("%", "%%")) % {"number": found["number"]}


def _stated(found: "re.Match[str]") -> str:
    said = str(Axis(found["said"]).label) if found["said"] in Axis.values else found["said"]
    words = gettext("%(said)s: %(status)s since %(day)s") % {
        "said": said,
        "status": status_word(found["status"]),
        "day": uncertain_date(found["day"]),
    }
    if found["now"] in Status.values:
        words += ", " + gettext("now %(status)s") % {"status": status_word(found["now"])}
    return words
