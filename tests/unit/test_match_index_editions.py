from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from kuager.core.errors import BadInputError
from kuager.engines.linkage import TrainedModel, link
from kuager.engines.linkage.incremental import MatchIndex, difference_of, relinking
from tests.unit.invented_lists import LATER, REGISTER

EARLIER = LATER.head(40)
CHANGED, NEW, GONE = "5", "45", "7"


def _edition() -> pl.DataFrame:
    kept = LATER.head(46).filter((pl.col("id") != GONE) & ~pl.col("id").is_in(["40", "41", "42", "43", "44"]))
    changed = pl.col("id") == CHANGED
    return kept.with_columns(
        pl.when(changed).then(pl.lit("1999")).otherwise("birth_date").alias("birth_date")
    )


@pytest.fixture(scope="module")
def trained() -> TrainedModel:
    learned = link({"register": REGISTER.head(60), "later": EARLIER}).trained
    assert learned is not None
    return learned


@pytest.fixture
def index(trained: TrainedModel, tmp_path: Path) -> Iterator[MatchIndex]:
    with MatchIndex.build(tmp_path / "index", {"register": REGISTER, "later": EARLIER}, trained) as built:
        yield built


def test_a_new_edition_is_compared_only_where_it_changed(index: MatchIndex) -> None:
    with relinking(index, "later", _edition()) as relinked:
        difference = relinked.difference
    assert (difference.added, difference.changed, difference.removed) == ((NEW,), (CHANGED,), (GONE,))
    assert difference.unchanged == 38
    assert {pair.record[1] for pair in relinked.pairs} <= {NEW, CHANGED}
    assert ("register", NEW) in {(pair.candidate.list, pair.candidate.id) for pair in relinked.pairs}
    assert relinked.outdated == {("later", CHANGED), ("later", GONE)}


def test_the_same_edition_again_changes_nothing(index: MatchIndex) -> None:
    with relinking(index, "later", _edition()):
        pass
    with relinking(index, "later", _edition()) as again:
        assert (again.pairs, again.outdated) == ((), frozenset())
        assert again.difference.unchanged == 40


def test_the_order_of_rows_and_the_names_of_columns_are_no_change(index: MatchIndex) -> None:
    turned = EARLIER.reverse().rename({"given": "Имя", "family": "Фамилия"})
    assert difference_of(index, "later", turned).unchanged == 40


def test_a_judged_pair_is_not_offered_again_but_named(index: MatchIndex) -> None:
    judged = frozenset({("later", CHANGED), ("register", CHANGED)})
    untouched = frozenset({("later", "1"), ("register", "1")})
    with relinking(index, "later", _edition(), judged=[judged, untouched]) as relinked:
        offered = {
            frozenset({pair.record, (pair.candidate.list, pair.candidate.id)}) for pair in relinked.pairs
        }
    assert judged not in offered
    assert relinked.judged_before == {judged}


def test_what_was_judged_of_a_record_holds_for_the_one_that_replaces_it(index: MatchIndex) -> None:
    renamed = _edition().with_columns(pl.col("id").replace({CHANGED: "5 again"}))
    judged = [frozenset({("later", CHANGED), ("register", CHANGED)})]
    with relinking(index, "later", renamed, judged=judged, replaces={"5 again": CHANGED}) as relinked:
        offered = {(pair.record[1], pair.candidate.id) for pair in relinked.pairs}
    assert ("5 again", CHANGED) not in offered
    assert relinked.judged_before == frozenset(judged)


def test_an_edition_whose_result_was_not_kept_can_be_given_again(index: MatchIndex) -> None:
    with pytest.raises(OSError, match="disk"), relinking(index, "later", _edition()) as lost:
        raise OSError("disk full")
    with relinking(index, "later", _edition()) as again:
        assert again == lost


@pytest.mark.parametrize("edition", [LATER.drop("id"), pl.concat([LATER.head(2), LATER.head(1)])])
def test_an_edition_without_clear_ids_is_refused(index: MatchIndex, edition: pl.DataFrame) -> None:
    with pytest.raises(BadInputError), relinking(index, "later", edition):
        pass
