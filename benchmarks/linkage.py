"""Measure the linkage engine on real and standard lists with known links.

Usage: python benchmarks/linkage.py [--data ../shared/data/linkage] [us gaza-ar fake-1000 …]

Prints one JSON object: for each set precision, recall and F1 of the pairs at probability >= 0.5, F1 of the
pairs inside clusters, how honest the probabilities are (ECE over ten bins of the pairs reported, and the sum
of probabilities over the number of true pairs), seconds, and the peak memory of the process so far in MB.
"""

import argparse
import json
import resource
import runpy
import sys
import time
import types
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import polars as pl

from kuager.engines.linkage import LinkResult, link

Key = tuple[str, str]


@dataclass(frozen=True)
class Task:
    """Lists, the person behind each record, and how many pairs are true."""

    frames: dict[str, pl.DataFrame]
    person: dict[Key, str]
    true_pairs: int
    between_lists: bool = True
    one_to_one: bool = False
    # Records whose person cannot be known from the truth at hand: links between two of them are not counted
    # in the second figure of calibration.
    unsure: frozenset[Key] = frozenset()


def _read(path: Path) -> pl.DataFrame:
    frame = pl.read_csv(path, infer_schema=False)
    return frame.rename(lambda name: name.strip()).with_columns(pl.all().str.strip_chars())


def american(data: Path) -> Task:
    """Two lists of the same deaths with adjudicated links."""
    links = _read(data / "us_dev_gold.csv")
    frames = {"wapo": _read(data / "us_dev_wapo.csv"), "mpv": _read(data / "us_dev_mpv.csv")}
    person = {(name, key): f"{name} {key}" for name, frame in frames.items() for key in frame["unique_id"]}
    person |= {("mpv", right): f"wapo {left}" for left, right in links.select("wapo", "mpv").iter_rows()}
    return Task(frames, person, links.height)


def american_without_events(data: Path) -> Task:
    """Return the same without dates and towns."""
    task = american(data)
    frames = {name: frame.drop("event_date", "city") for name, frame in task.frames.items()}
    return Task(frames, task.person, task.true_pairs)


def _gaza(data: Path, column: str) -> Task:
    frames = {name: _read(data / f"gaza_dev_{name}.csv") for name in "AB"}
    person = {
        (name, key): truth
        for name, frame in frames.items()
        for key, truth in frame.select("unique_id", "truth").iter_rows()
    }
    shared = len(set(frames["A"]["truth"]) & set(frames["B"]["truth"]))
    # Identity numbers of A were mended later: a number that B does not know says nothing about the person.
    known = {name: set(frame["truth"]) for name, frame in frames.items()}
    other = {"A": "B", "B": "A"}
    unsure = frozenset(key for key, truth in person.items() if truth not in known[other[key[0]]])
    frames = {name: frame.select("unique_id", column, "age", "sex") for name, frame in frames.items()}
    return Task(frames, person, shared, unsure=unsure)


def once_each(make: Callable[[Path], Task]) -> Callable[[Path], Task]:
    """Return the same task, knowing that every list names everybody once."""
    return lambda data: replace(make(data), one_to_one=True)


def gaza_arabic(data: Path) -> Task:
    """Two releases of one register, Arabic names and ages only."""
    return _gaza(data, "name_ar")


def gaza_english(data: Path) -> Task:
    """Return the same, in two independent romanisations."""
    return _gaza(data, "name_en")


def fake_1000(data: Path) -> Task:
    """Duplicates in one list."""
    frame = _read(data / "standard" / "fake_1000.csv")
    person = {("fake", key): cluster for key, cluster in frame.select("unique_id", "cluster").iter_rows()}
    pairs = sum(count * (count - 1) // 2 for count in Counter(person.values()).values())
    return Task({"fake": frame.drop("cluster")}, person, pairs, between_lists=False)


def generated(data: Path, records: int = 20_000, seed: int = 1) -> Task:
    """Make invented people in four lists, three scripts and several spellings, by the shared generator."""
    path = data.parents[1] / "prototypes" / "synth.py"
    # The generator makes a frame of a library that is not installed here: the rows are all we need.
    stand_in = types.ModuleType("pandas")
    stand_in.DataFrame = lambda rows, columns: (rows, columns)  # type: ignore[attr-defined]
    kept = sys.modules.get("pandas")
    sys.modules["pandas"] = stand_in
    try:
        rows, columns = runpy.run_path(str(path))["gen"](records, seed=seed)
    finally:
        sys.modules.pop("pandas")
        if kept is not None:
            sys.modules["pandas"] = kept
    text = [[None if value is None else str(value) for value in row] for row in rows]
    frame = pl.DataFrame(text, schema=dict.fromkeys(columns, pl.String), orient="row")
    frames = {
        str(name[0]): part.drop("list", "scheme", "cluster")
        for name, part in frame.partition_by("list", as_dict=True, maintain_order=True).items()
    }
    keys = frame.select("list", "unique_id", "cluster").iter_rows()
    person = {(name, key): cluster for name, key, cluster in keys}
    pairs = sum(count * (count - 1) // 2 for count in Counter(person.values()).values())
    return Task(frames, person, pairs, between_lists=False)


def febrl_4(data: Path) -> Task:
    """Two synthetic lists of 5,000."""
    frames = {name: _read(data / "standard" / f"dataset4{name}.csv") for name in "ab"}
    person = {(name, key): key.split("-")[1] for name, frame in frames.items() for key in frame["rec_id"]}
    return Task(frames, person, 5000)


def historical_50k(data: Path) -> Task:
    """Historical figures in one list, about ten records each, heavily misspelt."""
    frame = pl.read_parquet(data / "standard" / "historical_figures_with_errors_50k.parquet")
    person = {("history", key): cluster for key, cluster in frame.select("unique_id", "cluster").iter_rows()}
    pairs = sum(count * (count - 1) // 2 for count in Counter(person.values()).values())
    columns = {"first_name": "first_name", "surname": "surname", "dob": "dob", "birth_place": "birth_place",
               "postcode_fake": "postcode", "gender": "gender", "occupation": "occupation"}  # fmt: skip
    named = frame.select("unique_id", *columns).rename(columns)
    return Task({"history": named}, person, pairs, between_lists=False)


TASKS: dict[str, Callable[[Path], Task]] = {
    "us": american,
    "us-one-to-one": once_each(american),
    "us-no-event": american_without_events,
    "us-no-event-one-to-one": once_each(american_without_events),
    "gaza-ar": gaza_arabic,
    "gaza-ar-one-to-one": once_each(gaza_arabic),
    "gaza-en": gaza_english,
    "gaza-en-one-to-one": once_each(gaza_english),
    "fake-1000": fake_1000,
    "febrl-4": febrl_4,
    "historical-50k": historical_50k,
    "generated": generated,
    "generated-100k": lambda data: generated(data, 100_000),
}


def _scores(pairs: list[tuple[Key, Key]], task: Task) -> dict[str, float]:
    kept = [(left, right) for left, right in pairs if not task.between_lists or left[0] != right[0]]
    hits = sum(task.person[left] == task.person[right] for left, right in kept)
    return {
        "precision": round(hits / max(len(kept), 1), 4),
        "recall": round(hits / task.true_pairs, 4),
        "f1": round(2 * hits / (len(kept) + task.true_pairs), 4),
    }


def calibration(result: LinkResult, task: Task) -> dict[str, float]:
    """Compare probabilities with the truth: error per bin of a tenth, and in all."""
    scored = []
    for a, b, c, d, chance in result.pairs.select(
        "list_l", "id_l", "list_r", "id_r", "probability"
    ).iter_rows():
        if not task.between_lists or a != c:
            is_known = (a, b) not in task.unsure or (c, d) not in task.unsure
            scored.append((chance, task.person[a, b] == task.person[c, d], is_known))
    found = sum(chance for chance, *_ in scored)
    return {
        "ece": _error([(chance, same) for chance, same, _ in scored]),
        "ece_where_truth_is_known": _error([(chance, same) for chance, same, is_known in scored if is_known]),
        "sum_over_true": round(found / task.true_pairs, 4),
        "expected_recall_of_keys": round(result.doubt.recall if result.doubt else 1.0, 4),
    }


def _error(scored: list[tuple[float, bool]]) -> float:
    bins: dict[int, float] = defaultdict(float)
    for chance, same in scored:
        bins[min(int(chance * 10), 9)] += chance - same
    return round(sum(abs(gap) for gap in bins.values()) / max(len(scored), 1), 4)


def _cluster_pairs(result: LinkResult) -> list[tuple[Key, Key]]:
    members: dict[int, list[Key]] = defaultdict(list)
    for name, key, cluster in result.clusters.iter_rows():
        members[cluster].append((name, key))
    return [pair for group in members.values() for pair in combinations(group, 2)]


def measure(task: Task) -> dict[str, object]:
    """Link the lists of a task and score the result."""
    start, cpu = time.perf_counter(), time.process_time()
    result = link(task.frames, one_to_one=tuple(task.frames) if task.one_to_one else ())
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    likely = result.pairs.filter(pl.col("probability") >= 0.5)
    pairs = [((a, b), (c, d)) for a, b, c, d in likely.select("list_l", "id_l", "list_r", "id_r").iter_rows()]
    people = len({task.person[key] for key in task.person})
    return {
        "records": result.records,
        "pairs": _scores(pairs, task),
        "clusters": _scores(_cluster_pairs(result), task),
        "calibration": calibration(result, task),
        "pairs_compared_per_record": round(result.blocking.per_record, 2),
        "count_error": round(result.cluster_count / people - 1, 4),
        "seconds": round(seconds, 1),
        "cpu_seconds": round(cpu, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def main() -> None:
    """Run the tasks asked for, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", nargs="*", metavar="TASK")
    parser.add_argument("--data", type=Path, default=Path("../shared/data/linkage"))
    asked = parser.parse_args()
    names = asked.tasks or list(TASKS)
    print(json.dumps({name: measure(TASKS[name](asked.data)) for name in names}, indent=1))


if __name__ == "__main__":
    main()
