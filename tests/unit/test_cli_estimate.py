import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kuager.core.errors import BadInputError, RefusedError
from kuager.interfaces.cli.estimate import command

COUNTS = """# invented
web,court,clinic,region,count
1,0,0,west,60
0,1,0,west,55
0,0,1,west,50
1,1,0,west,20
1,0,1,west,18
0,1,1,west,16
1,1,1,west,12
1,0,0,east,6
0,1,0,east,5
0,0,1,east,5
1,1,1,east,2
"""


@pytest.fixture
def counts(tmp_path: Path) -> str:
    path = tmp_path / "counts.csv"
    path.write_text(COUNTS, encoding="utf-8")
    return str(path)


def run(*arguments: str) -> str:
    result = CliRunner().invoke(command, arguments)
    if result.exception:
        raise result.exception
    return result.stdout


def run_json(*arguments: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(run(*arguments, "--json"))
    return answer


LISTS = ("--lists", "web,court,clinic")


def test_one_method_prints_the_contract(counts: str) -> None:
    answer = run_json(counts, *LISTS, "--seed", "7")
    contract = {"method", "observed", "estimate", "mean", "interval", "level", "unseen", "diagnostics"}
    contract |= {"publishable", "reasons", "warnings", "seed", "seconds"}
    assert contract <= answer.keys()
    assert answer["method"] == "loglinear"
    assert answer["seed"] == 7
    assert answer["seconds"] > 0
    assert answer["interval"][0] <= answer["estimate"] <= answer["interval"][1]


def test_all_prints_every_method(counts: str) -> None:
    answer = run_json(counts, *LISTS, "--method", "all")
    assert {part["method"] for part in answer["methods"]} == {"chapman", "chao", "loglinear", "heterogeneity"}
    assert all(part["seed"] == 1 for part in answer["methods"])
    assert answer["comparison"]


def test_strata_print_each_and_the_total(counts: str) -> None:
    answer = run_json(counts, "--strata", "region", "--method", "chao")
    assert list(answer["strata"]) == ["west", "east"]
    assert answer["total"]["observed"] == 249
    assert answer["strata"]["west"]["publishable"] is True
    assert answer["total"]["publishable"] is False


def test_words_say_what_may_not_be_published(counts: str) -> None:
    text = run(counts, "--lists", "web,court", "--method", "chapman", "--derived", "court=web")
    assert "do not publish:" in text
    assert "List court was built from list web" in text
    assert "made independently" in text


def test_words_for_strata_and_all(counts: str) -> None:
    assert "total: at least" in run(counts, "--strata", "region", "--method", "chao")
    assert "chapman (web & court)" in run(counts, *LISTS, "--method", "all")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--method", "latent-class"), "this version has not got it yet"),
        (("--method", "sparse"), "this version has not got it yet"),
        (("--draws", "d.parquet"), "--draws belongs to methods that draw"),
        (("--chains", "4"), "--chains belongs to methods that draw"),
        (("--method", "chapman"), "needs exactly two lists"),
        (("--derived", "court"), "COPY=ORIGIN"),
        (("--lists", "web,police"), "there is no list 'police'"),
        (("--strata", "region", "--method", "all"), "needs one method"),
    ],
)
def test_bad_requests_are_explained(counts: str, arguments: tuple[str, ...], message: str) -> None:
    lists = () if {"--lists", "--strata"} & set(arguments) else LISTS
    with pytest.raises(BadInputError, match=message):
        run(counts, *lists, *arguments)


def test_a_text_column_that_is_no_list_is_explained(counts: str) -> None:
    with pytest.raises(BadInputError, match=r"row 3, column 'region': expected 0 or 1, got 'west'.*--strata"):
        run(counts)


def test_lists_without_overlap_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "apart.csv"
    path.write_text("a,b,count\n1,0,40\n0,1,40\n", encoding="utf-8")
    with pytest.raises(RefusedError, match="nobody is on both lists"):
        run(str(path), "--method", "lincoln-petersen")


def test_the_command_needs_no_django(counts: str) -> None:
    program = (
        "import sys; from kuager.interfaces.cli.estimate import command; "
        "command(sys.argv[1:], standalone_mode=False); assert 'django' not in sys.modules"
    )
    done = subprocess.run(  # noqa: S603  # our own interpreter and program
        [sys.executable, "-c", program, counts, *LISTS, "--json"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["observed"] == 249
