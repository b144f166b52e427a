"""What the public pages ask: of the tables of snapshots, and of nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext

from kuager.core.ages import AGE_GROUPS
from kuager.core.errors import NotFoundError
from kuager.domain.people.rules.codes import read_code
from kuager.domain.publication.definitions import (
    age_group_label,
    publisher_label,
    rule_words,
    sex_label,
    status_definition,
    status_label,
)
from kuager.domain.publication.models import Snapshot, SnapshotFigure, SnapshotPerson, SnapshotPicture
from kuager.domain.publication.terms import PictureKey, SnapshotState
from kuager.engines.names import query_keys

SEARCH_LIMIT = 100
# Worst first: the order of the cards and of the filter.
STATUS_ORDER = (
    "dead",
    "missing",
    "detained",
    "remanded",
    "house_arrest",
    "imprisoned",
    "hospitalised",
    "injured",
    "released",
    "recovered",
    "alive",
    "unknown",
)


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
class FigureLine:
    """One figure in words."""

    key: str
    label: str | Promise
    value: int
    old: int | None = None


@dataclass(frozen=True, kw_only=True)
class PersonPage:
    """One person of a snapshot, with the words for what is stored as codes."""

    person: SnapshotPerson
    status: str | Promise
    sex: str | Promise
    place: str
    region: str


def list_snapshots() -> QuerySet[Snapshot]:
    """Every snapshot, newest first, for the desk (lazy queryset, people joined)."""
    return Snapshot.objects.select_related("previous", "built_by", "published_by", "withdrawn_by").order_by(
        "-number"
    )


def list_built() -> QuerySet[Snapshot]:
    """Snapshots that wait for an editor, newest first (lazy queryset)."""
    return list_snapshots().filter(state=SnapshotState.BUILT)


def list_public_snapshots() -> QuerySet[Snapshot]:
    """Everything that was ever published, newest first (lazy queryset)."""
    return Snapshot.objects.exclude(state=SnapshotState.BUILT).order_by("-number")


def latest_snapshot() -> Snapshot | None:
    """Return the snapshot the unnumbered pages show; None before the first publication."""
    return Snapshot.objects.filter(state=SnapshotState.PUBLISHED).order_by("-number").first()


def newest_withdrawal(shown: Snapshot | None) -> Snapshot | None:
    """Return the withdrawn snapshot that the shown one stands in for, so that the page can say why."""
    withdrawn = Snapshot.objects.filter(state=SnapshotState.WITHDRAWN).order_by("-number")
    if shown is not None:
        withdrawn = withdrawn.filter(number__gt=shown.number)
    return withdrawn.first()


def get_public_snapshot(number: int) -> Snapshot:
    """Return a published snapshot; a withdrawn or waiting one is not found."""
    found = Snapshot.objects.filter(number=number, state=SnapshotState.PUBLISHED).first()
    if found is None:
        raise NotFoundError(f"there is no public snapshot {number}")
    return found


def get_snapshot(number: int) -> Snapshot:
    """Return any snapshot, for desk and command line; raises NotFoundError."""
    found = Snapshot.objects.select_related("previous").filter(number=number).first()
    if found is None:
        raise NotFoundError(f"there is no snapshot {number}; 'kuager publish list' shows them")
    return found


def headline(snapshot: Snapshot) -> list[FigureLine]:
    """Return the totals by status, worst first."""
    totals = dict(
        SnapshotFigure.objects.filter(snapshot=snapshot, key__in=STATUS_ORDER).values_list("key", "value")
    )
    before = {change["key"]: change["old"] for change in snapshot.difference.get("figures", [])}
    return [
        FigureLine(key=key, label=status_label(key), value=totals[key], old=before.get(key))
        for key in STATUS_ORDER
        if key in totals
    ]


def figure_page(snapshot: Snapshot, key: str) -> dict[str, object]:
    """Return one figure with everything the page "how do we know?" says; raises NotFoundError."""
    figure = SnapshotFigure.objects.filter(snapshot=snapshot, key=key).first()
    if figure is None:
        raise NotFoundError(f"snapshot {snapshot.number} has no figure {key!r}")
    status = figure.dimensions.get("status", "all")
    shown = filter_people(snapshot, _people_of(figure))
    return {
        "figure": figure,
        "label": figure_label(snapshot, figure.dimensions),
        "status": status_label(status),
        "definition": status_definition(status),
        "rule": rule_words(figure.basis["rule"]),
        "publishers": [
            {**publisher, "label": publisher_label(publisher["name"], publisher["kind"])}
            for publisher in figure.basis["publishers"]
        ],
        "public_people": shown.count() if shown is not None else None,
        "people_query": _people_query(figure.dimensions),
        "parts": _parts(snapshot, key),
        "count_by": ",".join(figure.dimensions) or "status",
    }


def figure_label(snapshot: Snapshot, dimensions: Mapping[str, str]) -> str:
    """Return a figure's dimensions in words, such as "dead · Almaty"."""
    return " · ".join(str(_value_label(snapshot, name, value)) for name, value in dimensions.items()) or str(
        status_label("all")
    )


def filter_people(snapshot: Snapshot, wanted: PeopleFilter) -> QuerySet[SnapshotPerson]:
    """People of the public list in alphabetical order (lazy queryset)."""
    people = SnapshotPerson.objects.filter(snapshot=snapshot, is_redacted=False)
    if wanted.status:
        people = people.filter(status=wanted.status)
    if wanted.region:
        people = people.filter(region_code="" if wanted.region == "unknown" else wanted.region)
    if wanted.sex:
        people = people.filter(sex="" if wanted.sex == "unknown" else wanted.sex)
    if wanted.age_group:
        people = people.filter(age_group=wanted.age_group)
    for condition in _text_conditions(wanted.text):
        people = people.filter(condition)
    return people.order_by("position")


def get_person(snapshot: Snapshot, code: str, language: str) -> PersonPage:
    """Return one person of the public list; raises NotFoundError, also for who was taken off."""
    person = SnapshotPerson.objects.filter(snapshot=snapshot, code=code, is_redacted=False).first()
    if person is None:
        raise NotFoundError(f"nobody with the code {code} is on the public list")
    return PersonPage(
        person=person,
        status=status_label(person.status),
        sex=sex_label(person.sex),
        place=person.place.get(language, ""),
        region=region_name(snapshot, person.region_code, language),
    )


def region_name(snapshot: Snapshot, code: str, language: str) -> str:
    """Return the name a region had in the snapshot; empty where no source says it."""
    names: dict[str, str] = snapshot.summary.get("regions", {}).get(code, {})
    return names.get(language, names.get("en", ""))


def filter_choices(snapshot: Snapshot, language: str) -> dict[str, list[Choice]]:
    """Return the values a reader can filter by."""
    regions = sorted(
        (region_name(snapshot, code, language), code) for code in snapshot.summary.get("regions", {})
    )
    return {
        "status": [Choice(value=code, label=status_label(code)) for code in STATUS_ORDER],
        "region": [Choice(value=code, label=name) for name, code in regions],
        "sex": [Choice(value=code, label=sex_label(code)) for code in ("female", "male", "unknown")],
        "age_group": [Choice(value=code, label=age_group_label(code)) for code in AGE_GROUPS],
    }


def pictures_of(snapshot: Snapshot, language: str) -> list[SnapshotPicture]:
    """Return the pictures of a snapshot without their drawing, in the order of PictureKey."""
    pictures = SnapshotPicture.objects.filter(snapshot=snapshot, language=language).defer("svg")
    return sorted(pictures, key=lambda picture: PictureKey.values.index(picture.key))


def get_picture(snapshot: Snapshot, key: str, language: str) -> SnapshotPicture:
    """Return one picture with its drawing; raises NotFoundError."""
    found = SnapshotPicture.objects.filter(snapshot=snapshot, key=key, language=language).first()
    if found is None:
        raise NotFoundError(f"snapshot {snapshot.number} has no picture {key!r}")
    return found


def _text_conditions(text: str) -> list[Q]:
    """One condition per typed word: the folded forms of the word begin a search key, or the code."""
    typed = text.strip()[:SEARCH_LIMIT]
    if not typed:
        return []
    conditions = []
    for alternatives in query_keys(typed):
        condition = Q()
        for key in alternatives:
            condition |= Q(search_text__contains=f" {key}")
        conditions.append(condition)
    if code := read_code(typed):
        return [Q(search_text__startswith=f" {code.lower()}") | _all(conditions)]
    return conditions or [Q(pk__in=[])]


def _all(conditions: list[Q]) -> Q:
    joined = Q(pk__in=[]) if not conditions else Q()
    for condition in conditions:
        joined &= condition
    return joined


def _value_label(snapshot: Snapshot, name: str, value: str) -> str | Promise:
    if name == "status":
        return status_label(value)
    if name == "region":
        return region_name(snapshot, value, get_language() or "en") or gettext("region not known")
    if name == "sex":
        return sex_label(value) if value != "unknown" else gettext("sex not known")
    if name == "age_group":
        return age_group_label(value) if value != "unknown" else gettext("age not known")
    source = snapshot.summary.get("sources", {}).get(value, {})
    return publisher_label(source.get("name", ""), source.get("kind", value))


def _people_of(figure: SnapshotFigure) -> PeopleFilter:
    dimensions = figure.dimensions
    return PeopleFilter(
        status=dimensions.get("status", ""),
        region=dimensions.get("region", ""),
        sex=dimensions.get("sex", ""),
        age_group=dimensions.get("age_group", ""),
    )


def _people_query(dimensions: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in dimensions.items() if name != "source"}


def _parts(snapshot: Snapshot, key: str) -> list[FigureLine]:
    """Return the figures that a status breaks down into."""
    if "." in key or key == "all":
        return []
    figures = SnapshotFigure.objects.filter(snapshot=snapshot, key__startswith=f"{key}.").order_by("key")
    return [
        FigureLine(key=figure.key, label=figure_label(snapshot, figure.dimensions), value=figure.value)
        for figure in figures
    ]
