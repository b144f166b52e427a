import json

import numpy as np
import polars as pl
import pytest

from kuager.engines.linkage import link
from kuager.engines.linkage.gathering.clusters import Links, Persons, gather_persons
from kuager.engines.linkage.gathering.kept_apart import Blocked, Pair

Scores = dict[Pair, float]
TRIO: Scores = {(0, 1): 0.99, (0, 2): 0.99, (1, 2): 0.99}


def gathered(lists: str, scores: Scores, **options: object) -> Persons:
    ends = np.array(list(scores), dtype=np.int64).reshape(-1, 2)
    links = Links(ends[:, 0], ends[:, 1], np.array(list(scores.values())))
    return gather_persons(list(lists), links, threshold=0.5, **options)  # type: ignore[arg-type]  # by name


def blocked(persons: Persons) -> dict[Pair, Blocked]:
    return {pair: what for pair, _, what in persons.kept_apart}


def test_what_is_alike_throughout_is_one_person_and_nothing_is_kept_apart() -> None:
    found = gathered("abcd", TRIO)
    assert found.numbers.tolist() == [1, 1, 1, 2]
    assert found.kept_apart == ()


def test_a_weak_chain_says_which_records_do_not_resemble_each_other() -> None:
    found = gathered("abcd", TRIO | {(2, 3): 0.6, (1, 3): 0.2})
    assert found.numbers.tolist() == [1, 1, 1, 2]
    said = blocked(found)[2, 3]
    assert (said.why, said.blocking, said.sizes) == ("weak-chain", (0, 3), (3, 1))
    assert said.support == pytest.approx(0.8 / 3)


def test_a_list_that_names_everybody_once_says_whom_it_names_twice() -> None:
    found = gathered("abb", {(0, 1): 0.9, (0, 2): 0.7}, one_to_one=["b"])
    assert found.numbers.tolist() == [1, 1, 2]
    said = blocked(found)[0, 2]
    assert (said.why, said.list_name, said.blocking) == ("list-names-everybody-once", "b", (1, 2))


def test_a_judgement_keeps_apart_others_than_the_two_judged() -> None:
    found = gathered("abc", {(0, 1): 0.9, (1, 2): 0.8, (0, 2): 0.0}, different=[(0, 2)])
    assert found.numbers.tolist() == [1, 1, 2]
    assert (blocked(found)[1, 2].why, blocked(found)[1, 2].blocking) == ("judged-different", (0, 2))


def test_judgements_that_contradict_through_a_chain_are_told() -> None:
    found = gathered("abc", {}, same=[(0, 1), (1, 2)], different=[(2, 0)])
    assert found.numbers.tolist() == [1, 1, 2]
    assert (blocked(found)[1, 2].why, blocked(found)[1, 2].blocking) == ("judged-same-conflicts", (0, 2))
    assert found.kept_apart[0][1] == 1.0


def test_same_wins_over_a_list_that_names_everybody_once() -> None:
    assert gathered("bb", {}, one_to_one=["b"], same=[(0, 1)]).numbers.tolist() == [1, 1]


def test_a_link_that_later_joins_make_possible_is_made() -> None:
    # 3 resembles 2 alone and is refused; once 4, which resembles all, has joined it, it is not.
    scores = TRIO | {(2, 3): 0.8, (3, 4): 0.7, (0, 4): 0.6, (1, 4): 0.6, (2, 4): 0.6}
    assert gathered("abcde", scores).numbers.tolist() == [1, 1, 1, 1, 1]


PEOPLE = pl.DataFrame(
    {
        "id": ["p1", "p2", "p3"],
        "name": ["Nurov Bolat", "Sarsen Dana", "Tulegen Aigul"],
        "birth_date": ["1988-03-02", "1979-11-30", "1991-01-05"],
        "place": ["Almaty", "Taraz", "Oral"],
    }
)


def test_linking_tells_what_is_kept_apart() -> None:
    twice = pl.concat([PEOPLE, PEOPLE.head(1).with_columns(id=pl.lit("p9"))])
    apart = link(
        {"press": twice, "families": PEOPLE}, one_to_one=["press", "families"], threshold=0.1
    ).kept_apart
    assert apart.select("list_l", "id_l", "list_r", "id_r", "why").rows() == [
        ("press", "p9", "families", "p1", "list-names-everybody-once")
    ]
    said = json.loads(apart["values"][0])
    assert said["list"] == "press"
    assert sorted(said["blocking"]) == [["press", "p1"], ["press", "p9"]]
    assert set(said) == {"list", "blocking", "support", "needed", "sizes"}


def test_linking_tells_of_judgements_that_contradict() -> None:
    judged = pl.DataFrame(
        [("a", "p1", "b", "p1", "same"), ("a", "p2", "b", "p1", "same"), ("a", "p1", "a", "p2", "different")],
        schema=["list_l", "id_l", "list_r", "id_r", "verdict"],
        orient="row",
    )
    result = link({"a": PEOPLE, "b": PEOPLE}, judgements=judged)
    assert "judged-same-conflicts" in result.kept_apart["why"]
    person = {(name, key): number for name, key, number in result.clusters.iter_rows()}
    assert person["a", "p1"] != person["a", "p2"]


@pytest.mark.parametrize("with_ids", [True, False])
def test_the_order_of_rows_decides_nothing(with_ids: bool) -> None:
    random = np.random.default_rng(4)
    people = [(f"{g} {f}", y) for g in ("Asel", "Bolat", "Dana") for f in ("Nurov", "Omarov") for y in (1, 2)]
    rows = [
        (f"{n}", name, f"199{year}", str(random.choice(["Oral", "Taraz", ""])))
        for n, (name, year) in enumerate(people * 2)
    ]
    frame = pl.DataFrame(rows, schema=["id", "name", "birth_date", "place"], orient="row")
    frame = frame if with_ids else frame.drop("id")

    def persons(order: list[int]) -> set[frozenset[tuple[object, ...]]]:
        shuffled = frame[order]
        clusters = link({"a": shuffled, "b": frame.head(6)}).clusters.filter(pl.col("list") == "a")
        said = zip(clusters["cluster"], shuffled.rows(), strict=True)
        groups: dict[int, list[tuple[object, ...]]] = {}
        for number, row in said:
            groups.setdefault(number, []).append(row)
        return {frozenset(group) for group in groups.values()}

    usual = persons(list(range(frame.height)))
    assert all(persons(random.permutation(frame.height).tolist()) == usual for _ in range(3))
