"""Telling the story through the operations that people use: imports, approvals, judgements, publications."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from kuager.core.dates import parse_edtf
from kuager.domain.accounts import operations as accounts
from kuager.domain.accounts.terms import Role
from kuager.domain.lists import operations as lists
from kuager.domain.lists import queries as list_queries
from kuager.domain.lists.terms import Strata
from kuager.domain.people.terms import Verdict
from kuager.domain.places import operations as places
from kuager.domain.publication import operations as publication
from kuager.domain.register import operations as register
from kuager.domain.register import queries as register_queries
from kuager.domain.register.rules.drafts import AssertionDraft
from kuager.domain.register.terms import Status
from kuager.domain.sources import operations as sources
from kuager.domain.sources.terms import PublisherKind
from kuager.interfaces.cli.example import blind, brothers, calls, sheets
from kuager.interfaces.cli.example.evidence import Evidence
from kuager.interfaces.cli.example.invention import InventedPerson, invent_people
from kuager.interfaces.shell.example_accounts import ACCOUNTS, PASSWORD

if TYPE_CHECKING:
    from kuager.domain.accounts.models import User
    from kuager.domain.lists.models import CasualtyList, LinkRun
    from kuager.engines.vault.vault import Vault

PEOPLE = 2100
SEED = 2021
DAYS = (8, 15, 21)
CERTAIN = 0.97
LOOKED_AT = "Probability of at least 0.97 on name, age, place and day; sample of 40 looked at."
REVIEWED = 12
# In the last week some pairs are left for whoever tries the demonstration.
REVIEWED_LAST = 2

Write = Callable[..., int]


@dataclass(frozen=True)
class ExampleList:
    """One of the three lists: who publishes it, how its file is written, and what is promised about it."""

    publisher: str
    kind: PublisherKind
    title: str
    file_name: str
    write: Write
    is_clean: bool = False


LISTS = (
    ExampleList(
        "Lawyers' help line (invented)",
        PublisherKind.LAWYERS,
        "List of those harmed",
        "lawyers-{}.xlsx",
        sheets.write_lawyers,
    ),
    ExampleList(
        "Volunteers of the square (invented)",
        PublisherKind.NGO,
        "Register of the volunteers",
        "volunteers-{}.csv",
        sheets.write_volunteers,
    ),
    ExampleList(
        "Steppe Newsroom (invented)",
        PublisherKind.OUTLET,
        "Names we could confirm",
        "newsroom-{}.tsv",
        sheets.write_newsroom,
    ),
)


def moment(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment of November 2021, in UTC."""
    return datetime(2021, 11, 1, hour, minute, tzinfo=UTC) + timedelta(days=day - 1)


@dataclass
class Story:
    """The cast and what has been stored so far."""

    folder: Path
    say: Callable[[str], None]
    vault: "Vault"
    size: int = PEOPLE
    people: list[InventedPerson] = field(default_factory=list)
    users: dict[str, "User"] = field(default_factory=dict)
    lists: list["CasualtyList"] = field(default_factory=list)

    def tell(self) -> None:
        """Tell it from the first evening to the last publication."""
        self.begin()
        kept = Evidence(self.vault, self.users, self.say)
        self.week(8, editions=LISTS, is_measured=True)
        self.publish(8)
        kept.first_days(at=moment(9, 16))
        calls.first_calls(self.users, at=moment(10, 6))
        kept.look_closely(at=moment(10, 9))
        kept.find_copies(at=moment(11, 9))
        self.correct_a_death(at=moment(12, 8))
        kept.later_days(at=moment(12, 15))
        kept.look_at_every_byte(at=moment(13, 3))
        kept.redact(at=moment(14, 9))
        run = self.week(15, editions=LISTS, why=brothers.IN_HASTE)
        brothers.link_in_haste(run, by=self.users["asel"], at=moment(16, 10))
        self.publish(15)
        calls.second_calls(self.users, at=moment(17, 6))
        self.part_brothers(run, at=moment(18, 7))
        # The volunteers' last edition is left for the reader to import.
        run = self.week(21, editions=(LISTS[0], LISTS[2]))
        self.contradict(at=moment(22, 10))
        self.estimate(at=moment(22, 10, 30))
        self.publish(21)
        blind.draw_for_the_reader(run, by=self.users["saule"], at=moment(22, 14))
        calls.last_calls(self.users, at=moment(22, 15))

    def begin(self) -> None:
        """Create the accounts, the places, the publishers and their lists, and write the files."""
        self.say("inventing people")
        self.people = invent_people(self.size, seed=SEED)
        start = moment(1, 0)
        for name, role in ACCOUNTS:
            self.users[name] = accounts.create_user(username=name, role=Role(role), password=PASSWORD)
        asel = self.users["asel"]
        places.load_places(by=asel, at=start)
        for one in LISTS:
            publisher = sources.get_or_create_publisher(name=one.publisher, kind=one.kind, by=asel, at=start)
            self.lists.append(
                lists.create_list(
                    publisher=publisher,
                    title=one.title,
                    is_clean=one.is_clean,
                    is_public=True,
                    by=asel,
                    at=start,
                )
            )
        for day in DAYS:
            for salt, one in enumerate(LISTS, start=1):
                one.write(
                    self.folder / one.file_name.format(day), self.people, as_of=date(2021, 11, day), seed=salt
                )

    def week(
        self,
        day: int,
        *,
        editions: tuple[ExampleList, ...],
        why: str = LOOKED_AT,
        is_measured: bool = False,
    ) -> "LinkRun":
        """Import the editions of a day, and find out who is who; ``why`` the links are accepted together."""
        for hour, one in enumerate(editions, start=4):
            self.import_edition(one, day, at=moment(day + 1, hour))
        self.say(f"linking the lists of {day} November")
        run = lists.run_linkage(lists=self.lists, by=self.users["saule"], at=moment(day + 1, 8))
        if is_measured:
            self.measure(run, at=moment(day + 1, 8, 5))
        lists.accept_links(
            run=run,
            threshold=CERTAIN,
            explanation=why,
            by=self.users["asel"],
            at=moment(day + 1, 8, 30),
        )
        self.review(run, REVIEWED if day != DAYS[-1] else REVIEWED_LAST, at=moment(day + 1, 9))
        return run

    def measure(self, run: "LinkRun", *, at: datetime) -> None:
        """Let two reviewers judge a sample blindly, and a third person decide where they differ."""
        self.say("measuring the links by blind double review")
        truth = blind.Truth(people=self.people, lists=tuple(one.pk for one in self.lists))
        blind.measure(run, truth, self.users, at=at)

    def part_brothers(self, run: "LinkRun", *, at: datetime) -> None:
        """Undo a wrong merge after a mother's call; nothing of it is lost."""
        self.say("parting two brothers whom a hasty acceptance made one")
        pair = brothers.find_pair(run)
        if pair is not None:
            brothers.mother_calls(pair, self.users, at=at)
            brothers.part_the_brothers(pair, by=self.users["asel"], at=at + timedelta(hours=2))

    def import_edition(self, one: ExampleList, day: int, *, at: datetime) -> None:
        """Stage, apply, and have a second person approve one edition."""
        self.say(f"importing {one.file_name.format(day)}")
        path = self.folder / one.file_name.format(day)
        asel, gulnar = self.users["asel"], self.users["gulnar"]
        seen = list_queries.preview(path, file_name=path.name)
        edition = lists.begin_edition(
            casualty_list=self.lists[LISTS.index(one)],
            as_of=date(2021, 11, day),
            path=path,
            file_name=path.name,
            mapping=seen.mapping,
            by=asel,
            at=at,
        )
        edition = lists.stage_edition(edition=edition, path=path, by=asel, at=at)
        lists.apply_edition(edition=edition, by=asel, at=at + timedelta(minutes=10))
        lists.approve_edition(edition=edition, by=gulnar, at=at + timedelta(minutes=30))

    def review(self, run: "LinkRun", pairs: int, *, at: datetime) -> None:
        """Let two reviewers judge some pairs: most are clear, a few need a second pair of eyes."""
        asel, gulnar = self.users["asel"], self.users["gulnar"]
        for number in range(pairs):
            reviewer = asel if number % 3 else gulnar
            pair = list_queries.next_pair(reviewer, run=run)
            if pair is None:
                return
            verdict, why = _verdict(pair.probability)
            lists.review_pair(
                pair=pair,
                verdict=verdict,
                explanation=why,
                by=reviewer,
                at=at + timedelta(minutes=2 * number),
            )

    def correct_a_death(self, *, at: datetime) -> None:
        """Somebody listed as dead is alive: the assertion is corrected with a reason; nothing is deleted."""
        self.say("correcting a death that was none")
        entry = register_queries.list_entries(register_queries.EntryFilter(status=Status.DEAD)).first()
        assert entry is not None  # noqa: S101  # the lists of the first week name dead
        page = register_queries.get_person_page(entry.person.code)
        for assertion in page.assertions:
            if assertion.status == Status.DEAD and assertion.superseded_at is None:
                register.correct_assertion(
                    assertion=assertion,
                    reason="His sister called: he is in hospital; the list confused him with a namesake.",
                    replacement=AssertionDraft(
                        status=Status.HOSPITALISED, since=parse_edtf("2021-11-06"), told_on=at.date()
                    ),
                    by=self.users["asel"],
                    at=at,
                )

    def contradict(self, *, at: datetime) -> None:
        """Let a second reviewer say that two records of one person are two people: A=B, B=C, but A≠C."""
        crowded = register_queries.list_entries(
            register_queries.EntryFilter(status=Status.DETAINED), order="name"
        ).filter(record_count__gte=3)
        for number, entry in enumerate(crowded[:3]):
            page = register_queries.get_person_page(entry.person.code)
            first, *_, last = [one.record for one in page.records if one.is_active]
            register.judge(
                record_a=first,
                record_b=last,
                verdict=Verdict.DIFFERENT,
                explanation="The father's names differ: I think these are cousins.",
                by=self.users["gulnar"],
                at=at + timedelta(minutes=5 * number),
            )

    def estimate(self, *, at: datetime) -> None:
        """Let the statistician estimate how many no list has; the editor puts it into the next snapshot."""
        self.say("estimating how many no list has")
        run = lists.run_estimate(
            lists=self.lists,
            as_of=date(2021, 11, 21),
            strata=Strata.AGE_GROUP,
            by=self.users["saule"],
            at=at,
        )
        if run.is_publishable:
            publication.choose_estimate(
                run=run, method=run.results["recommended"], by=self.users["farida"], at=at
            )

    def publish(self, day: int) -> None:
        """Build and publish the state of a day, by an editor."""
        self.say(f"publishing the state of {day} November")
        farida = self.users["farida"]
        snapshot = publication.build_snapshot(
            as_of=date(2021, 11, day),
            known_at=moment(day + 1, 11),
            by=farida,
            at=moment(day + 1, 12),
            is_example=True,
        )
        publication.publish_snapshot(snapshot=snapshot, by=farida, at=moment(day + 1, 13))


def _verdict(probability: float) -> tuple[Verdict, str]:
    if probability > 0.6:
        return Verdict.SAME, "Same name in another spelling, age and place agree."
    if probability < 0.35:
        return Verdict.DIFFERENT, "Different given names; perhaps brothers."
    return Verdict.UNSURE, "The name is common and nothing else decides; ask the family."
