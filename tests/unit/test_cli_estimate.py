import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner

from kuager.core.errors import BadInputError, RefusedError
from kuager.interfaces.cli.estimate import command
from kuager.interfaces.cli.estimate_progress import shown_progress

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
    assert {"chapman", "chao", "loglinear", "heterogeneity"} <= {part["method"] for part in answer["methods"]}
    assert all(part["seed"] is not None for part in answer["methods"])
    assert answer["seed"] == 1
    assert answer["comparison"]


def test_strata_print_each_and_the_total(counts: str) -> None:
    answer = run_json(counts, "--strata", "region", "--method", "chao")
    assert list(answer["strata"]) == ["west", "east"]
    assert answer["strata"]["west"]["publishable"] is True
    assert answer["strata"]["east"]["estimate"] is None
    assert answer["strata"]["east"]["observed"] == 18
    assert answer["total"]["observed"] == 249
    assert answer["total"]["lower_bound"] is True
    assert answer["total"]["seed"] == 1


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
        (("--chains", "3"), "4 to 64 chains, got 3"),
        (("--keep", "7"), "100 to 1,000,000 draws, got 7"),
        (("--level", "95"), "between 0.5 and 0.999"),
        (("--save-draws", "d.parquet", "--method", "chao"), "this method draws nothing"),
        (("--lists", "web"), "one list only, 'web'"),
        (("--lists", "web,web"), "named twice"),
        (("--method", "chapman"), "needs exactly two lists"),
        (("--derived", "court"), "COPY=ORIGIN"),
        (("--lists", "web,police"), "there is no list 'police'"),
        (("--strata", "region", "--method", "all"), "needs one method"),
        (("--strata", "region,web,court,clinic"), "there is none"),
        (("--strata", "area"), "there is no column 'area'"),
        (("--strata", "region", "--sensitivity"), "--sensitivity changes one table"),
        (("--sensitivity", "--method", "all"), "--sensitivity follows one method"),
        (("--draws", "d.parquet", "--method", "all"), "--draws needs one method"),
        (("--draws", "d.parquet", "--sensitivity"), "leave --draws out"),
        (("--draws", "d.parquet"), "cannot be read as Parquet; make it with kuager link"),
        (("--pool",), "--pool puts strata together"),
        (("--impute", "5"), "--impute draws unknown strata"),
    ],
)
def test_bad_requests_are_explained(counts: str, arguments: tuple[str, ...], message: str) -> None:
    lists = () if {"--lists", "--strata"} & set(arguments) else LISTS
    with pytest.raises(BadInputError, match=message):
        run(counts, *lists, *arguments)


def test_a_text_column_that_is_no_list_is_explained(counts: str) -> None:
    with pytest.raises(
        BadInputError,
        match=r"row 3, column 'region': expected 0 or 1, got 'west'.*look like lists: web, court, clinic",
    ):
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


def test_a_file_or_draws_must_be_named() -> None:
    with pytest.raises(BadInputError, match="name a file of counts"):
        run("--method", "chao")


def test_names_with_commas_stand_in_quotation_marks(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('"police, north";court;count\n1;0;30\n0;1;20\n1;1;10\n', encoding="utf-8")
    answer = run_json(str(path), "--lists", '"police, north", court', "--method", "chapman")
    assert answer["observed"] == 60


GAPS = "web,court,region,replica,count\n1,0,west,R1,60\n0,1,west,R1,50\n1,1,west,R1,30\n1,,west,R1,20\n"


def test_lists_that_did_not_answer_are_allowed_for(tmp_path: Path) -> None:
    path = tmp_path / "gaps.csv"
    path.write_text(GAPS, encoding="utf-8")
    answer = run_json(str(path), "--lists", "web,court", "--method", "chapman")
    assert "court 12%" in answer["warnings"][0]
    both = run_json(str(path), "--lists", "web,court", "--method", "all")
    assert {part["method"] for part in both["methods"]} >= {"chapman", "chao"}
    with pytest.raises(BadInputError, match="answered for everybody"):
        run(str(path), "--lists", "web,court", "--method", "chao", "--sensitivity")


def test_unknown_strata_stand_apart_or_are_imputed(tmp_path: Path) -> None:
    path = tmp_path / "unknown.csv"
    path.write_text(COUNTS + "1,1,0,,10\n1,0,1,?,8\n", encoding="utf-8")
    options = (str(path), *LISTS, "--strata", "region", "--method", "chao")
    apart = run_json(*options)
    assert apart["strata"]["unknown"]["observed"] == 18
    assert "--impute" in " ".join(apart["sentences"])
    spread = run_json(*options, "--impute", "10")
    assert "unknown" not in spread["strata"]
    assert spread["strata"]["west"]["diagnostics"]["replicates"] == 10
    assert spread["total"]["observed"] == apart["total"]["observed"] == 267


def test_replicates_are_combined(tmp_path: Path) -> None:
    path = tmp_path / "replicates.csv"
    lines = ["replica,web,court,region,count"]
    for at in range(3):
        lines += [f"R{at},1,0,west,{50 + at}", f"R{at},0,1,west,40", f"R{at},1,1,west,{20 + at}"]
    path.write_text("\n".join(lines), encoding="utf-8")
    answer = run_json(str(path), "--lists", "web,court", "--replicates", "replica", "--method", "chapman")
    assert list(answer["strata"]) == ["all"]
    assert answer["total"]["diagnostics"]["replicates"] == 3
    west = run_json(str(path), "--replicates", "replica", "--strata", "region", "--method", "chapman")
    assert west["strata"]["west"]["estimate"] == answer["strata"]["all"]["estimate"]


def test_one_replicate_alone_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text("replica,web,court\nR1,1,0\nR1,0,1\nR1,1,1\n", encoding="utf-8")
    with pytest.raises(BadInputError, match="one replicate only"):
        run(str(path), "--replicates", "replica", "--method", "chapman")


def test_draws_are_written_and_the_checkpoint_is_taken_up(counts: str, tmp_path: Path) -> None:
    drawn, kept = tmp_path / "draws.parquet", tmp_path / "state"
    options = (counts, *LISTS, "--method", "decomposable", "--checkpoint", str(kept))
    first = run_json(*options, "--save-draws", str(drawn))
    frame = pl.read_parquet(drawn)
    assert {"chain", "draw", "total"} <= set(frame.columns)
    assert frame["total"].min() >= first["observed"]
    assert run_json(*options)["estimate"] == first["estimate"]
    with pytest.raises(BadInputError, match="cannot be written"):
        run(*options, "--save-draws", str(tmp_path / "nowhere" / "d.parquet"))


def test_sensitivity_is_told_beside_the_answer(counts: str) -> None:
    answer = run_json(counts, *LISTS, "--method", "chao", "--sensitivity")
    assert {"left_out", "merged", "sentences"} <= answer["sensitivity"].keys()
    assert answer["sensitivity"]["sentences"][-1] in run(counts, *LISTS, "--method", "chao", "--sensitivity")


class Terminal(io.StringIO):
    """A terminal that remembers what was shown."""

    def isatty(self) -> bool:
        return True


def test_a_bar_is_shown_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream in (Terminal(), io.StringIO()):
        monkeypatch.setattr(sys, "stderr", stream)
        with shown_progress(None) as progress:
            progress("west: drawing", 0.5)
        assert ("west: drawing" in stream.getvalue()) is stream.isatty()


def test_an_interruption_says_how_to_go_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = tmp_path / "state"
    for is_there in (False, True):
        with pytest.raises(KeyboardInterrupt), shown_progress(kept):
            raise KeyboardInterrupt
        assert ("the same command goes on" in capsys.readouterr().err) is is_there
        kept.write_bytes(b"half")


def partitions_file(folder: Path) -> str:
    """Two lists; in each of 25 draws one more of the doubtful records is the same person."""
    rows = []
    for draw in range(25):
        for record in range(60):
            same = record < 20 or (record < 30 and (draw + record) % 2)
            rows.append((draw, "web", f"w{record}", record))
            rows.append((draw, "court", f"c{record}", record if same else 1000 + record))
    path = folder / "draws.parquet"
    pl.DataFrame(rows, schema=["draw", "list", "id", "cluster"], orient="row").write_parquet(path)
    return str(path)


def test_doubt_about_who_is_who_widens_the_interval(tmp_path: Path) -> None:
    draws = partitions_file(tmp_path)
    table = tmp_path / "counts.csv"
    table.write_text("web,court,count\n1,0,35\n0,1,35\n1,1,25\n", encoding="utf-8")
    options = ("--method", "chapman", "--draws", draws)
    alone = run_json(*options)
    both = run_json(str(table), *options)
    assert both["estimate"] == alone["estimate"]
    low, high = both["interval"]
    assert high - low > 0.9 * (both["table"]["interval"][1] - both["table"]["interval"][0])
    assert "the table of counts alone" in run(str(table), *options)
    assert run_json(*options, "--lists", "web,court")["estimate"] == alone["estimate"]
    table.write_text("web,police,count\n1,0,35\n0,1,35\n1,1,25\n", encoding="utf-8")
    with pytest.raises(
        BadInputError, match="the draws are of the lists court, web, the table of web, police"
    ):
        run(str(table), *options)


def test_a_list_that_cannot_contain_some_people_refuses_publication(tmp_path: Path) -> None:
    table = tmp_path / "counts.csv"
    table.write_text("web,court,count\n1,0,35\n0,1,35\n1,1,25\n", encoding="utf-8")
    answer = run_json(str(table), "--method", "chao", "--cannot-contain", "court=those who were released")
    assert not answer["publishable"]
    assert any("those who were released" in reason for reason in answer["reasons"])
    with pytest.raises(BadInputError, match="expects LIST=PEOPLE, got 'court'"):
        run(str(table), "--cannot-contain", "court")
    with pytest.raises(BadInputError, match="about one table"):
        run(str(table), "--cannot-contain", "court=women", "--strata", "web")
