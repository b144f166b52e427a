"""Consents in words: what somebody allowed, how, and until when."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext, pgettext

from kuager.domain.sources.terms import ConsentGiven, Purpose

if TYPE_CHECKING:
    from kuager.domain.people.models import Record
    from kuager.domain.sources.models import Consent


@dataclass(frozen=True, kw_only=True)
class ConsentView:
    """What somebody allowed. One given for a whole list is not withdrawn for one person."""

    id: int
    words: str
    how: str
    may_withdraw: bool


def consent_views(records: Iterable["Record"]) -> list[ConsentView]:
    """Put the consents of a person's records in words, each once."""
    given = {record.consent_id: record.consent for record in records if record.consent is not None}
    consents = [consent for consent in given.values() if consent is not None]
    personal = [consent_view(consent) for consent in consents if is_personal(consent)]
    return personal + _public_views([consent_view(one) for one in consents if not is_personal(one)])


def _public_views(views: Iterable[ConsentView]) -> list[ConsentView]:
    """Say once what several editions of a list made public alike."""
    found: dict[str, ConsentView] = {}
    for view in views:
        before = found.get(view.words)
        found[view.words] = view if before is None else replace(before, how=f"{before.how} · {view.how}")
    return list(found.values())


def consent_view(consent: "Consent") -> ConsentView:
    """Put one consent in words."""
    words = {
        "name": pgettext("consent", "name"),
        "age": pgettext("consent", "age"),
        "place": pgettext("consent", "place"),
        "status": pgettext("consent", "what happened"),
    }
    fields = ", ".join(words.get(name, name) for name in consent.fields.split(","))
    how = gettext("%(given)s, on %(day)s") % {
        "given": ConsentGiven(consent.given).label,
        "day": consent.given_on.isoformat(),
    }
    if consent.expires_on is not None:
        how += ", " + gettext("until %(day)s") % {"day": consent.expires_on.isoformat()}
    if consent.withdrawn_at is not None:
        how += ", " + gettext("withdrawn %(moment)s") % {
            "moment": f"{timezone.localtime(consent.withdrawn_at):%Y-%m-%d %H:%M}"
        }
    return ConsentView(
        id=consent.pk,
        words=f"{Purpose(consent.purpose).label}: {fields}",
        how=how,
        may_withdraw=is_personal(consent) and consent.withdrawn_at is None,
    )


def is_personal(consent: "Consent") -> bool:
    """Tell whether somebody gave the consent for this person, in writing or in words.

    What is already public covers every row of a list: one person is taken off the public pages instead.
    """
    return consent.given != ConsentGiven.ALREADY_PUBLIC
