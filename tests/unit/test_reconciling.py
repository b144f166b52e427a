"""Why rival lists give different numbers, on lists small enough to count by hand."""

from datetime import date

import polars as pl
import pytest

from kuager.core.errors import BadInputError
from kuager.engines.linkage import LinkResult, link
from kuager.engines.linkage.drawing.draws import draw_partitions
from kuager.engines.linkage.rival_lists.reconciling import Reconciliation, Said, reconcile

PAIRS = {
    "list_l": pl.String,
    "id_l": pl.String,
    "list_r": pl.String,
    "id_r": pl.String,
    "probability": pl.Float64,
    "match_weight": pl.Float64,
    "reasons": pl.String,
}
# Numbers of persons by list and row; a row without a name has none.
STATE = {"1": ("Нұров Болат", 1), "2": ("Нуров Б.", 1), "3": ("Қасымова Дана", 2), "4": ("", 9)}
PRESS = {"a": ("Bolat Nurov", 1), "b": ("Askhat Tulegenov", 3), "c": ("Unknown man", 9)}
LAWYERS = {"x": ("Dana Kasymova", 2), "y": ("Ержан Әлімов", 4)}


def frame(rows: dict[str, tuple[str, int]]) -> pl.DataFrame:
    return pl.DataFrame({"id": list(rows), "name": [name for name, _ in rows.values()]})


def result_of(
    lists: dict[str, dict[str, tuple[str, int]]], pairs: list[tuple[str, str, str, str, float]] | None = None
) -> LinkResult:
    rows = [(name, key, person) for name, rows in lists.items() for key, (_, person) in rows.items()]
    clusters = pl.DataFrame(
        rows, schema={"list": pl.String, "id": pl.String, "cluster": pl.Int64}, orient="row"
    )
    scored = [(*pair, 0.0, "[]") for pair in pairs or []]
    return LinkResult(pl.DataFrame(scored, schema=PAIRS, orient="row"), clusters, (), len(rows))


LISTS = {"state": STATE, "press": PRESS, "lawyers": LAWYERS}
FRAMES = {name: frame(rows) for name, rows in LISTS.items()}


@pytest.fixture(scope="module")
def three() -> Reconciliation:
    return reconcile(result_of(LISTS), FRAMES, claimed={"state": 6})


def test_each_list_is_told_row_by_row(three: Reconciliation) -> None:
    state, press, _ = three.lists
    assert (state.size.claimed, state.size.rows, state.size.named, state.persons) == (6, 4, 3, 2)
    assert state.unnamed == ("4",)
    assert state.repeats == (("2", "1"),)
    assert (press.unnamed, press.repeats) == (("c",), ())


def test_who_is_on_which_lists(three: Reconciliation) -> None:
    found = {one.lists: one.people for one in three.combinations}
    assert found["state", "press"] == ((("state", "1"), ("state", "2"), ("press", "a")),)
    assert found["state", "lawyers"] == ((("state", "3"), ("lawyers", "x")),)
    assert three.only_on("press") == ((("press", "b"),),)
    assert three.only_on("state") == ()
    assert three.persons == 4


def test_the_bridge_leads_from_one_number_to_the_other(three: Reconciliation) -> None:
    way = three.bridges[0]
    assert [(step.code, step.list_name, step.change) for step in way.steps] == [
        ("beyond-rows", "state", -2),
        ("repeats", "state", -1),
        ("unnamed", "state", -1),
        ("only", "state", -1),
        ("only", "press", 1),
        ("unnamed", "press", 1),
        ("repeats", "press", 0),
        ("beyond-rows", "press", 0),
    ]
    assert way.stations == (4, 3, 2, 1, 2, 3, 3, 3)
    assert (way.from_number, way.both, way.to_number) == (6, 1, 3)
    assert way.closes


def test_rows_without_a_name_are_nobodys_even_where_links_say_so(three: Reconciliation) -> None:
    assert all(("press", "c") not in person for one in three.combinations for person in one.people)


def test_rows_without_a_name_can_be_said(three: Reconciliation) -> None:
    said = reconcile(result_of(LISTS), FRAMES, unnamed=[("press", "b")])
    assert said.lists[1].unnamed == ("b",)
    assert said.only_on("press") == ()


@pytest.mark.parametrize(
    ("days", "may_follow"),
    [
        ((None, None), False),
        ((date(2022, 1, 6), date(2022, 1, 8)), False),
        ((date(2022, 1, 9), date(2022, 1, 6)), True),
    ],
)
def test_dead_here_and_detained_there_is_said(
    days: tuple[date | None, date | None], may_follow: bool
) -> None:
    statuses = {("state", "1"): [Said("dead", days[0])], ("press", "a"): [Said("detained", days[1])]}
    (clash,) = reconcile(result_of(LISTS), FRAMES, statuses=statuses).clashes
    assert (clash.left, clash.right) == (("state", "1"), ("press", "a"))
    assert clash.may_follow is may_follow


def test_found_alive_after_missing_may_follow_but_dead_is_told_once() -> None:
    statuses = {
        ("state", "3"): [Said("missing", date(2022, 1, 6))],
        ("lawyers", "x"): [Said("detained", date(2022, 1, 9))],
        ("state", "1"): [Said("missing")],
        ("press", "a"): [Said("dead")],
    }
    first, second = reconcile(result_of(LISTS), FRAMES, statuses=statuses).clashes
    assert (first.left_said.status, first.right_said.status) == ("dead", "missing")
    assert (second.left_said.status, second.may_follow) == ("missing", True)


def test_pairs_in_doubt_say_what_they_would_change() -> None:
    pairs = [
        ("state", "3", "press", "b", 0.45),
        ("state", "1", "press", "a", 0.8),
        ("press", "c", "lawyers", "y", 0.99),
        ("press", "c", "state", "3", 0.4),
        ("press", "c", "state", "4", 0.9),
        ("state", "1", "lawyers", "y", 0.01),
        ("state", "3", "lawyers", "x", 0.99),
    ]
    found = reconcile(result_of(LISTS, pairs), FRAMES).open_pairs
    assert [(pair.left, pair.right, pair.effect) for pair in found] == [
        (("state", "3"), ("press", "b"), "one-fewer"),
        (("state", "1"), ("press", "a"), "one-more"),
        (("press", "c"), ("lawyers", "y"), "unnamed"),
    ]


def test_a_doubtful_link_inside_a_sure_person_changes_nothing() -> None:
    pairs = [
        ("state", "1", "press", "a", 0.99),
        ("state", "2", "press", "a", 0.98),
        ("state", "1", "state", "2", 0.5),
    ]
    assert reconcile(result_of(LISTS, pairs), FRAMES).open_pairs == ()


def test_draws_give_every_number_an_interval() -> None:
    lists = {"a": FRAMES["press"], "b": FRAMES["lawyers"]}
    result = link(lists)
    found = reconcile(result, lists, draws=draw_partitions(result, draws=20))
    assert found.draws == 20
    assert all(step.interval is not None for step in found.bridges[0].steps)
    assert all(account.interval is not None for account in found.lists)


def test_the_same_lists_give_the_same_digest_and_another_number_another(three: Reconciliation) -> None:
    again = reconcile(result_of(LISTS), FRAMES, claimed={"state": 6})
    assert again.digest == three.digest
    assert reconcile(result_of(LISTS), FRAMES, claimed={"state": 7}).digest != three.digest


def test_without_names_nobody_is_named(three: Reconciliation) -> None:
    assert "Болат" in str(three.to_json())
    assert "Болат" not in str(three.to_json(with_names=False))


@pytest.mark.parametrize(
    ("names", "claimed", "message"),
    [
        (["state"], {}, "2 to 6 lists"),
        (["state", "press"], {"lawyers": 3}, "claimed for lawyers"),
        (["state", "press"], {"press": -1}, "negative"),
    ],
)
def test_questions_without_an_answer_are_refused(
    names: list[str], claimed: dict[str, int], message: str
) -> None:
    chosen = {name: FRAMES[name] for name in names}
    with pytest.raises(BadInputError, match=message):
        reconcile(result_of(LISTS), chosen, claimed=claimed)


def test_a_list_that_was_not_chosen_is_left_out() -> None:
    chosen = {name: FRAMES[name] for name in ("press", "lawyers")}
    found = reconcile(result_of(LISTS), chosen)
    assert found.persons == 4
    assert found.only_on("lawyers") == ((("lawyers", "x"),), (("lawyers", "y"),))
