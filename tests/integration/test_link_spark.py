"""Linking on a local Spark gives what linking on DuckDB gives (`make test-spark`; one Spark for all)."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from kuager.engines.linkage import LinkResult, SparkOptions, link, prepare
from kuager.engines.linkage.choosing import candidates
from kuager.engines.linkage.choosing.keys import shared_keys
from kuager.engines.linkage.choosing.planning import LARGEST_GROUP, plan
from kuager.engines.linkage.comparing.comparisons import COMPARISONS
from kuager.engines.linkage.comparing.splink_model import SplinkModel, columns_for_splink
from kuager.engines.linkage.spark.joining import Joining
from kuager.engines.linkage.spark.model import SparkModel
from kuager.engines.linkage.spark.session import Spark, running_spark
from kuager.interfaces.cli.link import command
from tests.unit.invented_lists import LATER, REGISTER

pytestmark = pytest.mark.spark

SMALL = {"spark.sql.shuffle.partitions": "2", "spark.default.parallelism": "2"}
WORDS = (
    None, "", "a", "ab", "ba", "aba", "nurlan", "nurlna", "nrulan", "murlan", "nurl", "omirhan", "erbai",
    "sosbbou", "sosbubou", "iabtak", "aiabtka", "uaknadnonttnu", "uakndaunneottnu", "doshan", "dautai",
    "серик", "берик", "сериккызы", "نور", "نورلان", "ä", "2022-01-05", "2022-05-01", "2022-01-06",
    "2022-01-050", "o'brien", "a b", "a  b", "\\", "%_", "x" * 70, "x" * 69 + "y",
)  # fmt: skip
NUMBERS = (None, 0, 1, 2, 17, 18, 19, 120, 366, 367, 731, 732, 737425, 737426, 738160, 738161)


@pytest.fixture(scope="module")
def spark() -> Iterator[Spark]:
    options = SparkOptions(master="local[2]", memory="1g", settings=SMALL)
    with running_spark(options) as running:
        yield running


def _tricky_records(count: int) -> pl.DataFrame:
    """Return records whose every column holds values at which two programs may differ."""
    like = columns_for_splink(prepare({"a": REGISTER}).records)
    chance = random.Random(7)  # noqa: S311  # reproducible, not secret
    columns = {}
    for name, kind in like.schema.items():
        if name == "unique_id":
            values: list[object] = list(range(count))
        elif kind == pl.String:
            values = [chance.choice(WORDS) for _ in range(count)]
        elif isinstance(kind, pl.List):
            values = [
                [word for word in chance.sample(WORDS, chance.randint(0, 3)) if word is not None]
                for _ in range(count)
            ]
        else:
            values = [chance.choice(NUMBERS) for _ in range(count)]
        columns[name] = pl.Series(name, values, dtype=kind)
    return pl.DataFrame(columns)


def _all_pairs(count: int) -> pl.DataFrame:
    left, right = np.triu_indices(count, 1)
    return pl.DataFrame({"left": left, "right": right}, schema={"left": pl.UInt32, "right": pl.UInt32})


def _more_people(count: int) -> pl.DataFrame:
    """Return so many people that not all pairs are compared; names and places of the invented list mixed."""
    rows, chance = REGISTER.rows(named=True), random.Random(11)  # noqa: S311  # reproducible, not secret
    people = [{column: chance.choice(rows)[column] for column in REGISTER.columns} for _ in range(count)]
    return pl.DataFrame([person | {"id": str(number)} for number, person in enumerate(people)])


def _same(one: LinkResult, other: LinkResult) -> None:
    assert one.pairs.drop("probability", "match_weight").equals(
        other.pairs.drop("probability", "match_weight")
    )
    for column in ("probability", "match_weight"):
        np.testing.assert_allclose(one.pairs[column], other.pairs[column], atol=1e-9, rtol=0)
    assert one.clusters.equals(other.clusters)
    assert one.overlap == other.overlap


def test_every_condition_gives_the_same_level_for_tricky_values(spark: Spark) -> None:
    records, pairs = _tricky_records(150), _all_pairs(150)
    here = SplinkModel(records, COMPARISONS)
    try:
        expected = here.levels_of(pairs)
    finally:
        here.close()
    found = SparkModel(records, COMPARISONS, spark).levels_of(pairs)
    assert found.equals(expected)
    for comparison in COMPARISONS:
        levels = expected[f"gamma_{comparison.field.replace(' ', '_')}"]
        assert levels.n_unique() >= 3, f"{comparison.field}: the values try too little"


def test_two_lists_link_the_same(spark: Spark) -> None:
    frames = {"register": REGISTER, "later": LATER}
    _same(link(frames, engine="spark", one_to_one=["later"]), link(frames, one_to_one=["later"]))


def test_chosen_pairs_and_links_are_the_same_where_not_all_are_compared(
    spark: Spark, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kuager.engines.linkage.choosing.candidates.SAMPLED_PAIRS", 20_000)
    people = _more_people(1_100)
    frames = {"register": people, "later": LATER}
    here, there = link(frames, one_to_one=["later"]), link(frames, one_to_one=["later"], engine="spark")
    _same(there, here)
    assert 0 < here.blocking.pairs < 1_150 * 1_149 / 2
    assert [rule.new_pairs for rule in there.blocking.rules] == [r.new_pairs for r in here.blocking.rules]


def test_the_bound_on_pairs_is_kept_alike(spark: Spark) -> None:
    records = prepare({"register": _more_people(1_100), "later": LATER}).records
    steps = plan(
        records, list(shared_keys(records, LARGEST_GROUP)), np.zeros(records.height, dtype=np.bool_), 1e6
    )
    # The plan rests on a sample; were it wrong, the bound would still hold.
    inside, bound = -np.arange(1, records.height + 1), records.height
    here, rules = candidates._pairs_of(steps, inside, bound)
    there, same_rules = Joining(spark).pairs_of(steps, inside, bound)
    assert 0 < here.height <= bound < sum(rule.pairs for rule in rules)
    assert there.equals(here)
    assert [rule.largest for rule in same_rules] == [rule.largest for rule in rules]


def test_the_command_links_on_spark_and_leaves_nothing(spark: Spark, tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    files = []
    for name, frame in (("register", REGISTER.head(40)), ("later", LATER.head(20))):
        frame.write_csv(tmp_path / f"{name}.csv")
        files.append(str(tmp_path / f"{name}.csv"))
    environment = {"KUAGER_SPARK_FOLDER": str(folder), "KUAGER_SPARK_MASTER": "local[2]"}
    answers = [
        json.loads(CliRunner(env=environment).invoke(command, [*files, "--engine", engine, "--json"]).stdout)
        for engine in ("spark", "duckdb")
    ]
    assert answers[0]["engine"] == "spark"
    assert answers[0]["overlap"] == answers[1]["overlap"]
    assert not list(folder.iterdir())
