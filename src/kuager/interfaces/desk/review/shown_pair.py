"""A pair as its page shows it: fields beside each other, their weight in words, the rest of each cluster."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from kuager.interfaces.desk.lists.words import field_word

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from kuager.domain.lists.queries import FieldComparison, PairPage
    from kuager.domain.people.models import Judgement, Record
    from kuager.domain.people.queries.chains import Chain


@dataclass(frozen=True, kw_only=True)
class ShownField:
    """One field of both records, whether they differ, and what that says for or against one person."""

    word: str
    a: str
    b: str
    verdict: str
    reason: str
    weight: str | None

    @property
    def differs(self) -> bool:
        """Both say something, and not the same."""
        return bool(self.a and self.b) and self.a.casefold() != self.b.casefold()

    @property
    def agrees(self) -> bool:
        """Both say the same."""
        return bool(self.a and self.b) and not self.differs


def shown_fields(fields: "Sequence[FieldComparison]") -> list[ShownField]:
    """Return the fields of which at least one record says something."""
    return [
        ShownField(
            word=field_word(one.field),
            a=one.value_a,
            b=one.value_b,
            verdict=weight_words(one.weight),
            reason=one.reason,
            weight=None if one.weight is None else f"{one.weight:+.1f}",
        )
        for one in fields
        if one.value_a or one.value_b
    ]


def weight_words(weight: float | None) -> str:
    """Put a match weight (bits) in words: what it says for or against one person."""
    if weight is None:
        return gettext("not compared")
    steps = (
        (5.0, gettext("speaks strongly for one person")),
        (1.0, gettext("speaks for one person")),
        (-1.0, gettext("says little")),
        (-5.0, gettext("speaks against one person")),
    )
    return next((words for least, words in steps if weight >= least), gettext("speaks strongly against it"))


def cluster_sides(page: "PairPage") -> "list[dict[str, object]]":
    """Return the other records of each cluster: they come along when the two are judged the same."""
    sides = ((page.a, page.cluster_a), (page.b, page.cluster_b))
    pair = {page.a.record.pk, page.b.record.pk}
    found: list[dict[str, object]] = []
    for side, cluster in sides:
        others: list[Record] = [record for record in cluster if record.pk not in pair]
        if others:
            found.append({"name": side.record.name, "records": others})
    return found


@dataclass(frozen=True, kw_only=True)
class ShownLink:
    """One step of a contradiction: two names and who said what of them."""

    name_a: str
    name_b: str
    verdict: str
    word: str
    author: str
    day: "datetime"


def shown_chain(chain: "Chain") -> list[ShownLink]:
    """Return the steps of a contradiction in order, the judgement that tells apart last."""
    return [_link(judgement) for judgement in chain.links]


def _link(judgement: "Judgement") -> ShownLink:
    return ShownLink(
        name_a=judgement.record_a.name,
        name_b=judgement.record_b.name,
        verdict=judgement.verdict,
        word=judgement.get_verdict_display(),
        author=judgement.author.username,
        day=judgement.decided_at,
    )
