"""The figures of a snapshot: how many people, and how we know it of each number."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from kuager.core.digest import JsonValue
from kuager.domain.publication.queries.register_reading import Reading, Standing, region_code

# Names of the words that explain a figure; interfaces show them in the reader's language.
COUNTING_RULE = "latest-day"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number with its basis."""

    key: str
    dimensions: dict[str, str]
    value: int
    basis: dict[str, JsonValue]

    def to_json(self) -> dict[str, JsonValue]:
        """Return the figure as it goes into the digest and the downloads."""
        return {"key": self.key, "dimensions": self.dimensions, "value": self.value, "basis": self.basis}


@dataclass(slots=True)
class _Tally:
    """What is counted of one figure while people go by."""

    dimensions: dict[str, str]
    people: int = 0
    records: int = 0
    public_people: int = 0
    sources: set[int] = field(default_factory=set)
    by_publisher: Counter[str] = field(default_factory=Counter)


def count_figures(reading: Reading, public_people: Collection[int]) -> list[Figure]:
    """Count everybody once under each figure they belong to, in order of the keys.

    Parameters
    ----------
    public_people
        Ids of those who stand on the public list.
    """
    tallies: dict[str, _Tally] = {"all": _Tally({})}
    for standing in reading.standings:
        sources = reading.sources_of_person.get(standing.person_id, [])
        publishers = {reading.sources[source].publisher_key for source in sources}
        for key, dimensions in _places_in_table(reading, standing, publishers):
            tally = tallies.get(key)
            if tally is None:
                tally = tallies[key] = _Tally(dimensions)
            _add(tally, sources, publishers, is_public=standing.person_id in public_people)
    return [_figure(key, tallies[key], reading) for key in sorted(tallies)]


def _places_in_table(
    reading: Reading, standing: Standing, publishers: set[str]
) -> Iterator[tuple[str, dict[str, str]]]:
    status = standing.status
    yield "all", {}
    yield status, {"status": status}
    region = region_code(reading, standing.region_id)
    yield f"{status}.region.{region}", {"status": status, "region": region}
    sex = standing.sex or "unknown"
    yield f"{status}.sex.{sex}", {"status": status, "sex": sex}
    yield f"{status}.age.{standing.age_group}", {"status": status, "age_group": standing.age_group}
    for publisher in publishers:
        yield f"{status}.source.{publisher}", {"status": status, "source": publisher}


def _add(tally: _Tally, sources: list[int], publishers: set[str], *, is_public: bool) -> None:
    tally.people += 1
    tally.records += len(sources)
    tally.public_people += is_public
    tally.sources.update(sources)
    tally.by_publisher.update(publishers)


def _figure(key: str, tally: _Tally, reading: Reading) -> Figure:
    sources = reading.sources
    used = [sources[pk] for pk in tally.sources]
    publishers = {source.publisher_key: source for source in used}
    links = Counter(source.publisher_key for source in used)
    named: list[JsonValue] = [
        {
            "key": publisher,
            "name": publishers[publisher].publisher,
            "kind": publishers[publisher].publisher_kind,
            "people": tally.by_publisher[publisher],
            "sources": links[publisher],
        }
        for publisher in sorted(publishers, key=lambda key: (-tally.by_publisher[key], key))
    ]
    basis: dict[str, JsonValue] = {
        "definition": tally.dimensions.get("status", "all"),
        "rule": COUNTING_RULE,
        "people": tally.people,
        "records": tally.records,
        "sources": len(tally.sources),
        "independent": len({source.origin for source in used}),
        "publishers": named,
        "public_people": tally.public_people,
        # Said, but not counted before a second person has checked it.
        "pending": reading.pending.get(key, 0),
    }
    return Figure(key=key, dimensions=tally.dimensions, value=tally.people, basis=basis)
