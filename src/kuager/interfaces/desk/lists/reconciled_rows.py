"""The rows and persons behind each number of a reconciliation."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from django.utils.translation import gettext

from kuager.core.errors import NotFoundError
from kuager.domain.lists.queries import RegisterReconciliation
from kuager.engines.linkage.rival_lists.reconciling import Key, Person
from kuager.interfaces.shell.reconciliation import words
from kuager.interfaces.shell.reconciliation.facts import Facts

# What is shown, and the numbers of the lists that it is about: "unnamed-3", "both-3-7", "doubt".
SHOW = re.compile(r"(all|unnamed|repeats|without|both|on|clashes|doubt)((?:-\d{1,9}){0,6})")
CSV_HEADER = ("list", "row", "name", "part", "repeats_row", "person", "on_lists")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRow:
    """One row as the page shows it; ``note`` says what else there is to say, ``pair`` where to judge it."""

    list_name: str
    edition: int
    row: str
    name: str
    code: str
    note: str = ""
    pair: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """The rows behind one number."""

    title: str
    rows: Sequence[ShownRow]


@dataclass(frozen=True)
class RowsOf:
    """Finds the rows behind the numbers of one reconciliation."""

    found: RegisterReconciliation
    facts: Facts

    def behind(self, show: str) -> Behind:
        """Return the rows behind a number.

        Raises
        ------
        NotFoundError
            When the reconciliation has no such number.
        """
        match = SHOW.fullmatch(show)
        if match is None:
            raise NotFoundError(f"a reconciliation has no part {show!r}")
        names = [self._name(int(number)) for number in match[2].split("-") if number]
        parts: dict[str, tuple[int, Callable[..., Behind]]] = {
            "all": (1, self._all),
            "unnamed": (1, self._unnamed),
            "repeats": (1, self._repeats),
            "without": (2, self._without),
            "both": (2, self._both),
            "clashes": (0, self._clashes),
            "doubt": (0, self._doubt),
        }
        if match[1] == "on" and names:
            return self._on(*names)
        if match[1] == "on" or len(names) != parts[match[1]][0]:
            raise NotFoundError(f"a reconciliation has no part {show!r}")
        return parts[match[1]][1](*names)

    def show(self, part: str, *names: str) -> str:
        """Return how a number is asked for."""
        numbers = dict(zip(self.found.names, (one.pk for one in self.found.lists), strict=True))
        return "-".join([part, *(str(numbers[name]) for name in names)])

    def table(self) -> Iterator[Sequence[object]]:
        """Yield every row of every list exactly once, as a table."""
        persons = {key: person for person in self._people() for key in person}
        repeats = {
            (listed.name, again): first
            for listed in self.found.account.lists
            for again, first in listed.repeats
        }
        for key in self.found.account.names:
            person = persons.get(key)
            part = "unnamed" if person is None else "repeated" if key in repeats else "person"
            on = " + ".join(dict.fromkeys(name for name, _ in person or (key,)))
            name = self.found.account.names[key] if self.facts.with_names else ""
            yield (key[0], key[1], name, part, repeats.get(key, ""), self.found.rows[key].code, on)

    def _name(self, number: int) -> str:
        for name, one in zip(self.found.names, self.found.lists, strict=True):
            if one.pk == number:
                return name
        raise NotFoundError(f"the list {number} is not among those reconciled")

    def _people(self) -> Iterator[Person]:
        return chain.from_iterable(one.people for one in self.found.account.combinations)

    def _shown(self, key: Key, note: str = "", pair: int | None = None) -> ShownRow:
        link = self.found.rows[key]
        name = self.found.account.names[key] if self.facts.with_names else ""
        return ShownRow(
            list_name=key[0],
            edition=link.edition,
            row=key[1],
            name=name,
            code=link.code,
            note=note,
            pair=pair,
        )

    def _person(self, person: Person, first: str) -> ShownRow:
        """Show a person by the row on one list, with the other rows beside it."""
        key = self.facts.row_of(person, first)
        others = "; ".join(f"{name} {row}" for name, row in person if (name, row) != key)
        return self._shown(key, gettext("also %(rows)s") % {"rows": others} if others else "")

    def _all(self, name: str) -> Behind:
        rows = [self._shown(key) for key in self.found.account.names if key[0] == name]
        return Behind(title=gettext("All rows of %(list)s") % {"list": name}, rows=rows)

    def _unnamed(self, name: str) -> Behind:
        listed = next(one for one in self.found.account.lists if one.name == name)
        title = gettext("Without a name on %(list)s") % {"list": name}
        return Behind(title=title, rows=[self._shown((name, key)) for key in listed.unnamed])

    def _repeats(self, name: str) -> Behind:
        listed = next(one for one in self.found.account.lists if one.name == name)
        rows = [
            self._shown((name, again), gettext("repeats row %(row)s") % {"row": first})
            for again, first in listed.repeats
        ]
        return Behind(title=gettext("Repeated on %(list)s") % {"list": name}, rows=rows)

    def _on(self, *names: str) -> Behind:
        people = next(
            (one.people for one in self.found.account.combinations if set(one.lists) == set(names)), ()
        )
        title = gettext("On exactly these lists: %(lists)s") % {"lists": " + ".join(names)}
        return Behind(title=title, rows=[self._person(person, names[0]) for person in people])

    def _without(self, on: str, missing_from: str) -> Behind:
        title = gettext("On %(list)s and not on %(other)s") % {"list": on, "other": missing_from}
        people = [one for one in self._people() if {name for name, _ in one} & {on, missing_from} == {on}]
        return Behind(title=title, rows=[self._person(person, on) for person in people])

    def _both(self, on: str, other: str) -> Behind:
        title = gettext("On both: %(list)s and %(other)s") % {"list": on, "other": other}
        people = [one for one in self._people() if {on, other} <= {name for name, _ in one}]
        return Behind(title=title, rows=[self._person(person, on) for person in people])

    def _clashes(self) -> Behind:
        rows = [
            self._shown(clash.left, words.clash_words(clash, self.facts))
            for clash in self.found.account.clashes
        ]
        return Behind(title=gettext("Listed with statuses that exclude each other"), rows=rows)

    def _doubt(self) -> Behind:
        rows = [
            self._shown(
                pair.left, words.pair_words(pair, self.facts), self.found.pairs.get((pair.left, pair.right))
            )
            for pair in self.found.account.open_pairs
        ]
        return Behind(title=gettext("Still in doubt"), rows=rows)
