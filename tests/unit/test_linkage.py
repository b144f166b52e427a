import json

import polars as pl
import pytest

from kuager.core.errors import BadInputError
from kuager.engines.linkage import LinkResult, link
from kuager.engines.linkage.gathering.clusters import cluster

LAWYERS = pl.DataFrame(
    {
        "id": ["1", "2", "3", "4"],
        "name": ["Нұров Болат Серікұлы", "Нұров Ерлан Серікұлы", "Қасымова Дана", "Дәулетов Мұрат"],
        "birth_date": ["1988-03-02", "1991-07-15", "1979-11-30", "1965-01-12"],
        "place": ["Алматы", "Алматы", "Тараз", "Орал"],
        "sex": ["м", "м", "ж", "м"],
    }
)
NEWS = pl.DataFrame(
    {
        "unique_id": ["a", "b", "c"],
        "full_name": ["Bolat Nurov", "Dana Kasymova", "Askhat Tulegenov"],
        "dob": ["1988-03-02", "30.11.1979", "1990"],
        "city": ["Almaty", "Taraz", "Oral"],
        "gender": ["male", "female", "male"],
    }
)


def _linked(result: LinkResult) -> set[tuple[str, str]]:
    likely = result.pairs.filter(pl.col("probability") >= 0.5)
    return set(likely.select("id_l", "id_r").iter_rows())


def test_two_small_lists_in_two_scripts_are_linked() -> None:
    result = link({"lawyers": LAWYERS, "news": NEWS})
    assert _linked(result) == {("1", "a"), ("3", "b")}
    assert (result.records, result.cluster_count) == (7, 5)


def test_the_overlap_counts_each_person_once() -> None:
    overlap = dict(link({"lawyers": LAWYERS, "news": NEWS}).overlap)
    assert overlap == {("lawyers",): 2, ("news",): 1, ("lawyers", "news"): 2}


def test_brothers_are_not_linked_although_they_share_family_father_place_and_day() -> None:
    names = ["Нұров Марат Серікұлы", "Нұров Болат Серікұлы"]
    here = pl.DataFrame({"name": names, "place": ["Алматы"] * 2, "event_date": ["2022-01-06"] * 2})
    there = here.with_columns(name=pl.Series(["Nurov Murat Serikuly", "Nurov Yerlan Serikuly"]))
    assert _linked(link({"a": here, "b": there})) == set()


def test_duplicates_inside_a_list_are_found() -> None:
    twice = pl.concat([LAWYERS, LAWYERS.head(1).with_columns(id=pl.lit("9"))])
    assert _linked(link({"lawyers": twice})) == {("1", "9")}


def test_a_one_to_one_list_has_no_duplicates_and_each_person_one_partner() -> None:
    twice = pl.concat([NEWS, NEWS.head(1).with_columns(unique_id=pl.lit("z"), dob=pl.lit("1988"))])
    result = link({"lawyers": LAWYERS, "news": twice}, one_to_one=["lawyers", "news"])
    assert _linked(result) == {("1", "a"), ("3", "b")}
    assert result.cluster_count == 6


def test_three_records_are_enough() -> None:
    result = link({"a": LAWYERS.head(2), "b": NEWS.head(1)})
    assert _linked(result) == {("1", "a")}


def test_a_single_record_is_a_person() -> None:
    result = link({"a": NEWS.head(1)})
    assert (result.cluster_count, result.pairs.height) == (1, 0)


def test_every_field_says_why() -> None:
    pairs = link({"lawyers": LAWYERS, "news": NEWS}).pairs
    reasons = {reason["field"]: reason for reason in json.loads(pairs["reasons"][0])}
    assert {"given name", "family line", "birth", "sex", "place"} == set(reasons)
    assert reasons["birth"]["level"] == "the same day of birth"
    assert {"field", "left", "right", "level", "weight"} == set(reasons["place"])


def test_judgements_win_over_scores() -> None:
    judged = pl.DataFrame(
        {
            "list_l": ["lawyers", "news"],
            "id_l": ["1", "c"],
            "list_r": ["news", "lawyers"],
            "id_r": ["a", "4"],
            "verdict": ["different", "same"],
        }
    )
    result = link({"lawyers": LAWYERS, "news": NEWS}, judgements=judged)
    cluster_of = {(name, key): number for name, key, number in result.clusters.iter_rows()}
    assert cluster_of["lawyers", "1"] != cluster_of["news", "a"]
    assert cluster_of["lawyers", "4"] == cluster_of["news", "c"]


def test_ages_and_birth_dates_are_compared_together() -> None:
    aged = pl.DataFrame({"name": ["Bolat Nurov"], "age": ["33"], "event_date": ["2022-01-06"]})
    born = pl.DataFrame({"name": ["Нұров Болат"], "birth_date": ["1988-03-02"], "event_date": ["2022-01-06"]})
    reasons = json.loads(link({"a": aged, "b": born}).pairs["reasons"][0])
    birth = next(reason for reason in reasons if reason["field"] == "birth")
    assert birth["level"] == "the same age or an age that fits"


def test_exchanged_day_and_month_still_count() -> None:
    other = LAWYERS.head(1).with_columns(birth_date=pl.lit("1988-02-03"))
    reasons = json.loads(link({"a": LAWYERS, "b": other}).pairs["reasons"][0])
    birth = next(reason for reason in reasons if reason["field"] == "birth")
    assert "exchanged" in birth["level"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"engine": "abacus"}, "expected duckdb or spark"),
        ({"one_to_one": ["nobody"]}, "unknown list: nobody"),
        ({"threshold": 0.0}, "threshold"),
    ],
)
def test_options_without_sense_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        link({"lawyers": LAWYERS}, **options)  # type: ignore[arg-type]  # one option of each kind


def test_judgements_without_a_verdict_are_refused() -> None:
    with pytest.raises(BadInputError, match="column verdict is missing"):
        link({"a": LAWYERS}, judgements=pl.DataFrame({c: [""] for c in ("list_l", "id_l", "list_r", "id_r")}))


def test_a_chain_of_weak_links_does_not_join_two_groups() -> None:
    sure = {(0, 1): 0.99, (0, 2): 0.99, (1, 2): 0.99, (3, 4): 0.99, (3, 5): 0.99, (4, 5): 0.99}
    numbers = cluster(["a"] * 6, sure | {(2, 3): 0.6}, threshold=0.5)
    assert numbers == [1, 1, 1, 2, 2, 2]


def test_the_better_of_two_rivals_wins_a_one_to_one_place() -> None:
    numbers = cluster(["a", "b", "b"], {(0, 1): 0.7, (0, 2): 0.9}, threshold=0.5, one_to_one=["b"])
    assert numbers == [1, 2, 1]
