"""Reading the register: counts, changes, lists of persons, one person, what may be published."""

from kuager.domain.register.queries.answers import (
    Change,
    CountRow,
    CountTable,
    EntryFilter,
    FoundPerson,
    Move,
    PersonPage,
    Question,
    SourcedRecord,
    StalePerson,
    TimelineStep,
)
from kuager.domain.register.queries.changes import changes, moves
from kuager.domain.register.queries.counts import count, daily_counts
from kuager.domain.register.queries.entries import (
    count_pending,
    count_stale,
    find_people,
    list_conflicts,
    list_entries,
    list_pending,
    list_stale,
    totals,
)
from kuager.domain.register.queries.pages import (
    get_assertion,
    get_person_page,
    person_code_of,
)

__all__ = [
    "Change",
    "CountRow",
    "CountTable",
    "EntryFilter",
    "FoundPerson",
    "Move",
    "PersonPage",
    "Question",
    "SourcedRecord",
    "StalePerson",
    "TimelineStep",
    "changes",
    "count",
    "count_pending",
    "count_stale",
    "daily_counts",
    "find_people",
    "get_assertion",
    "get_person_page",
    "list_conflicts",
    "list_entries",
    "list_pending",
    "list_stale",
    "moves",
    "person_code_of",
    "totals",
]
