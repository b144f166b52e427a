"""Choose the pairs worth comparing: records that share a key, as long as the key says enough.

Promises: each pair once, the smaller number first; pairs inside a list that holds everyone once are left out;
never more pairs for each record than the bound, whatever the lists hold; which keys are used follows from
the data (see ``planning``) and is told in the result.
"""

from collections.abc import Callable, Collection, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from kuager.engines.linkage.choosing.blocking import Blocking, BlockingRule
from kuager.engines.linkage.choosing.keys import Numbers, Shared, shared_keys
from kuager.engines.linkage.choosing.planning import LARGEST_GROUP, Step, plan

# Few records: every pair is compared.
COMPARE_ALL_UP_TO = 1_000
# No more pairs than so many for each record.
PAIRS_PER_RECORD = 15
# Random pairs on which chance agreement is measured.
SAMPLED_PAIRS = 400_000
_SEED = 20220105


# Joins the records of planned steps; the numbers say which records cannot be one person, and the bound.
BringTogether = Callable[[Sequence[Step], Numbers, int], tuple[pl.DataFrame, tuple[BlockingRule, ...]]]


def candidate_pairs(records: pl.DataFrame, one_to_one: Collection[str]) -> pl.DataFrame:
    """Return the pairs to compare, as columns ``left`` and ``right`` of record numbers, sorted."""
    return chosen_pairs(records, one_to_one)[0].select("left", "right")


def chosen_pairs(
    records: pl.DataFrame, one_to_one: Collection[str], *, bring_together: BringTogether | None = None
) -> tuple[pl.DataFrame, Blocking]:
    """Return the pairs to compare, sorted, and how they were chosen.

    The columns are ``left``, ``right``, ``ways`` (by how many kinds of key a pair was found; 0: all pairs
    are) and ``rule`` (the place in ``Blocking.rules`` of the rule that found it first). ``bring_together``
    joins the records where this machine is too small for it.
    """
    once = records["list"].is_in(list(one_to_one)).to_numpy()
    lists = records["list"].rank("dense").to_numpy().astype(np.int64)
    inside = np.where(once, lists, -np.arange(1, records.height + 1))
    if records.height <= COMPARE_ALL_UP_TO:
        pairs = _every_pair(inside)
        return pairs, Blocking(records.height, pairs.height)
    kinds = list(shared_keys(records, LARGEST_GROUP))
    most = PAIRS_PER_RECORD * records.height
    steps = plan(records, kinds, once, most) if kinds else []
    pairs, rules = (bring_together or _pairs_of)(steps, inside, most)
    return pairs, Blocking(records.height, pairs.height, PAIRS_PER_RECORD, rules)


def _table(left: Numbers, right: Numbers, ways: npt.ArrayLike, rule: npt.ArrayLike) -> pl.DataFrame:
    columns = {
        "left": pl.Series(left, dtype=pl.UInt32),
        "right": pl.Series(right, dtype=pl.UInt32),
        "ways": pl.Series(np.asarray(ways), dtype=pl.UInt8),
        "rule": pl.Series(np.asarray(rule), dtype=pl.UInt8),
    }
    return pl.DataFrame(columns)


def _every_pair(inside: Numbers) -> pl.DataFrame:
    left, right = np.triu_indices(len(inside), 1)
    possible = inside[left] != inside[right]
    nothing = np.zeros(int(possible.sum()), dtype=np.uint8)
    return _table(left[possible], right[possible], nothing, nothing)


def _pairs_of(
    steps: Sequence[Step], inside: Numbers, most: int
) -> tuple[pl.DataFrame, tuple[BlockingRule, ...]]:
    """Bring together, rule by rule, the pairs that no rule before found, until the bound is reached."""
    parts, rules, room = [_table(*np.zeros((4, 0), dtype=np.int64))], [], most
    for place, step in enumerate(steps):
        limit = step.largest
        left, right, size, whole = _new_pairs(step, limit, inside, steps[:place])
        while len(left) > room:
            # The estimate was too low: the largest groups stay out.
            limit = int(np.partition(size, room)[room]) - 1
            kept = size <= limit
            left, right, size = left[kept], right[kept], size[kept]
        room -= len(left)
        ways = np.ones(len(left), dtype=np.uint8)
        for later in steps[place + 1 :]:
            common = later.shared.smallest_common(left, right)
            ways += (common > 0) & (common <= later.largest)
        parts.append(_table(left, right, ways, np.full(len(left), place, dtype=np.uint8)))
        words, most_members = step.shared.kind.words, int(step.shared.size.max())
        rules.append(BlockingRule(words, limit, most_members, whole, len(left), step.expected_links))
    return pl.concat(parts).sort("left", "right"), tuple(rules)


def _new_pairs(
    step: Step, largest: int, inside: Numbers, before: Sequence[Step]
) -> tuple[Numbers, Numbers, Numbers, int]:
    """Return the pairs of one kind that no rule before found, the size of their groups; how many all are."""
    lefts, rights, sizes, whole = [], [], [], 0
    for left, right, size in _pairs_in_groups(step.shared, largest):
        possible = inside[left] != inside[right]
        whole += int(possible.sum())
        fresh = (left[possible], right[possible], size[possible])
        for earlier in before:
            common = earlier.shared.smallest_common(fresh[0], fresh[1])
            unseen = (common == 0) | (common > earlier.largest)
            fresh = (fresh[0][unseen], fresh[1][unseen], fresh[2][unseen])
        lefts.append(fresh[0])
        rights.append(fresh[1])
        sizes.append(fresh[2])
    none = np.zeros(0, dtype=np.int64)
    left, right, size = (np.concatenate([none, *parts]) for parts in (lefts, rights, sizes))
    if step.shared.group.shape[1] > 1:
        # Two readings may bring the same pair twice.
        first = np.unique(left * len(inside) + right, return_index=True)[1]
        whole -= len(left) - len(first)
        left, right, size = left[first], right[first], size[first]
    return left, right, size, whole


def _pairs_in_groups(shared: Shared, largest: int) -> Iterator[tuple[Numbers, Numbers, Numbers]]:
    """Give all pairs inside groups, in portions: first neighbours, then those two apart, and so on."""
    size = shared.size
    used = np.flatnonzero(size <= largest)
    ends = np.repeat(shared.start[used + 1], size[used])
    places = np.repeat(shared.start[used], size[used]) + _positions(size[used])
    many = np.repeat(size[used], size[used])
    for apart in range(1, int(size[used].max(initial=0))):
        inner = places + apart < ends
        places, ends, many = places[inner], ends[inner], many[inner]
        one, other = shared.members[places], shared.members[places + apart]
        yield one.astype(np.int64), other.astype(np.int64), many


def _positions(sizes: Numbers) -> Numbers:
    """Return 0, 1, … within each group of the given sizes."""
    begins = np.cumsum(sizes) - sizes
    return np.arange(int(sizes.sum())) - np.repeat(begins, sizes)


def random_pairs(records: pl.DataFrame, compared: pl.DataFrame) -> pl.DataFrame:
    """Return random pairs of records that are not compared, sorted; the same for the same lists."""
    count = records.height
    asked = min(SAMPLED_PAIRS, 2 * count * count)
    drawn = np.random.default_rng(_SEED).integers(0, max(count, 1), size=(2, asked))
    pairs = pl.DataFrame({"left": drawn.min(axis=0), "right": drawn.max(axis=0)}, schema=compared.schema)
    unlike = pairs.filter(pl.col("left") < pl.col("right")).unique()
    # The sample is the smaller side, even of a million records.
    both = compared.join(unlike, on=["left", "right"], how="semi")
    return unlike.join(both, on=["left", "right"], how="anti").sort("left", "right")
