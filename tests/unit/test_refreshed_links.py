"""Links brought up to date with a few changed records are those of linking everything anew."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from kuager.engines.linkage import LinkResult, link
from kuager.engines.linkage.drawing.draws import draw_partitions
from kuager.engines.linkage.incremental import MatchIndex, Rules, WeightDoubt, refresh_links
from kuager.engines.linkage.incremental.refreshing import PAIRS
from tests.unit.invented_lists import LATER, REGISTER, row_of

Key = tuple[str, str]
Pairs = dict[frozenset[Key], float]


@pytest.fixture(scope="module")
def before() -> LinkResult:
    return link({"register": REGISTER, "later": LATER.filter(pl.col("id") != "9")})


def doubt_of(result: LinkResult) -> WeightDoubt:
    doubt = result.doubt
    assert doubt is not None
    return WeightDoubt(
        same=doubt.same,
        strangers=doubt.strangers,
        missed=doubt.missed,
        recall=doubt.recall,
        common_error_bits=doubt.common_error_bits,
    )


def pairs_of(result: LinkResult) -> Pairs:
    rows = result.pairs.select("list_l", "id_l", "list_r", "id_r", "probability").iter_rows()
    return {frozenset({(a, b), (c, d)}): chance for a, b, c, d, chance in rows}


def refreshed(
    before: LinkResult,
    frames: Mapping[str, pl.DataFrame],
    touched: Mapping[Key, dict[str, str | None]],
    folder: Path,
    judgements: pl.DataFrame | None = None,
) -> LinkResult:
    assert before.trained is not None
    records = pl.concat(
        frame.select(pl.lit(name).alias("list"), pl.col("id")) for name, frame in frames.items()
    )
    with MatchIndex.build(folder / "index", frames, before.trained) as index:
        return refresh_links(
            index, before.pairs, records, touched, rules=Rules(judgements=judgements), doubt=doubt_of(before)
        )


def test_a_record_that_came_gets_its_pairs_and_the_others_keep_theirs(
    before: LinkResult, tmp_path: Path
) -> None:
    frames = {"register": REGISTER, "later": LATER}
    now = refreshed(before, frames, {("later", "9"): row_of(LATER, "9")}, tmp_path)
    assert now.records == REGISTER.height + LATER.height
    found, kept = pairs_of(now), pairs_of(before)
    anew = {pair for pair in found if ("later", "9") in pair}
    assert anew
    assert found.keys() - anew == kept.keys()
    assert all(found[pair] == pytest.approx(kept[pair], abs=0.2) for pair in kept)


def test_the_links_are_those_of_linking_anew(before: LinkResult, tmp_path: Path) -> None:
    frames = {"register": REGISTER, "later": LATER}
    now = refreshed(before, frames, {("later", "9"): row_of(LATER, "9")}, tmp_path)
    anew = link(frames)
    sure = {pair for pair, chance in pairs_of(anew).items() if chance >= 0.8}
    assert sure <= {pair for pair, chance in pairs_of(now).items() if chance >= 0.5}
    assert abs(now.cluster_count - anew.cluster_count) <= 1


def test_a_record_that_went_has_no_pairs_and_no_person(before: LinkResult, tmp_path: Path) -> None:
    frames = {"register": REGISTER.filter(pl.col("id") != "3"), "later": LATER.filter(pl.col("id") != "9")}
    now = refreshed(before, frames, {("later", "3"): row_of(LATER, "3")}, tmp_path)
    gone = ("register", "3")
    assert any(gone in pair for pair in pairs_of(before))
    assert not any(gone in pair for pair in pairs_of(now))
    assert now.clusters.filter(pl.col("list") == "register", pl.col("id") == "3").is_empty()


def test_a_judgement_wins_over_every_score(before: LinkResult, tmp_path: Path) -> None:
    frames = {"register": REGISTER, "later": LATER.filter(pl.col("id") != "9")}
    list_l, id_l, list_r, id_r = before.pairs.select("list_l", "id_l", "list_r", "id_r").row(0)
    judged = pl.DataFrame(
        [(list_l, id_l, list_r, id_r, "different")],
        schema=["list_l", "id_l", "list_r", "id_r", "verdict"],
        orient="row",
    )
    now = refreshed(before, frames, {}, tmp_path, judged)
    persons = {(name, key): person for name, key, person in now.clusters.iter_rows()}
    assert persons[list_l, id_l] != persons[list_r, id_r]
    assert frozenset({(list_l, id_l), (list_r, id_r)}) not in pairs_of(now)


def test_without_changes_everything_is_as_it_was(before: LinkResult, tmp_path: Path) -> None:
    frames = {"register": REGISTER, "later": LATER.filter(pl.col("id") != "9")}
    now = refreshed(before, frames, {}, tmp_path)
    assert pairs_of(now) == pytest.approx(pairs_of(before), abs=1e-6)
    assert now.cluster_count == before.cluster_count
    assert now.overlap == before.overlap


def test_the_doubt_about_the_weights_is_read_out_of_the_reasons(before: LinkResult, tmp_path: Path) -> None:
    frames = {"register": REGISTER, "later": LATER.filter(pl.col("id") != "9")}
    now = refreshed(before, frames, {}, tmp_path)
    assert now.doubt is not None
    assert before.doubt is not None
    then = {
        frozenset(ends): row
        for row, ends in enumerate(
            zip(before.doubt.pairs.left.tolist(), before.doubt.pairs.right.tolist(), strict=True)
        )
    }
    ends = zip(now.doubt.pairs.left.tolist(), now.doubt.pairs.right.tolist(), strict=True)
    order = [then[frozenset(pair)] for pair in ends]
    assert (now.doubt.pairs.levels == before.doubt.pairs.levels[order]).all()
    assert (now.doubt.pairs.measured == before.doubt.pairs.measured[order]).mean() > 0.95
    draws = draw_partitions(now, draws=20)
    assert draws.clusters.shape == (20, now.records)


def test_nothing_found_and_nothing_kept_is_everybody_alone(before: LinkResult, tmp_path: Path) -> None:
    assert before.trained is not None
    nobody = pl.DataFrame({"id": ["1"], "name": ["Quixote Xavier"]})
    records = pl.DataFrame({"list": ["a"], "id": ["1"]})
    with MatchIndex.build(tmp_path / "index", {"a": nobody}, before.trained) as index:
        asked = {("a", "1"): {"name": "Q", "id": "1"}}
        now = refresh_links(index, pl.DataFrame(schema=PAIRS), records, asked, rules=Rules())
    assert (now.pairs.height, now.cluster_count) == (0, 1)
