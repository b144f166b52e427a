import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuager.core.errors import BadInputError
from kuager.engines.linkage.drawing.draws import PartitionDraws
from kuager.engines.linkage.drawing.packed_draws import pack, unpack

SOME = PartitionDraws(
    records=pl.DataFrame({"list": ["hotline", "тізім", "hotline"], "id": ["1", "а-2", "3"]}),
    clusters=np.array([[1, 1, 3], [1, 2, 3], [1, 2, 1]], dtype=np.int32),
    clusters_in_doubt=1,
    records_in_doubt=3,
)


@st.composite
def partitions(draw: st.DrawFn) -> PartitionDraws:
    height, count = draw(st.integers(0, 12)), draw(st.integers(1, 6))
    lists = draw(st.lists(st.sampled_from(["a", "b", "ж"]), min_size=height, max_size=height))
    ids = draw(st.lists(st.text(max_size=4), min_size=height, max_size=height))
    row = st.lists(st.integers(1, 2**31 - 1), min_size=height, max_size=height)
    rows = draw(st.lists(row, min_size=count, max_size=count))
    clusters = np.array(rows, dtype=np.int32).reshape(count, height)
    records = pl.DataFrame({"list": lists, "id": ids}, schema={"list": pl.String, "id": pl.String})
    return PartitionDraws(records, clusters, 0, 0)


@given(partitions())
@settings(max_examples=60, deadline=None)
def test_what_is_unpacked_is_what_was_packed(draws: PartitionDraws) -> None:
    again = unpack(pack(draws))
    assert again.records.equals(draws.records)
    assert np.array_equal(again.clusters, draws.clusters)
    assert again.clusters.dtype == np.int32


def test_the_doubt_is_kept_and_the_same_draws_give_the_same_bytes() -> None:
    again = unpack(pack(SOME))
    assert (again.clusters_in_doubt, again.records_in_doubt) == (1, 3)
    assert pack(again) == pack(SOME)


@pytest.mark.parametrize("cut", [3, 20, -1, -9])
def test_draws_that_are_cut_are_refused(cut: int) -> None:
    with pytest.raises(BadInputError):
        unpack(pack(SOME)[:cut])


def test_a_flipped_bit_is_noticed() -> None:
    packed = bytearray(pack(SOME))
    packed[-8] ^= 16
    with pytest.raises(BadInputError, match="changed"):
        unpack(bytes(packed))


def test_few_differences_take_few_bytes() -> None:
    clusters = np.tile(np.arange(1, 20_001, dtype=np.int32), (100, 1))
    clusters[1:, 7] = 3
    ids = [str(number) for number in range(20_000)]
    records = pl.DataFrame({"list": ["a"] * 20_000, "id": ids})
    assert len(pack(PartitionDraws(records, clusters, 1, 2))) < 150_000
