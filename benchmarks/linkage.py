"""Measure the linkage engine on real and standard lists with known links.

Usage: python benchmarks/linkage.py [--data ../shared/data/linkage] [us gaza-ar fake-1000 …]

Prints one JSON object: for each set precision, recall and F1 of the pairs at probability >= 0.5, F1 of the
pairs inside clusters, seconds, and the peak memory of the process so far in MB.
"""

import argparse
import json
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
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


def american_one_to_one(data: Path) -> Task:
    """Return the same, knowing that both lists name everybody once."""
    task = american(data)
    return Task(task.frames, task.person, task.true_pairs, one_to_one=True)


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
    frames = {name: frame.select("unique_id", column, "age", "sex") for name, frame in frames.items()}
    return Task(frames, person, shared)


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


def febrl_4(data: Path) -> Task:
    """Two synthetic lists of 5,000."""
    frames = {name: _read(data / "standard" / f"dataset4{name}.csv") for name in "ab"}
    person = {(name, key): key.split("-")[1] for name, frame in frames.items() for key in frame["rec_id"]}
    return Task(frames, person, 5000)


TASKS: dict[str, Callable[[Path], Task]] = {
    "us": american,
    "us-one-to-one": american_one_to_one,
    "us-no-event": american_without_events,
    "gaza-ar": gaza_arabic,
    "gaza-en": gaza_english,
    "fake-1000": fake_1000,
    "febrl-4": febrl_4,
}


def _scores(pairs: list[tuple[Key, Key]], task: Task) -> dict[str, float]:
    kept = [(left, right) for left, right in pairs if not task.between_lists or left[0] != right[0]]
    hits = sum(task.person[left] == task.person[right] for left, right in kept)
    return {
        "precision": round(hits / max(len(kept), 1), 4),
        "recall": round(hits / task.true_pairs, 4),
        "f1": round(2 * hits / (len(kept) + task.true_pairs), 4),
    }


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
