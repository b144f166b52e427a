"""From a filled form to what a caller said."""

from datetime import date

from kuager.core.dates import UNKNOWN, UncertainDate
from kuager.domain.people.rules import OtherName, RecordDraft
from kuager.domain.people.terms import NameKind, Sex
from kuager.domain.places.queries import find_place
from kuager.domain.register.operations import CallDraft
from kuager.domain.register.rules import AssertionDraft
from kuager.domain.register.terms import Status
from kuager.domain.sources.terms import Purpose
from kuager.engines.names import detect_script
from kuager.interfaces.desk.calls.forms import CalledForm, NewPersonForm

REGISTER_FIELDS = ("name", "age", "place", "status")


def new_person_draft(form: NewPersonForm) -> CallDraft:
    """Return the call about somebody nobody knew, with what the caller allowed."""
    data = form.cleaned_data
    published = tuple(form.consented())
    birth = data["birth"] if isinstance(data["birth"], UncertainDate) else UNKNOWN
    home = str(data["home"])
    record = RecordDraft(
        name=data["name"],
        other_names=_other_names(data["name"], data["other_name"]),
        sex=Sex(data["sex"]),
        birth=birth,
        age_min=data["age"],
        age_max=data["age"],
        home_place_id=_place_id(home, data["told_on"]),
        home_text=home,
    )
    return CallDraft(
        record=record,
        told_on=data["told_on"],
        statuses=statuses(form),
        caller_note=data["words"],
        consent_purpose=(Purpose.PUBLICATION if published else Purpose.REGISTER).value,
        consent_fields=published or REGISTER_FIELDS,
    )


def known_person_draft(form: CalledForm, person_id: int) -> CallDraft:
    """Return the call about somebody the register knows."""
    data = form.cleaned_data
    return CallDraft(
        record=RecordDraft(name=data["name"]),
        told_on=data["told_on"],
        statuses=statuses(form),
        caller_note=data["words"],
        same_as_person_id=person_id,
    )


def statuses(form: CalledForm) -> tuple[AssertionDraft, ...]:
    """Return what the caller says happened; nothing if they say nothing."""
    data = form.cleaned_data
    if not data["happened"]:
        return ()
    since = data["since"] if isinstance(data["since"], UncertainDate) else UNKNOWN
    draft = AssertionDraft(
        status=Status(data["happened"]),
        told_on=data["told_on"],
        since=since,
        place_id=_place_id(data["place"], since.latest or data["told_on"]),
        place_text=data["place"],
        authority=data["authority"],
    )
    return (draft,)


def _other_names(name: str, other: str) -> tuple[OtherName, ...]:
    if not other.strip():
        return ()
    kind = NameKind.ALIAS if detect_script(name) is detect_script(other) else NameKind.OTHER_SCRIPT
    return (OtherName(name=other.strip(), kind=kind),)


def _place_id(text: str, on: date) -> int | None:
    found = find_place(text, on=on) if text.strip() else None
    return None if found is None else found.pk
