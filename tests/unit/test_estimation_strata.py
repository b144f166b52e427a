import json
import threading
from pathlib import Path

import numpy as np
import pytest

from kuager.core.errors import BadInputError
from kuager.engines.estimation import CaptureHistories, Request, estimate_strata
from kuager.engines.estimation.divided_work import run_parts
from kuager.engines.estimation.draws import Draws
from kuager.engines.estimation.methods import estimate
from kuager.engines.estimation.reading import read_table
from kuager.engines.estimation.request import Request as Asked
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.running import FileCheckpoint
from kuager.engines.estimation.strata import estimate_versions
from kuager.engines.estimation.totals import add_up

PATTERNS = [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, 0, 1), (0, 1, 1), (1, 1, 1)]


def three(*counts: int) -> CaptureHistories:
    return CaptureHistories.from_counts(("web", "court", "clinic"), PATTERNS, counts)


WEST = three(60, 55, 50, 20, 18, 16, 12)
EAST = three(160, 155, 150, 20, 18, 16, 2)
THIN = three(6, 5, 5, 2, 2, 1, 2)
SMALL = three(12, 15, 15, 9, 8, 7, 2)


def drawn(median: float, *, observed: int = 100, seed: int = 1) -> Estimate:
    draws = observed + np.random.default_rng(seed).gamma(50, (median - observed) / 50, (4, 1000))
    low, high = np.quantile(draws, (0.025, 0.975))
    return Estimate(
        method="latent-class",
        observed=observed,
        estimate=float(np.median(draws)),
        mean=float(draws.mean()),
        interval=(float(low), float(high)),
        level=0.95,
        diagnostics={"rhat": 1 + seed / 1000, "ess_bulk": 400.0 + seed},
        draws=Draws(values={"total": draws}),
    )


def test_thin_strata_are_counted_and_the_total_is_at_least() -> None:
    found = estimate_strata({"west": WEST, "east": EAST, "north": THIN}, method="chao")
    assert list(found.estimates) == ["west", "east"]
    assert "Too thin to estimate: 3 lists share people and 7 persons" in found.not_estimated["north"]
    assert found.documented == {"north": 23}
    assert found.total is not None
    assert found.total.is_lower_bound
    assert found.total.observed == found.observed == WEST.observed + EAST.observed + 23
    assert found.total.estimate == pytest.approx(sum(part.estimate for part in found.estimates.values()) + 23)
    assert any(
        "In north nothing could be estimated; the 23 persons" in words for words in found.total.warnings
    )


def test_thin_strata_can_be_pooled_and_are_named() -> None:
    groups = {"west": WEST, "north": THIN, "south": SMALL}
    found = estimate_strata(groups, method="chao", pool=True)
    assert list(found.estimates) == ["west", "rest"]
    assert found.pooled == {"rest": ("north", "south")}
    assert found.estimates["rest"].observed == THIN.observed + SMALL.observed
    assert any("The stratum rest puts together north, south" in words for words in found.sentences)
    again = estimate_strata({"rest": WEST, "north": THIN, "south": SMALL}, method="chao", pool=True)
    assert list(again.estimates) == ["rest", "rest (pooled)"]


def test_a_rest_that_is_still_thin_is_counted() -> None:
    found = estimate_strata({"west": WEST, "north": THIN, "south": THIN}, method="chao", pool=True)
    assert found.documented == {"rest": 46}
    assert found.to_json()["pooled"] == {"rest": ["north", "south"]}


def test_without_any_usable_stratum_there_is_no_total() -> None:
    found = estimate_strata({"north": THIN, "south": THIN}, method="chao")
    assert found.total is None
    total = found.to_json()["total"]
    assert isinstance(total, dict)
    assert total["observed"] == 46
    assert total["estimate"] is None
    assert "north, south" in str(total["reasons"])


def test_lists_that_name_nobody_in_a_stratum_drop_out_there() -> None:
    lists = ("web", "court", "clinic", "police")
    west = CaptureHistories.from_counts(lists, [(*row, 0) for row in PATTERNS], WEST.counts.tolist()[::-1])
    only = estimate(three(*WEST.counts.tolist()[::-1]), method="chao")
    found = estimate_strata({"west": west}, method="chao", derived={"police": "court"})
    assert found.estimates["west"].estimate == pytest.approx(only.estimate)


def test_a_misspelt_copy_is_refused() -> None:
    with pytest.raises(BadInputError, match="there is no list 'polic'"):
        estimate_strata({"west": WEST}, method="chao", derived={"polic": "court"})


def test_a_stratum_that_a_method_refuses_is_counted() -> None:
    two = {"west": WEST.select(["web", "court"]), "east": EAST.select(["web", "court"])}
    found = estimate_strata(two, method="latent-class")
    assert found.total is None
    assert found.documented == {name: group.observed for name, group in two.items()}
    assert "find a third list" in found.not_estimated["east"]


def test_the_answer_without_strata_is_compared() -> None:
    found = estimate_strata({"west": WEST, "east": EAST}, method="chao")
    assert found.together is not None
    assert found.together.observed == found.observed
    assert found.sentences[0].startswith(f"Without strata the answer would be {found.together.estimate:,.0f}")
    assert estimate_strata({"west": WEST}, method="chao").together is None


def test_neither_the_order_of_strata_nor_the_threads_change_a_number() -> None:
    groups = {"west": WEST, "east": EAST, "mid": WEST}
    one = estimate_strata(groups, method="chao", workers=1)
    many = estimate_strata(dict(reversed(groups.items())), method="chao", workers=3)
    assert one.total == many.total
    assert one.estimates == many.estimates


def test_totals_add_draws_not_ends() -> None:
    parts = {"west": drawn(300, seed=1), "east": drawn(300, seed=1)}
    total = add_up(parts, {}, Request())
    assert total.draws is not None
    assert total.estimate == pytest.approx(600, rel=0.01)
    assert total.mean == pytest.approx(600, rel=0.01)
    spread = total.draws.total.std()
    one = parts["west"].draws
    assert one is not None
    # Independent draws: the spread grows by the root of two, although both strata drew the same numbers.
    assert spread == pytest.approx(one.total.std() * np.sqrt(2), rel=0.04)
    assert total.diagnostics["rhat"] == 1.001
    assert total == add_up(dict(reversed(parts.items())), {}, Request())


def test_a_total_of_drawn_and_other_strata_is_a_sum() -> None:
    chao = estimate(WEST, method="chao")
    total = add_up({"west": chao, "east": drawn(300)}, {"north": 7}, Request())
    assert total.estimate == pytest.approx(chao.estimate + drawn(300).estimate + 7)
    assert total.mean is None
    assert total.observed == chao.observed + 107


def test_versions_of_a_table_are_combined_for_each_stratum_and_the_total() -> None:
    versions = [
        {"west": three(60 + at, 55, 50, 20, 18, 16, 12), "east": three(160 - at, 155, 150, 20, 18, 16, 2)}
        for at in range(3)
    ]
    found = estimate_versions(versions, method="chao")
    assert found.estimates["west"].diagnostics["replicates"] == 3
    assert found.total is not None
    assert found.total.diagnostics["replicates"] == 3
    assert found.total.observed == versions[0]["west"].observed + versions[0]["east"].observed
    assert found.together is not None
    assert "replicates" not in found.together.diagnostics


def test_a_stratum_thin_in_one_version_is_counted_in_all() -> None:
    versions = [{"west": WEST, "east": EAST}, {"west": WEST, "east": THIN}, {"west": WEST}]
    found = estimate_versions(versions, method="chao")
    assert list(found.estimates) == ["west"]
    assert found.documented["east"] == EAST.observed
    with pytest.raises(BadInputError, match="at least one stratum"):
        estimate_versions([], method="chao")


def test_several_columns_make_joint_strata(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b,year,sex\n1,0,2010,m\n1,1,2009,m\n1,1,2009,\n0,1,,\n", encoding="utf-8")
    groups = read_table(path).tally(by=["year", "sex"]).by_group()
    assert list(groups) == ["2009 / m", "2009 / unknown", "2010 / m", "unknown"]
    found = estimate_strata(groups, method="chao")
    assert any("For 2 persons the stratum is not known" in words for words in found.sentences)


def test_an_interruption_stops_the_other_parts() -> None:
    started = threading.Barrier(2, timeout=10)
    stopped = threading.Event()

    def interrupted(_request: Asked) -> Estimate:
        started.wait()
        raise KeyboardInterrupt

    def endless(request: Asked) -> Estimate:
        started.wait()
        for _ in range(10_000):
            try:
                request.progress("drawing", 0.5)
            except Exception:
                stopped.set()
                raise
            stopped.wait(0.005)
        return estimate(WEST, method="chao")

    with pytest.raises(KeyboardInterrupt):
        run_parts({"one": interrupted, "other": endless}, Asked(), workers=2)
    assert stopped.is_set()


def test_parts_share_one_checkpoint_and_one_progress(tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    checkpoint = FileCheckpoint(tmp_path / "state")
    request = Asked(progress=lambda what, done: told.append((what, done)), checkpoint=checkpoint)
    seeds = []

    def part(own: Asked) -> Estimate:
        assert own.checkpoint is not None
        before = own.checkpoint.load()
        own.checkpoint.save((before or b"") + bytes([0, 255]))
        own.progress("drawing", 0.5)
        seeds.append(own.seed)
        return estimate(WEST, method="chao")

    for _ in range(2):
        run_parts({"west": part, "east": part}, request, workers=1)
    assert len(set(seeds)) == 2
    head, saved = (tmp_path / "state").read_bytes().split(b"\n")
    assert json.loads(head) == {"parts": {"west": 4, "east": 4}}
    assert saved == bytes([0, 255] * 4)
    assert told[:2] == [("west: drawing", 0.25), ("east: drawing", 0.75)]
    for other in (
        b"made by something else",
        b'{"parts": {"west": 9}}\nab',
        b'{"parts": {"west": "x"}}\n',
        b"[1]\n",
    ):
        (tmp_path / "state").write_bytes(other)
        run_parts({"west": part}, request)
        assert (tmp_path / "state").read_bytes() == b'{"parts": {"west": 2}}\n\x00\xff'
