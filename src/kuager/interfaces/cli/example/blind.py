"""The blind double review of the example: reviewers who mostly see what is true, and sometimes do not."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from kuager.domain.lists import operations as lists
from kuager.domain.lists.queries import double_reviews
from kuager.domain.people.terms import Verdict
from kuager.interfaces.cli.example import sheets
from kuager.interfaces.cli.example.invention import InventedPerson

if TYPE_CHECKING:
    from kuager.domain.accounts.models import User
    from kuager.domain.lists.models import DoubleReview, LinkRun, SampledPair
    from kuager.domain.lists.queries import PairSide

SIZE, SEED = 60, 2021
FOR_THE_READER = 12
# Every so many pairs a reviewer is not sure, or is wrong: people are.
UNSURE_EVERY, WRONG_EVERY = 25, 47
# By list: its chance and salt, and the row in which its first person stands.
READ = ((0.5, 11, 5), (0.46, 23, 2), (0.36, 37, 2))


@dataclass(frozen=True)
class Truth:
    """Who is who in fact: by list and row, since every row was written about one invented person.

    ``lists`` are the identifiers of the three lists in the order of the story.
    """

    people: list[InventedPerson]
    lists: tuple[int, ...]

    def person_of(self, side: "PairSide") -> int | None:
        """Return the number of the person whom a row is about; None for rows about nobody invented."""
        if side.row is None:
            return None
        edition = side.row.edition
        place = self.lists.index(edition.casualty_list_id)
        written = self._written(place, edition.as_of)
        row = side.row.number - READ[place][2]
        return written[row] if 0 <= row < len(written) else None

    def same(self, one: "PairSide", other: "PairSide") -> bool:
        """Whether two rows are about one person."""
        first, second = self.person_of(one), self.person_of(other)
        return first is not None and first == second

    def _written(self, place: int, as_of: date) -> list[int]:
        chance, salt, _ = READ[place]
        return [one.number for one in sheets.members(self.people, chance=chance, salt=salt, by=as_of)]


def measure(run: "LinkRun", truth: Truth, users: dict[str, "User"], *, at: datetime) -> None:
    """Draw a sample, let two documenters answer it blindly, and the statistician decide the differences."""
    review = lists.draw_double_review(run=run, size=SIZE, seed=SEED, by=users["saule"], at=at)
    for turn, name in enumerate(("asel", "gulnar")):
        _answer_all(review, truth, users[name], turn, at=at + timedelta(minutes=5))
    while (sampled := double_reviews.next_difference(users["saule"], review)) is not None:
        lists.decide_between(
            sampled=sampled,
            verdict=_true(sampled, truth, users["saule"]),
            explanation="Looked at both rows again, and at the other sources of each.",
            by=users["saule"],
            at=at + timedelta(minutes=15),
        )


def draw_for_the_reader(run: "LinkRun", *, by: "User", at: datetime) -> None:
    """Draw a small sample that nobody has answered: whoever tries the demonstration may."""
    lists.draw_double_review(run=run, size=FOR_THE_READER, seed=SEED, by=by, at=at)


def _answer_all(review: "DoubleReview", truth: Truth, user: "User", turn: int, *, at: datetime) -> None:
    while (sampled := double_reviews.next_blind_pair(user, review)) is not None:
        verdict = _true(sampled, truth, user)
        number = sampled.position + 7 * turn
        why = "Read both rows."
        if number % UNSURE_EVERY == 0:
            verdict, why = Verdict.UNSURE, "The name is common; I would have to ask the family."
        elif number % WRONG_EVERY == 0:
            verdict = Verdict.DIFFERENT if verdict == Verdict.SAME else Verdict.SAME
        lists.answer_blindly(sampled=sampled, verdict=verdict, explanation=why, by=user, at=at)


def _true(sampled: "SampledPair", truth: Truth, user: "User") -> Verdict:
    page = double_reviews.blind_page(sampled, user)
    return Verdict.SAME if truth.same(page.a, page.b) else Verdict.DIFFERENT
