"""How reviewers agree with each other, from blind answers only: to learn from, not to rank anybody."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import combinations

from django.db.models import Count

from kuager.domain.accounts.models import User
from kuager.domain.lists.models import BlindAnswer
from kuager.domain.lists.rules.double_review import may_see_reviewers
from kuager.domain.people.models import Judgement
from kuager.domain.people.terms import Method
from kuager.engines.linkage.reviewing import Agreement, agreement


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerWork:
    """How much one reviewer has done: judgements by eye in force, blind answers, decisions between others."""

    name: str
    judged: int
    blind: int
    decided: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerPair:
    """Two reviewers who answered the same pairs blindly, and how far they agree."""

    first: str
    second: str
    agreement: Agreement


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerAgreement:
    """The work of reviewers by name, and pairs of reviewers by name. ``is_all`` says whether of everybody."""

    work: tuple[ReviewerWork, ...]
    pairs: tuple[ReviewerPair, ...]
    is_all: bool


def reviewer_agreement(user: User) -> ReviewerAgreement:
    """Return everybody's figures to statisticians and administrators, to others what concerns themselves."""
    sees_all = may_see_reviewers(user)
    only = None if sees_all else user.username
    return ReviewerAgreement(work=tuple(_work(only)), pairs=tuple(_pairs(only)), is_all=sees_all)


def _work(only: str | None) -> list[ReviewerWork]:
    by_eye = Judgement.objects.filter(method=Method.REVIEW, ended_at__isnull=True)
    judged = dict(by_eye.values_list("author__username").annotate(n=Count("id")).order_by())
    blind: Counter[str] = Counter()
    decided: Counter[str] = Counter()
    answers = BlindAnswer.objects.filter(ended_at__isnull=True)
    for name, is_deciding, number in answers.values_list("reviewer__username", "is_deciding").annotate(
        n=Count("id")
    ):
        (decided if is_deciding else blind)[name] += number
    return [
        ReviewerWork(name=name, judged=judged.get(name, 0), blind=blind[name], decided=decided[name])
        for name in sorted({*judged, *blind, *decided})
        if only in (None, name)
    ]


def _pairs(only: str | None) -> list[ReviewerPair]:
    """Return pairs of reviewers by name; of each the one with the lower name is the first."""
    said: dict[int, list[tuple[str, str]]] = defaultdict(list)
    answers = BlindAnswer.objects.filter(ended_at__isnull=True, is_deciding=False)
    for sampled, name, verdict in answers.values_list("sampled_id", "reviewer__username", "verdict"):
        said[sampled].append((name, verdict))
    together: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for both in said.values():
        for one, other in combinations(sorted(both), 2):
            together[one[0], other[0]].append((one[1], other[1]))
    return [
        ReviewerPair(
            first=first,
            second=second,
            agreement=agreement([one for one, _ in verdicts], [other for _, other in verdicts]),
        )
        for (first, second), verdicts in sorted(together.items())
        if only in (None, first, second)
    ]
