import numpy as np
import polars as pl
import pytest

from kuager.engines.linkage import LinkResult, link, prepare
from kuager.engines.linkage.choosing.candidates import PAIRS_PER_RECORD, chosen_pairs
from kuager.engines.linkage.choosing.keys import shared_keys

SYLLABLES = (
    "bo",
    "lat",
    "nur",
    "lan",
    "se",
    "rik",
    "da",
    "na",
    "as",
    "qar",
    "tim",
    "ir",
    "zha",
    "rul",
    "mei",
    "yer",
)


def invented(count: int, seed: int, *, given_names: int = 400, families: int = 900) -> pl.DataFrame:
    """Make people with a name, an age, a town and a day, all by lot."""
    random = np.random.default_rng(seed)

    def words(many: int) -> list[str]:
        return ["".join(random.choice(SYLLABLES, 3)).capitalize() for _ in range(many)]

    given, family, towns = words(given_names), words(families), words(12)
    return pl.DataFrame(
        {
            "id": [str(number) for number in range(count)],
            "given": random.choice(given, count),
            "family": random.choice(family, count),
            "age": random.integers(15, 75, count).astype(str),
            "city": random.choice(towns, count),
            "date": [f"2022-01-{day:02d}" for day in random.integers(3, 10, count)],
            "sex": random.choice(["m", "f"], count),
        }
    )


def again(people: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Copy people with every fifth family name misspelt and every third age missing."""
    random = np.random.default_rng(seed)
    count = people.height
    slips = random.random(count) < 0.2
    names = [
        name[:2] + name[3:] if slip else name for name, slip in zip(people["family"], slips, strict=True)
    ]
    ages = [
        None if lost else age for age, lost in zip(people["age"], random.random(count) < 0.33, strict=True)
    ]
    return people.with_columns(family=pl.Series(names), age=pl.Series(ages, dtype=pl.String))


@pytest.fixture(scope="module")
def lists() -> dict[str, pl.DataFrame]:
    people = invented(3_000, 1)
    return {"a": people.head(2_000), "b": again(people.tail(2_000), 2)}


@pytest.fixture(scope="module")
def linked(lists: dict[str, pl.DataFrame]) -> LinkResult:
    return link(fewer(lists))


def fewer(lists: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    return {"a": lists["a"].tail(700), "b": lists["b"].head(700)}


def test_most_links_are_among_few_pairs(lists: dict[str, pl.DataFrame]) -> None:
    records = prepare(lists).records
    pairs, blocking = chosen_pairs(records, ("a", "b"))
    found = pairs.filter(records["id"].gather(pairs["left"]) == records["id"].gather(pairs["right"]))
    assert found.height >= 0.97 * 1_000
    assert pairs.height == blocking.pairs <= PAIRS_PER_RECORD * records.height
    assert pairs.select("left", "right").is_unique().all()
    assert (pairs["left"] < pairs["right"]).all()


def test_no_pair_lies_inside_a_list_that_names_everybody_once(lists: dict[str, pl.DataFrame]) -> None:
    records = prepare(lists).records
    pairs, _ = chosen_pairs(records, ("a",))
    inside = records["list"].gather(pairs["left"]) == records["list"].gather(pairs["right"])
    assert set(records["list"].gather(pairs.filter(inside)["left"])) == {"b"}


def test_the_bound_holds_where_everybody_has_the_same_few_names() -> None:
    records = prepare({"a": invented(2_500, 3, given_names=3, families=4)}).records
    pairs, blocking = chosen_pairs(records, ())
    assert pairs.height <= PAIRS_PER_RECORD * records.height
    assert sum(rule.new_pairs for rule in blocking.rules) == pairs.height
    assert any(rule.left_out > rule.largest for rule in blocking.rules)


def test_every_rule_says_what_it_brought(linked: LinkResult) -> None:
    blocking = linked.blocking
    assert blocking.rules[0].expected_links > 200
    assert sum(rule.expected_links for rule in blocking.rules) == pytest.approx(400, rel=0.05)
    assert all(rule.new_pairs <= rule.pairs for rule in blocking.rules)
    assert 0.95 <= blocking.recall <= 1
    template, values = blocking.sentences()[0]
    assert f"{blocking.pairs:,} pairs were compared" in template.format(**values)


def test_few_records_are_all_compared() -> None:
    blocking = link({"a": invented(40, 5)}).blocking
    assert (blocking.pairs, blocking.bound, blocking.rules) == (780, None, ())
    assert blocking.sentences()[0][0].startswith("All")


def test_found_pairs_are_those_that_share_a_key_in_a_small_enough_group(
    lists: dict[str, pl.DataFrame],
) -> None:
    """The slow and obvious way: look at every pair of records and every rule."""
    records = prepare({name: frame.head(700) for name, frame in lists.items()}).records
    pairs, blocking = chosen_pairs(records, ())
    limits = {rule.shared: rule.largest for rule in blocking.rules}
    expected = set()
    for shared in shared_keys(records, 10_000):
        limit = limits.get(shared.kind.words, 0)
        for begin, end in zip(shared.start[:-1].tolist(), shared.start[1:].tolist(), strict=True):
            members = shared.members[begin:end].tolist()
            if len(members) <= limit:
                expected |= {(one, other) for one in members for other in members if one < other}
    assert set(pairs.select("left", "right").iter_rows()) == expected


def test_lists_and_rows_may_come_in_any_order(lists: dict[str, pl.DataFrame], linked: LinkResult) -> None:
    some = fewer(lists)
    mixed = link({name: some[name].sample(fraction=1.0, shuffle=True, seed=4) for name in ("b", "a")})
    assert scores(linked.pairs) == scores(mixed.pairs)
    assert linked.blocking == mixed.blocking
    assert persons(linked.clusters) == persons(mixed.clusters)


def scores(pairs: pl.DataFrame) -> dict[frozenset[tuple[str, str]], float]:
    """Return the probability of each pair, whichever side its records stand on."""
    return {frozenset({(a, b), (c, d)}): chance for a, b, c, d, chance, *_ in pairs.iter_rows()}


def persons(clusters: pl.DataFrame) -> set[frozenset[tuple[str, str]]]:
    """Return the partition, whatever the numbers."""
    together = clusters.group_by("cluster").agg(pl.struct("list", "id"))
    return {frozenset((item["list"], item["id"]) for item in group) for group in together["list"]}
