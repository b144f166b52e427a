"""Laws of gathering records into persons: constraints hold, order is nothing, what is kept apart is told."""

from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kuager.engines.linkage.gathering.clusters import Links, Persons, gather_persons, ordered
from kuager.engines.linkage.gathering.joining import SUPPORT
from kuager.engines.linkage.gathering.kept_apart import Pair

_RECORDS = 9
_pairs = st.tuples(st.integers(0, _RECORDS - 1), st.integers(0, _RECORDS - 1)).filter(
    lambda pair: pair[0] < pair[1]
)
# Few different values, so that many links are equally good.
_scores = st.dictionaries(_pairs, st.sampled_from([0.1, 0.3, 0.5, 0.6, 0.8, 0.9, 1.0]), max_size=25)
_lists = st.lists(st.sampled_from("abc"), min_size=_RECORDS, max_size=_RECORDS)
_judged = st.dictionaries(_pairs, st.booleans(), max_size=6)


def gathered(lists: list[str], scores: dict[Pair, float], judged: dict[Pair, bool]) -> Persons:
    ends = np.array(list(scores), dtype=np.int64).reshape(-1, 2)
    return gather_persons(
        lists,
        Links(ends[:, 0], ends[:, 1], np.array(list(scores.values()), dtype=np.float64)),
        threshold=0.5,
        one_to_one="a",
        same=[pair for pair, same in judged.items() if same],
        different=[pair for pair, same in judged.items() if not same],
    )


@given(_lists, _scores, _judged)
def test_nobody_judged_different_shares_a_person(
    lists: list[str], scores: dict[Pair, float], judged: dict[Pair, bool]
) -> None:
    numbers = gathered(lists, scores, judged).numbers
    assert all(numbers[left] != numbers[right] for (left, right), same in judged.items() if not same)


@given(_lists, _scores, _judged)
def test_a_list_names_twice_only_whom_judgements_put_together(
    lists: list[str], scores: dict[Pair, float], judged: dict[Pair, bool]
) -> None:
    numbers = gathered(lists, scores, judged).numbers
    alone = gathered(lists, {}, judged).numbers
    units = {(int(numbers[record]), int(alone[record])) for record in range(_RECORDS) if lists[record] == "a"}
    assert len(units) == len({person for person, _ in units})


@given(_lists, _scores, _judged)
def test_every_likely_pair_is_one_person_or_told_to_be_kept_apart(
    lists: list[str], scores: dict[Pair, float], judged: dict[Pair, bool]
) -> None:
    found = gathered(lists, scores, judged)
    likely = {pair for pair, score in scores.items() if score >= 0.5} - {
        p for p, same in judged.items() if not same
    }
    likely |= {pair for pair, same in judged.items() if same}
    apart = {pair for pair in likely if found.numbers[pair[0]] != found.numbers[pair[1]]}
    assert {pair for pair, _, _ in found.kept_apart} - set(judged) == apart - set(judged)
    assert {p for p, s in judged.items() if s} & apart <= {pair for pair, _, _ in found.kept_apart}


@given(_lists, _scores, _judged)
def test_what_is_said_to_block_does_block(
    lists: list[str], scores: dict[Pair, float], judged: dict[Pair, bool]
) -> None:
    found = gathered(lists, scores, judged)
    for pair, _, blocked in found.kept_apart:
        assert [found.numbers[record] for record in blocked.blocking] == [found.numbers[end] for end in pair]
        if blocked.why == "weak-chain":
            assert blocked.support < SUPPORT
        elif blocked.why == "list-names-everybody-once":
            assert {lists[record] for record in blocked.blocking} == {"a"}
        else:
            assert judged[ordered(*blocked.blocking)] is False


@given(_lists, st.dictionaries(_pairs, st.floats(0.0, 1.0), max_size=25), _judged, st.randoms())
def test_the_order_in_which_pairs_come_decides_nothing(
    lists: list[str], scores: dict[Pair, float], judged: dict[Pair, bool], random: Random
) -> None:
    scored, verdicts = list(scores.items()), list(judged.items())
    random.shuffle(scored)
    random.shuffle(verdicts)
    there, again = gathered(lists, scores, judged), gathered(lists, dict(scored), dict(verdicts))
    assert there.numbers.tolist() == again.numbers.tolist()
    assert there.kept_apart == again.kept_apart


@given(_lists, st.lists(_pairs, unique=True, max_size=25), st.permutations(range(_RECORDS)))
def test_the_order_of_records_decides_nothing_where_no_two_links_are_equal(
    lists: list[str], pairs: list[Pair], order: list[int]
) -> None:
    scores = {pair: 1.0 - place / 60 for place, pair in enumerate(pairs)}
    there = gathered(lists, scores, {}).numbers
    moved_lists = [lists[order.index(place)] for place in range(_RECORDS)]
    moved = {ordered(order[a], order[b]): score for (a, b), score in scores.items()}
    again = gathered(moved_lists, moved, {}).numbers
    assert all(
        (there[a] == there[b]) == (again[order[a]] == again[order[b]])
        for a in range(_RECORDS)
        for b in range(a)
    )
