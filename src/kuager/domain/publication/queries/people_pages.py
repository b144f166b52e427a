"""What the pages about people show: the list, its filters and search, and one person."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext

from kuager.core.ages import AGE_GROUPS
from kuager.core.errors import NotFoundError
from kuager.domain.people.rules.codes import read_code
from kuager.domain.publication.definitions import age_group_label, sex_label, status_label
from kuager.domain.publication.models import Snapshot, SnapshotPerson
from kuager.domain.publication.queries.labels import STATUS_ORDER, in_language, region_name
from kuager.engines.names import query_keys

SEARCH_LIMIT = 100


@dataclass(frozen=True, kw_only=True)
class PeopleFilter:
    """Which people to list; empty values filter nothing."""

    status: str = ""
    region: str = ""
    sex: str = ""
    age_group: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One value of a filter."""

    value: str
    label: str | Promise


@dataclass(frozen=True, kw_only=True)
class PersonLine:
    """One person with the words for what is stored as codes."""

    person: SnapshotPerson
    name: str
    status: str | Promise
    sex: str | Promise
    place: str
    region: str
    links: int


def filter_people(snapshot: Snapshot, wanted: PeopleFilter) -> QuerySet[SnapshotPerson]:
    """People of the public list in alphabetical order (lazy queryset).

    For long lists ask for the ids only, which the index holds; ``person_lines`` takes those of one page.
    """
    people = SnapshotPerson.objects.filter(snapshot=snapshot, is_redacted=False)
    if wanted.status:
        people = people.filter(status=wanted.status)
    if wanted.region:
        people = people.filter(region_code="" if wanted.region == "unknown" else wanted.region)
    if wanted.sex:
        people = people.filter(sex="" if wanted.sex == "unknown" else wanted.sex)
    if wanted.age_group:
        people = people.filter(age_group=wanted.age_group)
    return people.filter(_text_condition(wanted.text)).order_by("position")


def person_lines(snapshot: Snapshot, person_ids: Iterable[int]) -> list[PersonLine]:
    """Return the people of one page in the reader's language, in the order of the list; one question."""
    people = SnapshotPerson.objects.filter(pk__in=list(person_ids)).order_by("position")
    return [_line(snapshot, person) for person in people]


def get_person(snapshot: Snapshot, code: str) -> PersonLine:
    """Return one person of the public list; raises NotFoundError, also for who was taken off."""
    person = SnapshotPerson.objects.filter(snapshot=snapshot, code=code, is_redacted=False).first()
    if person is None:
        raise NotFoundError(f"nobody with the code {code} is on the public list")
    return _line(snapshot, person)


def filter_choices(snapshot: Snapshot) -> dict[str, list[Choice]]:
    """Return the values a reader can filter by."""
    codes: Iterable[str] = snapshot.summary.get("regions", {})
    regions = sorted((region_name(snapshot, code), code) for code in codes)
    return {
        "status": [Choice(value=code, label=status_label(code)) for code in STATUS_ORDER],
        "region": [
            *(Choice(value=code, label=name) for name, code in regions),
            Choice(value="unknown", label=gettext("not known")),
        ],
        "sex": [Choice(value=code, label=sex_label(code)) for code in ("female", "male", "unknown")],
        "age_group": [Choice(value=code, label=age_group_label(code)) for code in AGE_GROUPS],
    }


def _line(snapshot: Snapshot, person: SnapshotPerson) -> PersonLine:
    return PersonLine(
        person=person,
        name=person.name or gettext("Name not published"),
        status=status_label(person.status),
        sex=sex_label(person.sex),
        place=in_language(person.place),
        region=region_name(snapshot, person.region_code),
        links=len(person.sources),
    )


def _text_condition(text: str) -> Q:
    """Every typed word must begin a search key in one of its folded forms; or the text begins the code."""
    typed = text.strip()[:SEARCH_LIMIT]
    if not typed:
        return Q()
    words = query_keys(typed)
    named = Q() if words else Q(pk__in=[])
    for alternatives in words:
        one = Q()
        for key in alternatives:
            one |= Q(search_text__contains=f" {key}")
        named &= one
    code = read_code(typed)
    return named | Q(search_text__startswith=f" {code.lower()}") if code else named
