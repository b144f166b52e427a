"""Real lists with known links and real spellings with known persons. The data are not in the repository."""

import csv
from pathlib import Path

import polars as pl
import pytest

from kuager.engines.linkage import link
from kuager.engines.names import compare_names

DATA = Path(__file__).parents[3] / "shared" / "data" / "linkage"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data/linkage is absent")


def _read(name: str) -> pl.DataFrame:
    return pl.read_csv(DATA / name, infer_schema=False)


def _f1(found: set[tuple[str, str]], true: set[tuple[str, str]]) -> float:
    return 2 * len(found & true) / (len(found) + len(true))


@pytest.fixture(scope="module")
def american_lists() -> dict[str, pl.DataFrame]:
    return {"wapo": _read("us_dev_wapo.csv"), "mpv": _read("us_dev_mpv.csv")}


@pytest.fixture(scope="module")
def true_links() -> set[tuple[str, str]]:
    return set(_read("us_dev_gold.csv").select("wapo", "mpv").iter_rows())


def _between(pairs: pl.DataFrame) -> set[tuple[str, str]]:
    likely = pairs.filter((pl.col("probability") >= 0.5) & (pl.col("list_l") != pl.col("list_r")))
    return set(likely.select("id_l", "id_r").iter_rows())


@pytest.mark.slow
def test_two_lists_of_the_same_deaths_are_linked_by_the_defaults(
    american_lists: dict[str, pl.DataFrame], true_links: set[tuple[str, str]]
) -> None:
    assert _f1(_between(link(american_lists).pairs), true_links) >= 0.985


@pytest.mark.slow
def test_knowing_that_lists_name_everybody_once_helps(
    american_lists: dict[str, pl.DataFrame], true_links: set[tuple[str, str]]
) -> None:
    found = link(american_lists, one_to_one=("wapo", "mpv"))
    assert _f1(_between(found.pairs), true_links) >= 0.99
    assert abs(found.cluster_count - (3489 + 3854 - len(true_links))) <= 40


@pytest.mark.slow
def test_linking_twice_gives_the_same(american_lists: dict[str, pl.DataFrame]) -> None:
    some = {name: frame.head(700) for name, frame in american_lists.items()}
    assert link(some).pairs.equals(link(some).pairs)


def test_names_of_real_persons_are_told_apart() -> None:
    with (DATA / "names_gold_dev.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found = {
        number for number, row in enumerate(rows) if compare_names(row["name1"], row["name2"]).score >= 0.5
    }
    true = {number for number, row in enumerate(rows) if row["is_match"] == "1"}
    assert 2 * len(found & true) / (len(found) + len(true)) >= 0.975
