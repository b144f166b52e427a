"""An estimate can rest on the draws of a link run, and keeps them: the same numbers for ever."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from kuager.core.errors import BadInputError
from kuager.domain.accounts.models import User
from kuager.domain.lists import operations, queries
from kuager.domain.lists.models import EstimateRun, LinkDraws, LinkRun
from kuager.domain.lists.queries.estimate_inputs import stored_draws
from tests.integration.two_lists import TwoLists, import_list, import_two_lists, link

JANUARY_20 = date(2022, 1, 20)
START = datetime(2022, 3, 1, tzinfo=UTC)


@pytest.fixture
def lists(asel: User, tmp_path: Path, settings: object) -> TwoLists:
    settings.DATA = tmp_path  # type: ignore[attr-defined]  # pytest-django's settings take any name
    settings.LANGUAGE_CODE = "en"  # type: ignore[attr-defined]
    return import_two_lists(tmp_path, by=asel)


@pytest.fixture
def run(lists: TwoLists, asel: User) -> LinkRun:
    return link(lists, by=asel)


def ask(two: TwoLists, run: LinkRun, by: User, **changes: object) -> EstimateRun:
    values: dict[str, object] = {
        "lists": [two.latin, two.cyrillic],
        "as_of": JANUARY_20,
        "method": "chapman",
        "link_run": run,
        "by": by,
        "at": START,
    }
    return operations.ask_estimate(**(values | changes))  # type: ignore[arg-type]  # changed by tests


def test_the_tables_of_all_draws_are_frozen_with_the_question(
    lists: TwoLists, run: LinkRun, farida: User
) -> None:
    asked = ask(lists, run, farida)
    drawn = stored_draws(asked)
    assert drawn is not None
    assert (len(drawn), asked.link_run) == (100, run)
    assert queries.stored_inputs(asked)["who_is_who"]["digest"] == run.draws.digest
    # Nobody has judged a link yet, but the draws know that three people are on both lists; of a fourth, whose
    # age, day and town differ, they are in doubt.
    assert drawn.most_probable().observed == asked.histories["observed"]
    assert asked.histories["observed"] in (6, 7)
    assert asked.histories["totals"] == [5, 5]


def test_the_doubt_about_who_is_who_is_in_the_answer(lists: TwoLists, run: LinkRun, farida: User) -> None:
    asked = ask(lists, run, farida)
    done = operations.compute_estimate(run=asked, clock=lambda: START)
    assert (done.state, done.failure) == ("done", "")
    (method,) = done.results["methods"]
    assert method["diagnostics"]["partitions"] == 100
    assert queries.is_intact(done)


def test_the_same_numbers_come_out_even_when_the_draws_are_gone(
    lists: TwoLists, run: LinkRun, farida: User
) -> None:
    first = operations.compute_estimate(run=ask(lists, run, farida), clock=lambda: START)
    LinkDraws.objects.all().delete()
    again = operations.repeat_estimate(run=first, by=farida, at=START)
    assert again.link_run == run
    second = operations.compute_estimate(run=again, clock=lambda: START)
    assert queries.equal_bits(first, second) is True


def test_only_records_told_by_the_day_and_with_the_status_count(
    lists: TwoLists, run: LinkRun, farida: User
) -> None:
    with pytest.raises(BadInputError, match="nobody stands"):
        ask(lists, run, farida, as_of=date(2022, 1, 1))
    with pytest.raises(BadInputError, match="nobody stands"):
        ask(lists, run, farida, status="detained")


@pytest.mark.parametrize(
    "change", [{"method": "all"}, {"strata": "sex"}, {"with_sensitivity": True}], ids=str
)
def test_what_cannot_rest_on_draws_is_refused(
    lists: TwoLists, run: LinkRun, farida: User, change: dict[str, object]
) -> None:
    with pytest.raises(BadInputError, match="choose one method"):
        ask(lists, run, farida, **change)


def test_a_run_over_other_lists_is_refused(
    lists: TwoLists, run: LinkRun, asel: User, farida: User, tmp_path: Path
) -> None:
    rows = ("Zhaksybekov Timur,44,2022-01-06,Almaty,killed",)
    third = import_list(rows, title="Third", publisher="Third", folder=tmp_path, by=asel, at=lists.at)
    with pytest.raises(BadInputError, match="did not link all these lists"):
        ask(lists, run, farida, lists=[lists.latin, third])


def test_the_desk_offers_the_runs_that_linked_the_lists(
    lists: TwoLists, run: LinkRun, farida: User, client: Client
) -> None:
    client.force_login(farida)
    chosen: dict[str, str | list[str]] = {
        "lists": [str(lists.latin.pk), str(lists.cyrillic.pk)],
        "as_of": "2022-01-20",
    }
    page = client.get(reverse("desk-overlap"), chosen).content.decode()
    assert f"draws of link run {run.known_at:%Y-%m-%d %H:%M}" in page
    asked = chosen | {"method": "chapman", "link_run": str(run.pk)}
    client.post(reverse("desk-estimates"), asked)
    made = EstimateRun.objects.get()
    assert made.link_run == run
    operations.compute_estimate(run=made, clock=lambda: START)
    shown = client.get(reverse("desk-estimate", args=[made.pk])).content.decode()
    assert f"draws of link run {run.pk}" in shown
