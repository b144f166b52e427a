"""Lists whose overlap is known to the last person, written row by row into a small register."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count

from kuager.domain.accounts.models import User
from kuager.domain.lists.models import CasualtyList, ListEdition, ListRow
from kuager.domain.places.models import Place
from kuager.domain.register.terms import FOREVER
from kuager.domain.sources.models import Publisher
from tests.integration.small_register import FIRST, SmallRegister

# Three lists that share enough for a lower bound, and one combination of two persons that nobody may see.
ENOUGH = {"100": 22, "010": 19, "001": 16, "110": 13, "101": 2, "011": 11, "111": 8}
# Two lists that share three persons: too few for anything.
THIN = {"10": 30, "01": 30, "11": 3}
_numbers = count(1)


@dataclass(kw_only=True)
class KnownLists:
    """The lists, and the register they were written into."""

    register: SmallRegister
    lists: list[CasualtyList]
    editions: list[ListEdition]

    def add(
        self,
        pattern: str,
        number: int,
        *,
        at: datetime = FIRST,
        status: str = "missing",
        region: Place | None = None,
    ) -> None:
        """Write persons who stand on exactly the lists marked with 1."""
        for _ in range(number):
            name = f"Invented {next(_numbers)}"
            person = self.register.bare_person(at)
            for edition, mark in zip(self.editions, pattern, strict=True):
                if mark == "1":
                    record = self.register.record(person, edition.source, None, name=name, at=at)
                    ListRow.objects.create(
                        edition=edition, number=next(_numbers), cells=[name], digest="0" * 64, record=record
                    )
            self.register.spell(person, status, known=(at, FOREVER), region=region)


def known_lists(by: User, counts: Mapping[str, int], *, kinds: Mapping[int, str] | None = None) -> KnownLists:
    """Write lists with these numbers of persons by pattern; ``kinds`` changes the kind of a publisher."""
    register = SmallRegister(by=by)
    lists, editions = [], []
    for place in range(len(next(iter(counts)))):
        kind = (kinds or {}).get(place, "ngo")
        publisher = Publisher.objects.create(name=f"Invented publisher {next(_numbers)}", kind=kind)
        source = register.source(publisher.name)
        one = CasualtyList.objects.create(publisher=publisher, title=f"Known list {place + 1}")
        lists.append(one)
        editions.append(
            ListEdition.objects.create(
                casualty_list=one,
                as_of=date(2022, 1, 19),
                source=source,
                file_name="known.csv",
                file_digest=str(place) * 64,
                state="applied",
                staged_by=by,
                staged_at=FIRST,
                applied_by=by,
                applied_at=FIRST,
            )
        )
    known = KnownLists(register=register, lists=lists, editions=editions)
    for pattern, number in counts.items():
        known.add(pattern, number)
    return known
