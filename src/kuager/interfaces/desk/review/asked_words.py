"""Why a pair is asked before others, in words."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext, ngettext

from kuager.domain.lists.terms import AskedFor

if TYPE_CHECKING:
    from kuager.domain.lists.models import CandidatePair


def asked_words(pair: "CandidatePair") -> str:
    """Say why this pair is asked; one that the run did not rank is asked for its doubt."""
    count = pair.asked_number
    words = {
        AskedFor.RIVALS.value: ngettext(
            "%(count)d record competes to be one person with one of these two; the answer decides about it "
            "too.",
            "%(count)d records compete to be one person with one of these two; the answer decides about them "
            "too.",
            count,
        ),
        AskedFor.JOINS.value: ngettext(
            "If they are the same, %(count)d record becomes one person.",
            "If they are the same, %(count)d records become one person.",
            count,
        ),
        AskedFor.SPLITS.value: ngettext(
            "If they are different, a group of %(count)d record that the machine takes for one person falls "
            "apart.",
            "If they are different, a group of %(count)d records that the machine takes for one person falls "
            "apart.",
            count,
        ),
        AskedFor.TEACHES.value: ngettext(
            "%(count)d open pair agrees and differs in the same way; your answer teaches about it too.",
            "%(count)d open pairs agree and differ in the same way; your answer teaches about all of them.",
            count,
        ),
    }
    sentence = words.get(pair.asked_for)
    return sentence % {"count": count} if sentence else gettext("The machine is in doubt about this pair.")
