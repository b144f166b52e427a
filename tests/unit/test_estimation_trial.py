"""A method is tried on lists of known size before its interval is believed."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kuager.engines.estimation import CaptureHistories, Request, compare, estimate, estimate_strata
from kuager.engines.estimation.methods import METHODS
from kuager.engines.estimation.trial import seen_by_others, try_out

LISTS = ("A", "B", "C", "D")


def drawn(*groups: tuple[int, tuple[float, ...]], seed: int = 4) -> CaptureHistories:
    """Draw people of several kinds, each kind with its own chance of being on each list."""
    random = np.random.default_rng(seed)
    rows = np.concatenate([random.random((people, len(chances))) < chances for people, chances in groups])
    seen = rows[rows.any(axis=1)].astype(int)
    return CaptureHistories.from_memberships(LISTS[: seen.shape[1]], seen.tolist())


ALIKE = drawn((1000, (0.4, 0.3, 0.25, 0.35)))
HIDDEN = drawn((700, (0.6, 0.5, 0.5, 0.4)), (800, (0.15, 0.2, 0.1, 0.15)))


def test_people_who_are_alike_leave_the_interval_alone() -> None:
    answer = estimate(ALIKE, method="decomposable")
    assert not answer.is_lower_bound
    assert answer.interval[0] <= 1000 <= answer.interval[1]
    assert abs(float(answer.diagnostics["trial_shortfall"])) < 2.33
    assert answer.diagnostics["trial_lists"] == 4


@pytest.mark.parametrize("method", ["decomposable", "loglinear-average", "sample-coverage"])
def test_hidden_people_turn_an_interval_that_misses_them_into_a_floor(method: str) -> None:
    answer = estimate(HIDDEN, method=method)
    assert answer.is_lower_bound
    assert any("known" in warning for warning in answer.warnings)
    assert answer.interval[0] < 1500


def test_the_floor_is_what_a_comparison_says() -> None:
    assert compare(HIDDEN, request=Request(draws=200)).headline.startswith("At least")


def test_lists_that_share_too_few_people_cannot_be_tried() -> None:
    few = drawn((400, (0.12, 0.1, 0.08, 0.15)))
    assert try_out(few, METHODS["decomposable"]) is None
    assert estimate(few, method="decomposable").is_lower_bound


def test_people_of_one_list_are_kept_as_the_others_saw_them() -> None:
    table = CaptureHistories.from_counts(
        ["A", "B", "C"], [[1, 0, 0], [1, 1, 0], [1, 0, 1], [0, 1, 1], [1, 1, 1]], [9, 4, 3, 50, 2]
    )
    within = seen_by_others(table, "A")
    assert within is not None
    assert within.lists == ("B", "C")
    assert within.observed == 9
    assert within.overlap("B", "C") == 2


def test_a_list_that_only_one_other_knows_cannot_be_tried() -> None:
    table = CaptureHistories.from_counts(["A", "B", "C"], [[1, 1, 0], [0, 1, 1], [0, 0, 1]], [40, 30, 10])
    assert seen_by_others(table, "A") is None


def test_three_lists_are_not_tried() -> None:
    three = ALIKE.select(["A", "B", "C"])
    assert "trial_shortfall" not in estimate(three, method="decomposable").diagnostics


def test_strata_too_small_to_show_it_alone_show_it_together() -> None:
    def stratum(seed: int) -> CaptureHistories:
        return drawn((300, (0.6, 0.5, 0.5, 0.4)), (340, (0.15, 0.2, 0.1, 0.15)), seed=seed)

    strata = estimate_strata({str(seed): stratum(seed) for seed in range(4)}, method="loglinear-average")
    assert all(answer.is_lower_bound for answer in strata.estimates.values())
    assert strata.total is not None
    assert strata.total.is_lower_bound


def test_a_folder_that_cannot_be_written_costs_time_and_nothing_else(tmp_path: Path) -> None:
    """Copy one compiled module where no cache can be kept."""
    copied = tmp_path / "read_only"
    copied.mkdir()
    (copied / "loops.py").write_text(
        "from kuager.engines.estimation.compiled import compiled\n"
        "@compiled\n"
        "def twice(number):\n"
        "    return 2 * number\n"
        "print(twice(21))\n"
    )
    shown = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; sys.path.insert(0, '/dev/null/x'); exec(open('loops.py').read())",
        ],
        cwd=copied,
        env={"PATH": "/usr/bin:/bin", "HOME": "/proc/none", "XDG_CACHE_HOME": "/proc/none"},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert shown.stdout == "42\n"
