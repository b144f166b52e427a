"""What templates of the desk ask: who may do what, and where in the desk one is."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from kuager.domain.accounts import rules
from kuager.domain.accounts.terms import Capability

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from kuager.domain.accounts.models import User

register = template.Library()


@dataclass(frozen=True, kw_only=True)
class Section:
    """One part of the desk: the URL that opens it, its word, and the right it asks for."""

    url: str
    word: "Promise"
    needs: Capability | None


SECTIONS = (
    Section(url="desk-home", word=_("Home"), needs=None),
    Section(url="desk-register", word=_("Register"), needs=Capability.READ_REGISTER),
    Section(url="desk-call", word=_("New call"), needs=Capability.RECORD),
    Section(url="evidence", word=_("Evidence"), needs=Capability.VIEW_EVIDENCE),
    Section(url="desk-lists", word=_("Lists"), needs=Capability.READ_REGISTER),
    Section(url="desk-review", word=_("Review"), needs=Capability.JUDGE),
    Section(url="desk-counts", word=_("Counts"), needs=Capability.READ_REGISTER),
    Section(url="desk-changes", word=_("Changes"), needs=Capability.READ_REGISTER),
    Section(url="desk-estimates", word=_("Estimates"), needs=Capability.ESTIMATE),
    Section(url="desk-publication", word=_("Publication"), needs=Capability.PUBLISH),
    Section(url="desk-audit", word=_("Audit"), needs=Capability.READ_AUDIT),
    # Reviewers come to it from the review; administrators have no other way.
    Section(url="desk-reviewers", word=_("Agreement"), needs=Capability.ADMINISTER),
)


@register.filter
def may(user: "User", capability: str) -> bool:
    """Whether the user may do acts of this kind: ``{% if user|may:"record" %}``."""
    return bool(user.is_authenticated) and rules.may(user, Capability(capability))


@register.inclusion_tag("desk/sections.html", takes_context=True)
def desk_sections(context: template.Context) -> dict[str, object]:
    """List the sections of the desk that the signed-in user's role opens."""
    request = context["request"]
    links = []
    for section in SECTIONS:
        if section.needs is not None and not may(request.user, section.needs):
            continue
        try:
            url = reverse(section.url)
        except NoReverseMatch:
            # A section that is not built yet has no page; the others still work.
            continue
        links.append((url, section.word, _is_here(request.path, url)))
    return {"links": links}


def _is_here(path: str, url: str) -> bool:
    """Whether the page belongs to the section; the home page is only itself."""
    return path == url if url == reverse("desk-home") else path.startswith(url)
