"""What the counts mean, in plain words: one definition per status, one sentence per rule.

The public pages, the downloads and the handbook say exactly these words.
"""

from datetime import date

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kuager.domain.register.terms import Status
from kuager.domain.sources.terms import Derivation, PublisherKind, SourceKind

Words = str | Promise

STATUS_DEFINITIONS: dict[str, Words] = {
    "all": _("Everybody about whom at least one source says something."),
    Status.ALIVE: _("A source saw or spoke to the person, and nothing worse is known since."),
    Status.MISSING: _(
        "A source does not know where the person is or whether they live, and no later source does."
    ),
    Status.DEAD: _("A source says that the person died. A second person checked it before it was counted."),
    Status.DETAINED: _("Taken by police, soldiers or a security service, and not known to be free again."),
    Status.REMANDED: _("Held before trial by decision of a court or an investigator."),
    Status.HOUSE_ARREST: _("Not allowed to leave home, by decision of a court."),
    Status.IMPRISONED: _("Serving a sentence in prison."),
    Status.RELEASED: _("Was held and is free again. A second person checked it before it was counted."),
    Status.INJURED: _("Hurt, and neither in hospital, nor recovered, nor dead, as far as any source says."),
    Status.HOSPITALISED: _("In hospital or a clinic."),
    Status.RECOVERED: _("Was hurt and has recovered."),
    Status.SUSPECT: _("Named a suspect by an investigator."),
    Status.CHARGED: _("Charged with a crime."),
    Status.ON_TRIAL: _("Before a court that has not yet decided."),
    Status.CONVICTED: _("Found guilty by a court."),
    Status.ACQUITTED: _("Found not guilty by a court."),
    Status.CASE_CLOSED: _("The criminal case was closed without a judgement."),
    Status.AMNESTIED: _("Freed from punishment by an amnesty."),
    Status.UNKNOWN: _("A source names the person and does not say what became of them."),
}

RULES: dict[str, Words] = {
    "latest-day": _(
        "A status counts from the latest day on which it can have begun, and never later than the day its "
        "source told it. Every person is counted once, however many sources name them. A death or a release "
        "counts only after a second person checked it."
    ),
}

PROTECTED_SOURCE = _("a source whose name is protected")


def day_in_words(day: date) -> str:
    """Write a day as its readers do: 20 January 2022, in Kazakh with the year first."""
    if get_language() == "kk":
        return date_format(day, "Y жылғы j E").lower()
    return date_format(day, "j E Y")


def status_label(code: str) -> Words:
    """Return the word for a status; for no status, that our public sources do not say it."""
    if code == "all":
        return _("everybody")
    return Status(code).label if code else _("not stated by public sources")


def status_definition(code: str) -> Words:
    """Return what is counted under a status."""
    return STATUS_DEFINITIONS.get(code, "")


def rule_words(code: str) -> Words:
    """Return the counting rule in words."""
    return RULES.get(code, "")


def publisher_label(name: str, kind: str) -> Words:
    """Return the name of a publisher, or the kind of those whose name is nobody's business."""
    if name:
        return name
    return PublisherKind(kind).label if kind in PublisherKind.values else PROTECTED_SOURCE


def source_kind_label(kind: str) -> Words:
    """Return the word for a kind of source."""
    return SourceKind(kind).label if kind in SourceKind.values else kind


def derivation_label(derivation: str) -> Words:
    """Return how a source was made from another one."""
    return Derivation(derivation).label if derivation else ""


def sex_label(code: str) -> Words:
    """Return the word for a sex as sources say it."""
    return {"female": _("female"), "male": _("male")}.get(code, _("not known"))


def age_group_label(code: str) -> Words:
    """Return an age group, or that it is not known."""
    return _("not known") if code in ("", "unknown") else code.replace("-", "–")
