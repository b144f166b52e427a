"""A pair as its page shows it: fields beside each other, their weight in words, the rest of each cluster."""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from kuager.domain.people.terms import Sex
from kuager.domain.register.terms import Status
from kuager.interfaces.desk.lists.rows_shown import DATES
from kuager.interfaces.desk.lists.words import field_word
from kuager.interfaces.desk.review.differences import are_alike
from kuager.interfaces.shell.templatetags.kuager_pages import uncertain_date

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.db.models import TextChoices

    from kuager.domain.lists.queries import FieldComparison, PairPage
    from kuager.domain.people.models import Judgement, Record
    from kuager.domain.people.queries.chains import Chain

# The linkage weighs a birth range that an age gives; where there is no date of birth both are the age.
SAME_FIELD = (("event date", "event"), ("birth", "age"))


@dataclass(frozen=True, kw_only=True)
class ShownField:
    """One field of both records, whether they differ, and what that says for or against one person."""

    word: str
    a: str
    b: str
    verdict: str
    reason: str
    bits: float | None
    is_whole_name: bool = False

    @property
    def weight(self) -> str:
        """The match weight with its sign; nothing when the field was not compared."""
        return "" if self.bits is None else f"{self.bits:+.1f}"

    @property
    def sign(self) -> str:
        """Equal, alike, or different; nothing where only one record speaks or parts are compared instead."""
        if not self.a or not self.b:
            return ""
        if self.a.casefold() == self.b.casefold():
            return "="
        if self.bits is None:
            return "" if self.is_whole_name else "≠"
        return "≈" if self.bits > 0 else "≠"

    @property
    def is_marked(self) -> bool:
        """Whether to mark letters: not where one name stands in two scripts, which would mark it all."""
        return self.sign == "≠" or are_alike(self.a, self.b)


def shown_fields(fields: "Sequence[FieldComparison]") -> list[ShownField]:
    """Return the fields of which at least one record says something."""
    return [_shown(one) for one in _merged(fields) if one.value_a or one.value_b]


def _shown(one: "FieldComparison") -> ShownField:
    return ShownField(
        word=field_word(one.field),
        a=_words(one.field, one.value_a),
        b=_words(one.field, one.value_b),
        verdict=gettext("compared in parts, below") if one.field == "name" else weight_words(one.weight),
        reason=one.reason,
        bits=one.weight,
        is_whole_name=one.field == "name",
    )


def _merged(fields: "Sequence[FieldComparison]") -> "list[FieldComparison]":
    """Show once what the row and the linkage call by two names, with the weight of the linkage."""
    found = {one.field: one for one in fields}
    for weighed_name, plain_name in SAME_FIELD:
        weighed, plain = found.get(weighed_name), found.get(plain_name)
        if weighed is None or plain is None or plain.weight is not None:
            continue
        if weighed_name == "birth" and (weighed.value_a, weighed.value_b) != (plain.value_a, plain.value_b):
            continue
        found[plain_name] = replace(plain, weight=weighed.weight, reason=weighed.reason)
        del found[weighed_name]
    return list(found.values())


def _words(name: str, value: str) -> str:
    """Put a date, a status or a sex in words; leave what was written as it was written."""
    if not value:
        return ""
    if name in DATES:
        return uncertain_date(value)
    if name == "statuses":
        return ", ".join(_label(Status, one) for one in value.split(", "))
    return _label(Sex, value) if name == "sex" else value


def _label(words: "type[TextChoices]", value: str) -> str:
    return str(words(value).label) if value in words.values else value


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
    is_one_person = bool(page.a.person_code) and page.a.person_code == page.b.person_code
    found: list[dict[str, object]] = []
    for side, cluster in sides[:1] if is_one_person else sides:
        others: list[Record] = [record for record in cluster if record.pk not in pair]
        if others:
            found.append({"name": side.record.name, "records": others, "is_one_person": is_one_person})
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
    first, *_rest, last = chain.record_ids
    steps = [*pairwise(chain.record_ids), (first, last)] if len(chain.links) > 1 else [(first, last)]
    return [_link(judgement, *step) for judgement, step in zip(chain.links, steps, strict=True)]


def _link(judgement: "Judgement", left: int, right: int) -> ShownLink:
    names = {record.pk: record.name for record in (judgement.record_a, judgement.record_b)}
    return ShownLink(
        name_a=names[left],
        name_b=names[right],
        verdict=judgement.verdict,
        word=judgement.get_verdict_display(),
        author=judgement.author.username,
        day=judgement.decided_at,
    )
