"""The register's commands: results on stdout, JSON with --json, errors by class."""

import json

import pytest
from click.testing import CliRunner, Result

from kuager.core.errors import BadInputError
from kuager.domain.accounts.models import User
from kuager.domain.register.terms import Status
from kuager.interfaces.cli.main import cli
from tests.integration.register_story import Story, january, moment


@pytest.fixture
def story(asel: User, gulnar: User) -> Story:
    story = Story(asel, gulnar)
    first = story.tells("Жағылтаров Ерлан", sex="male")
    story.says(first, Status.DETAINED, january(8))
    story.says(first, Status.DEAD, january(9))
    story.tells("Омарова Әлия", sex="female")
    return story


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["register", *arguments])


def test_count_prints_a_table_and_says_who_waits(story: Story) -> None:
    result = run("count", "--as-of", "2022-01-20", "--by", "status,sex")
    assert result.stdout == "status\tsex\tcount\ndetained\tmale\t1\nunknown\tfemale\t1\ntotal\t2\n"
    assert result.stderr == "1 more wait for a second person to approve: dead\n"


def test_count_as_json_holds_the_question_and_the_answer(story: Story) -> None:
    arguments = ("--known-at", moment(1).isoformat(), "--where", "sex=male", "--json")
    answer = json.loads(run("count", "--as-of", "2022-01-20", *arguments).stdout)
    assert answer["rows"] == [{"status": "unknown", "count": 1}]
    assert (answer["total"], answer["known_at"]) == (1, moment(1).isoformat())


def test_count_refuses_an_unknown_dimension(story: Story) -> None:
    result = run("count", "--as-of", "2022-01-20", "--by", "shoe_size")
    assert isinstance(result.exception, BadInputError)
    assert result.exception.exit_code == 3


def test_search_finds_across_scripts(story: Story) -> None:
    answer = json.loads(run("search", "Jagiltarov", "--json").stdout)
    assert [person["name"] for person in answer["results"]] == ["Жағылтаров Ерлан"]
    assert run("search", "Qwxzvk").stdout == "code\tname\tstatus\tscore\n"


def test_changes_lists_acts_of_the_days_asked_for(story: Story) -> None:
    answer = json.loads(run("changes", "--from", "2022-02-01", "--to", "2022-02-01", "--json").stdout)
    assert [change["kind"] for change in answer["changes"]] == [
        "record_added",
        "asserted",
        "asserted",
        "record_added",
    ]
    assert "record_added" not in run("changes", "--from", "2022-03-01", "--to", "2022-03-02").stdout


def test_changes_says_who_counts_differently_between_two_days(story: Story) -> None:
    answer = json.loads(run("changes", "--from", "2021-12-31", "--to", "2022-02-01", "--json").stdout)
    assert answer["moves"]
    assert all(move["before"] == "" and move["after"] for move in answer["moves"])
